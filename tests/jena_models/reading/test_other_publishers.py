"""Ways in which publishers and loggers write tables: each is read right, from a station file that wrote itself."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from proposed_stations import station_of

from jena_models.errors import SourceUnreadableError
from jena_models.proposals import Proposal, propose
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import read

TIMES = pd.date_range("2021-04-10", periods=24 * 20, freq="h")
HOURS = np.arange(len(TIMES)) % 24
RNG = np.random.default_rng(1)
T = (12 + 7 * np.cos(2 * np.pi * (HOURS - 15) / 24) + RNG.normal(0, 0.5, len(TIMES))).round(1)
P = (990 + RNG.normal(0, 3, len(TIMES))).round(1)
RH = np.clip(80 - 2 * T + RNG.normal(0, 2, len(TIMES)), 5, 100).round(0)
PLACE = {"latitude": "50", "longitude": "10", "clock": "UTC", "unit:T": "degC"}

Line = Callable[[pd.Timestamp, float, float, float], str]


def rows(line: Line) -> str:
    return "".join(f"{line(*each)}\n" for each in zip(TIMES, T, RH, P, strict=True))


def read_back(folder: Path, text: str | bytes, **answers: str) -> tuple[pd.DataFrame, Proposal]:
    """What a station file reads that was made with nothing but answers."""
    path = folder / "readings.txt"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    given = PLACE | {key.replace("__", ":"): value for key, value in answers.items()}
    tables = open_source(str(path), [name for name in given.get("file_columns", "").split(",") if name])
    proposal = propose(tables, "readings", given)
    return read(path, station_of(proposal)).table, proposal


TIME_WAYS: dict[str, tuple[str, Line, dict[str, str]]] = {
    "parts and a clock": (
        "Station,Year,Month,Day,Time [UTC],Air temperature mean [°C]",
        lambda t, v, *_: f"Roof,{t.year},{t.month},{t.day},{t:%H:%M},{v}",
        {},
    ),
    "parts beside a whole stamp": (
        "Date/Time (LST),Year,Month,Day,Time (LST),Temp (°C)",
        lambda t, v, *_: f'"{t:%Y-%m-%d %H:%M}","{t:%Y}","{t:%m}","{t:%d}","{t:%H:%M}","{v}"',
        {},
    ),
    "a day of the year and hours times a hundred": (
        "id,year,doy,hhmm,temp",
        lambda t, v, *_: f"101,{t.year},{t.day_of_year},{t.hour * 100},{v}",
        {},
    ),
    "a day of the year with a fraction": (
        "year,doy,temp",
        lambda t, v, *_: f"{t.year},{t.day_of_year + t.hour / 24:.5f},{v}",
        {},
    ),
    "a date and hours times a hundred": ("Date,Time,Temp C", lambda t, v, *_: f"{t:%Y-%m-%d},{t.hour * 100},{v}", {}),
    "a name of no list": ("x,reference_timestamp,temp_c", lambda t, v, *_: f"a,{t:%d.%m.%Y %H:%M},{v}", {}),
    "a.m. and p.m.": (
        "Date,Time,temp",
        lambda t, v, *_: f"{t:%Y-%m-%d},{t:%I:%M} {'a.m.' if t.hour < 12 else 'p.m.'},{v}",
        {},
    ),
    "a and p": ("Date;temp", lambda t, v, *_: f"{t:%d.%m.%Y %I:%M}{'a' if t.hour < 12 else 'p'};{v}", {}),
    "a weekday": ("date,temp", lambda t, v, *_: f'"{t:%a, %d %b %Y %H:%M:%S} GMT",{v}', {}),
    "a month by name": ("date,temp", lambda t, v, *_: f"{t:%b %d %Y %H:%M},{v}", {}),
    "ISO without signs": ("time,temp", lambda t, v, *_: f"{t:%Y%m%dT%H%M%S}Z,{v}", {}),
    "days as Excel counts them": (
        "time,temp",
        lambda t, v, *_: f"{(t - pd.Timestamp('1899-12-30')) / pd.Timedelta('1D'):.6f},{v}",
        {"time_format": "excel"},
    ),
    "days as MATLAB counts them": (
        "datenum,temp",
        lambda t, v, *_: f"{t.toordinal() + 366 + t.hour / 24:.6f},{v}",
        {"time": "datenum", "time_format": "matlab"},
    ),
    "days as astronomers count them": (
        "JD temp",
        lambda t, v, *_: f"{t.to_julian_date():.6f} {v}",
        {"time": "JD", "time_format": "julian"},
    ),
    "the hour that ends": (
        "Date,Hour Ending,temp",
        lambda t, v, *_: f"{t - pd.Timedelta(hours=1):%Y-%m-%d},{(t - pd.Timedelta(hours=1)).hour + 1},{v}",
        {},
    ),
    "parts in two tongues": (
        "年/Year,月/Month,日/Day,hour,temp",
        lambda t, v, *_: f"{t.year},{t.month},{t.day},{t.hour},{v}",
        {},
    ),
    "the order in the header": ("DATE (MM/DD/YYYY),MST,temp", lambda t, v, *_: f"{t:%m/%d/%Y},{t:%H:%M},{v}", {}),
}


@pytest.mark.parametrize("way", TIME_WAYS)
def test_times(tmp_path: Path, way: str) -> None:
    header, line, answers = TIME_WAYS[way]

    table, _ = read_back(tmp_path, f"{header}\n{rows(line)}", **answers)

    assert (table.index == TIMES).all()
    np.testing.assert_array_equal(table["T (degC)"], T)


PLAIN: Line = lambda t, v, rh, _: f"{t:%Y-%m-%d %H:%M},{v},{rh}"  # noqa: E731
LAYOUTS: dict[str, tuple[str | bytes, dict[str, str]]] = {
    "blocks above": (
        "Namn;Nummer;Nät;Höjd\nRoof;97510;Eget;2.0\n\nFrån;Till;Höjd;Latitud;Longitud\n1985-05-01;2021-05-01;21;59.8;17.6\n\n"
        "Datum;Tid (UTC);Lufttemperatur;Kvalitet;;Noter\n"
        + rows(lambda t, v, *_: f"{t:%Y-%m-%d};{t:%H:%M:%S};{v};G;;"),
        {},
    ),
    "notes below": (f"time,temp,hum\n{rows(PLAIN)}\nAverage,8.1,70\nTotal number of rows: 480\n", {}),
    "an end that is named": (f"ob_time,temp,hum\n{rows(PLAIN)}end data\n", {}),
    "the header again": ("time,temp,hum\n" + rows(PLAIN).replace("2021-04-20 00", "time,temp,hum\n2021-04-20 00"), {}),
    "three lines of names in Shift-JIS": (
        (
            "ダウンロードした時刻：2024/03/01\n\n,東京,東京,東京\n年月日時,気温(℃),気温(℃),相対湿度(％)\n,,品質情報,\n"
            + rows(lambda t, v, rh, _: f"{t.year}/{t.month}/{t.day} {t.hour}:00:00,{v},8,{rh}")
        ).encode("shift_jis"),
        {"source__T": "東京 気温(℃)"},
    ),
    "a line of sensors' numbers": (
        "Label,Rainfall,Air temp\nUnits,mm,deg C\nSensor No,1,2\n"
        + rows(lambda t, v, *_: f"{t:%d/%m/%Y %H:%M:%S},0,{v}"),
        {},
    ),
    "no header": (
        rows(lambda t, v, rh, _: f"{t:%d.%m.%Y},{t:%H:%M},{v},{rh}"),
        {"file_columns": "date,time,temp,hum"},
    ),
    "names of rows": (
        "datetime,temp,rh\n" + "".join(f'"{i + 1}",{row}\n' for i, row in enumerate(rows(PLAIN).splitlines())),
        {},
    ),
    "decimal commas within quotes": (
        '"time","temp"\n' + rows(lambda t, v, *_: f'"{t:%Y-%m-%d %H:%M}","{str(v).replace(".", ",")}"'),
        {},
    ),
    "names after commas": (
        '"Plot Title: Roof"\n"#","Date Time, GMT+00:00","Temp, °C (SEN S/N: 10123456)"\n'
        + "".join(f"{i},{t:%Y-%m-%d %H:%M},{v}\n" for i, (t, v) in enumerate(zip(TIMES, T, strict=True))),
        {"source__T": "Temp, °C (SEN S/N: 10123456)"},
    ),
}


@pytest.mark.parametrize("way", LAYOUTS)
def test_layouts(tmp_path: Path, way: str) -> None:
    text, answers = LAYOUTS[way]

    table, _ = read_back(tmp_path, text, **answers)

    assert (table.index == TIMES).all()
    np.testing.assert_array_equal(table["T (degC)"], T)


def test_two_numbers_with_a_comma_between_are_no_decimals(tmp_path: Path) -> None:
    text = '"DATE","TMP"\n' + rows(lambda t, v, *_: f'"{t:%Y-%m-%dT%H:%M:%S}","{10 * v:+05.0f},1"')

    with pytest.raises(
        SourceUnreadableError, match=r"No column of the source \('DATE', 'TMP'\) is a series of numbers"
    ):
        read_back(tmp_path, text)


def test_rows_are_selected_by_any_column(tmp_path: Path) -> None:
    text = "entity_id,state,last_changed\n"
    text += rows(
        lambda t, v, rh, _: f"sensor.roof,{v},{t:%Y-%m-%dT%H:%M:%S}.1Z\nsensor.cellar,{rh},{t:%Y-%m-%dT%H:%M:%S}.2Z"
    )

    table, _ = read_back(tmp_path, text, source__T="state", select__entity_id="sensor.roof")

    assert (table.index == TIMES).all()
    np.testing.assert_array_equal(table["T (degC)"], T)


def test_rows_of_a_station_with_letters_in_its_number_are_no_notes(tmp_path: Path) -> None:
    text = "station,time,temp\n" + rows(lambda t, v, *_: f"101,{t:%Y-%m-%d %H:%M},{v}")
    text += rows(lambda t, v, *_: f"A12,{t:%Y-%m-%d %H:%M},{v + 1}")

    table, _ = read_back(tmp_path, text, select__station="A12")

    np.testing.assert_allclose(table["T (degC)"], T + 1)


def test_when_the_sun_rose_is_not_the_time_of_a_day(tmp_path: Path) -> None:
    days = pd.date_range("2021-01-01", periods=90)
    text = "date,tmean,sunrise\n" + "".join(f"{day:%Y-%m-%d},{i % 20},07:{i % 60:02d}\n" for i, day in enumerate(days))

    table, proposal = read_back(tmp_path, text)

    assert proposal.station["time_columns"] == ["date"]
    assert (table.index == days).all()


def test_what_is_no_table_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "roof.xlsx", "w") as workbook:
        workbook.writestr("xl/workbook.xml", "<workbook/>")

    with pytest.raises(SourceUnreadableError, match="is a workbook of Excel; save the sheet"):
        open_source(str(tmp_path / "roof.xlsx"))


def test_lines_that_are_left_are_said(tmp_path: Path) -> None:
    _, proposal = read_back(tmp_path, f"time,temp,hum\n{rows(PLAIN)}Average,8.1,70\n")

    assert "are no readings and were left: 'Average,8.1,70'." in " ".join(proposal.remarks)


def test_a_minus_sign_is_one(tmp_path: Path) -> None:
    text = "time,temp\n" + rows(lambda t, v, *_: f"{t:%Y-%m-%d %H:%M},{str(round(v - 12, 1)).replace('-', '−')}")

    table, _ = read_back(tmp_path, text)

    np.testing.assert_allclose(table["T (degC)"], T - 12, atol=1e-9)


def test_a_direction_in_tens_of_degrees_is_one(tmp_path: Path) -> None:
    text = "time,temp,Wind Dir (10s deg)\n" + rows(lambda t, v, *_: f"{t:%Y-%m-%d %H:%M},{v},{t.hour}")

    table, _ = read_back(tmp_path, text)

    np.testing.assert_array_equal(table["wd (deg)"], 10 * HOURS)


def test_a_line_that_is_cut_off_is_no_note(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadableError, match=r"Line 482 of .* has 1 values where the header names 3 columns"):
        read_back(tmp_path, f"time,temp,hum\n{rows(PLAIN)}2021-04-30 0")


def test_words_beside_a_name_do_not_hide_it_and_a_clock_in_the_header_is_taken(tmp_path: Path) -> None:
    text = "Date (Europe/Madrid);Outdoor Temperature (°C);Avg Relative Humidity [%];Indoor Temperature (°C)\n"
    text += rows(lambda t, v, rh, _: f"{t:%d.%m.%Y %H:%M};{v};{rh};21.0")
    (tmp_path / "readings.txt").write_text(text)

    proposal = propose(open_source(str(tmp_path / "readings.txt")), "readings", {"latitude": "40", "longitude": "-4"})

    sources = {column["quantity"]: column["source"] for column in proposal.station["columns"]}
    assert sources == {"T": "Outdoor Temperature (°C)", "rh": "Avg Relative Humidity [%]"}
    assert proposal.station["clock"] == "Europe/Madrid"
    assert proposal.questions == ()


def test_a_table_is_of_no_format_by_its_first_names_alone(tmp_path: Path) -> None:
    path = tmp_path / "roof.csv"
    path.write_text(
        "time,temp,hum,rain\n"
        + rows(lambda t, v, rh, _: f"{t:%Y-%m-%d %H:%M},{v + 20:.1f},{rh},{0.2 * (t.hour % 3):.1f}")
    )

    proposal = propose(open_source(str(path)), "roof", {"latitude": "50", "longitude": "10"})

    assert proposal.format == ""
    assert [question.key for question in proposal.questions] == ["unit:T", "unit:rain", "clock"]


def test_the_units_of_a_format_are_asked_for_where_they_cannot_be(tmp_path: Path) -> None:
    path = tmp_path / "davis.txt"
    text = "\t\tTemp\tOut\t\n Date\tTime\tOut\tHum\tBar\n"
    path.write_text(text + rows(lambda t, v, rh, p: f"{t:%d.%m.%Y}\t{t:%H:%M}\t{v}\t{rh}\t{p}"))

    proposal = propose(open_source(str(path)), "davis", {"latitude": "50", "longitude": "10", "clock": "UTC"})

    assert proposal.format == "davis-weatherlink"
    assert [question.key for question in proposal.questions] == ["unit:T"]
    assert "'Bar' cannot be in inHg" in " ".join(proposal.remarks)


def test_of_values_and_flags_in_one_column_the_values_are_taken(tmp_path: Path) -> None:
    def speed(hour: int) -> str:
        return "9999" if hour == 5 else f"{hour:02d}32"

    text = '"STATION","DATE","LATITUDE","LONGITUDE","REPORT_TYPE","WND","TMP","DEW","SLP"\n' + rows(
        lambda t, v, rh, p: (
            f'"72530","{t:%Y-%m-%dT%H:%M:%S}","41.995","-87.9336","FM-15","{10 * t.hour:03d},1,N,{speed(t.hour)},1",'
            f'"{10 * v:+05.0f},1","+9999,9","{10 * p:05.0f},1"'
        )
    )
    (tmp_path / "isd.csv").write_text(text)

    proposal = propose(open_source(str(tmp_path / "isd.csv")), "isd", {})
    table = read(tmp_path / "isd.csv", station_of(proposal)).table

    assert proposal.format == "noaa-global-hourly"
    np.testing.assert_allclose(table[["T (degC)", "p (mbar)", "wd (deg)"]], np.column_stack([T, P, 10 * HOURS]))
    still = HOURS != 5  # whose speed is 9999
    np.testing.assert_allclose(table["wv (m/s)"][still], 10 * HOURS[still] + 3.2)
    assert [9999 in each["sentinels"] for each in proposal.station["columns"] if each["name"] == "wv (m/s)"] == [True]


def test_a_typical_year_of_energyplus_tells_its_place(tmp_path: Path) -> None:
    above = "LOCATION,Berlin,-,DEU,IWEC Data,103840,52.47,13.40,1.0,49.0\nDATA PERIODS,1,1,Data,Sunday,1/1,12/31\n"
    rest = ",0,1415,300,250,0,0,0,0,0,0,180,3.5,8,8,9999,9999,9,999999999,20,0.1,0,88,0,0,0"
    text = above + rows(
        lambda t, v, rh, p: (
            f"{t.year},{t.month},{t.day},{t.hour + 1},60,A7?0,{v},{v - 3:.1f},{rh:.0f},{p * 100:.0f}{rest}"
        )
    )
    (tmp_path / "city.epw").write_text(text)

    proposal = propose(open_source(str(tmp_path / "city.epw")), "city", {})
    table = read(tmp_path / "city.epw", station_of(proposal)).table

    assert (proposal.station["latitude"], proposal.station["clock"]) == (52.47, "UTC+01:00")
    assert (table.index == TIMES).all()
    np.testing.assert_allclose(table[["T (degC)", "p (mbar)"]], np.column_stack([T, P]), atol=0.006)
