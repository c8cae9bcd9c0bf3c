"""What takes seconds to make and is the same for every test: empty databases, and a server of Prefect."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

FOLDER = "TESTS_MADE_ONCE"
"""The variable that names the folder; workers are given it by the process that starts them."""


def pytest_configure() -> None:
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="jena-made-once-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)


@cache
def making_of_a_store() -> Callable[[Path], None]:
    """How the project makes one, before a test puts a copy in its place."""
    from tasks.tracking import sqlite_store

    return sqlite_store._make


def empty_store() -> Path:
    """A tracking store with its tables and nothing in them."""
    from tasks.workspace import exclusive

    path = Path(os.environ[FOLDER]) / "mlflow.db"
    with exclusive(path.with_name("mlflow.lock")):
        if not path.exists():
            making_of_a_store()(path)
    return path


def empty_prefect() -> Path:
    """A home of Prefect with the database of a server that has run nothing."""
    from tasks.workspace import exclusive

    folder = Path(os.environ[FOLDER]) / "prefect"
    with exclusive(folder.with_name("prefect.lock")):
        if not folder.exists():
            beside = folder.with_name("prefect.partial")
            command = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"]
            environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_API")}
            subprocess.run(command, env=environment | {"PREFECT_HOME": str(beside)}, check=True, capture_output=True)
            beside.rename(folder)
    return folder


def furnish(home: Path, *, with_store: bool = True) -> None:
    """Give a home what its first command would make."""
    if not (home / "prefect").exists():
        shutil.copytree(empty_prefect(), home / "prefect")
    if with_store and not (home / "mlflow.db").exists():
        shutil.copy(empty_store(), home / "mlflow.db")


@contextmanager
def shared_prefect() -> Iterator[str]:
    """Let flows that the test's own process runs be kept by the worker's server; gives its address."""
    from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings

    address = prefect_address()
    with temporary_settings({PREFECT_API_URL: address, PREFECT_LOGGING_TO_API_ENABLED: False}):
        yield address


@cache
def prefect_address() -> str:
    """A Prefect server that ends with this worker; commands that are told of it need not start one of their own."""
    import httpx

    from tasks.orchestration.temporary_server import TEMPORARY, started_server, tell_to_serve

    home = Path(tempfile.mkdtemp(dir=os.environ[FOLDER]))
    shutil.copytree(empty_prefect(), home, dirs_exist_ok=True)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_API")}
    process, port = started_server(inherited | TEMPORARY | {"PREFECT_HOME": str(home)})
    tell_to_serve(process)
    address = f"http://127.0.0.1:{port}/api"
    for _ in range(600):
        assert process.poll() is None, "Prefect's server ended while it started"
        try:
            if httpx.get(f"{address}/health", timeout=2).is_success:
                return address
        except httpx.HTTPError:
            time.sleep(0.2)
    raise AssertionError("Prefect's server did not answer")
