"""Files and folders that are written beside their place and renamed, so that they are whole or absent."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a place to write a file to; it takes the place of `path` where the block comes to its end.

    It is forced to the disk first: whole or as before, even without power.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = _beside(path)
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
    """Give a folder to write into; it takes the place of `folder`, unless another process was there first."""
    beside = _beside(folder)
    beside.mkdir(parents=True)
    try:
        yield beside
        publish(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def publish(beside: Path, folder: Path) -> None:
    """Rename a folder to its place; another process that was there first keeps it."""
    try:
        beside.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
