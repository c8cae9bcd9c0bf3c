"""A backtest as a person runs it: killed in the middle, gone on with, and asked for again."""

import json
import os
import signal
from pathlib import Path

import pytest
from commands import ask, end_all, finish_here, processes_of, start, watch

pytestmark = pytest.mark.slow

SMALL = [
    "backtest",
    "--source=simulated",
    "--architectures=ridge",
    "--workers=2",
    "--set=ingestion.simulated_years=1",
    "--set=backtest.leads_hours=[6]",
    "--set=backtest.first_training_days=150",
    "--set=backtest.validation_days=60",
    "--set=backtest.retrain_days=75",
    "--format=json",
]


def fits(home: Path) -> dict[str, int]:
    """Give the finished trainings and when each was finished."""
    folder = home / ".cache" / "fit"
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("[!.]*")} if folder.is_dir() else {}


def test_a_backtest_killed_in_the_middle_goes_on_and_ends_with_every_origin_and_lead(tmp_path):
    # Given one that is killed after its first ridge regression, of three origins at two leads
    home = tmp_path / "home"
    home.mkdir()
    command = start(home, *SMALL)
    try:
        watch(command, lambda: len(fits(home)) >= 7)
    finally:
        os.killpg(command.pid, signal.SIGKILL)
        command.wait()
        end_all(home)
    before = fits(home)

    # When
    result = finish_here(home, *SMALL)

    # Then what was finished has stayed, and the rest is there
    after = fits(home)
    assert {name: after[name] for name in before} == before
    assert len(after) == 12
    assert ask(home, "SELECT status, count(*) FROM runs GROUP BY status") == [("FINISHED", 3)]
    assert len(result["folds"]) == 3
    overall = [score for score in result["scores"] if score["by"] == "all"]
    assert {(score["architecture"], score["lead_hours"]) for score in overall} == {
        (name, lead) for name in ("persistence", "ridge") for lead in (6.0, 24.0)
    }
    assert processes_of(home) == []

    # and asked for again it is told again, and nothing is trained
    assert finish_here(home, *SMALL) == json.loads(json.dumps(result))
    assert fits(home) == after
