"""When a service's runs were issued, what they are for, and from when they could be had, as its files write it."""

from __future__ import annotations

import logging
import re
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.reading.assembly import Columns
from jena_models.reading.times.timestamps import times_of_column, times_of_texts
from jena_models.reading.user_tables import FrameColumns
from jena_models.stations.forecast_sources import ForecastSource

STAMP_LIKE: Final = re.compile(r"\d[-:/T]")

Times = NDArray[np.datetime64]

logger = logging.getLogger("jena")


def stamps(table: Columns, position: int, source: ForecastSource) -> Times:
    """Give a column of time stamps in UTC.

    Raises:
        SourceUnreadableError: where one is missing or cannot be read for certain.
    """
    if isinstance(table, FrameColumns):
        return times_of_column(table.column(position), (), source.local, f"The file {table.name}")
    return _once(table.texts(position), table, source)


def availability(table: Columns, position: int | None, issued: Times, source: ForecastSource) -> Times:
    """Give from when on each row could be had: as the column says, else as long after its issue time as is usual.

    Nobody has a run before it is made: a time before that stands for none, and is no reason to use the run at once.

    Args:
        table: of the source.
        position: of the column that says so; None where there is none.
        issued: the issue time of each row.
        source: says what is usual.

    Raises:
        SourceUnreadableError: where one is neither a number of hours nor a time stamp.
    """
    default = issued + np.timedelta64(round(source.available_after_hours * 3600), "s")
    if position is None:
        return default
    texts = pd.Series(table.texts(position).to_pylist()).str.strip()
    said = (texts != "").to_numpy()
    if not said.any():
        return default
    if texts[said].str.contains(STAMP_LIKE).all():
        had = times_of_texts(_chunked(texts[said]), (), source.local, f"The file {table.name}", table.first_line)
    else:
        hours = pd.to_numeric(texts[said], errors="coerce")
        if hours.isna().any():
            raise SourceUnreadableError(
                f"The column '{source.available}' of {table.name} holds '{texts[said][hours.isna()].iloc[0]}', "
                "which is neither a number of hours nor a time stamp."
            )
        had = issued[said] + np.round(hours.to_numpy() * 3600).astype("timedelta64[s]")
    when = default.copy()
    when[said] = np.where(had < issued[said], default[said], had)
    if early := int((had < issued[said]).sum()):
        logger.warning(
            "%s: '%s' is before the issue time in %s rows of %s, which count as had %g h after it",
            *(source.name, source.available, f"{early:,}", table.name, source.available_after_hours),
        )
    return when


def _once(texts: pa.ChunkedArray, table: Columns, source: ForecastSource) -> Times:
    """Give stamps of texts: a run has many rows of one, and a clock that falls back sees none twice."""
    codes = texts.combine_chunks().dictionary_encode()
    once = times_of_texts(
        pa.chunked_array([codes.dictionary]), (), source.local, f"The file {table.name}", table.first_line
    )
    return np.asarray(once[codes.indices.to_numpy()])


def _chunked(texts: pd.Series) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(texts.tolist(), pa.string())])
