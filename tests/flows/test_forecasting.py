"""`jena forecast`: the registered champion says, of a file of readings, what comes; else a sentence says why not."""

import errno
import json
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from small_study import SETTINGS, STATION, opened_run, small_fit, small_prepared, small_readings, with_model

from flows.command_line import main
from jena_models.forecaster import Forecaster
from jena_models.reading.user_tables import user_readings
from tasks.forecasting import forecast_picture
from tasks.forecasting.forecasts_table import read_forecasts
from tasks.forecasting.tables import parquet_forecasts
from tasks.registry import champion
from tasks.registry.by_hand import promote_by_hand
from tasks.registry.registering import registration as register
from tasks.workspace import stages

pytestmark = pytest.mark.slow

MODEL = "jena-temperature-24h"
ISSUED = pd.Timestamp("2012-03-20 06:10")


@pytest.fixture(scope="module")
def registered(tmp_path_factory):
    """A home whose registry holds a small model as the champion, and the same model by itself."""
    folder = tmp_path_factory.mktemp("registered")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JENA_HOME", str(folder))
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        prepared = small_prepared(folder / "prepared")
        fit = with_model(small_fit(folder / "fit", prepared), prepared)
        run_id = opened_run(prepared)
        version = register.register_version(fit, prepared, STATION, run_id=run_id, name=MODEL, settings=SETTINGS)
        promote_by_hand(MODEL, version)
    with closing(sqlite3.connect(folder / "mlflow.db")) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # all of it in the one file that is copied
    (fit.folder / "preparation.json").write_text(prepared.preparation.model_dump_json())
    (fit.folder / "station.json").write_text(STATION.model_dump_json())
    return folder, Forecaster.load(fit.folder)


@pytest.fixture
def station(home, registered, monkeypatch):
    """A function that runs `jena forecast` on readings, in a home with a champion."""
    monkeypatch.setenv("JENA_HISTORY_HOURS", "12")
    shutil.copy(registered[0] / "mlflow.db", home / "mlflow.db")
    champion._loaded.cache_clear()
    return home


def ended(capsys, readings, *arguments, name="station.csv", home=None):
    readings.to_csv(home / name, index_label="Date Time")
    with pytest.raises(SystemExit) as end:
        main(["forecast", "--source", str(home / name), *arguments])
    printed = capsys.readouterr()
    return end.value.code, printed.out, printed.err


def said(capsys, readings, *arguments, home):
    code, output, errors = ended(capsys, readings, "--format", "json", *arguments, home=home)
    assert code == 0, errors
    return json.loads(output)


def full(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_on_a_full_disk_a_forecast_is_said_and_that_it_is_kept_nowhere(station, capsys, monkeypatch):
    """Whoever asked got a sentence, and no forecast."""
    given = stages.whole_folder

    def with_room_elsewhere(folder):
        return full() if station in folder.parents else given(folder)

    monkeypatch.setattr(stages, "whole_folder", with_room_elsewhere)
    monkeypatch.setattr(parquet_forecasts, "whole_file", full)
    asked = ("--format", "json", "--at", "2012-03-20T06:30")

    code, output, errors = ended(capsys, small_readings(), *asked, home=station)

    told = json.loads(output)
    assert code == 1
    assert (told["rung"], told["written"], told["table"], told["picture"]) == ("champion", False, "", None)
    assert "a temporary folder stands in" in errors
    assert "jena: The disk is full" in errors


def test_a_forecast_whose_table_is_damaged_is_said_all_the_same(station, capsys):
    at = ("--at", "2012-03-20T06:30")
    ended(capsys, small_readings(), *at, home=station)
    [file] = station.rglob("forecasts.parquet")
    file.write_bytes(b"PAR1 but no more")

    code, output, errors = ended(capsys, small_readings(), *at, home=station)

    assert code == 1
    assert "Kept in no table." in output
    assert "forecasts.parquet cannot be read; put the file back from a copy" in errors


def test_a_picture_that_cannot_be_written_takes_no_forecast_along(station, capsys, monkeypatch):
    monkeypatch.setattr(forecast_picture, "write_whole", full)

    code, output, errors = ended(capsys, small_readings(), "--at", "2012-03-20T06:30", home=station)

    assert code == 0
    assert "Added to" in output
    assert "cannot be written: No space left on device." in errors


def test_the_champion_forecasts_from_the_newest_readings(station, capsys, registered):
    readings = small_readings()

    told = said(capsys, readings, "--at", "2012-03-20T06:30", home=station)

    alone = registered[1].forecast(user_readings(readings[:ISSUED], STATION)).iloc[0]
    assert told["forecast"] == pytest.approx(alone["forecast"], abs=1e-4)
    assert told["issue_time"] == "2012-03-20T06:10:00+01:00"
    assert told["valid_time"] == "2012-03-21T06:10:00+01:00"
    assert told["persistence"] == pytest.approx(readings.loc[ISSUED, "T (degC)"])
    assert (told["model"], told["version"], told["rung"], told["written"]) == (MODEL, 1, "champion", True)
    [row] = read_forecasts(MODEL, STATION.local).to_dict("records")
    assert (row["issue_time"], row["version"], row["data_hash"]) == (
        ISSUED - STATION.local.standard_offset,
        1,
        told["data_hash"],
    )
    assert row["forecast"] == told["forecast"]


def test_what_would_have_been_said_then_depends_on_nothing_later(station, capsys):
    """Given what came later in any form, when asked for the same time, then the answer is the same."""
    readings = small_readings()
    alone = said(capsys, readings[:ISSUED], "--at", "2012-03-20T06:10", home=station)
    later = readings[readings.index > ISSUED]
    noise = pd.DataFrame(np.random.default_rng(1).uniform(-5000, 5000, later.shape), later.index, later.columns)
    forms = [readings, pd.concat([readings[:ISSUED], noise]), pd.concat([noise[::-1], readings[:ISSUED]])]

    for form in forms:
        again = said(capsys, form, "--at", "2012-03-20T06:10", home=station)
        assert again == alone | {"written": False}
    assert len(read_forecasts(MODEL, STATION.local)) == 1


def test_each_hour_adds_a_row_and_asking_again_changes_nothing(station, capsys):
    readings = small_readings()
    for _ in range(2):
        for hour in range(2):
            said(capsys, readings, "--at", f"2012-03-20T0{hour}:10", home=station)

    table = read_forecasts(MODEL, STATION.local)
    assert list(table["issue_time"]) == [pd.Timestamp("2012-03-19 23:10"), pd.Timestamp("2012-03-20 00:10")]
    assert sorted(path.suffix for path in (station / "forecasts" / MODEL / "pictures").iterdir()) == [".svg"] * 2


def test_a_terminal_gets_a_table(station, capsys):
    code, output, _ = ended(capsys, small_readings(), "--at", "2012-03-20T06:10", home=station)

    assert code == 0
    for part in ("2012-03-20 06:10", "2012-03-21 06:10", "°C", "version 1, dense", "Added to", "picture"):
        assert part in output


def test_without_a_champion_persistence_stands_in(station, capsys):
    (station / "mlflow.db").unlink()

    told = said(capsys, small_readings(), "--at", "2012-03-20T06:10", home=station)

    assert told["forecast"] == told["persistence"] == pytest.approx(small_readings().loc[ISSUED, "T (degC)"])
    assert (told["version"], told["rung"], told["lower"]) == (0, "persistence", None)
    assert not (station / "mlflow.db").exists()


def broken(kind):
    readings = small_readings()
    if kind == "gap":
        return readings.drop(readings[ISSUED - timedelta(hours=5) : ISSUED - timedelta(hours=2)].index)
    if kind == "stuck":
        readings.loc[ISSUED - timedelta(days=2) : ISSUED, "p (mbar)"] = 1000.0
    elif kind == "text":
        return readings.astype(object).replace(readings.iloc[3, 0], "n. a. n.")
    elif kind == "no column":
        return readings.drop(columns="T (degC)")
    elif kind == "impossible":
        readings.loc[ISSUED - timedelta(days=1) : ISSUED, "T (degC)"] = 77.0
    elif kind == "empty":
        return readings.iloc[:0]
    elif kind.startswith("short"):
        return readings[ISSUED - timedelta(hours=10 if kind == "short" else 5) : ISSUED]
    return readings


@pytest.mark.parametrize(
    ("kind", "at", "ending"),
    [
        ("plain", None, (1, "ask with --at 2012-03-25T23:10+01:00 what would have been said then")),
        ("plain", "2012-04-02T00:00", (1, "is of 2012-03-25 23:10 +0100, 7 days before 2012-04-02 00:00 +0100")),
        ("plain", "2011-01-01", (2, "the first is of 2012-03-01 00:10")),
        ("plain", "this morning", (2, "The time 'this morning' cannot be read")),
        ("text", "2012-03-20T06:10", (1, "which is not a number")),
        ("no column", "2012-03-20T06:10", (1, "T (degC)")),
        ("empty", "2012-03-20T06:10", (1, "no row")),
    ],
)
def test_a_stale_or_broken_source_is_told_in_a_sentence_and_nothing_is_written(station, capsys, kind, at, ending):
    asked = [] if at is None else ["--at", at]

    code, output, errors = ended(capsys, broken(kind), *asked, home=station)

    assert (code, output) == (ending[0], "")
    told = [line for line in errors.splitlines() if line.startswith("jena: ")]
    assert len(told) == 1
    assert ending[1] in told[0]
    assert "Traceback" not in errors
    assert not (station / "forecasts").exists()


@pytest.mark.parametrize(
    ("kind", "rung", "why"),
    [
        ("gap", "champion", ""),
        ("stuck", "persistence", "needs 'p (mbar)' at 90% of the 12 steps"),
        ("impossible", "persistence", "The newest value of 'T (degC)' is of 2012-03-19 05:10 +0100"),
        ("short", "champion", ""),
        ("shorter", "persistence", "needs 'T (degC)' at 90% of the 12 steps"),
    ],
)
def test_readings_that_come_are_never_met_with_silence(station, capsys, kind, rung, why):
    told = said(capsys, broken(kind), "--at", "2012-03-20T06:10", home=station)

    assert (told["rung"], told["issue_time"]) == (rung, "2012-03-20T06:10:00+01:00")
    assert why in told["why"]
    assert np.isfinite(told["forecast"])
    assert read_forecasts(MODEL, STATION.local)["rung"].tolist() == [rung]


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("forecasting.level=0.7", "models give intervals of 0.8 and 0.9"),
        ("forecasting.max_age_hours=0", "greater than 0"),
        ("forecasting.max_age=5", "did you mean 'forecasting.max_age_hours'?"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(station, capsys, assignment, sentence):
    code, output, errors = ended(capsys, small_readings(), "--set", assignment, home=station)

    assert (code, output) == (2, "")
    assert sentence in errors
