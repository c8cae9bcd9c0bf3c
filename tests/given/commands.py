"""`jena` as a process of its own, in a home of its own, and what it leaves in the store."""

import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, redirect_stdout, suppress
from pathlib import Path

import psutil
import pytest
from made_once import furnish, prefect_address

SECONDS = 900
"""The longest that a command may take on a busy machine."""

BRIEF = {"JENA_LEADS_HOURS": "[]", "JENA_TRACKING__REPORT": "false", "JENA_TRACKING__DATA_DOCS": "false"}
"""Neither curves nor pages, which take longer than the rest: those tests that are about them ask for them."""

FOREIGN = ("JENA_", "MLFLOW_TRACKING", "PREFECT_API")
"""How variables begin that a command is not to inherit from whoever runs the tests."""


def environment(home: Path, **more: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    own = {"JENA_HOME": str(home), "PREFECT_HOME": str(home / "prefect"), "PREFECT_API_URL": prefect_address()}
    return inherited | BRIEF | own | more


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


def finish_here(home: Path, *arguments: str) -> dict:
    """Do as `finish` does in the test's own process, which has imported what a command would have to."""
    furnish(home)
    code, said = run_here(environment(home), *arguments)
    assert code == 0
    return json.loads(said)


def run_here(variables: dict[str, str], *arguments: str) -> tuple[int, str]:
    """Run a command in the test's own process; gives its exit code and what it says on standard output."""
    from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings

    from flows.command_line import main

    server = {PREFECT_API_URL: variables["PREFECT_API_URL"], PREFECT_LOGGING_TO_API_ENABLED: False}
    heeded = signal.getsignal(signal.SIGTERM)
    with pytest.MonkeyPatch.context() as patch, temporary_settings(server), redirect_stdout(io.StringIO()) as said:
        for name in [name for name in os.environ if name.startswith(FOREIGN)]:
            patch.delenv(name)
        for name, value in variables.items():
            patch.setenv(name, value)
        try:
            with pytest.raises(SystemExit) as ended:
                main(arguments)
        finally:
            signal.signal(signal.SIGTERM, heeded)
    return int(ended.value.code or 0), said.getvalue()


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
    """Give all that still run of a home's commands, found by what only they were told.

    The fork server of a command that ran in the test's own process stays for the next one.
    """
    found = []
    for process in psutil.process_iter():
        try:
            told = process.environ().get("JENA_HOME")
            stays = process.ppid() == os.getpid() and "jena_models.training.fork_server" in process.cmdline()
            if told == str(home) and process.status() != psutil.STATUS_ZOMBIE and not stays:
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
