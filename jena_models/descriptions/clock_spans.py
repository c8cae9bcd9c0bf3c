"""The days of a record, divided where its clock changes against the sun."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.descriptions.daylight import DailyOffsets, around
from jena_models.frozen import Frozen

LEVEL_MINUTES: Final = 30
FARTHEST_MINUTES: Final = 60.0
"""A day that is farther from the others counts no more than one that is as far as this."""
USUAL_MINUTES: Final = 20.0
CHANGE_COST: Final = 12.0
"""In times the usual distance of a day from the others: five days must agree on another clock before it is one."""
LEAST_DAYS: Final = 5
LARGEST_ERROR_MINUTES: Final = 10.0
SAME_MINUTES: Final = 20.0
"""Spans that differ by less are one: the seasons of a valley's shade make as much."""
ERROR_OF_MEDIAN: Final = 1.2533 * 1.4826
"""Its standard error, in median absolute deviations of a normal distribution, by the root of how many there are."""


class ClockSpan(Frozen):
    """Days throughout which a clock is equally far from the sun."""

    first: date
    last: date
    days: int
    """Whose light tells it."""
    ahead_minutes: float
    """How much later the time stamps are than the sun says; negative where they are earlier."""
    error_minutes: float
    """The standard error."""
    off_minutes: float
    """What of it is neither half a step nor true of most of the record's days: what is wrong with the clock."""

    def in_words(self) -> str:
        """Give it in a line."""
        side = "ahead of" if self.ahead_minutes >= 0 else "behind"
        return f"{abs(self.ahead_minutes):.0f} min {side} the sun from {self.first} to {self.last}"


def clock_spans(offsets: DailyOffsets, ahead_of_utc: timedelta, half_step: float) -> tuple[ClockSpan, ...]:
    """Divide days where the clock changes, and give what is certain of each part.

    Args:
        offsets: of the days, in order.
        ahead_of_utc: of the station's clock without daylight saving, by which days are named.
        half_step: half the step of the readings, in minutes.
    """
    if len(offsets.ahead_minutes) < LEAST_DAYS:
        return ()
    days = (offsets.noons.astype("datetime64[s]") + np.timedelta64(ahead_of_utc)).astype("datetime64[D]")
    found = []
    for rows in _alike(offsets.ahead_minutes):
        ahead, error = _middle(offsets.ahead_minutes[rows])
        if len(rows) >= LEAST_DAYS and error <= LARGEST_ERROR_MINUTES:
            first, last = days[rows[0]].item(), days[rows[-1]].item()
            found.append((first, last, len(rows), ahead, error))
    if not found:
        return ()
    usual = max(found, key=lambda span: span[2])[3]
    of_step = min(max(usual, -half_step), half_step)
    return tuple(
        ClockSpan(
            first=first,
            last=last,
            days=count,
            ahead_minutes=round(ahead, 1),
            error_minutes=round(error, 1),
            off_minutes=round(float(around(ahead - of_step)), 1),
        )
        for first, last, count, ahead, error in found
    )


def _alike(minutes: NDArray[np.float64]) -> list[NDArray[np.int64]]:
    """Give the rows of each stretch of days that agree, those that differ by little joined."""
    levels = _levels(minutes)
    stretches = np.split(np.arange(len(minutes)), np.flatnonzero(np.diff(levels)) + 1)
    joined = stretches[:1]
    for stretch in stretches[1:]:
        apart = around(_middle(minutes[stretch])[0] - _middle(minutes[joined[-1]])[0])
        if abs(apart) < SAME_MINUTES:
            joined[-1] = np.concatenate([joined[-1], stretch])
        else:
            joined.append(stretch)
    return joined


def _levels(minutes: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give the level of each day on the path that is near to the days and changes seldom (Viterbi, 1967)."""
    levels = np.arange(-720, 720, LEVEL_MINUTES)
    away = np.minimum(np.abs(around(minutes[:, None] - levels)), FARTHEST_MINUTES) / USUAL_MINUTES
    came_from = np.empty(away.shape, np.int64)
    total = np.zeros(len(levels))
    for day, cost in enumerate(away):
        cheapest = int(total.argmin())
        stays = total <= total[cheapest] + CHANGE_COST
        came_from[day] = np.where(stays, np.arange(len(levels)), cheapest)
        total = np.where(stays, total, total[cheapest] + CHANGE_COST) + cost
    path = np.empty(len(minutes), np.int64)
    level = int(total.argmin())
    for day in range(len(minutes) - 1, -1, -1):
        path[day] = level
        level = int(came_from[day, level])
    return path


def _middle(minutes: NDArray[np.float64]) -> tuple[float, float]:
    """Give the median of differences of clocks, and its standard error."""
    angle = minutes * (np.pi / 720)
    about = np.arctan2(np.sin(angle).sum(), np.cos(angle).sum()) * (720 / np.pi)
    apart = around(minutes - about)
    middle = float(np.median(apart))
    deviation = float(np.median(np.abs(apart - middle)))
    return float(around(about + middle)), ERROR_OF_MEDIAN * deviation / len(minutes) ** 0.5
