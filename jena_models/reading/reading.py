"""A file of readings as it is: its columns under canonical names and in their units, its rows in its own order."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from jena_models.errors import SourceUnreadableError
from jena_models.reading.archive import Member, read_members
from jena_models.reading.assembly import assembled
from jena_models.reading.databases import SQLITE_MAGIC, read_database
from jena_models.reading.text_tables import TextColumns
from jena_models.reading.user_tables import FrameColumns
from jena_models.stations.raw_readings import RawReadings
from jena_models.stations.schema import StationSchema

PARQUET_MAGIC: Final = b"PAR1"
SIMULATED_MARK: Final = b"jena.simulated"
DIFFERING: Final = 0.01
"""So large a share of values that two tables give differently is no accident: they are of two stations."""


def read(path: Path, schema: StationSchema) -> RawReadings:
    """Read a text table, a Parquet file, or a zip with any of them.

    Raises:
        SourceNotFoundError: where there is no such file.
        SourceUnreadableError: where it does not hold readings of the station for certain; the sentence says why.
    """
    members = read_members(path)
    parts = [_read_member(member, schema, path, partial=len(members) > 1) for member in members]
    return parts[0] if len(parts) == 1 else _joined(parts, schema, path)


def write_simulated(readings: pd.DataFrame, path: Path) -> None:
    """Write simulated readings as Parquet, marked so that they are never taken for real ones, wherever they go."""
    table = pa.Table.from_pandas(readings)
    pq.write_table(table.replace_schema_metadata({**table.schema.metadata, SIMULATED_MARK: b"yes"}), path)


def is_simulated(path: Path) -> bool:
    """Tell whether a file is one that `write_simulated` wrote."""
    with path.open("rb") as file:
        if file.read(len(PARQUET_MAGIC)) != PARQUET_MAGIC:
            return False
    try:
        return SIMULATED_MARK in (pq.read_schema(path).metadata or {})
    except Exception:  # a damaged file may fail in any way; who reads it says so
        return False


def _read_member(member: Member, schema: StationSchema, path: Path, *, partial: bool) -> RawReadings:
    if member.content.startswith(SQLITE_MAGIC):
        return assembled(FrameColumns(read_database(f"sqlite:///{path}"), member.name), schema, path, partial=partial)
    if not member.content.startswith(PARQUET_MAGIC):
        return assembled(
            TextColumns.of(member.content, member.name, schema.file_columns, schema.flags),
            schema,
            path,
            partial=partial,
        )
    try:
        frame = pq.read_table(io.BytesIO(member.content)).to_pandas()
    except Exception as error:  # a damaged file may fail in any way
        raise SourceUnreadableError(f"The Parquet file {member.name} is truncated or damaged; get it anew.") from error
    return assembled(FrameColumns(frame, member.name), schema, path, partial=partial)


def _joined(parts: Sequence[RawReadings], schema: StationSchema, path: Path) -> RawReadings:
    """Give the rows of all tables in the order of time, one a time stamp; each value is that of the first that has it.

    Raises:
        SourceUnreadableError: where tables differ in more than a few values of the same time.
    """
    columns = [name for name in schema.names if any(name in part.table for part in parts)]
    whole = parts[0].table.reindex(columns=columns)
    for part in parts[1:]:
        other = part.table.reindex(columns=columns)
        shared = whole.index.intersection(other.index)
        if not len(shared):
            whole = pd.concat([whole, other])
            continue
        first, second = (table[~table.index.duplicated()] for table in (whole, other))
        mine, theirs = first.loc[shared].to_numpy(), second.loc[shared].to_numpy()
        both = np.isfinite(mine) & np.isfinite(theirs)
        if both.any() and np.mean(mine[both] != theirs[both]) > DIFFERING:
            raise SourceUnreadableError(
                f"The tables of {path} differ in {np.mean(mine[both] != theirs[both]):.0%} of the values of the same "
                "times, so that they are of several stations; name one of them."
            )
        whole = first.combine_first(second)[columns]
    absent = next((c for c in schema.columns if c.kind == "required" and c.name not in columns), None)
    if absent is not None:
        raise SourceUnreadableError(
            f"None of the {len(parts)} tables of {path} has a column of {absent.description or absent.quantity} "
            f"({absent.name}); add the table that has it."
        )
    ignored = tuple(dict.fromkeys(name for part in parts for name in part.ignored))
    notes = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    return RawReadings(whole.sort_index(kind="stable"), ignored, path, notes)
