"""Which revision of the code runs, in which process, and whether that is still there."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from tasks.workspace.folders import ROOT

LONGEST_SECONDS: Final = 10
CLOCK_SECONDS: Final = 2.0
"""How far the start of one process may seem to move, where it is known by the machine's clock alone."""
PROC: Final = Path("/proc")
START_FIELD: Final = 19
"""Of what Linux says of a process after its name in brackets: when it began, in ticks since the machine did."""


class Revision(NamedTuple):
    """The commit and whether files differ from it; `unknown` outside a git repository."""

    commit: str
    dirty: str


@cache
def code_revision() -> Revision:
    """Give the revision that the code had when the process first asked."""
    top = _git("rev-parse", "--show-toplevel")
    if top is None or Path(top) != ROOT:
        return Revision("unknown", "unknown")
    commit = _git("rev-parse", "HEAD")
    changes = _git("status", "--porcelain")
    return Revision(commit or "unknown", "unknown" if changes is None else str(bool(changes)).lower())


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(ROOT), *arguments],  # noqa: S607  (git is wherever the user has it)
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def process_tags() -> dict[str, str]:
    """Give the tags that name the running process: its host, its number and when it started.

    The start stands there twice where Linux tells: for people, by the clock, and since the machine's own start, which
    stays as it is when the clock is set.
    """
    import psutil

    started = psutil.Process().create_time()
    tags = {"host": socket.gethostname(), "pid": str(os.getpid()), "process_started": f"{started:.2f}"}
    return tags | ({"process_began": began} if (began := _began(os.getpid())) else {})


def is_of_this_host(tags: Mapping[str, str]) -> bool:
    """Tell whether a run's process runs, or ran, on this machine."""
    return tags.get("host") == socket.gethostname()


def is_of_this_process(tags: Mapping[str, str]) -> bool:
    """Tell whether a run's process is the running one."""
    return is_of_this_host(tags) and tags.get("pid") == str(os.getpid()) and may_be_running(tags)


def may_be_running(tags: Mapping[str, str]) -> bool:
    """Tell whether a run's process is there; of another host's nothing is known, so it may be."""
    import psutil

    if not is_of_this_host(tags):
        return "host" in tags
    try:
        process = psutil.Process(int(tags["pid"]))
        if "process_began" in tags:
            same = tags["process_began"] == _began(process.pid)
        else:
            same = abs(process.create_time() - float(tags["process_started"])) < CLOCK_SECONDS
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except (KeyError, ValueError, psutil.NoSuchProcess):
        return False
    except psutil.AccessDenied:
        return True


def _began(pid: int) -> str:
    """Give after which start of the machine a process began, and in ticks when; empty where the system does not say."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        told = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        return f"{boot} {told.rpartition(')')[2].split()[START_FIELD]}"
    except (OSError, IndexError):
        return ""
