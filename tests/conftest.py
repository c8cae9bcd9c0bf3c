"""What all tests share: the real data, a home of their own, and the order in which files are run."""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import hypothesis
import pytest

pytest_plugins = ["left_out", "made_once", "one_worker_a_file"]

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
importlib.import_module("tasks")  # sets what Prefect and MLflow read when they are imported themselves
os.environ.setdefault("MPLBACKEND", "agg")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the workers have all cores at work already

# How long an example takes says how busy the machine is. A commit's tests try the same examples wherever they run;
# `make test-campaigns` has them look elsewhere each time.
_patient = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("repeatable", _patient, derandomize=True)
hypothesis.settings.register_profile("exploring", _patient, max_examples=1000)
hypothesis.settings.load_profile("repeatable")


LONGEST_FIRST = (
    *("test_deployments", "test_interruption", "test_torture", "test_study"),
    *("test_notebooks", "test_fit", "test_fleet", "test_backtest_command", "test_register_tiles"),
    *("test_tune_command_killed", "test_model_server", "test_fleet_neighbours", "test_dask", "test_reading_speed"),
)
"""The files that take longest, as `make test` tells: a worker that begins one at the end is left alone with it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, and go on with the others that hold slow tests."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    place = {name: number for number, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: (item.path not in slow, place.get(item.path.stem, len(place))))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """A study in the test's own process takes a place of its own for temporary files; other tests have the system's."""
    temporary_files = tempfile.tempdir
    try:
        return (yield)
    finally:
        tempfile.tempdir = temporary_files


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the station's real files; tests that need them are skipped where it is not."""
    named = os.environ.get("JENA_SHARED_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        from left_out import NO_REAL_FILES

        pytest.skip(NO_REAL_FILES)
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project root of its own, with its own cache and tracking store, which is copied where it would be made."""
    from made_once import empty_store, making_of_a_store

    from tasks.tracking import sqlite_store

    for name in [n for n in os.environ if n.startswith(("JENA_", "MLFLOW_TRACKING", "MLFLOW_REGISTRY"))]:
        monkeypatch.delenv(name)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("JENA_HOME", str(folder))
    monkeypatch.setenv("JENA_LEADS_HOURS", "[]")  # as in tests/given/commands.py
    making_of_a_store()
    monkeypatch.setattr(sqlite_store, "_make", lambda path: shutil.copy(empty_store(), path))
    return folder
