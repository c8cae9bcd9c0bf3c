"""The MLflow server, the Prefect server or the worker away for a while, in a study, a forecast or a monitoring."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Final

import psutil

from benchmarks.torture.commands import SMALL, Ended, Home
from benchmarks.torture.kills import copied
from tasks.orchestration import free_port

AWAY: Final = (5.0, 60.0)
"""Seconds for which a server does not answer before it is killed; `jena up` starts it again."""
SERVERS: Final = ("mlflow", "prefect", "worker")
DEPLOYMENTS: Final = {"train": "train/on-demand", "forecast": "forecast/hourly", "monitor": "monitor/daily"}
BEGINS: Final = {"train": 40.0, "forecast": 6.0, "monitor": 6.0}
"""Seconds after the command within which a server goes away, so that most find the work going on."""
AT: Final = "2010-11-20T12:00"
SETTINGS: Final = {"ingestion.simulated_years": 2}
SECONDS: Final = 300.0
"""The longest that the servers may take to be well again."""


def interrupt(folder: Path, seed: int, reference: Path) -> str:
    """Take each server away once in each work; gives what is wrong where one does not get through."""
    draw = Random(seed)  # noqa: S311  (repeatable, not secret)
    home = copied(reference / "home", folder / "home")
    named = ("SERVERS__PREFECT_PORT", "SERVERS__MLFLOW_PORT", "PAGE__PORT")
    ports = {f"JENA_{name}": str(free_port()) for name in named}
    up = home.run("up", more=ports, name="up")
    if up.code:
        return f"`jena up` {up.end}"
    try:
        told = dict(line.removeprefix("export ").split("=", 1) for line in up.output.splitlines() if "=" in line)
        return _in_turn(home, draw, ports | told, seed)
    finally:
        home.run("down", more=ports, name="down")
        home.kill()


def _in_turn(home: Home, draw: Random, variables: dict[str, str], seed: int) -> str:
    for asked in (("--no-prompt", "deploy", "--all"), ("deployment", "schedule", "pause", "--all")):
        told = home.run(*asked, more=variables, module="prefect")
        if told.code:
            return f"`prefect {' '.join(asked)}` {told.end}"
    pairs = [(server, work) for server in SERVERS for work in DEPLOYMENTS]
    draw.shuffle(pairs)
    for number, (server, work) in enumerate(pairs):
        seconds, begins = draw.uniform(*AWAY), draw.uniform(0, BEGINS[work])
        away = threading.Thread(target=_away, args=(home, server, begins, seconds))
        away.start()
        ended = _do(home, work, 100 * seed + number, variables, deployed=server == "worker")
        away.join()
        fault = ended.fault or ("" if _well_again(home, variables) else "the servers do not come back")
        if ended.code and not fault:
            again = _do(home, work, 100 * seed + number, variables, deployed=server == "worker")
            fault = again.fault or (f"asked again, it {again.end}" if again.code else "")
        if fault:
            return f"{work} with {server} away for {seconds:.0f} s after {begins:.0f} s: {fault}"
    running = home.ask("SELECT run_uuid FROM runs WHERE status = 'RUNNING'")
    return f"{len(running)} runs of MLflow are left RUNNING" if running else ""


def _do(home: Home, work: str, number: int, variables: dict[str, str], deployed: bool) -> Ended:
    """Do a work, a study of its own seed among them, by a command or by a deployment whose run a worker takes."""
    if deployed:
        given: dict[str, object] = {"source": "simulated", "settings": SETTINGS, "at": AT}
        if work == "train":
            settings = SETTINGS | {"seed": number, "training.epochs": 2, "training.batches_per_epoch": 20}
            given = {"source": "simulated", "settings": settings, "architectures": ["ridge", "dense"]}
        asked = ("deployment", "run", DEPLOYMENTS[work], "--watch", "--params", json.dumps(given))
        return home.run(*asked, more=variables, module="prefect")
    if work == "train":
        return home.run(*SMALL, "--set", f"seed={number}", more=variables)
    settings_given = [f"--set={key}={value}" for key, value in SETTINGS.items()]
    return home.run(work, "--format", "json", "--source", "simulated", "--at", AT, *settings_given, more=variables)


def _away(home: Home, server: str, begins: float, seconds: float) -> None:
    time.sleep(begins)
    found = [each for each in home.processes() if _is(each, server)]
    if not found:
        print(f"no process of {server} was found", file=sys.stderr)
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)


def _is(process: psutil.Process, server: str) -> bool:
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        line = " ".join(process.cmdline())
        if server == "worker":
            return "prefect worker start" in line
        return f"{server} server" in line or f"{server}.server" in line
    return False


def _well_again(home: Home, variables: dict[str, str]) -> bool:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        told = home.run("status", "--format", "json", more=variables, name="status")
        if told.code == 0 and all(part["healthy"] for part in json.loads(told.output)["parts"]):
            return True
        time.sleep(1)
    return False
