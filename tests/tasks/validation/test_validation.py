"""Validation sets aside what is impossible, lets good readings through, and leaves no trace elsewhere."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from validated_weather import (
    ROWS,
    STATION,
    Break,
    answered_by_pandas,
    at,
    finding,
    ingested,
    rename_time,
    shake_times,
    validated,
)

from jena_models.errors import DataInvalidError
from jena_models.options.readings_options import Validation
from tasks.readings.ingestion import ingest
from tasks.validation.validation import validate
from tasks.workspace.stage_results import Source
from tasks.workspace.stages import file_key


@pytest.mark.slow
def test_good_readings_pass_whole(readings: pd.DataFrame, home: Path) -> None:
    checked = validated(readings, home)

    assert {f.outcome for f in checked.findings} == {"pass"}
    assert checked.quarantine is None
    pd.testing.assert_frame_equal(pd.read_parquet(checked.readings), readings, check_freq=False)


@pytest.mark.slow
def test_one_impossible_value_costs_that_value_and_not_the_row_around_it(
    readings: pd.DataFrame, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hot, gusty = list(range(100, 140)), [200, 201]
    broken = at(hot, T=77.0)(readings.copy())
    broken = at(gusty, max_wv=0.0, wv=1.0)(broken)
    broken = at([300], Tdew=30.0)(broken)
    broken = at([400], wv=np.nan)(broken)  # no wind, no weak gust

    with caplog.at_level(logging.INFO, "jena"):
        checked = validated(broken, home, Validation(within_limits=0.98))

    assert checked.quarantine is not None
    aside = pd.read_csv(checked.quarantine, index_col="time", parse_dates=True)
    assert list(aside.index) == list(readings.index[[*hot, *gusty, 300]].tz_localize("UTC"))
    assert "T (degC) lies between -40 and 50" in aside["reason"].iloc[0]
    assert "VPmax" not in aside["reason"].iloc[0], "the vapour pressure was right"
    assert aside["reason"].iloc[40] == "not: gusts are at least as strong as the wind"
    assert aside["T (degC)"].iloc[0] == 77
    kept = pd.read_parquet(checked.readings)
    expected = at(hot, T=np.nan)(broken.copy())
    expected = at(gusty, max_wv=np.nan)(expected)
    expected = at([300], Tdew=np.nan)(expected)
    pd.testing.assert_frame_equal(kept, expected, check_freq=False)
    assert finding(checked, "T (degC) lies").outcome == "quarantine"
    assert finding(checked, "gusts").rows == 2
    assert "set values of 43 readings aside" in caplog.text

    # And without Data Docs the answers are the same, and stand in no way of who wants all of them
    brief = validate.fn(ingested(broken, home / "again"), STATION, Validation(within_limits=0.98), data_docs=False)
    assert brief.findings == checked.findings
    assert brief.key != checked.key
    assert [page.name for page in brief.docs.iterdir()] == ["index.html"]
    assert (checked.docs / "validations").is_dir()
    pd.testing.assert_frame_equal(pd.read_parquet(brief.readings), kept)


HOLES: dict[str, tuple[Break, str]] = {
    "steps are irregular": (
        rename_time(shake_times),
        "a reading follows every 10 minutes, but that is not so for 119 of",
    ),
    "rows are missing": (lambda r: r.drop(r.index[100:400]), "every 10 minutes, but that is not so for 1 of"),
    "a required column has holes": (at(slice(0, 31), T=np.nan), "T (degC) is complete, but that is not so for 31 of"),
    "a required column is empty": (at(slice(0, None), rh=np.nan), "rh (%) is complete, but that is not so for 3,000"),
    "an optional column is empty": (
        at(slice(0, None), wv=np.nan),
        "wv (m/s) is complete, but that is not so for 3,000 of",
    ),
}


@pytest.mark.parametrize("name", HOLES)
def test_holes_are_told_of_and_stop_nothing(name: str, readings: pd.DataFrame, home: Path) -> None:
    change, sentence = HOLES[name]
    given = change(readings.copy())

    checked = answered_by_pandas(given, home, Validation(regularity=0.9999))

    assert any(sentence in f.sentence for f in checked.findings)
    assert "fail" not in {f.outcome for f in checked.findings}
    assert len(pd.read_parquet(checked.readings)) == len(given)


def test_what_a_stuck_sensor_repeats_can_be_set_aside(readings: pd.DataFrame, home: Path) -> None:
    stuck = at(slice(500, 600), wv=3.3)(readings.copy())

    checked = answered_by_pandas(stuck, home, Validation(flat_share=1, stuck_values="set aside", within_limits=0))

    kept = pd.read_parquet(checked.readings)
    assert kept["wv (m/s)"].isna().to_numpy().nonzero()[0].tolist() == list(range(500, 600))
    assert kept.drop(columns=["wv (m/s)", "max. wv (m/s)"]).notna().all(axis=None)


def test_what_is_only_doubtful_warns(readings: pd.DataFrame, home: Path, caplog: pytest.LogCaptureFixture) -> None:
    doubtful = at(slice(0, 301), wd=np.nan)(readings.copy())
    doubtful = at(slice(500, 574), wv=3.3, max_wv=5.0)(doubtful)
    validation = Validation(flat_share=0.05)

    checked = answered_by_pandas(doubtful, home, validation)

    assert {f.expectation: f.outcome for f in checked.findings if f.outcome != "pass"} == {
        "wd (deg) is complete": "warn",
        "wv (m/s) keeps no value for more than 12 hours": "warn",
        "max. wv (m/s) keeps no value for more than 12 hours": "warn",
    }
    assert checked.quarantine is None
    assert len(pd.read_parquet(checked.readings)) == ROWS
    assert "wv (m/s) 3.3, wv (m/s) unchanged (h) 12.1667 at 2020-01-04 12:30:00" in caplog.text


def test_calm_and_fog_are_no_stuck_sensors(readings: pd.DataFrame, home: Path) -> None:
    calm = at(slice(1000, 1900), wv=0.0, max_wv=0.0, wd=0.0)(readings.copy())

    checked = answered_by_pandas(calm, home)

    assert {f.outcome for f in checked.findings} == {"pass"}
    with pytest.raises(DataInvalidError, match="keeps no value for more than 12 hours"):
        answered_by_pandas(calm, home, Validation(resting_hours=100))


@pytest.mark.slow
def test_the_data_docs_open_anywhere_without_a_network(readings: pd.DataFrame, home: Path, tmp_path: Path) -> None:
    checked = validated(readings, home)

    pages = list(checked.docs.rglob("*.html"))
    assert {page.relative_to(checked.docs).parts[0] for page in pages} == {"index.html", "validations", "expectations"}
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert str(tmp_path) not in text
        assert not re.search(r"<script|@import|url\(|<(img|link|iframe)[^>]*https?:", text), page
        for link in re.findall(r'href="([^"#]+)"', text):
            assert "/static/" in link or (page.parent / link).resolve() in {p.resolve() for p in pages}, link
    text = next((checked.docs / "validations").rglob("*.html")).read_text(encoding="utf-8")
    assert "VPmax (mbar) minus its formula" in text
    assert "T (degC) lies between -40 and 50, at least 99.9 % of the time" in text


FRESH_PROCESS = """
import socket, sys, pathlib
from tasks.workspace.stage_results import Ingested
from tasks.validation.validation import validate
from jena_models.options.readings_options import Validation
from jena_models.stations import load_station

def refuse(*arguments, **named):
    raise SystemExit(f"the network was tried: {arguments}")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
ingested, station = Ingested.model_validate_json(sys.argv[1]), load_station("jena")
validate.fn(ingested, station, Validation())
assert "great_expectations" not in sys.modules, "imported although the result was there"
validate.fn(ingested, station, Validation(least_days=1))
assert "great_expectations" in sys.modules
"""


@pytest.mark.slow
def test_a_fresh_process_reuses_the_result_and_leaves_no_trace(
    readings: pd.DataFrame, home: Path, tmp_path: Path
) -> None:
    handed_over = ingested(readings, home / "ingested")
    validate.fn(handed_over, STATION, Validation())
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    done = subprocess.run(
        [sys.executable, "-c", FRESH_PROCESS, handed_over.model_dump_json()],
        cwd=elsewhere,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3]), "PREFECT_HOME": str(tmp_path / "prefect")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not list(elsewhere.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize(
    "file",
    ["jena_hourly_2009_2016.csv", "jena_10min_2009_2010.csv.zip", "mpi_roof_2017b.zip", "jena_10min_2020.csv.zip"],
)
def test_real_files_pass_but_for_an_hour_of_wrong_pressure(shared_data: Path, home: Path, file: str) -> None:
    path = shared_data / file
    source = Source(path=path, origin=str(path), kind="real", key=file_key(path))

    checked = validate.fn(ingest.fn(source, STATION), STATION, Validation(), data_docs=path.suffix == ".csv")

    warned = [(f.outcome, f.example) for f in checked.findings if f.outcome != "pass"]
    jump = "p (mbar) 914.1, p (mbar) change (times the usual) 47.6391 at 2011-06-06 13:30:00"
    assert warned == ([("warn", jump)] if path.suffix == ".csv" else [])
    assert checked.quarantine is None


@pytest.mark.parametrize("last", [1, 300])
def test_a_jump_that_the_record_never_showed_is_named_and_stays(last: int, readings: pd.DataFrame, home: Path) -> None:
    broken = readings[["p (mbar)", "T (degC)", "rh (%)"]].copy()
    broken.iloc[-last:, 1] += 30.0

    checked = answered_by_pandas(broken, home)

    found = finding(checked, "T (degC) changes by at most 8 times")
    assert (found.outcome, found.rows) == ("warn", 1)
    assert pd.read_parquet(checked.readings)["T (degC)"].equals(broken["T (degC)"])


@pytest.mark.slow
def test_few_readings_have_no_usual_change(readings: pd.DataFrame, home: Path) -> None:
    checked = validated(readings.head(80), home, Validation(least_days=0.5))

    assert finding(checked, "T (degC) changes by at most 8 times").outcome == "pass"
