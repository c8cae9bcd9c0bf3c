"""What a database holds at one moment, as a file: later stages read that, however the table grows meanwhile.

A forecast needs the last days alone: of a table that can be asked for them no more is read, if that gives the same.
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import pandas as pd

from jena_models.errors import SourceUnreadableError
from jena_models.reading.reading import in_columns
from jena_models.reading.times.time_columns import time_columns
from jena_models.reading.user_tables import FrameColumns
from jena_models.sources.credentials import without_secrets
from jena_models.sources.databases import BETWEEN, read_database
from jena_models.sources.recent_rows import read_recent
from jena_models.stations import StationSchema
from jena_models.whole_files import forget_abandoned, whole_file
from tasks.workspace import Source, cache_folder, forget_old

KEPT: Final = 8
"""Snapshots of each table that are kept; one is needed until the stage that reads it has its result."""
KEPT_SECONDS: Final = 3600
LONGEST_NAME: Final = 40

logger = logging.getLogger("jena")


@dataclass(frozen=True)
class NeededDays:
    """The part of a record that a forecast is made from, which is little of a table that has grown for years."""

    since: datetime
    """In UTC, without a zone; early enough for the oldest reading that may be the newest."""
    newest_since: datetime
    """In UTC, without a zone: where no reading since then holds a value, more is needed than lies in the span."""
    moment: datetime
    """Later readings do not count, in UTC, without a zone."""
    asked: bool
    """Whether a person named the moment; else readings after it are counted, to be warned of."""

    @property
    def rounded(self) -> NeededDays:
        """A little more, which is the same for stations that ask for about the same within an hour."""
        since = self.since.replace(hour=0, minute=0, second=0, microsecond=0)
        if self.asked:
            return replace(self, since=since)
        moment = self.moment.replace(minute=0, second=0, microsecond=0)
        return replace(self, since=since, newest_since=moment - (self.moment - self.newest_since), moment=moment)


def snapshot(address: str, station: StationSchema | None = None, needed: NeededDays | None = None) -> Source:
    """Give the rows that a table or a query has now, as Parquet in the cache.

    The file's place and the source's key follow from the address as it is written, without what the environment adds.

    Args:
        address: of the database.
        station: whose readings it holds, where only some days of them are needed.
        needed: those days.

    Raises:
        RequestError: where the address cannot be, or names no table.
        SourceUnreadableError: where the database cannot be read.
    """
    began = time.perf_counter()
    frame = None if station is None or needed is None else _needed_rows(address, station, needed)
    part = "" if frame is None else "the last "
    frame = read_database(address) if frame is None else frame
    origin = without_secrets(address)
    folder = cache_folder() / "databases" / hashlib.sha256(origin.encode()).hexdigest()[:8]
    table = frame.to_parquet()
    key = hashlib.sha256(table).hexdigest()[:16]  # a file's
    path = folder / f"{_name(origin)}-{key}.parquet"
    forget_abandoned(folder)
    with whole_file(path) as beside:
        beside.write_bytes(table)
    forget_old(folder.glob("*.parquet"), KEPT, KEPT_SECONDS)
    logger.info("Read %s%s rows of %s in %.1f s.", part, f"{len(frame):,}", origin, time.perf_counter() - began)
    return Source(path=path, origin=origin, kind="real", key=key)


def _needed_rows(address: str, station: StationSchema, needed: NeededDays) -> pd.DataFrame | None:
    """Give the rows of the days that are needed; None where the whole may say something else."""

    def time_column(first: pd.DataFrame) -> str | None:
        if first.empty:
            return None
        columns = FrameColumns(first, address)
        found = time_columns(columns.header, columns.sample(), station)
        return columns.header[found.positions[0]] if found is not None and len(found.positions) == 1 else None

    frame = read_recent(address, time_column, needed.since, needed.moment if needed.asked else None)
    if frame is None or frame.empty:
        return None
    try:
        raw = in_columns(frame, station, without_secrets(address))
    except SourceUnreadableError:
        return None  # a unit, a clock or a station may be certain by all rows, and not by these
    newest = raw.newest(station, needed.moment)
    return frame if newest is not None and newest >= needed.newest_since else None


def _name(origin: str) -> str:
    wanted = origin.partition(BETWEEN)[2] or "readings"
    return re.sub(r"\W+", "_", wanted)[:LONGEST_NAME].strip("_") or "readings"
