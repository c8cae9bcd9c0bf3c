"""Several files that are one source: those of a folder, or those that a pattern such as `2016/*.csv` fits."""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jena_models.errors import SourceNotFoundError, SourceUnreadableError
from jena_models.sources.archive import JSON, TABLES, is_table

SUFFIXES: Final = frozenset({*TABLES, ".zip", ".gz", ".xz"})
YEAR: Final = re.compile(r"(?:19|20)\d{2}")
MOST_FILES: Final = 20_000
"""A file a run, four runs a day, for thirteen years; each takes some milliseconds, and some KiB of memory once read."""


def is_pattern(path: Path) -> bool:
    """Tell whether a path stands for those that fit it, and is none itself."""
    return glob.has_magic(str(path)) and not path.exists()


def files_of(path: Path) -> tuple[Path, ...]:
    """Give the files that a path stands for, by name: itself, those in a folder, or those that fit a pattern.

    Of a folder only what may be a table counts, by the ends of the names, and no folder within it.

    Raises:
        SourceNotFoundError: where a folder holds no table, or a pattern fits no file.
        SourceUnreadableError: where there are more than a station can have.
    """
    if path.is_dir():
        files = [file for file in path.iterdir() if file.is_file()]
        found = [file for file in files if is_table(file.name, SUFFIXES)]
        found = found or [file for file in files if is_table(file.name, (JSON,))]
        if not found:
            raise SourceNotFoundError(
                f"The folder {path} holds no table ({', '.join(sorted({*SUFFIXES, JSON}))}); name another, or a file."
            )
    elif is_pattern(path):
        root = Path(path.anchor)
        found = [file for file in root.glob(str(path.relative_to(root))) if file.is_file()]
        if not found:
            raise SourceNotFoundError(f"No file fits {path}; check the pattern.")
    else:
        return (path,)
    if len(found) > MOST_FILES:
        raise SourceUnreadableError(
            f"{path} stands for {len(found):,} files, and at most {MOST_FILES:,} are read; put those of a month or a "
            f"year into one, or name fewer by a pattern, such as '{_newest_by_pattern(path, found)}'."
        )
    return tuple(sorted(found))


def _newest_by_pattern(path: Path, found: Sequence[Path]) -> str:
    """Give a pattern that fits the files whose names have the last one's beginning, up to its year."""
    newest = max(found, key=lambda file: file.name)
    year = YEAR.search(newest.name)
    folder = path if path.is_dir() else newest.parent
    return str(folder / f"{newest.name[: year.end()] if year else newest.name[:1]}*{newest.suffix}")
