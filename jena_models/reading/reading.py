"""A file of readings as it is: its columns under canonical names and in their units, its rows in its own order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from jena_models.errors import SourceEmptyError, SourceUnreadableError
from jena_models.named_files import named_path
from jena_models.reading.assembly import Columns, assembled
from jena_models.reading.joined_tables import joined
from jena_models.reading.lent_memory import lent_to_arrow
from jena_models.reading.quantity_rows import side_by_side
from jena_models.reading.texts.text_tables import TextColumns
from jena_models.reading.user_tables import FrameColumns
from jena_models.sources.archive import Member, read_members
from jena_models.sources.credentials import without_secrets
from jena_models.sources.databases import SQLITE_MAGIC, is_database, read_database
from jena_models.sources.json_tables import is_json, read_json
from jena_models.sources.netcdf import is_netcdf, read_netcdf
from jena_models.sources.several_files import files_of
from jena_models.stations.raw_readings import RawReadings
from jena_models.stations.schema import StationSchema

PARQUET_MAGIC: Final = b"PAR1"
SIMULATED_MARK: Final = b"jena.simulated"

Opened = TypeVar("Opened")


def read(path: Path, schema: StationSchema, name: str = "") -> RawReadings:
    """Read a text table, Parquet, NetCDF, JSON, an SQLite file, a zip with any of them, or several such files.

    Several tables are joined by time, end to end or side by side; one of them without a row is left, and that is noted.

    Args:
        path: of a file, of a folder, or a pattern such as `2016/*.csv`.
        schema: of the station.
        name: how a sentence names the source, where it is not by its path.

    Raises:
        SourceNotFoundError: where there is no such file.
        SourceUnreadableError: where it does not hold readings of the station for certain; the sentence says why.
    """

    def opened(member: Member, file: Path) -> Columns:
        called = replace(member, name=member.name.replace(str(path), name)) if name else member
        columns = columns_of(called, file, schema.file_columns, schema.flags)
        return side_by_side(columns, schema.columns, schema)

    parts: list[RawReadings] = []
    empty: list[str] = []
    for columns, is_one_of_several in each_table(path, opened, empty):
        if isinstance(columns, TextColumns):
            columns.is_read_once = True
        parts.append(assembled(columns, schema, partial=is_one_of_several))
    if len(parts) == 1 and not empty:
        return parts[0]
    whole = joined(parts, schema, name or str(path))
    notes = (f"{each} holds no row of readings and was left" for each in empty)
    return replace(whole, notes=(*whole.notes, *notes))


def each_table(
    path: Path, open_table: Callable[[Member, Path], Opened], empty: list[str]
) -> Iterator[tuple[Opened, bool]]:
    """Give each table of the files that a path stands for, as it is opened, and whether it is one of several.

    Args:
        path: of a file, of a folder, or a pattern.
        open_table: takes a table's bytes and the file that it lies in.
        empty: takes the names of those of several tables that hold no row, such as the file of a month that just began.

    Raises:
        SourceNotFoundError: where there is no such file.
        SourceEmptyError: where none of the tables holds a row.
        SourceUnreadableError: where one is damaged, or no table.
    """
    files, tables = files_of(path), 0
    for file in files:
        members = list(read_members(file))
        several = len(files) > 1 or len(members) > 1
        while members:
            tables += 1
            name = members[0].name
            try:
                yield open_table(members.pop(0), file), several  # nothing holds on to the bytes of one that is opened
            except SourceEmptyError:
                if not several:
                    raise
                empty.append(name)
    if tables == len(empty):
        raise SourceEmptyError(f"None of the {tables} tables of {path} holds a row of readings.")


def read_source(address: str, schema: StationSchema) -> RawReadings:
    """Read files, or what a database holds now, as `read` does.

    Args:
        address: a path, a folder, a pattern, or the address of a database.
        schema: of the station.

    Raises:
        RequestError: where the address cannot be.
        SourceNotFoundError: where there is no such source.
        SourceUnreadableError: where it does not hold readings of the station for certain.
    """
    if is_database(address):
        return in_columns(read_database(address), schema, f"read from {without_secrets(address)}")
    return read(named_path(address), schema)


def in_columns(frame: pd.DataFrame, schema: StationSchema, name: str) -> RawReadings:
    """Give the readings of a table that is in memory, as `read` does.

    Raises:
        SourceUnreadableError: where it does not hold readings of the station for certain.
    """
    return assembled(side_by_side(FrameColumns(frame, name), schema.columns, schema), schema)


def write_simulated(readings: pd.DataFrame, path: Path) -> None:
    """Write simulated readings as Parquet, marked so that they are never taken for real ones, wherever they go."""
    table = pa.Table.from_pandas(readings)
    pq.write_table(table.replace_schema_metadata({**table.schema.metadata, SIMULATED_MARK: b"yes"}), path)


def is_simulated(path: Path) -> bool:
    """Tell whether a file, or one of several, is one that `write_simulated` wrote."""
    return any(_is_marked(file) for file in files_of(path))


def is_text(content: bytes) -> bool:
    """Tell whether a file is none of the kinds that are known by their first bytes."""
    other = content.startswith((SQLITE_MAGIC, PARQUET_MAGIC)) or is_netcdf(content) or is_json(content)
    return not other


def columns_of(member: Member, path: Path, file_columns: Sequence[str] = (), flags: str = "") -> Columns:
    """Give the columns of one table.

    Args:
        member: its bytes.
        path: of the file that it lies in.
        file_columns: the names of a text's columns, where it does not name them.
        flags: letters that may follow a text's numbers.

    Raises:
        SourceUnreadableError: where it is damaged, or no table.
    """
    if member.content.startswith(SQLITE_MAGIC):
        return FrameColumns(read_database(f"sqlite:///{path.resolve()}"), member.name)
    if is_netcdf(member.content):
        frame, units = read_netcdf(member.content, member.name)
        return FrameColumns(frame, member.name, units)
    if is_json(member.content):
        frame, units, remarks = read_json(member.content, member.name)
        return FrameColumns(frame, member.name, units, remarks)
    if is_text(member.content):
        return TextColumns.of(member.content, member.name, file_columns, flags)
    try:
        frame = lent_to_arrow(member.content, pq.read_table).to_pandas()
    except Exception as error:  # a damaged file may fail in any way
        raise SourceUnreadableError(f"The Parquet file {member.name} is truncated or damaged; get it anew.") from error
    return FrameColumns(frame, member.name)


def _is_marked(path: Path) -> bool:
    with path.open("rb") as file:
        if file.read(len(PARQUET_MAGIC)) != PARQUET_MAGIC:
            return False
    try:
        return SIMULATED_MARK in (pq.read_schema(path).metadata or {})
    except Exception:  # a damaged file may fail in any way; who reads it says so
        return False
