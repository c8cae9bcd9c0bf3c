"""What a publisher says of its values is heeded: those that it calls bad are no readings, what may be so is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from proposed_stations import station_of

from jena_models.errors import SettingsError
from jena_models.proposals import Proposal, propose
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import read

TIMES = pd.date_range("2021-03-20", periods=24 * 14, freq="h")
RNG = np.random.default_rng(4)
T = (8 + 6 * np.cos(2 * np.pi * (TIMES.hour - 15) / 24) + RNG.normal(0, 0.5, len(TIMES))).to_numpy().round(1)
BAD = (30, 31, 200)
ANSWERS = {"latitude": "50", "longitude": "10", "clock": "UTC", "unit:T": "degC", "unit:rain": "mm"}


@dataclass(frozen=True)
class Flagged:
    """How a publisher writes a temperature and how good it is."""

    header: str
    row: str
    good: str
    bad: str
    encoding: str = "utf-8"
    unit: str = "degC"


WAYS = {
    "NOAA's hours": Flagged(
        "STATION|DATE|temperature|temperature_Measurement_Code|temperature_Quality_Code|temperature_Source_Code",
        "USW00094728|{time:%Y-%m-%dT%H:%M:%S}|{value}||{quality}|343",
        *("1", "3"),
    ),
    "NOAA's global hours": Flagged(
        '"STATION","DATE","REPORT_TYPE","WND","TMP","DEW","SLP"',
        '"72503014732","{time:%Y-%m-%dT%H:%M:%S}","FM-15","180,1,N,0046,1","{tenths:+05d},{quality}","+0010,1","10132,1"',
        *("5", "7"),
        unit="0.1 degC",
    ),
    "NOAA's days side by side": Flagged(
        '"STATION","DATE","TAVG","TAVG_ATTRIBUTES"',
        '"USW00094728","{time:%Y-%m-%d %H:%M}","{value}","{quality}"',
        *(",,W", "H,S,W"),
    ),
    "NOAA's days below one another": Flagged(
        "ID,DATE,ELEMENT,DATA_VALUE,M_FLAG,Q_FLAG,S_FLAG",
        "USW00094728,{time:%Y-%m-%d %H:%M},TAVG,{value},,{quality},W\nUSW00094728,{time:%Y-%m-%d %H:%M},PRCP,0,,,W",
        *("", "I"),
    ),
    "California": Flagged(
        "Stn Id,CIMIS Region,Date,Hour (PST),Precip (mm),qc,Air Temp (C),qc",
        "6,Valley,{time:%m/%d/%Y},{time:%H}00,0.1, ,{value},{quality}",
        *("Y", "R"),
    ),
    "Korea": Flagged("일시,기온(°C),기온 QC플래그", "{time:%Y-%m-%d %H:%M},{value},{quality}", "", "1", "cp949"),
    "Japan": Flagged(
        "年月日時,気温(℃),気温(℃)\n,,品質情報",
        "{time:%Y/%m/%d %H:%M:%S},{value},{quality}",
        *("5", "2", "shift_jis"),
    ),
}


def written(folder: Path, way: Flagged) -> Path:
    rows = []
    for i, (time, value) in enumerate(zip(TIMES, T, strict=True)):
        told = 40.0 if i in BAD else value
        told_by = way.bad if i in BAD else way.good
        rows.append(way.row.format(time=time, value=told, tenths=round(told * 10), quality=told_by))
    path = folder / "roof.csv"
    path.write_bytes("\n".join([way.header, *rows, ""]).encode(way.encoding))
    return path


def proposed(path: Path, **answers: str) -> Proposal:
    return propose(open_source(str(path)), "roof", ANSWERS | {k.replace("__", ":"): v for k, v in answers.items()})


def read_back(path: Path, proposal: Proposal, name: str = "T (degC)") -> tuple[np.ndarray, tuple[str, ...]]:
    readings = read(path, station_of(proposal))
    return readings.table[name].to_numpy(), readings.notes


@pytest.mark.parametrize("way", WAYS)
def test_values_that_the_publisher_calls_bad_are_missing(tmp_path: Path, way: str) -> None:
    path = written(tmp_path, WAYS[way])
    target = {"target": "T"} if "days" in way else {}

    proposal = proposed(path, unit__T=WAYS[way].unit, **target)
    values, notes = read_back(path, proposal)

    assert [i for i, value in enumerate(values) if np.isnan(value)] == list(BAD)
    np.testing.assert_allclose(np.delete(values, BAD), np.delete(T, BAD))
    for told in (proposal.remarks, notes):
        assert sum("3 values of" in each and "says that they are bad" in each for each in told) == 1


@pytest.mark.parametrize("name", ["Kvalitet", "temp_flag", "QC_temp"])
def test_codes_that_nobody_knows_are_told_and_left_out_where_that_is_answered(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, Flagged(f"time,temp,{name}", "{time},{value},{quality}", "G", "Y"))

    silent, told = proposed(path), proposed(path, bad__T="Y,Z")
    values, _ = read_back(path, told)

    assert any(f"'{name}' may tell" in remark and "'Y' 3 times" in remark for remark in silent.remarks)
    assert not np.isnan(read_back(path, silent)[0]).any()
    assert np.isnan(values).sum() == len(BAD)


def test_a_column_of_any_name_may_tell_the_quality_where_it_is_answered(tmp_path: Path) -> None:
    path = written(tmp_path, Flagged("time,note,temp", "{time},{quality},{value}", "fine", "sensor wet"))

    values, notes = read_back(path, proposed(path, quality__T="note", bad__T="sensor *"))

    assert np.isnan(values).sum() == len(BAD)
    assert any("as 'note' says that they are bad" in note for note in notes)
    with pytest.raises(SettingsError, match="There is no column 'notes'; did you mean 'note'"):
        proposed(path, quality__T="notes", bad__T="x")


def test_a_file_without_the_column_is_read_and_that_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, Flagged("time,temp,temp_qc", "{time},{value},{quality}", "0", "9"))
    proposal = proposed(path, bad__T="9")
    path.write_text("".join(f"{time},{value}\n" for time, value in [("time", "temp"), *zip(TIMES, T, strict=True)]))

    values, notes = read_back(path, proposal)

    np.testing.assert_array_equal(values, T)
    assert "no column 'temp_qc' tells how good 'temp' is" in notes


def test_a_plants_series_is_heeded_alike_and_its_codes_are_none(tmp_path: Path) -> None:
    path = written(
        tmp_path, Flagged("DATE,TMAX,TMAX_ATTRIBUTES", '{time:%Y-%m-%d %H:%M},{value},"{quality}"', ",,W", ",I,W")
    )

    proposal = proposed(path, target="TMAX")

    assert [each["name"] for each in proposal.station["columns"]] == ["TMAX"]
    assert np.isnan(read_back(path, proposal, "TMAX")[0]).sum() == len(BAD)
