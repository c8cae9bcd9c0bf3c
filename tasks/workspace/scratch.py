"""Folders for as long as something takes, which nobody finds afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from tasks.workspace.file_lock import exclusive
from tasks.workspace.project_folders import cache_folder

FOLDER: Final = "scratch"
MAKING: Final = "making"
LOCK: Final = ".lock"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give an empty folder that goes when the block ends; what a process left that was killed goes with the next one.

    It lies in the cache, or, where nothing can be kept there, in the system's folder of temporary files.
    """
    with ExitStack() as held:
        try:
            folder = _made(cache_folder() / FOLDER, held)
        except OSError:
            folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="jena-")))
        yield folder


def _made(root: Path, held: ExitStack) -> Path:
    """Make a folder whose lock is held until it is gone; those whose lock nobody holds are removed first."""
    with exclusive(root / MAKING):
        for lock in root.glob(f"*{LOCK}"):
            with suppress(BlockingIOError), exclusive(lock, wait=False):
                _remove(lock.with_suffix(""))
        folder = Path(tempfile.mkdtemp(dir=root))
        held.enter_context(exclusive(folder.with_name(f"{folder.name}{LOCK}"), wait=False))
        held.callback(_remove, folder)
    return folder


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.with_name(f"{folder.name}{LOCK}").unlink(missing_ok=True)
