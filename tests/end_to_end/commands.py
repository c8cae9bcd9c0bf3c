"""`jena` as a process of its own, in a home of its own, and what it leaves in the store."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import psutil
from made_once import furnish, prefect_address

SECONDS = 900
"""The longest that a command may take on a busy machine."""


def environment(home: Path, **more: str) -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("JENA_", "MLFLOW_TRACKING", "PREFECT_API"))}
    own = {"JENA_HOME": str(home), "PREFECT_HOME": str(home / "prefect"), "PREFECT_API_URL": prefect_address()}
    own["JENA_LEADS_HOURS"] = "[]"  # those tests that are about curves ask for one: it takes a while to learn
    return inherited | own | more


def start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a command in a session of its own; what it says goes to files, so that no pipe holds it up."""
    furnish(home)
    with (home / "out.txt").open("w") as out, (home / "err.txt").open("w") as err:
        return subprocess.Popen(
            [sys.executable, "-m", "flows.command_line", *arguments],
            env=environment(home),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            text=True,
            start_new_session=True,
        )


def finish(home: Path, *arguments: str) -> dict:
    """Run a command that must succeed, and give its JSON."""
    try:
        code = start(home, *arguments).wait(SECONDS)
    except BaseException:
        end_all(home)
        raise
    assert code == 0, (home / "err.txt").read_text()
    return json.loads((home / "out.txt").read_text())


def watch(command: subprocess.Popen[str], moment: Callable[[], object]) -> None:
    """Come back as soon as the moment is there; a command that ends before it has missed it."""
    for _ in range(SECONDS * 50):
        if moment():
            return
        try:
            code = command.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError(f"ended with {code} before the moment came")
    raise AssertionError("the moment never came")


def ask(home: Path, query: str) -> list[tuple]:
    """Give rows of the tracking store; none where it is not there yet."""
    path = home / "mlflow.db"
    if not path.is_file():
        return []
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=20)) as database:
        return database.execute(query).fetchall()


def statuses(home: Path) -> list[str]:
    return sorted(status for (status,) in ask(home, "SELECT status FROM runs"))


def versions(home: Path) -> int:
    return ask(home, "SELECT count(*) FROM model_versions")[0][0]


def processes_of(home: Path) -> list[psutil.Process]:
    """Give all that still run of a home's commands, found by what only they were told."""
    found = []
    for process in psutil.process_iter():
        try:
            told = process.environ().get("JENA_HOME")
            if told == str(home) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
    return found


def end_all(home: Path) -> None:
    """End what a home's commands left running, so that a test that fails disturbs no other."""
    for process in processes_of(home):
        with suppress(psutil.NoSuchProcess):
            process.kill()


def share_readings(of: Path, home: Path) -> Path:
    """Give a new home whose readings are prepared already, and nothing trained."""
    shutil.copytree(of / ".cache", home / ".cache", ignore=shutil.ignore_patterns("fit", "locks"))
    return home


def figures(result: dict) -> dict[str, tuple]:
    names = ("val_mae", "val_rmse", "val_skill", "test_mae", "test_rmse", "test_skill", "best_epoch", "parameters")
    return {row["architecture"]: tuple(row[name] for name in names) for row in result["leaderboard"]}
