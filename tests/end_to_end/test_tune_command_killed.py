"""`jena tune` as a process: killed in the middle it goes on, and ends with what an undisturbed one finds."""

import os
import signal
from pathlib import Path

import psutil
import pytest
from commands import ask, end_all, finish, finish_here, processes_of, start, statuses, watch

from jena_models.training.process import PROCESS_NAME

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

TUNE = [
    "tune",
    "ridge",
    "--trials=3",
    "--source=simulated",
    "--workers=1",
    "--set=ingestion.simulated_years=1",
    "--format=json",
]


@pytest.fixture(autouse=True)
def _leave_nothing_running(tmp_path: Path):
    yield
    end_all(tmp_path)


def told(result: dict) -> list[tuple]:
    return [(each["number"], each["state"], each["values"], each["val_mae"]) for each in result["trials"]]


def finished_trials(home: Path) -> int:
    if not (home / "mlflow.db").exists():
        return 0
    finished = (
        "SELECT count(*) FROM runs JOIN tags USING (run_uuid) "
        "WHERE key = 'role' AND value = 'trial' AND status = 'FINISHED'"
    )
    return ask(home, finished)[0][0]


def training(home: Path) -> bool:
    return any(each.name() == PROCESS_NAME for each in processes_of(home))


def test_killed_in_the_middle_a_search_goes_on_and_ends_as_an_undisturbed_one(tmp_path):
    # Given a search that is killed while its second trial goes on
    first = start(tmp_path, *TUNE)
    watch(first, lambda: finished_trials(tmp_path) == 1 and training(tmp_path))
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    psutil.wait_procs(processes_of(tmp_path), timeout=30)

    # When the same command is given again
    resumed = finish(tmp_path, *TUNE)

    # Then all trials are there once, and no run is left open
    assert [each["number"] for each in resumed["trials"]] == [1, 2, 3]
    assert statuses(tmp_path) == ["FINISHED"] * 4
    assert "Trial 1 of 3" not in (tmp_path / "err.txt").read_text()
    assert processes_of(tmp_path) == []

    # And a search that nobody disturbs, its trainings taken from the first, finds the same
    for path in (tmp_path / ".cache" / "tune").iterdir():
        path.unlink()
    undisturbed = finish_here(tmp_path, *TUNE, f"--output={tmp_path / 'again.yaml'}")
    assert told(undisturbed) == told(resumed)
    assert (tmp_path / "again.yaml").read_text() == (tmp_path / "tuned" / "ridge.yaml").read_text()
