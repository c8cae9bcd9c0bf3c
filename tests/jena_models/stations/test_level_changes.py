"""A logger that is replaced may count in another unit; the weather itself changes by less."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jena_models.reading.reading import read
from jena_models.stations import StationSchema
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.cleaned.level_changes import cadence_change, level_changes
from jena_models.stations.raw_readings import RawReadings

DAY = "2020-07-01"
CHANGES = {
    "T (degC)": [("degF", 1.8, 32.0), ("kelvin", 1.0, 273.15)],
    "rh (%)": [("0 to 1", 0.01, 0.0)],
    "p (mbar)": [("mmHg", 0.750062, 0.0)],
    "wv (m/s)": [("kn", 1.943844, 0.0), ("km/h", 3.6, 0.0), ("mph", 2.236936, 0.0)],
}
EACH = [(name, *change) for name, changes in CHANGES.items() for change in changes]


def weather(years: int = 3, seed: int = 1) -> pd.DataFrame:
    times = pd.date_range("2019-01-01", periods=8 * 365 * years, freq="3h", name="time")
    rng, season = np.random.default_rng(seed), np.cos(2 * np.pi * (times.day_of_year.to_numpy() - 20) / 365)
    spells = pd.Series(rng.normal(size=len(times))).ewm(halflife=24).mean().to_numpy() * 5
    columns = {
        "p (mbar)": 985 + 4 * spells,
        "T (degC)": 8 - 11 * season + 3 * spells + rng.normal(0, 1, len(times)),
        "rh (%)": np.clip(72 + 10 * season + 4 * spells, 10, 100),
        "wv (m/s)": rng.gamma(2, 1.2, len(times)) * np.exp(0.25 * season + 0.3 * spells),
    }
    return pd.DataFrame(columns, index=times)


@pytest.mark.parametrize(("name", "unit", "factor", "summand"), EACH)
@pytest.mark.parametrize("part", ["from then on", "before"])
def test_a_unit_that_holds_for_a_part_alone_is_told_with_the_day(  # noqa: PLR0917  (a row of the table)
    jena: StationSchema, name: str, unit: str, factor: float, summand: float, part: str
) -> None:
    table = weather()
    rows = table.index >= DAY if part == "from then on" else table.index < DAY
    table.loc[rows, name] = table.loc[rows, name] * factor + summand

    [told] = level_changes(table, jena)

    assert told.startswith(name)
    assert f"what comes {part} may be in {unit}" in told
    day = pd.Timestamp(told.partition("from about ")[2][:10])
    assert abs(day - pd.Timestamp(DAY)) <= pd.Timedelta(days=15)


def test_a_barometer_at_another_height_is_told(jena: StationSchema) -> None:
    table = weather()
    table.loc[DAY:, "p (mbar)"] -= 12

    raw = RawReadings(table, (), "roof.csv")

    assert any("p (mbar) is 973 in the middle" in note for note in clean(raw, jena)[1].notes)
    assert not any("in the middle" in note for note in clean(raw, jena, is_record=False)[1].notes)


def test_a_column_that_died_before_the_end_is_told_with_its_last_value(jena: StationSchema) -> None:
    table = weather()
    table.loc[DAY:, "rh (%)"] = np.nan
    table.loc["2021-12-28":, "wv (m/s)"] = np.nan  # for three days, which is no death

    raw = RawReadings(table, (), "roof.csv")

    told = [note for note in clean(raw, jena)[1].notes if "holds no value after" in note]
    assert [note.partition(":")[0] for note in told] == ["rh (%) holds no value after 2020-06-30 22"]
    assert not any("holds no value after" in note for note in clean(raw, jena, is_record=False)[1].notes)


@pytest.mark.parametrize("seed", range(5))
def test_weather_alone_is_told_of_nowhere(jena: StationSchema, seed: int) -> None:
    assert list(level_changes(weather(seed=seed), jena)) == []


def test_a_short_record_and_one_with_long_holes_tell_nothing(jena: StationSchema) -> None:
    table = weather(years=1)
    table.loc["2019-06-01":, "wv (m/s)"] *= 1.94

    assert list(level_changes(table, jena)) == []
    assert list(level_changes(table.iloc[:5], jena)) == []
    assert list(level_changes(weather().iloc[::4000], jena)) == []


def test_eight_years_of_jena_are_of_one_level(jena: StationSchema, shared_data: Path) -> None:
    _, report = clean(read(shared_data / "jena_hourly_2009_2016.csv", jena), jena)

    assert not any("in the middle" in note for note in report.notes)


@pytest.mark.parametrize(("earlier", "later"), [(60, 10), (10, 60), (60, 180), (1440, 60)])
def test_readings_that_come_more_often_from_some_month_on_are_told_of(earlier: int, later: int) -> None:
    first = pd.date_range("2020-01-01", "2020-06-30 23:59", freq=f"{earlier}min")
    then = pd.date_range("2020-07-01", "2020-12-31 23:59", freq=f"{later}min")

    told = cadence_change(first.append(then))

    assert f"usually {earlier} minutes apart at first, and {later} from about 2020-0" in told
    assert f"'resample_minutes: {max(earlier, later)}'" in told
    assert cadence_change(first) == cadence_change(then) == ""
    assert cadence_change(first.append(then).append(first + pd.Timedelta(days=366))) == ""


def test_holes_and_reports_between_are_no_other_cadence() -> None:
    hours = pd.date_range("2020-01-01", "2020-12-31", freq="h")
    with_reports = hours.union(hours[3000:3700] + pd.Timedelta(minutes=20))

    assert cadence_change(hours.delete(slice(2000, 5000))) == ""
    assert cadence_change(with_reports) == ""
    assert cadence_change(hours[:1]) == cadence_change(hours[:0]) == ""
