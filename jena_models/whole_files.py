"""Files and folders that are written beside their place and renamed, so that they are whole or absent."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a place to write a file to; it takes the place of `path` where the block comes to its end.

    It is forced to the disk first: whole or as before, even without power.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _forget(each for each in path.parent.glob(f".{escape(path.name)}.*") if _is_beside(each))
    with _beside(path, lambda file: file.touch(exist_ok=False)) as beside:
        try:
            yield beside
            with beside.open("rb") as file:
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            with suppress(OSError):
                beside.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a text, whole or not at all."""
    with whole_file(path) as beside:
        beside.write_text(text, encoding="utf-8")


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Give a folder to write into; it takes the place of `folder`, unless another process was there first.

    What processes that were killed left beside it, half-written, goes first, whichever folder it was to become.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    forget_abandoned(folder.parent)
    with _beside(folder, Path.mkdir) as beside:
        try:
            yield beside
            publish(beside, folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)


def forget_abandoned(folder: Path) -> None:
    """Remove what processes that were killed left half-written in a folder of the project's own."""
    _forget(each for each in folder.glob(".*") if _is_beside(each))


def publish(beside: Path, folder: Path) -> None:
    """Rename a folder to its place; another process that was there first keeps it."""
    try:
        beside.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


@contextmanager
def _beside(path: Path, make: Callable[[Path], None]) -> Iterator[Path]:
    """Make what is to take a path's place, and hold its lock meanwhile: what nobody holds is abandoned."""
    descriptor = None
    while descriptor is None:
        beside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
        make(beside)
        descriptor = _held(beside)
    try:
        yield beside
    finally:
        os.close(descriptor)


def _held(path: Path) -> int | None:
    """Open what was just made and take its lock; None where another process took it for abandoned in between."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    with suppress(OSError):  # a file system without locks, where nothing can be told to be abandoned either
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    if path.exists():
        return descriptor
    os.close(descriptor)
    return None


def _is_beside(path: Path) -> bool:
    return re.fullmatch(r"\..+\.[0-9a-f]{8}", path.name) is not None


def _forget(found: Iterable[Path]) -> None:
    for path in found:
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            finally:
                os.close(descriptor)
