"""Rows of several stations are told apart whatever the column is called that says which one each is of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from logger_tables import RNG, TIMES, T, open_keys, proposed, read_back, written

from jena_models.errors import SettingsError
from jena_models.proposals import propose
from jena_models.proposals.opened_source import open_source


def kept(table: pd.DataFrame, folder: Path) -> Path:
    path = folder / "rows.csv"
    table.to_csv(path, index=False)
    return path


def asked(table: pd.DataFrame, folder: Path) -> list[str]:
    return open_keys(proposed(kept(table, folder)))


def below_one_another(name: str, places: tuple[object, ...], minutes: tuple[int, ...]) -> pd.DataFrame:
    tables = [
        pd.DataFrame({name: place, "time": TIMES + pd.Timedelta(minutes=later), "temp": (T + later).round(1)})
        for place, later in zip(places, minutes, strict=True)
    ]
    return pd.concat(tables).sort_values("time", kind="stable")


@pytest.mark.parametrize("minutes", [(0, 7, 20), (0, 20, 40)])
@pytest.mark.parametrize(("name", "places"), [("where", ("roof", "yard", "lake")), ("node", (1, 2, 3))])
def test_stations_that_take_turns_are_no_single_series(
    name: str, places: tuple[object, ...], minutes: tuple[int, ...], tmp_path: Path
) -> None:
    assert asked(below_one_another(name, places, minutes), tmp_path) == [f"select:{name}"]


def test_a_station_that_wavers_about_its_hour_is_told_from_others_too(tmp_path: Path) -> None:
    table = below_one_another("where", ("roof", "yard"), (0, 25))
    table["time"] += pd.to_timedelta(RNG.integers(0, 240, len(table)), unit="s")

    assert asked(table, tmp_path) == ["select:where"]


@pytest.mark.parametrize(
    "words",
    [
        ["clear" if warm > 12 else "cloudy" for warm in T],
        ["am" if hour < 12 else "pm" for hour in TIMES.hour],
        [f"{hour} o'clock" for hour in TIMES.hour],
        ["ok" if i % 30 else "maintained" for i in range(len(T))],
        ["first logger" if i < 100 else "second logger" for i in range(len(T))],
    ],
)
def test_words_of_the_weather_the_day_and_the_logger_are_of_one_station(words: list[str], tmp_path: Path) -> None:
    assert asked(pd.DataFrame({"time": TIMES, "temp": T, "said": words}), tmp_path) == []


@pytest.mark.parametrize("name", ["ZONEID", "Zone", "kind"])
@pytest.mark.parametrize("quantity", ["temp", "TARGETVAR"])
def test_numbers_of_zones_below_one_another_are_no_measurement(name: str, quantity: str, tmp_path: Path) -> None:
    table = pd.concat([pd.DataFrame({name: zone, "time": TIMES, quantity: T + zone, "U10": T / 7}) for zone in (1, 2)])

    proposal = proposed(kept(table, tmp_path))

    assert f"select:{name}" in open_keys(proposal)
    assert name not in [column["source"] for column in proposal.station["columns"]]


def test_what_others_measured_tells_nothing_of_the_station_that_was_answered(tmp_path: Path) -> None:
    places = pd.DataFrame({"entity": "court", "state": T, "time": TIMES, "lat": 50.9, "lon": 11.6})
    others = pd.DataFrame({"entity": "damp", "state": 60 + T, "time": TIMES, "lat": 10.0, "lon": 20.0})
    path = kept(pd.concat([others, places]), tmp_path)
    answers = {"select:entity": "court", "source:T": "state", "clock": "UTC"}

    proposal = propose(open_source(str(path)), "rows", answers)

    [question] = proposal.questions
    assert (question.key, question.proposed) == ("unit:T", "")
    assert question.evidence == f"'state' goes from {T.min():g} to {T.max():g}, which fits °C or °F"
    assert (proposal.station["latitude"], proposal.station["longitude"]) == (50.9, 11.6)
    assert proposal.station["select"] == {"entity": ["court"]}
    assert proposal.rows == len(T)


def test_a_station_that_no_row_is_of_is_refused_at_once(tmp_path: Path) -> None:
    path = kept(below_one_another("where", ("roof", "yard"), (0, 7)), tmp_path)

    with pytest.raises(SettingsError, match="No row has 'lake' in its column 'where'; it holds roof, yard"):
        proposed(path, select__where="lake")


def test_a_stations_name_beside_its_number_is_not_asked_for_again(tmp_path: Path) -> None:
    table = below_one_another("station_id", (11, 12), (0, 0))
    table["station_name"] = table["station_id"].map({11: "Roof", 12: "Yard"})
    table["city"] = np.where(np.arange(len(table)) % 4 < 2, "A", "B")

    assert asked(table, tmp_path) == ["select:station_id", "select:city"]


def test_what_a_clock_shows_is_no_station(tmp_path: Path) -> None:
    table = pd.DataFrame({"date": TIMES.strftime("%Y-%m-%d"), "t0": TIMES.strftime("%H:%M"), "temp": T, "t1": "12:00"})

    assert not any(key.startswith("select:") for key in asked(table.iloc[::2], tmp_path))


@pytest.mark.parametrize("order", ["by time", "by station"])
def test_the_column_that_tells_stations_apart_is_found_whatever_it_is_called(order: str, tmp_path: Path) -> None:
    rows = [f"{town},{TIMES[i]},{T[i] + shift:.1f},clear" for town, shift in (("A", 0), ("B", 5)) for i in range(300)]
    ordered = sorted(rows, key=lambda row: row.split(",")[1]) if order == "by time" else rows
    path = written(tmp_path, "town,time,temp,sky", lambda i: ordered[i], len(ordered))

    assert open_keys(proposed(path)) == ["select:town"]
    np.testing.assert_allclose(read_back(path, select__town="B")["T (degC)"], T[:300] + 5)


def test_rows_of_numbered_things_are_told_apart(tmp_path: Path) -> None:
    rows = [f"{number},{TIMES[i]},{T[i] + number}" for number in (4462, 4746) for i in range(200)]
    path = written(tmp_path, "property_id,time,temp", lambda i: rows[i], len(rows))

    assert open_keys(proposed(path)) == ["select:property_id"]


@pytest.mark.parametrize("name", ["icaoId", "station_code", "location_name"])
def test_reports_of_several_stations_at_times_of_their_own_are_not_mixed(name: str, tmp_path: Path) -> None:
    rows = [f"{'AB'[i % 2]},{TIMES[i] + pd.Timedelta(minutes=i % 2 * 7)},{T[i] + i % 2 * 9:.1f}" for i in range(300)]
    path = written(tmp_path, f"{name},time,temp", lambda i: rows[i], len(rows))

    assert open_keys(proposed(path)) == [f"select:{name}"]
    np.testing.assert_allclose(read_back(path, **{f"select__{name}": "A"})["T (degC)"], T[:300:2])


def test_rows_of_places_far_apart_are_not_mixed_where_no_time_stands_twice(tmp_path: Path) -> None:
    rows = [
        f"{('north', 'south')[i % 2]},{TIMES[i] + pd.Timedelta(minutes=i % 2 * 7)},{50 + i % 2},{T[i]},clear"
        for i in range(300)
    ]
    path = written(tmp_path, "town,time,lat,temp,sky", lambda i: rows[i], len(rows))

    assert open_keys(proposed(path)) == ["select:town"]


def test_a_place_told_anew_to_some_metres_is_one(tmp_path: Path) -> None:
    path = written(
        tmp_path, "town,time,lat,temp", lambda i: f"{'AB'[i > 99]},{TIMES[i]},{50 + (i > 99) * 0.0004},{T[i]}", 300
    )

    assert open_keys(proposed(path)) == []
