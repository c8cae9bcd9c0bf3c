"""JSON as services of the web answer: the table in it is read, in its units, at its times."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jena_models.errors import SourceUnreadableError
from jena_models.proposals import propose
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import read
from jena_models.stations.schema import StationSchema

TIMES = pd.date_range("2021-05-03", periods=24 * 5, freq="h")
T = (12 + 6 * np.cos(2 * np.pi * (TIMES.hour - 15) / 24)).to_numpy().round(1).tolist()
WV = [float(i % 9) for i in range(len(TIMES))]
PLACE = {"latitude": "50", "longitude": "10"}
HOURLY = {
    "time": [f"{time:%Y-%m-%dT%H:%M}" for time in TIMES],
    "temperature_2m": [round(t * 1.8 + 32, 2) for t in T],
    "wind_speed_10m": [None, *(w * 3.6 for w in WV[1:])],
}
OPEN_METEO = {
    "latitude": 52.5,
    "longitude": 13.4,
    "utc_offset_seconds": 7200,
    "timezone": "Europe/Berlin",
    "hourly_units": {"time": "iso8601", "temperature_2m": "°F", "wind_speed_10m": "km/h"},
    "hourly": HOURLY,
}


def read_back(folder: Path, tree: Any, **answers: str) -> tuple[pd.DataFrame, dict[str, Any], tuple[str, ...]]:
    path = folder / "roof.json"
    path.write_text(tree if isinstance(tree, str) else json.dumps(tree))
    proposal = propose(open_source(str(path)), "roof", {key.replace("__", ":"): v for key, v in answers.items()})
    assert proposal.questions == ()
    readings = read(path, StationSchema.model_validate(proposal.station))
    return readings.table, proposal.station, readings.notes


def records(**names: str) -> list[dict[str, Any]]:
    columns = {"time": [str(time) for time in TIMES], "temp": T, "wind": WV}
    return [{names.get(k, k): values[i] for k, values in columns.items()} for i in range(len(TIMES))]


@pytest.mark.parametrize("clock", ["", "Europe/Berlin", "UTC"])
def test_an_answer_of_open_meteo_is_read_in_its_units_place_and_offset(clock: str, tmp_path: Path) -> None:
    table, station, _ = read_back(tmp_path, OPEN_METEO, **({"clock": clock} if clock else {}))

    assert (station["latitude"], station["longitude"], station["clock"]) == (52.5, 13.4, clock or "UTC+02:00")
    assert (table.index == TIMES - pd.Timedelta(hours=2)).all()
    np.testing.assert_allclose(table["T (degC)"], T, atol=0.01)
    np.testing.assert_allclose(table["wv (m/s)"], [np.nan, *WV[1:]], atol=0.01)


def test_answers_for_several_places_are_rows_of_one_table(tmp_path: Path) -> None:
    daily = {"daily": {"time": ["2021-05-03", "2021-05-04"], "temperature_2m_max": [18.0, 18.0]}}
    warmer = HOURLY | {"temperature_2m": [t + 18 for t in HOURLY["temperature_2m"]]}
    tree = [OPEN_METEO | daily, OPEN_METEO | daily | {"latitude": 48.0, "location_id": 1, "hourly": warmer}]

    table, station, notes = read_back(tmp_path, tree, select__latitude="48")

    assert (station["latitude"], station["clock"], len(table)) == (48, "UTC+02:00", len(TIMES))
    assert (table.index == TIMES - pd.Timedelta(hours=2)).all()
    np.testing.assert_allclose(table["T (degC)"], np.array(T) + 10, atol=0.01)
    assert "'[].hourly' were taken, and '[].daily' (4 rows) left" in " ".join(notes)


@pytest.mark.parametrize("meta", ["meta", "metadata", ""])
def test_units_by_name_and_hours_ahead_of_utc_that_a_file_says_of_itself_count(meta: str, tmp_path: Path) -> None:
    told = {
        "utc_timeoffset": 2,
        "latitude": 50.0,
        "longitude": 10.0,
        "units": {"temperature": "F", "windspeed": "km/h"},
    }
    values = {"temperature": HOURLY["temperature_2m"], "windspeed": HOURLY["wind_speed_10m"]}
    tree = ({meta: told} if meta else told) | {
        "data_1h": {"time": [f"{time:%Y-%m-%d %H:%M}" for time in TIMES], **values}
    }

    table, station, _ = read_back(tmp_path, tree)

    assert (station["latitude"], station["clock"]) == (50, "UTC+02:00")
    assert (table.index == TIMES - pd.Timedelta(hours=2)).all()
    np.testing.assert_allclose(table["T (degC)"], T, atol=0.01)
    np.testing.assert_allclose(table["wv (m/s)"], [np.nan, *WV[1:]], atol=0.01)


@pytest.mark.parametrize(
    "beside", [{}, {"day": {"maxtemp_c": 30.0}, "astro": {"sunrise": "06:00 AM"}, "tempmax": 30.0}]
)
def test_hours_of_a_list_of_days_are_rows_of_one_table(beside: dict[str, Any], tmp_path: Path) -> None:
    hours = [
        {"datetime": f"{time:%H:%M:%S}", "datetimeEpoch": int(time.timestamp()), "temp_c": t}
        for time, t in zip(TIMES, T, strict=True)
    ]
    days = [
        {"datetime": f"{TIMES[i]:%Y-%m-%d}", **beside, "hours": hours[i : i + 24]} for i in range(0, len(TIMES), 24)
    ]
    tree = {"latitude": 50.0, "longitude": 10.0, "days": days, "alerts": [{"a": 1}, {"a": 2}]}

    for columns in ("datetimeEpoch", "days.datetime,datetime"):
        table, station, _ = read_back(tmp_path, tree, clock="UTC", time=columns)

        assert (station["latitude"], list(table.columns)) == (50, ["T (degC)"])
        assert (table.index == TIMES).all()
        np.testing.assert_allclose(table["T (degC)"], T)


def test_numbers_beside_their_unit_may_be_written_large(tmp_path: Path) -> None:
    tree = [
        {
            "DateTime": f"{time:%Y-%m-%dT%H:%M}:00+00:00",
            "Temperature": {"Value": t * 1.8 + 32, "Unit": "F", "UnitType": 18},
        }
        for time, t in zip(TIMES, T, strict=True)
    ]

    table, _, _ = read_back(tmp_path, tree, clock="UTC", **PLACE)

    np.testing.assert_allclose(table["T (degC)"], T, atol=0.01)


def test_a_smaller_table_beside_the_largest_is_left_and_that_is_said(tmp_path: Path) -> None:
    daily = {"daily": {"time": ["2021-05-03", "2021-05-04"], "temperature_2m_max": [18.0, 18.0]}}

    table, _, notes = read_back(tmp_path, OPEN_METEO | daily)

    assert len(table) == len(TIMES)
    assert "the rows of 'hourly' were taken, and 'daily' (2 rows) left" in " ".join(notes)


def test_when_an_answer_was_fetched_is_no_time_of_it(tmp_path: Path) -> None:
    tree = {"timestamp": 1620000000, "date": "2021-05-20", "readings": records(time="dt")}

    table, _, _ = read_back(tmp_path, tree, clock="UTC", unit__T="degC", unit__wv="m/s", **PLACE)

    assert (table.index == TIMES).all()


@pytest.mark.parametrize("inside", ["", "data"])
def test_records_are_read(inside: str, tmp_path: Path) -> None:
    tree = {"meta": {"source": "station"}, inside: records()} if inside else records()

    table, _, _ = read_back(tmp_path, tree, clock="UTC", unit__T="degC", unit__wv="m/s", **PLACE)

    assert (table.index == TIMES).all()
    np.testing.assert_array_equal(table["T (degC)"], T)
    np.testing.assert_array_equal(table["wv (m/s)"], WV)


def test_records_one_a_line_with_objects_within_are_read(tmp_path: Path) -> None:
    seconds = TIMES.astype("datetime64[s]").astype(np.int64)
    rows = [
        {"dt": int(s), "main": {"temp": t}, "wind": {"speed": w}, "weather": [{"id": 1}, {"id": 2}]}
        for s, t, w in zip(seconds, T, WV, strict=True)
    ]

    answers = PLACE | {"clock": "UTC", "unit__T": "degC", "unit__wv": "m/s"}
    table, _, _ = read_back(tmp_path, "\n".join(map(json.dumps, rows)), **answers)

    assert (table.index == TIMES).all()
    np.testing.assert_array_equal(table["T (degC)"], T)
    np.testing.assert_array_equal(table["wv (m/s)"], WV)


def test_packed_json_is_read(tmp_path: Path) -> None:
    (tmp_path / "roof.json.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + json.dumps(OPEN_METEO).encode()))

    assert open_source(str(tmp_path / "roof.json.gz"))[0].columns.header[:2] == ("time", "temperature_2m")


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        ({"name": "Roof", "place": {"lat": 50.0}}, "is JSON without a table"),
        ('[{"time": "2021-05-03", "temp": 3', "is JSON that is cut off or damaged"),
        ([{"id": 1, "hourly": HOURLY}, {"id": 2, "hourly": HOURLY}], "JSON with 3 tables, '[0].hourly' (120 rows)"),
        ({"days": [{"day": 1, "air": records(), "soil": records()}] * 2}, "with 5 tables, 'days[0].air'"),
    ],
)
def test_what_holds_no_table_or_several_is_refused(tree: Any, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "roof.json"
    path.write_text(tree if isinstance(tree, str) else json.dumps(tree))

    with pytest.raises(SourceUnreadableError) as refusal:
        open_source(str(path))

    assert sentence in str(refusal.value)


def feature(i: int, **more: Any) -> dict[str, Any]:
    told = {"temperature": ("degC", T[i]), "windSpeed": ("km_h-1", WV[i] * 3.6), "windDirection": ("degree_(angle)", i)}
    values = {name: {"unitCode": f"wmoUnit:{unit}", "value": value} for name, (unit, value) in told.items()}
    values["windSpeed"] |= {"value": None} if i == 4 else {}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [-104.7, 39.8]},
        "properties": {"timestamp": f"{TIMES[i]:%Y-%m-%dT%H:%M:%S}+00:00", **values, **more},
    }


def test_observations_of_the_weather_service_of_the_united_states_are_read(tmp_path: Path) -> None:
    tree = {"type": "FeatureCollection", "features": [feature(i) for i in reversed(range(len(TIMES)))]}

    table, station, _ = read_back(tmp_path, tree, clock="UTC")

    table = table.sort_index()
    assert (station["latitude"], station["longitude"]) == (39.8, -104.7)
    assert (table.index == TIMES).all()
    np.testing.assert_allclose(table["T (degC)"], T)
    np.testing.assert_allclose(table["wv (m/s)"], [np.nan if i == 4 else w for i, w in enumerate(WV)])
    np.testing.assert_allclose(table["wd (deg)"], np.arange(len(TIMES)))


def test_numbers_whose_units_differ_from_row_to_row_are_no_temperature(tmp_path: Path) -> None:
    rows = [{"time": str(t), "temp": {"value": T[i], "unit": "CF"[i % 2]}, "y": i} for i, t in enumerate(TIMES)]

    (tmp_path / "roof.json").write_text(json.dumps(rows))

    proposal = propose(open_source(str(tmp_path / "roof.json")), "roof", PLACE | {"target": "y", "clock": "UTC"})

    assert {column["source"] for column in proposal.station["columns"]} == {"temp.value", "y"}


ROWS: list[list[Any]] = [[str(time), T[i], 3.6 * WV[i]] for i, time in enumerate(TIMES)]
NAMED = ["time", "temp", "wind"]


@pytest.mark.parametrize(
    "tree",
    [
        [NAMED, *ROWS],
        {"header": NAMED, "data": ROWS},
        {"results": [{"series": [{"name": "roof", "columns": NAMED, "values": ROWS}]}]},
        [{"type": "table", "columns": [{"text": name, "type": "any"} for name in NAMED], "rows": ROWS}],
        {"table": {"columnNames": NAMED, "columnUnits": ["UTC", "degree_C", "km h-1"], "rows": ROWS}},
        {name: {str(i): row[k] for i, row in enumerate(ROWS)} for k, name in enumerate(NAMED)},
        {f"-M{i}": dict(zip(NAMED, row, strict=True)) for i, row in enumerate(ROWS)},
        [{"time": row[0], "temp": f"{row[1]} °C", "wind": f"{row[2]} km/h"} for row in ROWS],
    ],
)
def test_rows_below_a_list_of_names_by_name_or_with_units_behind_numbers_are_read(tree: Any, tmp_path: Path) -> None:
    answers = {"unit:T": "degC", "unit:wv": "km/h", "clock": "UTC"}

    table, _, _ = read_back(tmp_path, tree, **PLACE, **answers)

    np.testing.assert_allclose(table["T (degC)"], T)
    np.testing.assert_allclose(table["wv (m/s)"], WV, atol=1e-9)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("beside", [False, True])
def test_json_in_a_folder_or_a_zip_is_read_unless_it_lies_beside_tables(
    packed: bool, beside: bool, tmp_path: Path
) -> None:
    texts = {"a.json": json.dumps(records()[:60]), "b.json": json.dumps(records()[60:])}
    texts |= {"c.csv": pd.DataFrame(records()).to_csv(index=False)} if beside else {}
    texts |= {"a.json": '{"owner": "me"}'} if beside else {}
    source = tmp_path / ("roof.zip" if packed else "roof")
    if packed:
        with zipfile.ZipFile(source, "w") as archive:
            for name, text in texts.items():
                archive.writestr(name, text)
    else:
        source.mkdir()
        for name, text in texts.items():
            (source / name).write_text(text)
    answers = {"unit:T": "degC", "unit:wv": "m/s", "clock": "UTC"} | PLACE

    proposal = propose(open_source(str(source)), "roof", answers)
    readings = read(source, StationSchema.model_validate(proposal.station)).table

    np.testing.assert_allclose(readings["T (degC)"], T)


def test_what_is_observed_at_a_time_may_lie_in_a_list_within_it(tmp_path: Path) -> None:
    named = [("air_temperature", "degC", T), ("wind_speed", "km/h", [3.6 * w for w in WV])]
    named += [(f"soil_moisture_{depth}", "percent", WV) for depth in range(6)]
    rows = [
        {"sourceId": "SN1:0", "observations": [{"elementId": e, "value": v[i], "unit": u} for e, u, v in named]}
        for i in range(len(TIMES))
    ]
    rows = [{"referenceTime": f"{time}Z", **row} for time, row in zip(TIMES, rows, strict=True)]

    table, _, _ = read_back(tmp_path, {"data": rows}, clock="UTC", **PLACE)

    assert (table.index == TIMES).all()
    np.testing.assert_allclose(table["T (degC)"], T)
    np.testing.assert_allclose(table["wv (m/s)"], WV, atol=1e-9)


def test_values_by_their_times_are_read_without_what_was_measured_indoors(tmp_path: Path) -> None:
    def series(values: list[float], unit: str) -> dict[str, Any]:
        by_time = {str(int(time.timestamp())): str(value) for time, value in zip(TIMES, values, strict=True)}
        return {"unit": unit, "list": {key: value for key, value in by_time.items() if value != "3.0"}}

    outdoor = {"temperature": series([t * 1.8 + 32 for t in T], "°F"), "humidity": series(WV, "%")}
    tree = {"code": 0, "data": {"outdoor": outdoor, "indoor": {"temperature": series(T, "°C")}}}

    table, station, _ = read_back(tmp_path, tree, clock="UTC", **PLACE)

    assert [column["source"] for column in station["columns"]] == ["outdoor.temperature", "outdoor.humidity"]
    assert (table.index == TIMES).all()
    np.testing.assert_allclose(table["T (degC)"], T, atol=1e-6)
    np.testing.assert_allclose(table["rh (%)"], [np.nan if w == 3 else w for w in WV])


def test_the_last_days_of_australia_are_read_in_utc(tmp_path: Path) -> None:
    rows = [
        {
            "local_date_time": f"{time:%d/%I:%M%p}",
            "local_date_time_full": f"{time + pd.Timedelta(hours=10):%Y%m%d%H%M%S}",
            "aifstime_utc": f"{time:%Y%m%d%H%M%S}",
            **{"lat": -33.9, "lon": 151.2, "air_temp": T[i], "dewpt": T[i] - 3, "rel_hum": 60 + i % 9},
            **{"wind_spd_kmh": WV[i] * 3.6, "wind_spd_kt": 7, "gust_kmh": None, "press": 1013.2, "wind_dir": "NNW"},
        }
        for i, time in enumerate(TIMES)
    ]

    table, station, _ = read_back(tmp_path, {"observations": {"header": [{"ID": "IDN"}], "data": rows}})

    assert (station["latitude"], station["longitude"]) == (-33.9, 151.2)
    assert (table.index == TIMES).all()
    np.testing.assert_allclose(table["T (degC)"], T)
    np.testing.assert_allclose(table["wv (m/s)"], WV, atol=1e-9)
