"""Coded reports and minutes of a day are read as what they say, and what holds neither stays as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from proposed_stations import station_of

from jena_models.errors import SourceUnreadableError
from jena_models.proposals import propose
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import read
from jena_models.reading.texts.plain_rows import with_plain_rows

REPORTS = {
    "KJFK 112351Z 31012G24KT 10SM FEW050 04/M02 A2992 RMK AO2 SLP123 T00391017": (310, 12, 24, 3.9, -1.7, 1013.21),
    "EDDF 120020Z AUTO VRB02KT 9999 R25C/1200 M01/M03 Q0987 NOSIG": (None, 2, None, -1, -3, 987),
    "UUEE 120100Z 00000MPS CAVOK 00/M00 Q1030 TEMPO 18015G25MPS 12/10 Q0900": (None, 0, None, 0, 0, 1030),
    "UUEE 120130Z 18005G10MPS 1 1/2SM M10/ Q1030": (180, 9.71922, 19.4384, -10, None, 1030),
    "CYYZ 120200Z 09015KT 2SM A3000 RMK SLP999 8/5//": (90, 15, None, None, None, 1015.92),
}
COLUMNS = [
    "wind_direction",
    "wind_speed (kn)",
    "wind_gust (kn)",
    "temperature (degC)",
    "dew_point (degC)",
    "pressure (hPa)",
]
MESONET = """  101 ! (c) of its owner
   12 2021 03 08 00 00 00
 STID  STNM  TIME    RELH   TAIR   WSPD   WVEC  WDIR   WDSD   WSSD   WMAX    RAIN     PRES   SRAD
"""


def test_reports_of_an_airport_are_decoded(tmp_path: Path) -> None:
    shown = [f"2021-03-{11 + i // 1:02} 18:00" if i == 0 else "2021-03-11 19:30" for i in range(len(REPORTS))]
    lines = [f"JFK,{time},{report}" for time, report in zip(shown, REPORTS, strict=True)]
    path = tmp_path / "reports.csv"
    path.write_bytes(
        with_plain_rows("\n".join(["#DEBUG: a line", "station,valid,metar", *lines, "JFK,2021-03-12 01:00,M"]).encode())
    )

    table = pd.read_csv(path, comment="#")

    wanted = np.array([[np.nan if each is None else each for each in values] for values in REPORTS.values()])
    found = table[COLUMNS].replace("VRB", np.nan).astype(float).to_numpy()
    np.testing.assert_allclose(found, wanted, atol=0.01)
    assert list(table["valid (UTC)"].str[8:16]) == ["11T23:51", "12T00:20", "12T01:00", "12T01:30", "12T02:00"]


def test_a_list_of_reports_is_a_source_in_utc_whatever_clock_it_was_listed_by(tmp_path: Path) -> None:
    times = pd.date_range("2021-03-30 00:50", periods=24 * 6, freq="h")
    warmth = (8 + 6 * np.cos(2 * np.pi * (times.hour - 15) / 24)).to_numpy().round(1)
    path = tmp_path / "fra.csv"
    lines = [
        f"FRA,{time + pd.Timedelta('2h'):%Y-%m-%d %H:%M},EDDF {time:%d%H%M}Z 25010KT 9999 {round(value):02}/01 Q1013 "
        f"RMK T0{round(value * 10):03}0010"
        for time, value in zip(times, warmth, strict=True)
    ]
    path.write_text("\n".join(["station,valid(Europe/Berlin),metar", *lines, ""]))

    proposal = propose(open_source(str(path)), "fra", {"latitude": "50", "longitude": "8.6"})
    readings = read(path, station_of(proposal)).table

    assert proposal.format == "metar"
    assert (readings.index == times).all()
    np.testing.assert_allclose(readings["T (degC)"], warmth)
    np.testing.assert_allclose(readings["wv (m/s)"], 10 * 1852 / 3600)
    path.write_text(path.read_text().replace("EDDF 3012", "EDDF 9912"))
    with pytest.raises(SourceUnreadableError, match=r"1 unreadable time stamp.* '991250Z'"):
        propose(open_source(str(path)), "fra", {"latitude": "50", "longitude": "8.6"})


def test_minutes_of_a_day_that_stands_above_the_table_are_times(tmp_path: Path) -> None:
    rows = [
        f" ACME   110  {5 * i:4d}    {60 + i % 30}   {-999 if i == 7 else i % 19 - 4:5.1f}    2.5    2.4   180 "
        f"  7.2    0.5   {i % 5 + 3:4.1f}    0.00   977.{i % 10}0    120"
        for i in range(24 * 12)
    ]
    path = tmp_path / "20210308acme.mts"
    path.write_text(MESONET + "\n".join([*rows, ""]))

    proposal = propose(open_source(str(path)), "acme", {"latitude": "34.8", "longitude": "-97"})
    readings = read(path, station_of(proposal)).table

    assert proposal.format == "oklahoma-mesonet"
    assert list(readings.index) == list(pd.date_range("2021-03-08", periods=24 * 12, freq="5min"))
    assert readings["T (degC)"].iloc[:3].tolist() == [-4, -3, -2]
    assert -999 in proposal.station["sentinels"]
    assert readings["max. wv (m/s)"].iloc[:3].tolist() == [3, 4, 5]


def test_a_serial_number_in_the_first_row_alone_is_no_column() -> None:
    rows = ["Roof,Time,Celsius(°C),Serial Number", "1,01/04/2023 00:00:00,6.5,010029451", "2,01/04/2023 01:00:00,6.1"]
    further = [f"{n},01/04/2023 {n - 1:02}:00:00,5.0" for n in range(3, 9)]

    told = with_plain_rows("\r\n".join([*rows, *further]).encode()).decode().splitlines()

    assert told == ["Roof,Time,Celsius(°C)", "1,01/04/2023 00:00:00,6.5", rows[2], *further]


@pytest.mark.parametrize(
    "text",
    [
        "time,T,note\n2021-03-11 00:00,3.5,new\n2021-03-11 01:00,3.1,\n2021-03-11 02:00,3.0,\n",
        "time,T,rain\n2021-03-11 00:00,3.5,0.2\n2021-03-11 01:00,3.1\n2021-03-11 02:00,3.0\n",
        "time,T,note\n2021-03-11 00:00,3.5\n2021-03-11 01:00,3.1\n2021-03-11 02:00,3.0\n",
        "station,valid,tmpf\nJFK,2021-03-11 23:51,40\n",
        "2021 03 08 00 00 00\nTIME T\n00:05 3.5\n",
        "2021 03 48 00 00 00\nTIME T\n5 3.5\n",
        "1 2021 03 08 00 00 00\n2 2021 03 08 01 00 00\n",
    ],
)
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert with_plain_rows(text.encode()) == text.encode()
