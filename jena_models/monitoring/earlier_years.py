"""What the same weeks of earlier years lead to expect of a figure, and from where on it is no longer usual.

A figure of a window of days, such as the mean error of a month, is computed for every week of the earlier years as it
is for today. Its spread among them holds the season, the weather that lasts for weeks and the difference between
years, so that the limit needs no assumption about any of these.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Figures = Callable[[pd.DataFrame, pd.DataFrame], Mapping[str, float]]
"""Figures by name, of a window and the same weeks of the other years; NaN where one cannot be had."""

WINDOWS_DAYS: Final = (7, 30)
WEEK: Final = timedelta(days=7)
YEAR_DAYS: Final = 365.25

SLACK_DAYS: Final = 15
"""The same weeks reach this far to either side: a late spring is none the less a spring."""
PERSISTENT_DAYS: Final = 14
"""Windows this close together tell the same weather and count as one."""
LEAST_YEARS: Final = 2
LEAST_WINDOWS: Final = 3
"""Fewer tell nothing of how years differ."""
LEAST_FILLED: Final = 0.5
"""A window that holds a smaller share of the rows that it could hold gives no figure."""
SMALLEST_RATIO: Final = 1e-3
STEP_HOURS: Final = 3.0
"""As dense as earlier years are kept: weather differs little within three hours, and distances take time."""

NEVER_NEGATIVE: Final = frozenset({"MAE", "distance", "KS distance"})
"""Figures that crowd near zero, as the size of a difference does: their square roots are nearly normal."""
ONE_LESS_A_RATIO: Final = frozenset({"skill"})
"""Figures that are at most one and may be far below it: the logarithm of the ratio is nearly normal."""


def thinned(table: pd.DataFrame) -> pd.DataFrame:
    """Give the first row of each few hours of a table that is indexed by time, in order."""
    bins = pd.DatetimeIndex(table.index).floor(f"{STEP_HOURS:g}h")
    return table[~bins.duplicated()]


def window_before(table: pd.DataFrame, end: datetime, days: float) -> pd.DataFrame:
    """Give the rows after `end − days` and up to `end`, of a table that is indexed by time, in order."""
    times = pd.DatetimeIndex(table.index)
    first = times.searchsorted(pd.Timestamp(end) - timedelta(days=days), side="right")
    return table.iloc[first : times.searchsorted(pd.Timestamp(end), side="right")]


def same_weeks(table: pd.DataFrame, end: datetime, days: float) -> pd.DataFrame:
    """Give the rows around the window of the same dates in all other years of the table."""
    first, last = table.index[0], table.index[-1]
    slack, year = timedelta(days=SLACK_DAYS), timedelta(days=YEAR_DAYS)
    earliest, latest = math.floor((first - end - slack) / year), math.ceil((last - end + slack) / year) + 1
    shifts = [timedelta(days=round(YEAR_DAYS * years)) for years in range(earliest, latest) if years]
    others = [window_before(table, end + shift + slack, days + 2 * SLACK_DAYS) for shift in shifts]
    return pd.concat([other for other in others if len(other)] or [table.iloc[:0]])


def is_filled(window: pd.DataFrame, days: float, step_hours: float) -> bool:
    """Tell whether a window has enough rows to speak of it, of a table that is thinned.

    Args:
        window: of the table.
        days: how long it is.
        step_hours: how far apart readings are, which may be farther than what is thinned.
    """
    return len(window) >= LEAST_FILLED * days * 24 / max(STEP_HOURS, step_hours)


def earlier_figures(past: pd.DataFrame, figures: Figures, windows_days: Sequence[int] = WINDOWS_DAYS) -> pd.DataFrame:
    """Give each figure of each week's window of the past: `figure`, `window_days`, `end`, `value`.

    Each window is compared with the same weeks of the other years, so that no year is compared with itself.

    Args:
        past: thinned values of earlier years, indexed by time, in order.
        figures: what to compute.
        windows_days: how long the windows are.
    """
    found: list[tuple[str, int, datetime, float]] = []
    if len(past) > 1:
        step_hours = float(np.median(np.diff(past.index.to_numpy())) / np.timedelta64(1, "h"))
        start, last = past.index[0].normalize(), past.index[-1]
        for days in windows_days:
            for end in pd.date_range(start + timedelta(days=days), last, freq=WEEK):
                window = window_before(past, end, days)
                if is_filled(window, days, step_hours):
                    named = figures(window, same_weeks(past, end, days))
                    found += [(name, days, end, value) for name, value in named.items() if np.isfinite(value)]
    table = pd.DataFrame(found, columns=["figure", "window_days", "end", "value"])
    return table.astype({"figure": "category", "window_days": "int64", "end": "datetime64[s]", "value": "float64"})


@dataclass(frozen=True)
class Expected:
    """What a figure, brought to a nearly normal form, is in the same weeks of other years."""

    figure: str
    mean: float
    deviation: float
    windows: float
    """How many of them are independent."""

    def limit(self, probability: float, above: bool) -> float:
        """Give the value that a year like the others passes with a probability."""
        reach = reach_of_one_more(self.deviation, self.windows, probability)
        if self.figure in ONE_LESS_A_RATIO:
            above = not above
        bound = self.mean + (reach if above else -reach)
        if self.figure in NEVER_NEGATIVE:
            return float(max(bound, 0.0) ** 2)
        return float(1 - np.exp(bound) if self.figure in ONE_LESS_A_RATIO else bound)


def reach_of_one_more(deviation: float, count: float, probability: float) -> float:
    """Give how far beyond the mean one more value lies with a probability: a one-sided prediction interval.

    The values are draws of a normal distribution whose mean and spread are estimated, hence Student's t.

    Args:
        deviation: standard deviation of the values that there are.
        count: how many of them are independent.
        probability: of lying farther on that side.
    """
    from scipy import stats

    return float(stats.t.isf(probability, count - 1) * deviation * np.sqrt(1 + 1 / count))


def expected(
    earlier: pd.DataFrame, figure: str, window_days: int, end: datetime, season_days: float
) -> Expected | None:
    """Give what is expected of a figure at a date; None where too few years tell.

    Args:
        earlier: of `earlier_figures`.
        figure: its name.
        window_days: over how many days.
        end: of the window.
        season_days: how far apart in the calendar the ends may be; those of the same year do not count.
    """
    chosen = earlier[(earlier["figure"] == figure) & (earlier["window_days"] == window_days)]
    apart = (pd.DatetimeIndex(chosen["end"]) - pd.Timestamp(end)) / timedelta(days=1)
    near = _calendar_days(apart.to_numpy()) <= season_days
    other = np.abs(apart.to_numpy()) > YEAR_DAYS / 2
    values = chosen["value"].to_numpy()[near & other]
    years = np.unique(np.round(apart.to_numpy()[near & other] / YEAR_DAYS)).size
    kind = figure.rpartition("/")[2]
    values = _nearly_normal(values, kind)
    windows = values.size * WEEK.days / max(window_days, PERSISTENT_DAYS)
    if years < LEAST_YEARS or windows < LEAST_WINDOWS:
        return None
    return Expected(kind, float(values.mean()), float(values.std(ddof=1)), windows)


def _nearly_normal(values: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    if kind in NEVER_NEGATIVE:
        return np.asarray(np.sqrt(values))
    if kind in ONE_LESS_A_RATIO:
        return np.asarray(np.log(np.maximum(1 - values, SMALLEST_RATIO)))
    return values


def _calendar_days(apart: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give how far apart in the calendar dates are that lie so many days apart."""
    within = np.mod(apart, YEAR_DAYS)
    return np.minimum(within, YEAR_DAYS - within)
