"""Layouts of weather services and loggers: what stands beside, below and above a table, and in its header."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jena_models.errors import SourceUnreadableError
from jena_models.proposals import Proposal, propose, station_text
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import read
from jena_models.reading.texts import rows_alone, text_layout
from jena_models.stations.named_stations import load_station
from jena_models.stations.units import known_unit, plain_unit_of

TIMES = pd.date_range("2021-04-10", periods=24 * 10, freq="h")
RNG = np.random.default_rng(1)
T = (12 + 7 * np.cos(2 * np.pi * (TIMES.hour - 15) / 24) + RNG.normal(0, 0.5, len(TIMES))).to_numpy().round(1)
P = (990 + RNG.normal(0, 3, len(TIMES))).round(1)
PLACE = {"latitude": "50", "longitude": "10", "clock": "UTC", "unit:T": "degC"}

Line = Callable[[pd.Timestamp, float, float], str]


def rows(line: Line, end: str = "\n") -> str:
    return "".join(f"{line(*each)}{end}" for each in zip(TIMES, T, P, strict=True))


def proposed(folder: Path, text: str | bytes, **answers: str) -> Proposal:
    path = folder / "readings.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    names = [name for name in answers.get("file_columns", "").split(",") if name]
    return propose(
        open_source(str(path), names),
        "readings",
        PLACE | {key.replace("__", ":"): value for key, value in answers.items()},
    )


def read_back(folder: Path, text: str | bytes, **answers: str) -> pd.DataFrame:
    proposal = proposed(folder, text, **answers)
    assert proposal.questions == ()
    (folder / "readings.yaml").write_text(station_text(proposal, "readings"))
    return read(folder / "readings.csv", load_station(str(folder / "readings.yaml"))).table


PLAIN: Line = lambda t, v, p: f"{t:%Y-%m-%d %H:%M},{v},{p}"  # noqa: E731
BESIDE = "Datum;Tid (UTC);Lufttemperatur;Kvalitet;;Tidsutsnitt:\n" + "".join(
    f"{t:%Y-%m-%d};{t:%H:%M:%S};{v};G" + (f";;Note {i}" if i < 9 else "") + "\n"
    for i, (t, v) in enumerate(zip(TIMES, T, strict=True))
)
BELOW = f"time,temp,pressure (hPa)\n{rows(PLAIN)}\ntime,temp_max,temp_min,rain\n2021-04-10,19,5,0\n2021-04-11,18,4,1\n"
SENTENCE = (
    "Navn;Stasjon;Tid(norsk normaltid);Lufttemperatur;Lufttrykk i stasjonsnivå\n"
    + rows(
        lambda t, v, p: f"Oslo;SN18700;{t + pd.Timedelta(hours=1):%d.%m.%Y %H:%M};{v:.1f};{p:.1f}".replace(
            ".", ","
        ).replace(",04,2021", ".04.2021")
    )
    + "Data er gyldig per 12.04.2021 (CC BY 4.0), Meteorologisk institutt (MET);;;;\n"
)
GROUPS = ",Outdoor,,Indoor,,Wind\nTime,Temperature(℃),Humidity(%),Temperature(℃),Humidity(%),Wind Speed(m/s)\n" + rows(
    lambda t, v, p: f"{t:%Y-%m-%d %H:%M},{v},{t.hour + 50},21.{t.hour},40,{t.hour / 4}"
)
UNITS = "TIMESTAMP,RECORD,temp,pressure\nTS,RN,Deg C,Pascals\n" + rows(
    lambda t, v, p: f"{t:%Y-%m-%d %H:%M},{t.hour},{v},{100 * p:.0f}"
)
LAYOUTS: dict[str, tuple[str | bytes, dict[str, str]]] = {
    "another table beside, behind an empty column": (BESIDE, {}),
    "another table below": (BELOW, {}),
    "a sentence below rows that begin with a name": (SENTENCE, {"clock": "UTC+01:00"}),
    "groups named above the first of their columns": (GROUPS, {}),
    "a row of units of which some are none": (UNITS, {}),
    "Korean": (
        ("지점,일시,기온(°C),습도(%)\n" + rows(lambda t, v, p: f"108,{t:%Y-%m-%d %H:%M},{v},50")).encode("cp949"),
        {},
    ),
    "Chinese, with the parts of the time": (
        ("区站号,年,月,日,时,气温\n" + rows(lambda t, v, p: f"54511,{t.year},{t.month},{t.day},{t.hour},{v}")).encode(
            "gb18030"
        ),
        {},
    ),
    "hours with their zone behind them": (
        "Data;Hora UTC;temp\n" + rows(lambda t, v, p: f"{t:%Y/%m/%d};{t:%H%M} UTC;{v}"),
        {},
    ),
    "a stamp beside when the row was made": (
        "created,observed,temp\n" + rows(lambda t, v, p: f"2023-01-01T00:00:00Z,{t:%Y-%m-%dT%H:%M:%SZ},{v}"),
        {},
    ),
}


@pytest.mark.parametrize("way", LAYOUTS)
def test_a_layout_of_services(tmp_path: Path, way: str) -> None:
    text, answers = LAYOUTS[way]

    table = read_back(tmp_path, text, **answers)

    assert (table.index == TIMES).all()
    np.testing.assert_allclose(table["T (degC)"], T, atol=1e-9)


def test_columns_of_groups_are_told_apart(tmp_path: Path) -> None:
    sources = {column["quantity"]: column["source"] for column in proposed(tmp_path, GROUPS).station["columns"]}

    assert sources["T"] == "Outdoor Temperature(℃)"
    assert sources["rh"] == "Outdoor Humidity(%)"
    assert sources["wv"] == "Wind Speed(m/s)"


def test_what_was_left_beside_and_below_is_said(tmp_path: Path) -> None:
    beside, below = (" ".join(proposed(tmp_path, text).remarks) for text in (BESIDE, BELOW))

    assert "behind an empty column, was left" in beside
    assert "has another one, 'time,temp_max,temp_min,rain', which was left" in below


def test_names_are_known_without_their_accents(tmp_path: Path) -> None:
    text = "Fecha;Temperatura;Direccion del viento\n" + rows(lambda t, v, p: f"{t:%Y-%m-%d %H:%M};{v};{10 * t.hour}")

    np.testing.assert_array_equal(read_back(tmp_path, text)["wd (deg)"], 10 * TIMES.hour)


def test_a_number_of_stations_is_no_series_and_may_be_selected_by(tmp_path: Path) -> None:
    text = "region;date;temperatur;x\n" + rows(
        lambda t, v, p: f"7149;{t:%Y%m%d%H%M%S};mild;{v}\n7015;{t:%Y%m%d%H%M%S};mild;{v - 2:.1f}"
    )

    table = read_back(tmp_path, text, select__region="7149", target="x")

    np.testing.assert_allclose(table["x"], T)


@pytest.mark.parametrize(
    ("header", "unit", "factor"),
    [
        ("Pressure (station) [hPa]", "", 1.0),
        ("Barometer - in Hg", "", 1 / 33.8639),
        ("Pressure (in)", "inHg", 1 / 33.8639),
        ("BP_hPa_Avg", "", 1.0),
    ],
)
def test_pressure_is_found_under_names_with_units(tmp_path: Path, header: str, unit: str, factor: float) -> None:
    text = f"time,temp,{header}\n" + rows(lambda t, v, p: f"{t:%Y-%m-%d %H:%M},{v},{p * factor:.4f}")

    table = read_back(tmp_path, text, source__p=header)
    column = next(each for each in proposed(tmp_path, text).station["columns"] if each["quantity"] == "p")

    np.testing.assert_allclose(table["p (mbar)"], P, atol=0.01)
    assert column["unit"] == (unit or column["unit"])


@pytest.mark.parametrize(
    ("header", "quantity", "unit"),
    [
        ("AirTemp_C_Avg", "T", "degC"),
        ("AirT_F_Avg", "T", "degF"),
        ("AirTC_Avg", "T", "degC"),
        ("TempF_Avg", "T", "degF"),
        ("Air Temp F Mean", "T", "degF"),
        ("Dry Bulb Temperature {C}", "T", "degC"),
        ("DryBulb{F}", "T", "degF"),
        ("DewPoint_F_Avg", "Tdew", "degF"),
        ("BP_inHg_Avg", "p", "inHg"),
        ("WS_mph_Avg", "wv", "mph"),
        ("WS_ms_Avg", "wv", "m/s"),
        ("WS_mph_S_WVT", "wv", "mph"),
        ("wind_speed_m_s_mean", "wv", "m/s"),
        ("Rain_in_Tot", "rain", "inch"),
        ("Rain_mm_Tot", "rain", "mm"),
        ("t_2m:C", "T", "degC"),
        ("wind_speed_10m:ms", "wv", "m/s"),
    ],
)
def test_a_unit_is_known_in_braces_and_before_what_was_made_of_a_step(
    tmp_path: Path, header: str, quantity: str, unit: str
) -> None:
    file, others = tmp_path / "readings.csv", "p" if quantity == "T" else "temp (degC)"
    made = {"p": lambda t, v, p: p / 33.86, "wv": lambda t, v, p: t.hour / 2, "rain": lambda t, v, p: t.hour / 100}
    value = made.get(quantity, lambda t, v, p: v)
    file.write_text(f"time,{header},{others}\n" + rows(lambda t, v, p: f"{t:%Y-%m-%d %H:%M},{value(t, v, p):.4f},{v}"))

    proposal = propose(open_source(str(file), []), "readings", {"latitude": "50", "longitude": "10", "clock": "UTC"})

    column = next(each for each in proposal.station["columns"] if each["quantity"] == quantity)
    assert column["source"] == header
    assert known_unit(column.get("unit") or plain_unit_of(column["name"])) == known_unit(unit)
    assert not [each.key for each in proposal.questions if each.key.endswith(f":{quantity}")]


def test_two_brackets_say_where_and_in_what(tmp_path: Path) -> None:
    text = "time,temp,Pressure (msl) [hPa],Pressure (station) [hPa]\n" + rows(
        lambda t, v, p: f"{t:%Y-%m-%d %H:%M},{v},{p + 20},{p}"
    )

    [question] = proposed(tmp_path, text).questions

    assert question.key == "source:p"
    assert "'Pressure (msl) [hPa]', 'Pressure (station) [hPa]'" in question.evidence


def test_rain_too_little_to_measure_is_none_and_no_data_is_missing(tmp_path: Path) -> None:
    words = {0: "Ip", 1: "S/D", 2: "mq", 3: "Trace"}
    text = "time,temp,rain (mm)\n" + rows(
        lambda t, v, p: f"{t:%Y-%m-%d %H:%M},{v},{words.get(t.hour, f'{t.hour / 10:.1f}')}"
    )

    rain = read_back(tmp_path, text)["rain (mm)"].to_numpy()[:5]

    np.testing.assert_array_equal(rain, [0, np.nan, np.nan, 0, 0.4])


def test_values_in_rows_are_known_by_identifiers_of_elements(tmp_path: Path) -> None:
    text = "sourceId,referenceTime,elementId,value,unit\n" + rows(
        lambda t, v, p: (
            f"SN18700:0,{t:%Y-%m-%dT%H:%M:%S.000Z},air_temperature,{v},degC\n"
            f"SN18700:0,{t:%Y-%m-%dT%H:%M:%S.000Z},surface_air_pressure,{p},hPa"
        )
    )

    table = read_back(tmp_path, text)

    assert (table.index == TIMES).all()
    np.testing.assert_allclose(table["T (degC)"], T)


def test_rows_of_fields_are_brought_side_by_side(tmp_path: Path) -> None:
    text = "#datatype,string,dateTime:RFC3339,double,string\n,result,_time,_value,_field\n" + rows(
        lambda t, v, p: f",,{t:%Y-%m-%dT%H:%M:%SZ},{v},temperature\n,,{t:%Y-%m-%dT%H:%M:%SZ},{p},pressure"
    )

    table = read_back(tmp_path, text)

    np.testing.assert_allclose(table[["T (degC)", "p (mbar)"]], np.column_stack([T, P]))


def test_columns_that_the_header_leaves_without_a_name_are_named_by_an_answer(tmp_path: Path) -> None:
    text = "FECHA (YYMMDD);HORA (HHMM);;\n" + rows(lambda t, v, p: f"{t:%y%m%d};{t:%H%M};{v:.4f};".replace(".", ","))
    answers = {"file_columns": "date,time,temp,checked", "time": "date,time", "time_format": "%y%m%d %H%M"}

    table = read_back(tmp_path, text, **answers)

    assert (table.index == TIMES).all()
    np.testing.assert_allclose(table["T (degC)"], T)


@pytest.mark.parametrize(("name", "ahead"), [("Date Time (UTC)", 0), ("Date Time, GMT-05:00", -5), ("Date Time", 1)])
def test_the_clock_that_a_header_says_goes_before_that_of_the_station(name: str, ahead: int, tmp_path: Path) -> None:
    text = f'"{name}",p (mbar),T (degC),rh (%)\n' + rows(lambda t, v, p: f"{t:%Y-%m-%d %H:%M},{p},{v},70")
    (tmp_path / "roof.csv").write_text(text)

    raw = read(tmp_path / "roof.csv", load_station("jena"))

    assert (raw.table.index == TIMES - pd.Timedelta(hours=ahead)).all()
    assert any("not in the station's UTC+01:00" in note for note in raw.notes) == (ahead != 1)


@pytest.mark.parametrize("names", ["time,temp,pressure [hPa]", "time,temperature,pressure (hPa)"])
def test_rows_below_other_names_that_go_on_where_the_rows_above_end_are_not_left_out(
    tmp_path: Path, names: str
) -> None:
    later = "".join(PLAIN(t + pd.Timedelta(days=30), v, p) + "\n" for t, v, p in zip(TIMES, T, P, strict=True))
    path = tmp_path / "readings.csv"
    path.write_text(f"time,temp,pressure (hPa)\n{rows(PLAIN)}")
    (tmp_path / "readings.yaml").write_text(station_text(proposed(tmp_path, path.read_bytes()), "readings"))
    path.write_text(f"time,temp,pressure (hPa)\n{rows(PLAIN)}\n{names}\n{later}")

    with pytest.raises(SourceUnreadableError, match=r"unreadable time stamp, .*: 'time'"):
        read(path, load_station(str(tmp_path / "readings.yaml")))


def test_values_in_quotes_are_whole_where_something_stands_beside(tmp_path: Path) -> None:
    def line(i: int, t: pd.Timestamp, v: float) -> str:
        return f'{t:%Y-%m-%d %H:%M},"{v}"'.replace(f'"{v}"', f'"{v}"'.replace(".", ",")) + (",,Note" if i < 9 else "")

    text = "time,temp,,Notes\n" + "".join(f"{line(i, *each)}\n" for i, each in enumerate(zip(TIMES, T, strict=True)))

    np.testing.assert_allclose(read_back(tmp_path, text)["T (degC)"], T, atol=1e-9)


def test_of_a_local_hour_and_a_clock_in_utc_beside_it_the_local_one_is_read_with_the_local_date(tmp_path: Path) -> None:
    text = "date,time_utc,hour,temp\n" + rows(
        lambda t, v, p: f"{t + pd.Timedelta(hours=2):%Y-%m-%d},{t:%H:%M},{(t + pd.Timedelta(hours=2)).hour},{v}"
    )

    assert (read_back(tmp_path, text, clock="UTC+02:00").index == TIMES).all()


def test_stamps_that_say_their_offset_are_said_to_be_read_in_no_other_clock(tmp_path: Path) -> None:
    plain = "time,temp\n" + rows(lambda t, v, p: f"{t:%Y-%m-%dT%H:%M:%SZ},{v}")
    (tmp_path / "readings.yaml").write_text(station_text(proposed(tmp_path, plain, clock="Europe/Berlin"), "readings"))
    path = tmp_path / "readings.csv"
    path.write_text(plain.replace("time,", "time_utc,", 1))

    station = tmp_path / "readings.yaml"
    station.write_text(re.sub("time_columns:\n- time\n", "time_columns: [time_utc]\n", station.read_text()))
    found = read(path, load_station(str(tmp_path / "readings.yaml")))

    assert (found.table.index == TIMES).all()
    assert not [note for note in found.notes if "clock" in note or "times were read" in note]


def test_many_empty_lines_cost_no_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tried: list[str] = []
    monkeypatch.setattr(
        rows_alone, "split_line", lambda line, separator: tried.append(line) or text_layout.split_line(line, separator)
    )
    (tmp_path / "readings.csv").write_text("time,temp,pressure (hPa)\n\n" + rows(PLAIN, end="\n\n"))

    open_source(str(tmp_path / "readings.csv"), ())

    assert len(tried) < 10


@pytest.mark.parametrize("ahead", [0, 3600])
def test_a_table_of_the_place_may_be_as_wide_as_that_of_the_readings_and_tells_their_clock(tmp_path, ahead):
    head = f"latitude,longitude,elevation,utc_offset_seconds,timezone\n50,10,38,{ahead},Europe/Berlin\n\n"
    names = "time,temperature_2m (°C),relative_humidity_2m (%),surface_pressure (hPa),cloud_cover (%)\n"
    shown = pd.Timedelta(seconds=ahead)

    table = read_back(tmp_path, head + names + rows(lambda at, t, p: f"{at + shown:%Y-%m-%dT%H:%M},{t},50,{p},20"))

    np.testing.assert_array_equal(table["T (degC)"], T)
    assert table.index[0] == TIMES[0]


def test_a_file_of_another_season_is_read_in_the_clock_above_its_table(tmp_path):
    names = "time,temperature_2m (°C),surface_pressure (hPa)\n"
    head = "latitude,longitude,elevation,utc_offset_seconds,timezone\n50,10,38,{},Europe/Berlin\n\n" + names
    winter = head.format(3600) + rows(lambda at, t, p: f"{at + pd.Timedelta(hours=1):%Y-%m-%dT%H:%M},{t},{p}")
    summer = head.format(7200) + rows(lambda at, t, p: f"{at + pd.Timedelta(hours=2):%Y-%m-%dT%H:%M},{t},{p}")
    read_back(tmp_path, winter)
    (tmp_path / "summer.csv").write_text(summer)

    table = read(tmp_path / "summer.csv", load_station(str(tmp_path / "readings.yaml"))).table

    assert table.index[0] == TIMES[0]
