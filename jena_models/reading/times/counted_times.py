"""Times that go on from what stands above them: periods counted through a day, and rows below a date that is told once.

Of hours, halves and quarters of one that are counted, a day has 23, 24 or 25 hours where clocks are changed. Each row
counts as of the end of its period, as hours from 1 to 24 do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jena_models.errors import PeriodsCountedError, SourceUnreadableError
from jena_models.reading.times.time_intervals import most_frequent
from jena_models.stations.clock import Clock

PERIOD_MINUTES: Final = {24: 60, 48: 30, 96: 15}
"""How long each of so many periods of a usual day is."""
USUAL_DAY, LONGEST_DAY = 24, 25
"""Hours."""
MINUTE: Final = np.timedelta64(60, "s")
HOUR: Final = np.timedelta64(1, "h")
DAY: Final = np.timedelta64(1, "D")


def are_counts(texts: Any) -> bool:
    """Tell whether texts are whole numbers from 1 on."""
    return bool(pc.all(pc.match_substring_regex(texts, r"^\s*0?[1-9]\d?\s*$|^\s*100\s*$")).as_py())


def are_hours_counted(days: NDArray[np.datetime64], hours: NDArray[np.float64], clock: Clock) -> bool:
    """Tell whether hours are counted, and not those that the clock shows: to 25, or to 23 on the day that has as many.

    Args:
        days: by the clock.
        hours: of each day, from 1 on.
        clock: the station's.
    """
    if hours.max() >= LONGEST_DAY:
        return bool(hours.max() == LONGEST_DAY)
    dates, where = np.unique(days.astype("datetime64[D]"), return_inverse=True)
    begins, ends = (clock.column_to_utc(each.astype("datetime64[s]")) for each in (dates, dates + DAY))
    lengths = (ends - begins).astype("timedelta64[h]").astype(np.int64)
    changed = np.flatnonzero(lengths != USUAL_DAY)
    return len(changed) > 0 and all(
        _is_counted(hours[where == i], None if i == len(dates) - 1 else lengths[i]) for i in changed
    )


def _is_counted(hours: NDArray[np.float64], length: int | None) -> bool:
    """Tell whether hours go up one by one, to a day's last where it is over: a clock leaves one out, or repeats it.

    Args:
        hours: in any order; those of the morning may be missing.
        length: of the day, in hours; None where it may go on.
    """
    ordered = np.sort(hours)
    return bool((np.diff(ordered) == 1).all()) and length in (None, ordered[-1])


def times_of_counts(
    days: NDArray[np.datetime64], counts: NDArray[np.float64], clock: Clock, place: str
) -> NDArray[np.datetime64]:
    """Give datetime64[s] in UTC of days by a clock, and the number of each period within its day.

    Raises:
        SourceUnreadableError: where it is not certain how long a period is.
        PeriodsCountedError: where a day has more of them than the clock gives it.
    """
    dates, where = np.unique(days.astype("datetime64[D]"), return_inverse=True)
    most = np.zeros(len(dates))
    np.maximum.at(most, where, counts)
    usual = int(most_frequent(most[:-1] if len(most) > 1 else most)[0])  # the last day may go on
    if usual not in PERIOD_MINUTES or (counts != np.rint(counts)).any() or counts.min() < 1:
        raise SourceUnreadableError(
            f"{place} counts periods through each day, as a rule to {usual}, so that it is not certain how long each "
            "is; write the times as 2009-01-31T00:10+01:00, with their offset from UTC."
        )
    step = PERIOD_MINUTES[usual] * MINUTE
    begins, ends = (clock.column_to_utc(each.astype("datetime64[s]")) for each in (dates, dates + DAY))
    beyond = np.flatnonzero(most * step > ends - begins)
    if len(beyond):
        first = beyond[0]
        has = int((ends - begins)[first] / step)
        raise PeriodsCountedError(
            f"{place} counts {int(most[first])} periods of {PERIOD_MINUTES[usual]} minutes on {dates[first]}, which "
            f"has {has} by the clock {clock.name}; name the clock by which they are counted, such as Europe/London for "
            "a count to 50 on the day on which the clock is put back."
        )
    return np.asarray(begins[where] + counts.astype(np.int64) * step)


def days_filled_down(columns: Sequence[Any]) -> tuple[list[Any], NDArray[np.intp]] | None:
    """Give columns of dates, or of their parts, with each day in all of its rows, and the rows that lacked it.

    Such rows stand below the first of a day, as sheets have it whose cells were joined; None where none lacks its day.

    Args:
        columns: Arrow's, of texts; the last tells the time of the day, and is never empty.
    """
    empty = [pc.equal(column, "") for column in columns]  # of the largest files there is no memory for trimmed copies
    first_ones = [each[:1].to_pylist() for each in empty]
    if len(columns) < 2 or pc.any(empty[-1]).as_py() or [True] in first_ones:  # noqa: PLR2004
        return None
    lacking = [np.asarray(each, dtype=bool) for each in empty[:-1]]
    if not any(each.any() for each in lacking):
        return None
    known = [pc.if_else(is_empty, None, column) for column, is_empty in zip(columns[:-1], empty, strict=False)]
    filled = [pc.fill_null_forward(pa.chunked_array([_whole(each)])) for each in known]
    return [*filled, columns[-1]], np.flatnonzero(np.logical_or.reduce(lacking))


def _whole(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def refuse_days_between(times: NDArray[np.datetime64], rows: NDArray[np.intp], place: str, first_line: int) -> None:
    """Refuse rows without a day that do not go on, forwards or backwards, from the one above them.

    Where a clock is put back an hour comes again, and is no other day's.

    Raises:
        SourceUnreadableError: where the day of one may be another.
    """
    steps = np.diff(times)[rows - 1]
    ascending = np.count_nonzero(steps > np.timedelta64(0, "s")) * 2 > len(steps)
    wrong = rows[steps < -HOUR] if ascending else rows[steps > HOUR]
    if len(wrong):
        raise SourceUnreadableError(
            f"{place} has rows without a date, and the one in line {wrong[0] + first_line} does not go on from the row "
            "above it, so that its day is not certain; write the date in each row."
        )
