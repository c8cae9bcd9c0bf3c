"""Sources that stations of one run share, each read once: a station's own is often another one's neighbour."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np

from jena_models.reading.reading import read
from jena_models.sources.several_files import files_of
from jena_models.stations import StationSchema
from jena_models.stations.raw_readings import RawReadings
from tasks.workspace import Source, holding

Made = TypeVar("Made")

MOST_BYTES: Final = 64 * 2**20
"""Some hundreds of stations with a month of readings each; those that were not asked for the longest go first."""
LITTLE: Final = 1024
"""Bytes that a path or a hash counts for."""
MARGIN: Final = timedelta(days=3)
"""So much more than was asked for is kept: the next station may ask for a little more, for a neighbour that is late."""


@dataclass
class _Memory:
    """What was read, by what it was read from; no more of it than `MOST_BYTES`."""

    held: OrderedDict[Hashable, tuple[Any, int]] = field(default_factory=OrderedDict)
    size: int = 0

    def get(self, key: Hashable) -> Any:
        if key not in self.held:
            return None
        self.held.move_to_end(key)
        return self.held[key][0]

    def keep(self, key: Hashable, made: Any, size: int) -> None:
        self.size += size - self.held.pop(key, (None, 0))[1]
        self.held[key] = (made, size)
        while self.size > MOST_BYTES:
            self.size -= self.held.popitem(last=False)[1][1]


_memory: ContextVar[_Memory | None] = ContextVar("sources that were read", default=None)


def sources_read_once() -> AbstractContextManager[None]:
    """Read no source twice within: files as long as they stay as they are, an address or a database not at all."""
    return holding(_memory, _Memory())


def once(key: Hashable, make: Callable[[], Made]) -> Made:
    """Give what was made before within `sources_read_once`, or make it; outside of it, it is made each time."""
    memory = _memory.get()
    if memory is None:
        return make()
    made: Made | None = memory.get(key)
    if made is None:
        made = make()
        memory.keep(key, made, LITTLE)
    return made


def read_since(source: Source, schema: StationSchema, since: datetime | None) -> RawReadings:
    """Give what a source holds; rows before a time may be missing, where it is given.

    Args:
        source: files.
        schema: by which they are read.
        since: what is older does not matter, in UTC, without a zone; all of it matters where it is None.

    Raises:
        SourceNotFoundError: where the files are gone.
        SourceUnreadableError: where they do not hold readings of the station.
    """
    memory = _memory.get()
    if memory is None or since is None:
        return read(source.path, schema, source.told)
    key = ("readings", stamp(source.path), source.told, described_by(schema))
    held: tuple[datetime, RawReadings] | None = memory.get(key)
    if held is None or held[0] > since:
        whole, first = read(source.path, schema, source.told), since - MARGIN
        newer = whole.table[whole.table.index.to_numpy() > np.datetime64(first)]
        held = first, replace(whole, table=newer)
        memory.keep(key, held, LITTLE + int(newer.memory_usage(index=True).sum()))
    return held[1]


def stamp(path: Path) -> tuple[tuple[str, int, int, int], ...]:
    """Give what tells that a path's files are other ones than before: name, inode, size and time of change of each."""

    def one(file: Path) -> tuple[str, int, int, int]:
        try:
            found = file.stat()
        except OSError:
            return str(file), 0, 0, 0  # whoever reads it says so
        return str(file), found.st_ino, found.st_size, found.st_mtime_ns

    return tuple(one(file) for file in files_of(path))


def described_by(schema: StationSchema) -> str:
    """Give what tells that two stations' files are read alike."""
    return schema.model_dump_json(exclude_defaults=True, exclude={"neighbours", "title", "credit"})
