from __future__ import annotations

import logging
import time
from pathlib import Path

import pandas as pd
import pytest

from jena_models.errors import SourceUnreadableError
from jena_models.options.readings_options import Ingestion
from jena_models.stations import load_station
from tasks.readings.ingestion import ingest
from tasks.readings.locating import locate
from tasks.workspace.stage_results import Ingested

JENA = load_station("jena")


def ingested(source: str | Path, years: float = 0.05) -> Ingested:
    return ingest.fn(locate.fn(str(source), JENA, Ingestion(simulated_years=years)), JENA)


@pytest.mark.parametrize(
    ("file", "shape"),
    [
        ("jena_hourly_2009_2016.csv", (70_038, 12)),
        ("jena_10min_2009_2010.csv.zip", (106_583, 14)),
        ("mpi_roof_2017b.zip", (26_496, 14)),
        ("jena_10min_2020.csv.zip", (52_695, 14)),
    ],
)
def test_what_is_handed_over_is_canonical(file: str, shape: tuple[int, int], home: Path, shared_data: Path) -> None:
    handed_over = ingested(shared_data / file)

    readings = pd.read_parquet(handed_over.readings)
    assert readings.shape == shape
    assert list(readings.columns) == [name for name in JENA.names if name in readings.columns]
    assert set(readings.dtypes) == {pd.Series(dtype=float).dtype}
    assert readings.index.name == "time"
    assert readings.index.is_monotonic_increasing
    assert readings.index.is_unique
    assert (handed_over.report.rows, handed_over.source.kind) == (shape[0], "real")


def test_the_same_content_is_ingested_once_and_another_content_again(home: Path, tmp_path: Path) -> None:
    first = ingested("simulated")
    written = first.readings.stat().st_mtime_ns
    began = time.perf_counter()
    second = ingested("simulated")
    seconds = time.perf_counter() - began
    other = ingested("simulated", years=0.06)

    assert second == first
    assert second.readings.stat().st_mtime_ns == written
    assert other.key != first.key
    assert seconds < 1


def test_the_cleaning_report_is_logged_and_kept(
    home: Path, shared_data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "jena"):
        handed_over = ingested(shared_data / "jena_10min_2020.csv.zip")

    assert handed_over.report.summary() in caplog.text
    kept = handed_over.readings.with_name("report.json").read_text(encoding="utf-8")
    assert kept == handed_over.report.model_dump_json(indent=2)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 and no more", "truncated"),
        (b"no table\n", "not a CSV"),
        (b"when,p,T,rh\n1,2,3,4\n", "no column of time stamps"),
        (b"date,p,rh\n2020-01-01 00:10:00,990,80\n", "no column of air temperature"),
        (b"date,p,T,rh\nonce,990,1,80\n", "1 unreadable time stamp"),
        (b"date,p,T,rh\n2020-01-01 00:10:00,990,,80\n", "All 1 values"),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_no_result(
    content: bytes, reason: str, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)

    with pytest.raises(SourceUnreadableError, match=reason) as caught:
        ingested(path)

    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert caught.value.exit_code == 1
    assert not [path for path in home.rglob("*") if path.is_file()]
    assert not list((home / ".cache").glob("ingest/*"))


@pytest.mark.parametrize(("names", "is_said"), [("date,pressure,temperature,humidity", True), ("date,p,T,rh", False)])
def test_a_file_in_other_names_is_not_read_with_jenas_clock_without_a_word(
    names: str, is_said: bool, home: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    times = pd.date_range("2021-03-01", periods=200, freq="h")
    units = [f"{name} ({unit})" for name, unit in zip(names.split(",")[1:], ("hPa", "degC", "%"), strict=True)]
    rows = [f"{time},{1000 + i % 7},{i % 24 - 5},{60 + i % 9}" for i, time in enumerate(times)]
    path = tmp_path / "roof.csv"
    path.write_text("\n".join([",".join(["date", *units]), *rows]))

    with caplog.at_level(logging.INFO, logger="jena"):
        ingested(path)

    assert ("was read with the clock UTC+01:00 and the place of that station" in caplog.text) == is_said
