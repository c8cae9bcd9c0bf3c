"""Tables of formats that have a name, and of services: each is read at its times and in its units."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from logger_tables import DAYS, TIMES, WV, T, proposed, read_back, written

from jena_models.errors import SourceUnreadableError
from jena_models.proposals import propose
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import read
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.schema import StationSchema


def test_knmis_days_are_read_in_tenths_and_its_trace_of_rain_is_none(tmp_path: Path) -> None:
    head = "BRON: KNMI\n\n# STN,YYYYMMDD,DDVEC,   FG,  FXX,   TG,    Q,   RH,   PG,   UG"
    path = written(
        tmp_path,
        head,
        lambda i: f"  260,{DAYS[i]:%Y%m%d},  200,   {20 + i % 9},   70,  {i % 90 - 9},  864,   {i % 3 - 1},10072,   93",
        len(DAYS),
    )

    proposal = proposed(path, unit__T="0.1 degC")
    readings = read_back(path, unit__T="0.1 degC")

    assert proposal.format == "knmi-daily"
    np.testing.assert_allclose(readings["T (degC)"], (np.arange(len(DAYS)) % 90 - 9) / 10)
    np.testing.assert_allclose(readings["p (mbar)"].iloc[0], 1007.2)
    np.testing.assert_allclose(readings["rain (mm)"].iloc[:3], [0.0, 0.0, 0.1])


def test_negative_rain_is_told_of_and_read_as_the_station_file_says(tmp_path: Path) -> None:
    path = written(
        tmp_path, "date,temp (degC),rain (mm)", lambda i: f"{DAYS[i]:%Y-%m-%d},{i % 20}.5,{i % 3 - 1}", len(DAYS)
    )

    proposal = proposed(path)
    column = next(each for each in proposal.station["columns"] if each["quantity"] == "rain")
    column["traces"] = [-1]
    raw = read(path, StationSchema.model_validate(proposal.station))

    assert any("values of 'rain (mm)' are -1: write 'traces: [-1]'" in remark for remark in proposal.remarks)
    np.testing.assert_array_equal(raw.table["rain (mm)"].iloc[:3], [0.0, 0.0, 1.0])
    assert any("-1, are too little to be measured and were read as 0" in note for note in raw.notes)


def test_aemets_days_have_directions_in_tens_of_degrees(tmp_path: Path) -> None:
    head = "fecha,indicativo,nombre,tmed,prec,dir,velmedia,racha,horaracha"
    path = written(
        tmp_path,
        head,
        lambda i: f"{DAYS[i]:%Y-%m-%d},1111X,A,{i % 20}.5,{'Ip' if i % 5 else '1.2'},{i % 36 + 1},3.{i % 9},9.7,Varias",
        len(DAYS),
    )

    proposal = proposed(path)
    readings = read_back(path)

    assert proposal.format == "aemet-daily"
    np.testing.assert_allclose(readings["wd (deg)"].iloc[:40], (np.arange(40) % 36 + 1) * 10)
    np.testing.assert_allclose(readings["rain (mm)"].iloc[:2], [1.2, 0.0])


def test_aemets_days_in_quotes_have_decimal_commas_beside_points_and_changing_directions(tmp_path: Path) -> None:
    head = "fecha,indicativo,nombre,tmed,prec,dir,velmedia,racha,horaracha,hrMedia"
    rain = ["Acum" if i % 50 == 7 else f"1,{i % 9}" for i in range(len(DAYS))]
    turned = [(88, 99, 20 + i % 8)[i % 3] for i in range(len(DAYS))]
    path = written(
        tmp_path,
        head,
        lambda i: (
            f'{DAYS[i]:%Y-%m-%d},1111X,A,"{i % 20},5","{rain[i]}",{turned[i]}.0,"3,1","9,7",Varias,{88 + i % 12}.0'
        ),
        len(DAYS),
    )

    readings = read_back(path)

    np.testing.assert_allclose(readings["T (degC)"], np.arange(len(DAYS)) % 20 + 0.5)
    np.testing.assert_allclose(readings["wd (deg)"], [np.nan if tens > 36 else tens * 10 for tens in turned])
    np.testing.assert_allclose(readings["rh (%)"], 88 + np.arange(len(DAYS)) % 12)
    assert readings["rain (mm)"].isna().sum() == 8


@pytest.mark.parametrize("units", [("C", "Km/h", "mm"), ("F", "MPH", "In")])
def test_days_of_weather_underground_are_read_by_their_means(units: tuple[str, str, str], tmp_path: Path) -> None:
    warm, speed, rain = units
    head = (
        f"CET,Max Temperature{warm},Mean Temperature{warm},Dew Point{warm},MeanDew Point{warm},Max Humidity,"
        f" Mean Humidity, Min Humidity, Mean Wind Speed{speed},Precipitation{rain}, CloudCover, Events,WindDirDegrees"
    )
    path = written(
        tmp_path, head, lambda i: f"{DAYS[i]:%Y-%m-%d},50,{i % 40},9,{i % 30},90,{i % 90},20,10,{i % 4}.5,,,-1", 90
    )

    proposal = propose(open_source(str(path)), "roof", {"latitude": "50", "longitude": "10", "clock": "UTC"})
    schema = StationSchema.model_validate(proposal.station)
    readings, _ = clean(read(path, schema), schema)

    assert (proposal.format, proposal.questions) == ("wunderground-daily", ())
    celsius = (lambda v: v) if warm == "C" else (lambda v: (v - 32) / 1.8)
    np.testing.assert_allclose(readings["T (degC)"], celsius(np.arange(90) % 40), atol=1e-9)
    np.testing.assert_allclose(readings["Tdew (degC)"], celsius(np.arange(90) % 30), atol=1e-9)
    assert readings["rain (mm)"].iloc[0] == pytest.approx(0.5 * (25.4 if rain == "In" else 1))


@pytest.mark.parametrize(
    ("units", "name", "speed", "rain"),
    [(1, "weewx", 0.44704, 25.4), (16, "weewx-metric", 1 / 3.6, 10), (17, "weewx-metricwx", 1, 1)],
)
def test_weewx_is_read_in_the_units_that_its_rows_say(
    units: int, name: str, speed: float, rain: float, tmp_path: Path
) -> None:
    warm, unit = (T * 1.8 + 32, "degF") if units == 1 else (T, "degC")
    head = "dateTime,usUnits,interval,outTemp,outHumidity,windSpeed,rain"

    def line(i: int) -> str:
        fell = 0.5 / rain if i % 9 == 0 else 0
        return f"{int(TIMES[i].timestamp())},{units},60,{warm[i]:.3f},{40 + i % 50},{WV[i] / speed:.6f},{fell:.6f}"

    path = written(tmp_path, head, line)
    readings = read_back(path, unit__T=unit)

    assert proposed(path).format == name
    np.testing.assert_allclose(readings["T (degC)"], T, atol=0.001)
    np.testing.assert_allclose(readings["wv (m/s)"], WV, atol=0.001)
    np.testing.assert_allclose(readings["rain (mm)"], np.where(np.arange(len(TIMES)) % 9 == 0, 0.5, 0), atol=0.001)


@pytest.mark.parametrize(
    ("head", "way"),
    [("MTU (CET/CEST)", "{0:%d.%m.%Y %H:%M} - {1:%d.%m.%Y %H:%M}"), ("Date,Hour", "{0:%Y-%m-%d},{0:%H:%M}-{1:%H:%M}")],
)
def test_rows_from_when_to_when_count_as_of_the_end(tmp_path: Path, head: str, way: str) -> None:
    begun = pd.date_range("2019-06-01", periods=480, freq="h")
    path = written(
        tmp_path,
        f"{head},Temperature (degC)",
        lambda i: f"{way.format(begun[i], begun[i] + pd.Timedelta(hours=1))},{i % 24}.5",
        len(begun),
    )

    proposal = proposed(path, clock="Europe/Brussels")
    raw = read(path, StationSchema.model_validate(proposal.station))

    local = raw.table.index.tz_localize("UTC").tz_convert("Europe/Brussels").tz_localize(None)
    assert list(local) == list(begun + pd.Timedelta(hours=1))
    assert raw.table["T (degC)"].tolist() == [i % 24 + 0.5 for i in range(480)]
    assert "its times tell from when to when, and each row counts as of the end" in raw.notes


def test_lines_that_say_a_thing_of_each_column_stand_above_the_names(tmp_path: Path) -> None:
    above = [
        ("location", "Basel", "Basel", "Basel"),
        ("lat", "47.5584", "47.5584", "47.5584"),
        ("asl", "279", "279", "279"),
        ("variable", "Temperature", "Relative Humidity", "Wind Speed"),
        ("unit", "°F", "%", "km/h"),
        ("level", "2 m elevation corrected", "2 m", "10 m"),
        ("aggregation", "None", "None", "None"),
    ]
    names = "Temperature [2 m elevation corrected]", "Relative Humidity [2 m]", "Wind Speed [10 m]"
    head = "\n".join(map(",".join, [*above, ("timestamp", *(f"Basel {name}" for name in names))]))
    times = pd.date_range("2019-03-01", periods=480, freq="h")
    path = written(
        tmp_path, head, lambda i: f"{times[i]:%Y%m%dT%H%M},{50 + i % 24}.1,{60 + i % 9}.5,{36 + i % 24}.0", 480
    )

    proposal = propose(open_source(str(path)), "roof", {"latitude": "50", "longitude": "10", "clock": "UTC"})
    readings = clean(read(path, station := StationSchema.model_validate(proposal.station)), station)[0]

    assert proposal.questions == ()
    assert list(readings.index) == list(times)
    np.testing.assert_allclose(readings["T (degC)"].iloc[:24], (50.1 + np.arange(24) - 32) / 1.8)
    np.testing.assert_allclose(readings["rh (%)"].iloc[:9], 60.5 + np.arange(9))
    np.testing.assert_allclose(readings["wv (m/s)"].iloc[:24], (36 + np.arange(24)) / 3.6)


def test_aemets_days_in_json_have_decimal_commas(tmp_path: Path) -> None:
    days = [
        {"fecha": f"{day:%Y-%m-%d}", "indicativo": "1111X", "tmed": f"{i % 20},5", "prec": "Ip" if i % 5 else "1,2"}
        | {"dir": "20", "velmedia": f"3,{i % 9}", "racha": "9,7"}
        for i, day in enumerate(DAYS)
    ]
    path = tmp_path / "days.json"
    path.write_text(json.dumps(days))

    readings = read_back(path)

    np.testing.assert_allclose(readings["T (degC)"], np.arange(len(DAYS)) % 20 + 0.5)
    np.testing.assert_allclose(readings["rain (mm)"].iloc[:2], [1.2, 0.0])


def test_json_may_be_in_latin_letters(tmp_path: Path) -> None:
    rows = [
        {"fecha": f"{time:%Y-%m-%d %H:%M}", "nombre": "CÁCERES", "temperatura": T[i]} for i, time in enumerate(TIMES)
    ]
    path = tmp_path / "hours.json"
    path.write_bytes(json.dumps(rows, ensure_ascii=False).encode("latin-1"))

    np.testing.assert_allclose(read_back(path)["T (degC)"], T)


def test_series_of_a_time_and_a_value_each_are_brought_side_by_side(tmp_path: Path) -> None:
    def series(values: np.ndarray) -> list[dict[str, object]]:
        held = zip(TIMES, values, strict=True)
        return [{"ts": int(time.timestamp() * 1000), "value": str(value)} for time, value in held][::-1]

    path = tmp_path / "telemetry.json"
    path.write_text(json.dumps({"temperature": series(T)[1:], "humidity": series(50 + WV)}))

    readings = read_back(path)

    np.testing.assert_allclose(readings["rh (%)"], 50 + WV)
    np.testing.assert_allclose(readings["T (degC)"], np.where(np.arange(len(T)) == len(T) - 1, np.nan, T))


def test_no_wind_and_the_states_of_a_plants_log_stand_among_numbers(tmp_path: Path) -> None:
    words = {5: "Bad", 6: "I/O Timeout", 7: "Shutdown"}
    path = written(
        tmp_path,
        "time,temp (degC),wind speed (m/s)",
        lambda i: f"{TIMES[i]},{words.get(i, T[i])},{'Calm' if i % 9 == 0 else WV[i] + 1}",
    )

    readings = read_back(path)

    np.testing.assert_array_equal(readings["wv (m/s)"], np.where(np.arange(len(TIMES)) % 9 == 0, 0, WV + 1))
    assert readings["T (degC)"].isna().to_numpy().nonzero()[0].tolist() == [5, 6, 7]


@pytest.mark.parametrize(
    ("name", "values", "quantity"),
    [
        ("Temp, °C (LGR S/N: 10224488, SEN S/N: 10224488)", T, "T (degC)"),
        ("Temperature (°C) [2 m above gnd]", T, "T (degC)"),
        ("Lämpötilan keskiarvo [°C]", T, "T (degC)"),
        ("meantemp (°C)", T, "T (degC)"),
        ("Wind Dir (0-360)", np.arange(len(T)) * 7.3 % 360, "wd (deg)"),
        ("Total Precip (mm)", np.arange(len(T)) % 7 / 10, "rain (mm)"),
    ],
)
def test_what_a_name_says_beside_the_quantity_raises_no_question(
    tmp_path: Path, name: str, values: np.ndarray, quantity: str
) -> None:
    path = written(
        tmp_path, f'time;"{name}";relative humidity (%)', lambda i: f"{TIMES[i]};{values[i]:.1f};{50 + i % 9}"
    )

    proposal = proposed(path, **({} if quantity == "T (degC)" else {"target": "rh"}))

    assert [column["source"] for column in proposal.station["columns"] if column["name"] == quantity] == [name]
    assert proposal.questions == ()


def test_a_code_whose_values_fit_no_unit_of_a_quantity_is_a_series_of_its_own(tmp_path: Path) -> None:
    path = written(tmp_path, "time,P_avg,Ws_avg (m/s)", lambda i: f"{TIMES[i]},{100 + 40 * WV[i]},{WV[i]}")

    proposal = proposed(path, target="P_avg")

    assert proposal.questions == ()
    assert proposal.station["target"] == "P_avg"
    assert any("--answer source:p=P_avg takes it as one" in remark for remark in proposal.remarks)


@pytest.mark.parametrize(("prefix", "count"), [("TP", 48), ("H", 25), ("Q", 96)])
def test_a_column_for_each_part_of_an_hour_is_no_series(tmp_path: Path, prefix: str, count: int) -> None:
    head = ",".join(["date", *(f"{prefix}{number}" for number in range(1, count + 1))])
    path = written(tmp_path, head, lambda i: ",".join([f"{DAYS[i]:%Y-%m-%d}", *map(str, range(count))]))

    with pytest.raises(SourceUnreadableError, match=f"from '{prefix}1' to '{prefix}{count}'; bring it into a row for"):
        proposed(path)


def test_of_a_date_and_a_clock_twice_those_in_utc_are_read(tmp_path: Path) -> None:
    local = TIMES - pd.Timedelta("7h")
    path = written(
        tmp_path,
        "Date Local,Time Local,Date GMT,Time GMT,Temperature (°C),Date of Last Change",
        lambda i: f"{local[i]:%Y-%m-%d,%H:%M},{TIMES[i]:%Y-%m-%d,%H:%M},{T[i]},2022-01-01",
    )

    assert (read_back(path).index == TIMES).all()


def test_utc_is_found_beside_a_clock_where_days_and_months_of_one_of_them_are_not_certain(tmp_path: Path) -> None:
    times = pd.date_range("2021-03-01", periods=24 * 15, freq="h")
    way = "%m/%d/%Y %I:%M:%S %p"
    path = written(
        tmp_path,
        "datetime_beginning_utc,datetime_beginning_ept,Temperature (°C)",
        lambda i: f"{times[i].strftime(way)},{(times[i] - pd.Timedelta('5h')).strftime(way)},{T[i]}",
    )

    assert (read_back(path).index == times).all()
