"""When a service's runs were issued, what they are for, and from when they could be had, as its files write it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jena_models.errors import DayUncertainError, SourceUnreadableError
from jena_models.reading.assembly import Columns
from jena_models.reading.texts.number_texts import MISSING
from jena_models.reading.times.named_clocks import clock_in_names, is_fixed_at
from jena_models.reading.times.stamp_shapes import shape_of
from jena_models.reading.times.timestamps import times_of_column, times_of_texts
from jena_models.reading.user_tables import FrameColumns
from jena_models.stations.clock import clock_named
from jena_models.stations.forecast_sources import LEAD_UNITS, ForecastSource
from jena_models.weather_service.run_files.run_leads import coded, seconds_of, unit_said

LONGEST_SECONDS: Final = 31 * 24 * 3600
"""No run is longer on its way; what is more are seconds since 1970, or a stamp without signs between its digits."""
UTC: Final = "UTC"
MOST_TRIED: Final = 100
"""Of the stamps of a column that cannot be read one is sought that can be, among so many."""
CLOCK_ALONE: Final = re.compile(r"\d{1,2}:\d\d(:\d\d)?")
"""Of when a run was there this may be the time of the day, or how long after the issue time."""

Times = NDArray[np.datetime64]

logger = logging.getLogger("jena")


def by_told_clock(table: Columns, names: Sequence[str], source: ForecastSource) -> ForecastSource:
    """Give a source with the clock that columns of the time have by their names or by what stands above them.

    Without either, `clock` counts as the station file has it, UTC where it says nothing.
    """
    told = clock_in_names(names) or table.told_clock
    try:
        clock = clock_named(told or source.clock)
    except ValueError:
        return source  # `t (Mean/Max)` names no zone
    if clock == source.local or (clock.is_fixed and is_fixed_at(source.local, clock)):
        return source
    if source.clock != UTC:
        logger.warning(
            "%s: the times of '%s' in %s are read in %s, as the file says, not in %s",
            *(source.name, ", ".join(names), table.name, told, source.clock),
        )
    return source.model_copy(update={"clock": told})


def stamps(
    table: Columns, position: int, source: ForecastSource, unclear: tuple[str, ...], keep: NDArray[np.bool_]
) -> Times:
    """Give a column of time stamps in UTC, of the rows that count.

    Args:
        table: of the source.
        position: of the column.
        source: says how stamps are written, or leaves it to be found out.
        unclear: how they are where the day or the month may come first.
        keep: which of the table's rows count.

    Raises:
        DayUncertainError: where nothing tells which of the two it is.
        SourceUnreadableError: where one is missing or cannot be read for certain.
    """
    if not isinstance(table, FrameColumns):
        texts = table.texts(position)
        counted = texts.filter(pa.array(keep))
        try:
            return _once(coded(counted), table, source, unclear)
        except DayUncertainError:
            raise
        except SourceUnreadableError:
            if (told := _by_order(counted, source, unclear)) is not None:
                return told
            _refuse_with_line(texts, table, source, unclear, keep)
            raise
    place = f"The file {table.name}"
    return _in_order(
        lambda formats: times_of_column(table.column(position)[keep], formats, source.local, place), source, unclear
    )


def _by_order(texts: pa.ChunkedArray, source: ForecastSource, unclear: tuple[str, ...]) -> Times | None:
    """Give stamps of a clock that falls back, of whose two hours the order of a run's rows tells; None where not.

    Members have a row each for the same hour, which is no second one.
    """
    if source.local.is_fixed or source.member:
        return None
    try:
        return _in_order(lambda ways: times_of_texts(texts, ways, source.local, ""), source, unclear)
    except SourceUnreadableError:
        return None


def _refuse_with_line(
    texts: pa.ChunkedArray, table: Columns, source: ForecastSource, unclear: tuple[str, ...], keep: NDArray[np.bool_]
) -> None:
    """Read a column again that could not be read, row by row: so the sentence names the line.

    Raises:
        SourceUnreadableError: where its rows cannot be read either.
    """
    import pyarrow.compute as pc

    # Rows that do not count hold another one's stamp, as lines are counted and theirs may be anything.
    distinct = texts.filter(pa.array(keep)).unique()[:MOST_TRIED]
    readable = next((each for each in distinct if _is_read(unclear, pa.array([each]), source)), None)
    if readable is None:
        return
    rows = pa.chunked_array([pc.if_else(pa.array(keep), texts.combine_chunks(), readable)])
    place = f"The file {table.name}"
    _in_order(lambda ways: times_of_texts(rows, ways, source.local, place, table.first_line), source, unclear)


def certain_formats(table: Columns, positions: Sequence[int], source: ForecastSource) -> set[str]:
    """Give how a table's dates are written that could have the day or the month first, where its own days tell."""
    found = set()
    for position in positions:
        if isinstance(table, FrameColumns) and table.column(position).dtype.kind in "Miuf":
            continue  # times and numbers have no order
        texts = coded(table.texts(position)).dictionary
        shape = shape_of(str(texts[0]).strip()) if len(texts) else None
        if shape is None or not shape.has_two_orders:
            continue
        ways = [
            way for is_first in (True, False) if _is_read(((way := shape.with_order(is_first).text),), texts, source)
        ]
        found |= set(ways) if len(ways) == 1 else set()
    return found


def _is_read(ways: tuple[str, ...], texts: pa.Array, source: ForecastSource) -> bool:
    try:
        times_of_texts(pa.chunked_array([texts]), ways or source.time_formats, source.local, "")
    except SourceUnreadableError:
        return False
    return True


def _in_order(read: Callable[[tuple[str, ...]], Times], source: ForecastSource, unclear: tuple[str, ...]) -> Times:
    try:
        return read(source.time_formats)
    except DayUncertainError:
        if not unclear:
            raise
        return read(unclear)


def availability(  # noqa: PLR0917  (one caller)
    table: Columns,
    position: int | None,
    issued: Times,
    source: ForecastSource,
    unclear: tuple[str, ...],
    keep: NDArray[np.bool_],
) -> Times:
    """Give from when on each row that counts could be had: as the column says, else as long after its issue as usual.

    Nobody has a run before it is made: a time before that stands for none, and is no reason to use the run at once.

    Args:
        table: of the source.
        position: of the column that says so; None where there is none.
        issued: the issue time of each row that counts.
        source: says what is usual.
        unclear: as of `stamps`.
        keep: likewise.

    Raises:
        SourceUnreadableError: where one is neither a number of hours nor a time stamp.
    """
    default = issued + np.timedelta64(round(source.available_after_hours * 3600), "s")
    if position is None:
        return default
    source = by_told_clock(table, [table.header[position]], source)
    codes = coded(table.texts(position).filter(pa.array(keep)))
    texts = [str(text).strip() for text in codes.dictionary.to_pylist()]
    seconds = LEAD_UNITS[unit_said(table, position) or "hours"]
    spans = np.array([np.nan if CLOCK_ALONE.fullmatch(text) else seconds_of(text, seconds) for text in texts])
    is_span, is_said = spans <= LONGEST_SECONDS, np.array([text.casefold() not in MISSING for text in texts])
    _refuse_strange([text for text, known in zip(texts, is_span | ~is_said, strict=True) if not known], table, source)
    row = codes.indices.to_numpy()
    had = default.copy()
    had[is_span[row]] = (issued + np.round(spans[row]).astype("timedelta64[s]"))[is_span[row]]
    is_stamp = (is_said & ~is_span)[row]
    if is_stamp.any():
        told = coded(codes.dictionary.take(codes.indices).filter(pa.array(is_stamp)))
        had[is_stamp] = _once(told, table, source, unclear)
    early = had < issued
    if early.any():
        logger.warning(
            "%s: '%s' is before the issue time in %s rows of %s, which count as had %g h after it",
            *(source.name, source.available, f"{int(early.sum()):,}", table.name, source.available_after_hours),
        )
    return np.where(early, default, had)


def _refuse_strange(texts: Sequence[str], table: Columns, source: ForecastSource) -> None:
    strange = [text for text in texts if shape_of(text) is None]
    if strange:
        raise SourceUnreadableError(
            f"The column '{source.available}' of {table.name} holds '{strange[0][:40]}', which is neither a number of "
            f"hours up to {LONGEST_SECONDS // 3600}, as 6 or 6h, nor a time stamp."
        )


def _once(codes: pa.DictionaryArray, table: Columns, source: ForecastSource, unclear: tuple[str, ...]) -> Times:
    """Give stamps of texts, each understood once: so a clock that falls back sees none twice."""
    texts, place = pa.chunked_array([codes.dictionary]), f"The file {table.name}"
    once = _in_order(
        lambda formats: times_of_texts(texts, formats, source.local, place, table.first_line), source, unclear
    )
    return np.asarray(once[codes.indices.to_numpy()])
