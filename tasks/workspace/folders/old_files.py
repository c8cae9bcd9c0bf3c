"""What is kept for a while and no longer, where several processes make it and forget it at once."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


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
