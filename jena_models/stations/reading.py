"""A file of readings as it is: its columns under canonical names, its rows in its own order."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from jena_models.errors import SourceUnreadableError
from jena_models.stations.archive import read_bytes
from jena_models.stations.matching import Matched, match
from jena_models.stations.schema import StationSchema
from jena_models.stations.timestamps import parse

UTF8_MARK: Final = b"\xef\xbb\xbf"
PARQUET_MAGIC: Final = b"PAR1"
SIMULATED_MARK: Final = b"jena.simulated"
MISSING_TEXTS: Final = ("", "NA", "N/A", "NaN", "nan", "null", "None", "-")


@dataclass(frozen=True)
class RawReadings:
    """What a file holds, not yet cleaned."""

    table: pd.DataFrame
    """float64 columns under canonical names, in canonical order; index `time`, as in the file."""
    ignored: tuple[str, ...]
    """Columns of the file that the station schema does not know."""
    path: Path


def read(path: Path, schema: StationSchema) -> RawReadings:
    """Read a CSV, a zip with one, or a Parquet file of readings.

    Raises:
        SourceNotFoundError: where there is no such file.
        SourceUnreadableError: where it does not hold readings of the station; the sentence says why.
    """
    content = read_bytes(path)
    if content.startswith(PARQUET_MAGIC):
        return _read_parquet(content, schema, path)
    content = content.removeprefix(UTF8_MARK).lstrip(b"\r\n")
    header_line, _, rows = content.partition(b"\n")
    header = _header(header_line, path)
    matched = match(header, schema, path)
    if not rows.strip():
        raise SourceUnreadableError(f"The file {path} holds a header but no row of readings.")
    table = _parse_rows(rows, header, matched, path)
    time = parse(table.column("time"), schema, path)
    columns = {name: table.column(name).to_numpy() for name in matched.columns}
    return RawReadings(_frame(time, columns), matched.ignored, path)


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


def _header(line: bytes, path: Path) -> list[str]:
    if b"\0" in line:
        raise SourceUnreadableError(f"The file {path} is not a CSV: it holds binary data.")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("latin-1")
    try:
        names = next(csv.reader(io.StringIO(text.rstrip("\r\n"), newline=""), skipinitialspace=True), [])
    except csv.Error as error:  # a field of megabytes, which is none of a header
        raise SourceUnreadableError(f"The file {path} is no CSV: its first line cannot be read ({error}).") from error
    if len(names) < 2:  # noqa: PLR2004
        begins = text.strip()[:40]
        raise SourceUnreadableError(
            f"The file {path} is not a CSV: its first line names no columns separated by commas, it begins '{begins}'."
        )
    return [name.strip() for name in names]


def _parse_rows(rows: bytes, header: list[str], matched: Matched, path: Path) -> pa.Table:
    places = {matched.time: "time", **{position: name for name, position in matched.columns.items()}}
    names = [places.get(position, f"#{position}") for position in range(len(header))]

    def parsed(number: pa.DataType, threads: bool = True) -> pa.Table:
        reading = pacsv.ReadOptions(column_names=names, use_threads=threads)
        types = {name: pa.string() if name == "time" else number for name in places.values()}
        conversion = pacsv.ConvertOptions(
            column_types=types, include_columns=list(types), null_values=MISSING_TEXTS, strings_can_be_null=True
        )
        return pacsv.read_csv(pa.py_buffer(rows), read_options=reading, convert_options=conversion)

    try:
        return parsed(pa.float64())
    except pa.ArrowInvalid:
        pass
    try:
        # Slower, but it understands padded signs of a missing value, and a single thread knows in which line it is.
        texts = parsed(pa.string(), threads=False)
    except pa.ArrowInvalid as error:
        raise SourceUnreadableError(_misshapen(str(error), path)) from error
    columns = {name: _numbers(texts.column(name), header[i], path) for i, name in places.items() if name != "time"}
    return pa.table({"time": texts.column("time"), **columns})


def _numbers(texts: pa.ChunkedArray, name: str, path: Path) -> pa.ChunkedArray:
    trimmed = pc.utf8_trim_whitespace(texts)
    values = pc.if_else(pc.is_in(trimmed, pa.array(MISSING_TEXTS)), None, trimmed)
    try:
        return values.cast(pa.float64())
    except pa.ArrowInvalid:
        row, text = next((i, text) for i, text in enumerate(values.to_pylist()) if text and not _is_number(text))
    raise SourceUnreadableError(
        f"Line {row + 2} of {path} holds '{text[:40]}' in the column '{name}', which is not a number; mend it."
    )


def _is_number(text: str) -> bool:
    try:
        pa.scalar(text).cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return True


def _misshapen(reason: str, path: Path) -> str:
    row = re.search(r"Row #(\d+)", reason)
    fields = re.search(r"Expected (\d+) columns, got (\d+)", reason)
    if row and fields:
        return (
            f"Line {int(row[1]) + 1} of {path} has {fields[2]} values where the header names {fields[1]} columns; "
            "mend or remove it."
        )
    return f"The file {path} is not a CSV of readings: {' '.join(reason.split())[:120]}."


def _read_parquet(content: bytes, schema: StationSchema, path: Path) -> RawReadings:
    try:
        frame = pq.read_table(io.BytesIO(content)).to_pandas().reset_index()
    except Exception as error:  # a damaged file may fail in any way
        raise SourceUnreadableError(f"The Parquet file {path} is truncated or damaged; get it anew.") from error
    header = [str(name) for name in frame.columns]
    matched = match(header, schema, path)
    try:
        columns = {name: frame.iloc[:, i].to_numpy(dtype=np.float64) for name, i in matched.columns.items()}
        time = frame.iloc[:, matched.time].to_numpy(dtype="datetime64[s]")
    except (TypeError, ValueError) as error:
        raise SourceUnreadableError(f"The Parquet file {path} holds columns that are not numbers.") from error
    if not len(frame):
        raise SourceUnreadableError(f"The file {path} holds no row of readings.")
    return RawReadings(_frame(time, columns), tuple(n for n in matched.ignored if n != "index"), path)


def _frame(time: Any, columns: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(columns, index=pd.DatetimeIndex(time.astype("datetime64[us]"), name="time"))
