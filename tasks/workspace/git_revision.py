"""Which revision of the code runs."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from tasks.workspace.folders import ROOT

LONGEST_SECONDS: Final = 10


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
