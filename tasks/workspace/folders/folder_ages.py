"""When folders changed last, and which of what is kept for a while goes."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Final

NEWEST: Final = 2
"""Folders that are looked at: what is written late may still go into the one before."""
SETTLED_NANOSECONDS: Final = 2_000_000_000
"""A folder that changed a moment ago may change once more at what its file system takes for the same time."""


def newest_change(folder: Path, pattern: str, file: str = "") -> int | None:
    """Give when one of the newest folders within a folder last changed; None where there is none.

    A folder changes where a file is renamed into it, and does not where one is written over in its place.

    Args:
        folder: whose folders follow one another by name, such as one a month.
        pattern: of their names.
        file: in each of them, which counts too.
    """
    changed = _changed(folder)
    if changed is None:
        return None
    listed = _newest if time.time_ns() - changed > SETTLED_NANOSECONDS else _newest.__wrapped__
    newest = listed(folder, pattern, changed)
    looked_at = [*newest, *(each / file for each in newest if file)]
    return max((at for each in looked_at if (at := _changed(each)) is not None), default=None)


@lru_cache(maxsize=8192)
def _newest(folder: Path, pattern: str, changed: int) -> tuple[Path, ...]:
    return tuple(sorted(each for each in folder.glob(pattern) if each.is_dir())[-NEWEST:])


def _changed(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def forget_old(found: Iterable[Path], kept: int, younger_than: float = 0.0) -> None:
    """Remove files or folders, all but the newest of them.

    Args:
        found: those that there are; some may be gone by now.
        kept: how many stay.
        younger_than: none goes that was changed fewer seconds ago, for somebody may be about to read it.
    """
    changed = {}
    for path in found:
        with suppress(FileNotFoundError):
            changed[path] = path.stat().st_mtime
    for old in sorted(changed, key=changed.__getitem__, reverse=True)[kept:]:
        if time.time() - changed[old] < younger_than:
            continue
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.unlink(missing_ok=True)
