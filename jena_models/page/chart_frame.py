"""The frame of a chart: where times and values lie, its grid, and its labels, times by the station's clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final, TypeVar

import numpy as np
from markupsafe import escape
from numpy.typing import NDArray

from jena_models.report.number_format import grouped
from jena_models.stations.clock import Clock

WIDE: Final = (880, 300)
NARROW: Final = (390, 290)
"""Widths and heights; each chart is drawn for a desk and for a phone, and the style sheet shows the one that fits."""

LEAST_LEFT, RIGHT, ABOVE, BELOW = 44, 14, 18, 44
DIGIT_WIDTH: Final = 7.7
"""Of a label at the upright axis, in points."""
MOST_DIGITS: Final = 12
LABEL_WIDTH: Final = 12
"""No label begins nearer to the right edge."""
ROUND: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
TICK_HOURS: Final = (1, 3, 6, 12, 24, 48)
DAY_HOURS: Final = 24

Values = TypeVar("Values", float, NDArray[np.float64])


@dataclass(frozen=True)
class Frame:
    """Where times and values lie in a drawing."""

    size: tuple[int, int]
    start: datetime
    end: datetime
    low: float
    high: float

    @cached_property
    def marks(self) -> list[float]:
        """Give the values that the upright axis is marked at."""
        return ticks_between(self.low, self.high)

    @cached_property
    def labels(self) -> list[str]:
        """Give what stands beside them, with as many digits as tell them apart."""
        digits = next((n for n in range(MOST_DIGITS) if _are_told_by(n, self.marks)), MOST_DIGITS)
        return [grouped(mark, digits) for mark in self.marks]

    @cached_property
    def left(self) -> float:
        """Give where the plane begins, right of the longest label."""
        return max(LEAST_LEFT, DIGIT_WIDTH * max(map(len, self.labels), default=0) + 8)

    @cached_property
    def _points_a_second(self) -> float:
        return (self.size[0] - self.left - RIGHT) / (self.end - self.start).total_seconds()

    @cached_property
    def _first_second(self) -> float:
        return self.start.timestamp()

    def x(self, time: datetime) -> float:
        """Give how far from the left a time lies."""
        return self.left + (time.timestamp() - self._first_second) * self._points_a_second

    def xs(self, seconds: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the same of many times, in seconds since 1970."""
        return self.left + (seconds.astype(np.float64) - self._first_second) * self._points_a_second

    def y(self, value: Values) -> Values:
        """Give how far from above a value lies, or each of many."""
        share = (value - self.low) / (self.high - self.low)
        return self.size[1] - BELOW - share * (self.size[1] - ABOVE - BELOW)


def frame_of(size: tuple[int, int], start: datetime, end: datetime, values: Sequence[float]) -> Frame:
    """Give a frame that has some room above and below the values."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    margin = 0.08 * (high - low) or 0.05 * abs(high) or 1.0
    return Frame(size, start, end, low - margin, high + margin)


def ticks_between(low: float, high: float, about: int = 6) -> list[float]:
    """Give round numbers within an interval.

    >>> ticks_between(-3.2, 11.0, about=3)
    [0.0, 5.0, 10.0]
    """
    raw = (high - low) / about
    power = 10.0 ** np.floor(np.log10(raw))
    step = next(power * each for each in ROUND if power * each >= raw)
    first = np.ceil(low / step)
    # Adding zero makes a zero of what would be shown as "−0".
    return [float(number * step) + 0.0 for number in np.arange(first, np.floor(high / step) + 1)]


def hours_between(start: datetime, end: datetime, clock: Clock, most: int) -> list[datetime]:
    """Give whole hours of the station's clock, in UTC, so far apart that there are at most so many."""
    hours = (end - start) / timedelta(hours=1)
    step = next((each for each in TICK_HOURS if hours / each <= most), TICK_HOURS[-1])
    local = start.astimezone(clock.zone)
    midnight = datetime(local.year, local.month, local.day)
    found = []
    for number in range(int(hours / step) + 3 + DAY_HOURS // min(step, DAY_HOURS)):
        wall = midnight + timedelta(hours=number * step)
        time = wall.replace(tzinfo=clock.zone).astimezone(UTC)
        if start <= time <= end:
            found.append(time)
    return found


def grid(frame: Frame, clock: Clock, unit: str) -> list[str]:
    """Give the lines and labels of both axes; beside a label of the station's clock, room for the visitor's."""
    (width, height), parts, left = frame.size, [], f"{frame.left:g}"
    beside = f"{frame.left - 8:g}"
    for mark, text in zip(frame.marks, frame.labels, strict=True):
        y = frame.y(mark)
        parts.append(f'<line class="grid" x1="{left}" x2="{width - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" x="{beside}" y="{y + 4:.1f}" text-anchor="end">{text}</text>')
    parts.append(f'<text class="tick unit" x="{beside}" y="{ABOVE - 8}" text-anchor="end">{escape(unit)}</text>')
    most = 9 if width > NARROW[0] else 5
    base = height - BELOW
    for time in hours_between(frame.start, frame.end, clock, most):
        if frame.x(time) > width - RIGHT - LABEL_WIDTH:
            continue
        x, local = frame.x(time), time.astimezone(clock.zone)
        at_midnight = _is_new_day(time, clock)
        text = f"{local:%a} {local.day}" if at_midnight else f"{local:%H:%M}"
        kind = "day" if at_midnight else "grid"
        parts.append(f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{ABOVE}" y2="{base}"/>')
        # A day begins at its line; an hour is at it.
        anchor, x = ("start", x + 3) if at_midnight else ("middle", x)
        parts.append(f'<text class="tick" x="{x:.1f}" y="{base + 17}" text-anchor="{anchor}">{text}</text>')
        # Filled in by the visitor's own clock, where that is another one.
        stamp = f"{time:%Y-%m-%dT%H:%MZ}"
        parts.append(
            f'<text class="tick yours" x="{x:.1f}" y="{base + 34}" text-anchor="{anchor}" data-time="{stamp}"></text>'
        )
    parts.append(f'<line class="base" x1="{left}" x2="{width - RIGHT}" y1="{base}" y2="{base}"/>')
    return parts


def _is_new_day(time: datetime, clock: Clock) -> bool:
    """Tell whether a day begins at a whole hour; where the clock is put forward at midnight, that is 01:00."""
    before = (time - timedelta(hours=1)).astimezone(clock.zone)
    return before.date() != time.astimezone(clock.zone).date()


def _are_told_by(digits: int, marks: Sequence[float]) -> bool:
    step = marks[1] - marks[0] if len(marks) > 1 else abs(marks[0]) if marks else 1.0
    return all(abs(round(mark, digits) - mark) <= step / 1000 for mark in marks)
