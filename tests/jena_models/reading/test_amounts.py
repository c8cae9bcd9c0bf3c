"""Amounts over several hours become those of a step, or are told of: a rate is never wrong in silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jena_models.errors import SettingsError, SourceUnreadableError
from jena_models.proposals import propose
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import read
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.schema import StationSchema

HOURS = pd.date_range("2021-01-01", periods=24 * 20, freq="h")
FIXED = {"latitude": "50", "longitude": "10", "clock": "UTC"}


def synoptic_file(folder: Path, every: int = 3, name: str = "Rain (mm)", **further: object) -> Path:
    """Hourly temperatures with an amount of 6 mm every so many hours, none at the hours between."""
    table = pd.DataFrame({"time": HOURS, "T (degC)": np.sin(np.arange(len(HOURS)) / 4).round(2)})
    table[name] = np.where(HOURS.hour % every == 0, 6.0 + HOURS.day % 2, np.nan)
    path = folder / "synop.csv"
    table.assign(**further).to_csv(path, index=False)
    return path


def proposed(path: Path, **answers: str) -> tuple[StationSchema, dict[str, str]]:
    found = propose(open_source(str(path), ()), "synop", FIXED | answers)
    asked = {question.key: question.proposed for question in found.questions}
    return StationSchema.model_validate({**found.station, "questions": ()}), asked


@pytest.mark.parametrize("every", [3, 6, 12])
def test_amounts_over_hours_are_asked_for_and_become_those_of_a_step(tmp_path: Path, every: int) -> None:
    path = synoptic_file(tmp_path, every)

    unanswered, asked = proposed(path)
    answered, still = proposed(path, amount_hours=str(every))
    readings, report = clean(read(path, answered), answered)

    assert asked == {"amount_hours": f"{every}"}
    assert unanswered.column("rain (mm)").amount_hours is None
    assert not still
    known = readings["rain (mm)"].dropna()
    assert known.to_numpy() == pytest.approx((6.0 + known.index.day % 2) / every)
    assert set(known.index.hour) == set(range(0, 24, every))
    assert any(f"amounts over {every} hours" in note for note in report.notes)


def test_a_column_may_say_over_how_many_hours_each_amount_is(tmp_path: Path) -> None:
    period = np.where(HOURS.hour % 12 == 6, 12.0, 6.0)
    period[12] = np.nan
    path = synoptic_file(tmp_path, 6, "RRR", tR=period)

    station, asked = proposed(path, amount_hours="tR", **{"source:rain": "RRR", "unit:rain": "mm"})
    readings, report = clean(read(path, station), station)

    assert not asked
    rain = readings["rain (mm)"]
    assert (rain.iloc[0], rain.iloc[6]) == (pytest.approx(7 / 6), pytest.approx(7 / 12))
    assert np.isnan(rain.iloc[12])
    assert any("1 of which it says none were left" in note for note in report.notes)


def test_nothing_at_all_is_nothing_over_any_time(tmp_path: Path) -> None:
    rain = np.where(HOURS.hour == 6, 4.0, 0.0)
    path = synoptic_file(tmp_path, tR=np.where(rain > 0, 12.0, np.nan), **{"Rain (mm)": rain})

    station, _ = proposed(path, amount_hours="tR")

    assert clean(read(path, station), station)[0]["rain (mm)"].iloc[:7].tolist() == [0, 0, 0, 0, 0, 0, 4 / 12]


@pytest.mark.parametrize(("minutes", "expected"), [("180", 6.0), ("1440", 8 * 6.0), ("60", 2.0)])
def test_what_longer_steps_sum_up_to_is_right(tmp_path: Path, minutes: str, expected: float) -> None:
    path = synoptic_file(tmp_path, **{"Rain (mm)": np.where(HOURS.hour % 3 == 0, 6.0, np.nan)})

    station, _ = proposed(path, amount_hours="3", resample_minutes=minutes)
    readings, _ = clean(read(path, station), station, is_record=False)

    assert readings["rain (mm)"].dropna().to_numpy() == pytest.approx(expected)


def test_hours_in_a_name_are_asked_about(tmp_path: Path) -> None:
    hourly = np.arange(len(HOURS)) % 5 * 0.2
    path = synoptic_file(tmp_path, name="Rain (24 h)", **{"Rain (24 h)": hourly})

    assert proposed(path)[1]["amount_hours"] == "24"
    assert "amount_hours" not in proposed(synoptic_file(tmp_path, name="Rain (1 h)", **{"Rain (1 h)": hourly}))[1]


def test_amounts_farther_apart_than_readings_are_told_of(tmp_path: Path) -> None:
    path = synoptic_file(tmp_path, 6)
    station, _ = proposed(path)

    notes = clean(read(path, station), station)[1].notes

    assert any("write 'amount_hours: 6' beside it" in note for note in notes)


def test_what_is_no_number_of_hours_is_refused(tmp_path: Path) -> None:
    path = synoptic_file(tmp_path)

    with pytest.raises(SettingsError, match="neither a number of hours nor a column"):
        proposed(path, amount_hours="some")
    with pytest.raises(SettingsError, match="more than 0"):
        proposed(path, amount_hours="0")
    station, _ = proposed(path)
    columns = [c.model_copy(update={"amount_hours": "tR"}) if c.quantity == "rain" else c for c in station.columns]
    with pytest.raises(SourceUnreadableError, match="no column 'tR', which is to say over how many hours"):
        read(path, station.model_copy(update={"columns": tuple(columns)}))
    temperature = station.columns[0].model_dump() | {"amount_hours": 3}
    with pytest.raises(ValueError, match="no amount over some hours"):
        type(station.columns[0]).model_validate(temperature)
