"""The MLflow or the Prefect server away for a while, in the middle of a study, a forecast or a monitoring."""

from __future__ import annotations

import shutil
import signal
import threading
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Final

import psutil

from benchmarks.torture.commands import SMALL, Home
from benchmarks.torture.kills import made
from tasks.orchestration import free_port

AWAY: Final = (5.0, 60.0)
"""Seconds for which a server does not answer before it is killed; `jena up` starts it again."""
SERVERS: Final = ("mlflow", "prefect")
SOURCE: Final = ("--source", "simulated", "--set", "ingestion.simulated_years=2", "--at", "2010-11-20T12:00")
WORK: Final = (SMALL, ("forecast", "--format", "json", *SOURCE), ("monitor", "--format", "json", *SOURCE))


def interrupt(folder: Path, seed: int, reference: Path) -> str:
    """Stop and kill a server while a command is at work; gives what is wrong where the command does not get through.

    Args:
        folder: of this round alone.
        seed: of the server, the work, the moment and how long it is away.
        reference: what `benchmarks.torture.kills.prepare` made.
    """
    draw = Random(seed)  # noqa: S311  (repeatable, not secret)
    home = Home(made(folder) / "home")
    shutil.copytree(reference / "home" / ".cache", home.folder / ".cache", ignore=shutil.ignore_patterns("locks"))
    named = ("SERVERS__PREFECT_PORT", "SERVERS__MLFLOW_PORT", "PAGE__PORT")
    ports = {f"JENA_{name}": str(free_port()) for name in named}
    up = home.run("up", more=ports, name="up")
    if up.code:
        return f"`jena up` ended with {up.code}: {up.complaints[-300:]}"
    try:
        told = dict(line.removeprefix("export ").split("=", 1) for line in up.output.splitlines() if "=" in line)
        return _work(home, draw, ports | told)
    finally:
        home.run("down", more=ports, name="down")
        home.kill()


def _work(home: Home, draw: Random, variables: dict[str, str]) -> str:
    server, work = draw.choice(SERVERS), draw.choice(WORK)
    if work != SMALL:
        home.run(*SMALL, more=variables, name="before")
    seconds = draw.uniform(*AWAY)
    away = threading.Timer(draw.uniform(1, 25), _away, (home, server, seconds))
    away.start()
    ended = home.run(*work, more=variables)
    away.cancel()
    away.join(2 * AWAY[1])
    if ended.fault:
        return ended.fault
    if ended.code == 0:
        return ""
    again = home.run(*work, more=variables, name="again")
    named = f"{work[0]} with {server} away for {seconds:.0f} s"
    return f"{named} does not go on when asked again: {again.complaints[-300:]}" if again.code or again.fault else ""


def _away(home: Home, server: str, seconds: float) -> None:
    found = [each for each in home.processes() if _is(each, server)]
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGSTOP)
    threading.Event().wait(seconds)
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)


def _is(process: psutil.Process, server: str) -> bool:
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        line = " ".join(process.cmdline())
        return f"{server} server" in line or f"{server}.server" in line
    return False
