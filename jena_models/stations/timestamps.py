"""Text to time stamps, by the formats of the station schema."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.stations.schema import StationSchema

EARLIEST_YEAR: Final = 1700
"""No station is older; a two-digit year is read as one of the first century."""

DAYS_AFTER_OVERFLOW: Final = 3
"""The 29th to 31st of a month that lacks them are read as the first three days of the next."""


def parse(texts: pa.ChunkedArray, schema: StationSchema, path: Path) -> NDArray[np.datetime64]:
    """Give datetime64[s] for a column of text; a column may mix the schema's formats.

    Raises:
        SourceUnreadableError: with the count, the first one's line and an example, where any cannot be read.
    """
    stripped = pc.utf8_trim_whitespace(texts)
    times = pa.chunked_array([pa.nulls(len(texts), pa.timestamp("s"))])
    for time_format in schema.time_formats:
        times = pc.coalesce(times, _parse_one(stripped, time_format))
        if times.null_count == 0:
            break
    else:
        _refuse(texts, np.asarray(times.is_null()), schema, path)
    return np.asarray(times.to_numpy(), dtype="datetime64[s]")


def _parse_one(texts: Any, time_format: str) -> Any:
    times = pc.strptime(texts, format=time_format, unit="s", error_is_null=True)
    suspects = pc.or_(pc.less_equal(pc.day(times), DAYS_AFTER_OVERFLOW), pc.less(pc.year(times), EARLIEST_YEAR))
    rows = np.flatnonzero(np.asarray(pc.fill_null(suspects, False)))
    if not len(rows):
        return times
    suspected, read = texts.take(rows), times.take(rows)
    differ = np.asarray(pc.not_equal(pc.strftime(read, format=time_format), suspected))
    wrong = [row for row in rows[differ] if not _exists(texts[int(row)].as_py(), time_format)]
    if not wrong:
        return times
    mask = np.zeros(len(texts), dtype=bool)
    mask[wrong] = True
    return pc.if_else(pa.array(mask), None, times)


def _exists(text: str, time_format: str) -> bool:
    try:
        return datetime.strptime(text, time_format).year >= EARLIEST_YEAR
    except ValueError:
        return False


def _refuse(texts: pa.ChunkedArray, unread: NDArray[np.bool_], schema: StationSchema, path: Path) -> None:
    rows = np.flatnonzero(unread)
    example = texts[int(rows[0])].as_py()
    raise SourceUnreadableError(
        f"The file {path} has {len(rows):,} unreadable time stamp{'s' if len(rows) > 1 else ''}, the first in line "
        f"{rows[0] + 2}: '{example or ''}'; they are to be written like "
        f"{datetime(2009, 1, 31, 0, 10).strftime(schema.time_formats[0])} or "
        f"{datetime(2009, 1, 31, 0, 10).strftime(schema.time_formats[1 % len(schema.time_formats)])}."
    )
