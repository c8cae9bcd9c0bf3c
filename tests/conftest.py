"""What all tests share: the real data, a home of their own, and the order in which files are run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest_plugins = ["left_out", "made_once", "one_worker_a_file"]

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "agg")


LONGEST_FIRST = (
    *("test_deployments", "test_torture", "test_study", "test_interruption", "test_notebooks", "test_fit"),
    *("test_tune_command_killed", "test_fleet", "test_dask", "test_backtest_command", "test_register_tiles"),
)
"""The files that take longest, as `make test` tells: a worker that begins one at the end is left alone with it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, and go on with the others that hold slow tests."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    place = {name: number for number, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: (item.path not in slow, place.get(item.path.stem, len(place))))


WHOLE_COMMANDS = ("end_to_end", "flows", "benchmarks")
"""The folders whose slow tests run whole commands. What these go through has tests of its own that are measured, and
the tracing, which other people's code pays for too, would take two thirds as long again."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Leave whole commands out of what `--cov` measures, with all that they set up."""
    measuring = item.config.pluginmanager.getplugin("_cov")
    unmeasured = item.path.parent.name in WHOLE_COMMANDS and item.get_closest_marker("slow")
    if not (unmeasured and measuring and measuring.cov_controller):
        return (yield)
    measuring.cov_controller.pause()
    try:
        return (yield)
    finally:
        measuring.cov_controller.resume()


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
    monkeypatch.setenv("JENA_LEADS_HOURS", "[]")  # as in tests/end_to_end/commands.py
    making_of_a_store()
    monkeypatch.setattr(sqlite_store, "_make", lambda path: shutil.copy(empty_store(), path))
    return folder
