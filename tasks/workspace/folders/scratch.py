"""Folders for as long as something takes, which nobody finds afterwards, and the lock that tells who holds them."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Final

from tasks.workspace.folders.project_folders import cache_folder, keeping_in, places


@contextmanager
def exclusive(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock of a file, made where it is not there; waits while another thread or process holds it.

    The system lets go of it when its holder ends, however that ends.

    Raises:
        BlockingIOError: where it is held and is not waited for.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


LOCKS: Final = "scratch"
MAKING: Final = "making"
PREFIX: Final = "jena-"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give an empty folder that goes when the block ends; what a process left that was killed goes with the next one.

    It is one of the system's temporary folders, for MLflow takes a path for an address, and a home may have any name.
    The cache, where anything can be kept there, holds a lock for each.
    """
    with ExitStack() as held:
        try:
            folder = _made(cache_folder() / LOCKS, held)
        except OSError:
            folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix=PREFIX)))
        yield folder


@contextmanager
def cache_aside() -> Iterator[None]:
    """Keep what the block makes in the cache in a folder that goes with it, where the cache is full or another's."""
    with scratch_folder() as folder, keeping_in(places().model_copy(update={"cache": folder})):
        yield


@cache
def keep_temporary_files_together() -> None:
    """Let all that this process makes in the folder of temporary files go with it; where it is killed, as above.

    MLflow writes there what it is about to log, in folders of no particular name.
    """
    process = os.getpid()

    def leave() -> None:
        if os.getpid() == process:  # no child that was forked
            tempfile.tempdir = None  # is looked up anew
            held.close()

    with suppress(OSError), ExitStack() as made:  # of which nothing is left where it cannot be made whole
        tempfile.tempdir = str(_made(cache_folder() / LOCKS, made))
        held = made.pop_all()
        atexit.register(leave)


def _made(locks: Path, held: ExitStack) -> Path:
    """Make a folder that is held until it is gone; those that nobody holds are removed first."""
    with exclusive(locks / MAKING):
        for lock in locks.glob(f"{PREFIX}*"):
            with suppress(OSError), exclusive(lock, wait=False):
                _forget(Path(lock.read_text(encoding="utf-8")), lock)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = locks / folder.name
        held.enter_context(exclusive(lock, wait=False))
        held.enter_context(_holding(folder))
        held.callback(_remove, folder, lock)
        lock.write_text(str(folder), encoding="utf-8")
    return folder


def _forget(folder: Path, lock: Path) -> None:
    """Remove what was left, unless its maker lives and it is the cache, with its locks, that was copied.

    Raises:
        BlockingIOError: in that case.
    """
    if folder.name != lock.name or not folder.is_dir():  # it was killed before it could say where
        lock.unlink(missing_ok=True)
        return
    with _holding(folder):
        _remove(folder, lock)


@contextmanager
def _holding(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _remove(folder: Path, lock: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    lock.unlink(missing_ok=True)
