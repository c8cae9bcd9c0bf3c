"""In which shape a column writes its stamps, where one stamp alone does not tell."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jena_models.errors import DayUncertainError, SourceUnreadableError
from jena_models.reading.times.shaped_times import times_of_shape
from jena_models.reading.times.stamp_shapes import DAY_COUNTS, Shape, shape_of

EPOCH_YEARS: Final = (1940, 2100)
COMPACT_HOURS: Final = "%Y%m%d%H"
COMPACT_DIGITS: Final = 10
_MONTH_DAY, _CLOCK = "(0[1-9]|1[0-2])(0[1-9]|[12]\\d|3[01])", "([01]\\d|2[0-3])[0-5]\\d"
COMPACT: Final = {
    "%y%m%d%H%M": rf"^\d\d{_MONTH_DAY}{_CLOCK}$",
    "%d%m%Y%H%M": rf"^(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])(19|20)\d\d{_CLOCK}$",
}
"""Digits that are a date and a clock, of which seconds since 1970 may have as many."""
FEWEST_COMPACT: Final = 9
"""Of so many in steps of ten seconds and more, seconds since 1970 leave these forms: they count beyond 59."""
CLEARLY: Final = 2
"""Of two readings of the dates one is meant where the rows of the other go so many times as far through time."""


def next_shape(rest: pa.Array, place: str) -> Shape | None:
    """Give how the first of some stamps is written, as all of them tell it; None where it is no stamp.

    Raises:
        SourceUnreadableError: where they do not tell the order of its date.
    """
    example = rest[0].as_py() or ""
    shape = shape_of(example)
    if shape is None:
        return None
    if shape.epoch and _are_compact_hours(rest):
        return Shape(COMPACT_HOURS, next_day=example.endswith("24"))
    if shape.epoch and len(rest) >= FEWEST_COMPACT:
        compact = (way for way, digits in COMPACT.items() if pc.all(pc.match_substring_regex(rest, digits)).as_py())
        shape = next((Shape(way) for way in compact), shape)
    if shape.may_have_year_first and _year_comes_first(rest, shape, place):
        return shape.with_year_first()
    if shape.is_written_day_first or not shape.has_two_orders:
        return shape
    return shape.with_order(_day_comes_first(rest, shape, place))


def _are_compact_hours(rest: pa.Array) -> bool:
    """Tell whether ten digits are a date with an hour, such as 2021033123, and no seconds since 1970."""
    if not pc.all(pc.equal(pc.utf8_length(rest), COMPACT_DIGITS)).as_py():
        return False
    hours = pc.replace_substring_regex(rest, "24$", "00")
    years = pc.year(pc.strptime(hours, format=COMPACT_HOURS, unit="s", error_is_null=True))
    if years.null_count:
        return False
    return bool(EPOCH_YEARS[0] <= pc.min(years).as_py() and pc.max(years).as_py() <= EPOCH_YEARS[1])


def _year_comes_first(rest: pa.Array, shape: Shape, place: str) -> bool:
    """Decide by the order of the rows, as a year, a month and a day of two digits each may all be one another."""
    orders = (shape.with_year_first(), shape, shape.with_order(False))
    read = [times_of_shape(rest, each)[0] for each in orders]
    rows = [np.count_nonzero(~np.isnat(times)) for times in read]
    year_first, *others = (
        _way(times) if count == max(rows) else np.inf for times, count in zip(read, rows, strict=True)
    )
    if CLEARLY * year_first < min(others):
        return True
    if CLEARLY * min(others) < year_first or shape.is_written_day_first:
        return False
    raise SourceUnreadableError(
        f"{place} has dates such as '{rest[0].as_py()}' in which year and day cannot be told apart; write "
        f"'time_formats: [\"{orders[0].text}\"]' into the station file where the year comes first, else "
        f"'[\"{orders[1].text}\"]' or '[\"{orders[2].text}\"]'."
    )


def _is_mixed(rest: pa.Array, shape: Shape, day_first: bool) -> bool:
    """Tell whether the rows are in order once each date that can be is read the other way round, as Excel turns it."""
    here, there = (times_of_shape(rest, shape.with_order(each))[0] for each in (day_first, not day_first))
    return CLEARLY * _way(np.where(np.isnat(there), here, there)) < _way(here)


def _way(times: NDArray[np.datetime64]) -> float:
    """Give how many seconds the rows go through time, back and forth: the fewest where they are in order."""
    return float(np.abs(np.diff(times[~np.isnat(times)]).astype(np.int64)).sum())


def _day_comes_first(rest: pa.Array, shape: Shape, place: str) -> bool:
    """Decide by the whole column, which has a day past the twelfth in one of the two places and its rows in order."""
    found = pc.extract_regex(rest, r"^(?P<first>\d{1,2})(?:[-/.]|)(?P<second>\d{1,2})(?:[-/.]|)\d")
    first, second = (pc.max(pc.struct_field(found, name).cast(pa.int32())).as_py() or 0 for name in ("first", "second"))
    months = 12
    if first <= months and second <= months:
        ways = shape.with_order(True).text, shape.with_order(False).text
        raise DayUncertainError(
            f"{place} has dates such as '{rest[0].as_py()}' in which day and month cannot be told apart; write "
            f"'time_formats: [\"{ways[0]}\"]' into the station file where the day comes first, else '[\"{ways[1]}\"]'.",
            ways,
        )
    if min(first, second) > months or _is_mixed(rest, shape, second <= months):
        raise SourceUnreadableError(
            f"{place} writes the day first in some dates and the month first in others, such as "
            f"'{rest[0].as_py()}'; write them all in one order, or as 2009-01-31."
        )
    return second <= months


def shapes_named(given: str) -> list[Shape]:
    """Give the shapes that a format stands for: a count of days, or how a stamp is written, 24:00 among its hours."""
    if given in DAY_COUNTS:
        return [Shape("", days_of=given)]
    return [Shape(given), *([Shape(given, next_day=True)] if "%H" in given else [])]
