"""A study that is killed or told to end, at any moment, and started again: as if nothing had happened."""

import json
import os
import signal
from pathlib import Path

import numpy as np
import psutil
import pytest
from commands import (
    ask,
    end_all,
    figures,
    finish_here,
    processes_of,
    share_readings,
    start,
    statuses,
    versions,
    watch,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]

ARCHITECTURES = ("ridge", "lstm")
EPOCHS = 4
STUDY = [
    "train",
    "--source=simulated",
    f"--architectures={','.join(ARCHITECTURES)}",
    "--workers=2",
    "--set=ingestion.simulated_years=1",
    f"--set=training.epochs={EPOCHS}",
    "--set=tracking.fallback=false",
    "--set=training.batches_per_epoch=80",
    "--format=json",
]


@pytest.fixture(autouse=True)
def _heed_interrupts():
    """The background job of a shell ignores SIGINT, and what it starts would too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True)
def _leave_nothing_running(tmp_path: Path):
    yield
    end_all(tmp_path)


@pytest.fixture(scope="module")
def undisturbed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("undisturbed")


@pytest.fixture(scope="module")
def undisturbed(undisturbed_home: Path) -> dict:
    return finish_here(undisturbed_home, *STUDY)


def unfinished(home: Path) -> list[Path]:
    """The states after a whole epoch of trainings that are not done."""
    return list((home / ".cache" / "fit").glob(".*.partial/state.npz"))


def states(home: Path) -> dict[Path, int]:
    """When the states of trainings that are not done were written."""
    return {path: path.stat().st_mtime_ns for path in unfinished(home)}


def trained(home: Path) -> list[Path]:
    return [path for path in (home / ".cache" / "fit").glob("*/result.json") if not path.parent.name.startswith(".")]


def epochs_kept(home: Path) -> dict[str, list[dict]]:
    """What was kept of trainings that are not done: the records of their epochs, with the seconds each took."""
    kept = {}
    for path in unfinished(home):
        with np.load(path) as state:
            kept[path.parent.name[1:].removesuffix(".partial")] = json.loads(state["progress"].tobytes())["epochs"]
    return kept


def runs_in(home: Path, status: str) -> int:
    return ask(home, f"SELECT count(*) FROM runs WHERE status = '{status}'")[0][0]


def concluding(home: Path) -> bool:
    """Every architecture's run has finished, and the study's has not."""
    return bool(ask(home, "SELECT 1 FROM runs")) and runs_in(home, "FINISHED") == len(ARCHITECTURES)


def nothing_runs(home: Path) -> bool:
    _, alive = psutil.wait_procs(processes_of(home), timeout=30)
    return not alive


def test_killed_at_three_moments_a_study_ends_with_the_figures_of_an_undisturbed_one(
    undisturbed_home, undisturbed, tmp_path
):
    home = share_readings(undisturbed_home, tmp_path)

    # When the whole process group is killed in the middle of an epoch
    first = start(home, *STUDY)
    watch(first, lambda: unfinished(home))
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert nothing_runs(home)
    kept = epochs_kept(home)

    # And then the parent alone, as soon as a training is done and is to be registered
    done_before = {path.parent.name for path in trained(home)}
    second = start(home, *STUDY)
    watch(second, lambda: {path.parent.name for path in trained(home)} - done_before)
    second.kill()
    second.wait()
    assert nothing_runs(home)
    finished_fits = {path: path.stat().st_mtime_ns for path in trained(home)}

    # And then the group again, when all are trained and the study concludes
    third = start(home, *STUDY)
    watch(third, lambda: concluding(home))
    os.killpg(third.pid, signal.SIGKILL)
    third.wait()
    assert nothing_runs(home)

    # Then the same command goes on, and ends as if nothing had happened
    result = finish_here(home, *STUDY)
    assert figures(result) == figures(undisturbed)
    assert result["promotion"]["promoted"] == undisturbed["promotion"]["promoted"]
    assert nothing_runs(home)

    # And whole epochs and whole trainings were not done twice
    assert kept
    for key, epochs in kept.items():
        ended = json.loads((home / ".cache" / "fit" / key / "result.json").read_text())
        assert ended["epochs"][: len(epochs)] == epochs
    assert {path: path.stat().st_mtime_ns for path in finished_fits} == finished_fits

    # And nothing is left behind, or there twice
    assert statuses(home) == ["FINISHED"] * (1 + len(ARCHITECTURES))
    assert versions(home) == len(ARCHITECTURES)
    assert unfinished(home) == []


def test_told_to_end_in_two_ways_a_study_marks_its_runs_and_goes_on_when_asked_again(
    undisturbed_home, undisturbed, tmp_path
):
    home = share_readings(undisturbed_home, tmp_path)
    for told, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
        # Given a study that has trained for an epoch, or for one more
        before = states(home)
        study = start(home, *STUDY)
        watch(study, lambda before=before: states(home).items() - before.items())

        # When
        study.send_signal(told)

        # Then
        assert study.wait(60) == code
        assert nothing_runs(home)
        assert runs_in(home, "RUNNING") == runs_in(home, "FAILED") == 0
        assert runs_in(home, "KILLED") >= 1 + len(unfinished(home))
        assert "Traceback" not in (home / "err.txt").read_text()

    # And
    assert figures(finish_here(home, *STUDY)) == figures(undisturbed)
    assert statuses(home) == ["FINISHED"] * (1 + len(ARCHITECTURES))
    assert versions(home) == len(ARCHITECTURES)


def test_a_fleet_told_to_end_marks_its_runs_leaves_no_temporary_files_and_blames_no_station(tmp_path):
    # Given a fleet that has trained for an epoch
    settings = dict(each.removeprefix("--set=").split("=") for each in STUDY if each.startswith("--set="))
    station = {"name": "hill", "station": "jena", "source": "simulated"}
    told = {"settings": settings | {"architectures": ["lstm"]}, "stations": [station]}
    (tmp_path / "fleet.yaml").write_text(json.dumps(told))
    fleet = start(tmp_path, "fleet", "train", "--fleet", str(tmp_path / "fleet.yaml"))
    watch(fleet, lambda: unfinished(tmp_path))

    # When
    fleet.send_signal(signal.SIGTERM)

    # Then
    assert fleet.wait(60) == 143
    assert nothing_runs(tmp_path)
    assert statuses(tmp_path) == ["KILLED", "KILLED"]
    assert [path.name for path in (tmp_path / ".cache" / "scratch").iterdir()] == ["making"]
    assert not list((tmp_path / "fleet").glob("*.json"))
