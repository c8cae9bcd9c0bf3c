"""Time stamps as files, tables and requests have them, to UTC: the one place where they are understood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import product
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jena_models.errors import DayUncertainError, SourceUnreadableError
from jena_models.reading.times.column_shapes import next_shape, shapes_named
from jena_models.reading.times.shaped_times import times_of_shape
from jena_models.reading.times.stamp_shapes import DAY_COUNT, DAY_COUNTS, shape_of
from jena_models.reading.times.time_intervals import MOSTLY, most_frequent, two_stamps, without_later_hours
from jena_models.stations.clock import Clock, clock_named

Times = NDArray[np.datetime64]

MOST_SHAPES: Final = 12
"""A column that writes its time in more ways is none of time stamps."""
QUARTER_SECONDS: Final = 900
FARTHEST_CLOCK_SECONDS: Final = 14 * 3600
MOST_OFFSETS: Final = 2
"""So many differences from UTC has a clock, with daylight saving."""
LACKING: Final = {
    r"\d{1,2}:\d{2}(:\d{2})?( ?[AaPp]\.?[Mm]\.?)?": (
        " They tell the time of a day and no date: write both, in one column or in two."
    ),
    r"\d{1,4}": " Where they count steps or minutes from the first row on, write the time of each row in their place.",
    r"(17|18|19|20)\d{2}[-/](0?[1-9]|1[0-2])": " They tell months and no days, and no series of months is read.",
    r"\d{1,2}([ .-]*[^\W\d_]{3,}\.?,?|[./-]\d{1,2}[./-]?)( +\d{1,2}:\d{2}.*)?": " They tell no year: write it in each.",
}
"""What is to be done about stamps that lack something."""
EXAMPLES: Final = ("31.01.2009 00:10:00", "2009-01-31 00:10:00")


def times_of_texts(
    texts: pa.ChunkedArray, formats: tuple[str, ...], clock: Clock, place: str, first_line: int = 2
) -> Times:
    """Give datetime64[s] in UTC for a column of text, which may write its time in several ways.

    A stamp with an offset is converted; one without is in the clock. Whether the day or the month comes first is
    decided by the whole column, and seconds since 1970 are known by their size. Of stamps from when to when the end
    counts.

    Args:
        texts: in the order of the file.
        formats: the only ways to write a stamp, as `strptime` has them; with none they are found out.
        clock: of stamps without an offset.
        place: how a sentence names what is read, such as `The file a.csv`.
        first_line: the line, or row, of the first text.

    Raises:
        SourceUnreadableError: where a stamp cannot be read for certain; the sentence says which and why.
    """
    if (stamps := two_stamps(texts)) is not None:
        shown = [times_of_texts(each, formats, clock_named("UTC"), place, first_line) for each in stamps]
        length = _one_length(shown[1] - shown[0], place)
        return times_of_texts(stamps[0], formats, clock, place, first_line) + length
    column, length = without_later_hours(trimmed(texts))
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    local, utc = (np.full(len(column), np.datetime64("NaT", "s"), dtype="datetime64[s]") for _ in range(2))
    left, unread = np.arange(len(column)), []
    shapes = [shape for given in formats for shape in shapes_named(given)]
    for turn in range(len(shapes) or MOST_SHAPES):
        rest = column if len(left) == len(column) else column.take(pa.array(left))
        shape = shapes[turn] if shapes else next_shape(rest, place)
        read, is_utc = times_of_shape(rest, shape) if shape else _nothing(rest)
        done = ~np.isnat(read)
        if not shapes and not done[0]:  # the text whose shape it is stands for no time
            alike = np.asarray(
                pc.is_null(rest) if rest[0].as_py() is None else pc.fill_null(pc.equal(rest, rest[0]), False)
            )
            unread.append(left[alike])
            done |= alike
        local[left[~is_utc]] = np.where(done[~is_utc], read[~is_utc], local[left[~is_utc]])
        utc[left[is_utc]] = np.where(done[is_utc], read[is_utc], utc[left[is_utc]])
        left = left[~done]
        if not len(left):
            break
    left = np.sort(np.concatenate([left, *unread]))
    if len(left):
        _refuse(texts, left, formats, place, first_line)
    return _in_utc(local, utc, clock, place) + length


def _one_length(lengths: NDArray[np.timedelta64], place: str) -> np.timedelta64:
    usual, share = most_frequent(lengths)
    if share < MOSTLY or usual <= np.timedelta64(0, "s"):
        raise SourceUnreadableError(
            f"{place} tells from when to when each row is, and not all are as long; write one time stamp for each."
        )
    return np.timedelta64(usual)


def trimmed(texts: Any) -> Any:
    """Give texts without spaces around them: the same ones where there are none, which saves the memory of a copy."""
    short = pc.utf8_trim_whitespace(texts)
    return texts if short.equals(texts) else short  # not by their sizes: a copy may say of each whether it is missing


def times_of_column(column: pd.Series | pd.Index, formats: tuple[str, ...], clock: Clock, place: str) -> Times:
    """Give datetime64[s] in UTC for a column of a table: times with or without a zone, numbers, or texts.

    Raises:
        SourceUnreadableError: where a stamp is missing or cannot be read for certain.
    """
    values = pd.Series(column).reset_index(drop=True)
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return _whole(values.dt.tz_convert("UTC").dt.tz_localize(None), place)
    if pd.api.types.is_datetime64_dtype(values.dtype):
        return local_to_utc(_whole(values, place), clock, place)
    if pd.api.types.is_bool_dtype(values.dtype):
        raise SourceUnreadableError(f"{place} has no time stamps where they are expected, but true and false.")
    if pd.api.types.is_float_dtype(values.dtype):
        values = values.map(lambda number: "" if pd.isna(number) else np.format_float_positional(number, trim="-"))
    texts = ["" if value is None or value is pd.NaT else str(value) for value in values]
    return times_of_texts(pa.chunked_array([pa.array(texts, pa.string())]), formats, clock, place, 1)


def are_by_two_clocks(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether texts tell the same times by two clocks: quarters of an hour apart, by one or two differences."""
    if len(one) != len(other):
        return False
    for here, there in product(_ways_to_read(one), _ways_to_read(other)):
        apart = np.unique(there - here).astype(np.int64)
        are_of_clocks = (np.abs(apart) <= FARTHEST_CLOCK_SECONDS) & (apart % QUARTER_SECONDS == 0)
        if 0 < len(apart) <= MOST_OFFSETS and are_of_clocks.all():
            return True
    return False


def _ways_to_read(texts: Sequence[str]) -> list[Times]:
    """Give the times of some rows; where they do not tell day and month apart, with either of them first."""
    column = pa.chunked_array([pa.array(texts, pa.string())])
    try:
        return [times_of_texts(column, (), clock_named("UTC"), "")]
    except DayUncertainError as error:
        return [times_of_texts(column, (way,), clock_named("UTC"), "") for way in error.ways]
    except SourceUnreadableError:
        return []


def local_to_utc(local: Times, clock: Clock, place: str) -> Times:
    """Give stamps of a clock, in the order of the file, in UTC.

    Raises:
        SourceUnreadableError: where the order does not tell which of two hours a stamp is of.
    """
    try:
        return np.asarray(clock.column_to_utc(local), dtype="datetime64[s]")
    except SourceUnreadableError as error:
        raise SourceUnreadableError(f"{place} has times that are not certain: {error}.") from error


def _in_utc(local: Times, utc: Times, clock: Clock, place: str) -> Times:
    known = ~np.isnat(local)
    if known.all():
        return local_to_utc(local, clock, place)
    if known.any():
        utc[known] = local_to_utc(local[known], clock, place)
    return utc


def _whole(values: pd.Series, place: str) -> Times:
    missing = np.flatnonzero(values.isna().to_numpy())
    if len(missing):
        _refuse(pa.array([""] * len(values)), missing, (), place, 1)
    return values.to_numpy().astype("datetime64[s]")


def _nothing(texts: pa.Array) -> tuple[Times, NDArray[np.bool_]]:
    return np.full(len(texts), np.datetime64("NaT", "s"), dtype="datetime64[s]"), np.zeros(len(texts), dtype=bool)


def _refuse(texts: Any, rows: NDArray[np.intp], formats: tuple[str, ...], place: str, first_line: int) -> None:
    example = texts[int(rows[0])].as_py()
    moment = datetime(2009, 1, 31, 0, 10)
    written = [moment.strftime(each) for each in formats[:2]] or list(EXAMPLES)
    counted = "row" if first_line == 1 else "line"  # of a table no line is a row's
    raise SourceUnreadableError(
        f"{place} has {len(rows):,} unreadable time stamp{'s' if len(rows) > 1 else ''}, the first in {counted} "
        f"{rows[0] + first_line}: '{(example or '')[:40]}'; they are to be written like {' or '.join(written)}."
        + _advice(example or "")
    )


def _advice(example: str) -> str:
    """Give a further sentence for stamps that count, lack a day, or end in letters that name several zones."""
    for pattern, advice in LACKING.items():
        if re.fullmatch(pattern, example.strip()):
            return advice
    if re.fullmatch(DAY_COUNT, example):
        counts = ", ".join(f"'{name}'" for name in DAY_COUNTS)
        return (
            f" Where they count days, write how into the station file as 'time_formats: [excel]' ({counts} are known), "
            "or give it to `jena station new` as --answer time_format=excel."
        )
    behind = re.fullmatch(r"(.*\S)(\s+[A-Za-z]{2,5})", example.strip())
    shape = shape_of(behind[1]) if behind else None
    if behind is None or shape is None or not shape.text or shape_of(example.strip()):
        return ""
    way = f"{shape.text}{behind[2]}"
    return (
        f" If all of them end so, write 'time_formats: [\"{way}\"]' into the station file, with the clock that it is, "
        f"or give it to `jena station new` as --answer 'time_format={way}'."
    )
