"""What a month of readings tells of a station that has no record: how high the target was, and at that hour."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.features.histories import Histories

MEMORY_DAYS: Final = 30
"""As many days as a forecast reads by default (`forecasting.days`)."""
NAMES: Final = (f"target above mean {MEMORY_DAYS} days", f"target above mean {MEMORY_DAYS} days at this hour")
DAY: Final = 24 * 3600

Values = NDArray[np.float64]


def features_of_memory(histories: Histories, column: str, days: Values | None = None) -> dict[str, Values]:
    """Give how far a column is above its means of the days before, each of shape (histories,).

    One mean is of every reading, the other of those at the hour of the valid time. Where fewer days were measured they
    are of fewer; nothing later than the issue time is looked at.

    Args:
        histories: their readings may begin before the first history; then what lies before counts.
        column: its canonical name.
        days: how many days each history remembers, shape (histories,); at most, and where not given, `MEMORY_DAYS`.
    """
    values = histories.readings[:, histories.columns.index(column)]
    issued = histories.rows[:, -1]
    remembered = np.full(len(histories), float(MEMORY_DAYS)) if days is None else np.minimum(days, MEMORY_DAYS)
    now = values[issued]
    means = (_mean_since(values, histories, issued, remembered), _mean_at_hour(values, histories, issued, remembered))
    return {name: now - mean for name, mean in zip(NAMES, means, strict=True)}


def _mean_since(values: Values, histories: Histories, issued: NDArray[np.intp], days: Values) -> Values:
    """Give the mean of what was measured after so many days before each issue time; NaN where nothing was."""
    known = np.isfinite(values)
    total = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    count = np.concatenate([[0], np.cumsum(known)])
    since = np.searchsorted(histories.seconds, histories.issue_seconds - (days * DAY).astype(np.int64), side="right")
    number = count[issued + 1] - count[since]
    mean = (total[issued + 1] - total[since]) / np.maximum(number, 1)
    return np.where(number > 0, mean, np.nan)


def _mean_at_hour(values: Values, histories: Histories, issued: NDArray[np.intp], days: Values) -> Values:
    """Give the mean of what was measured at the hour of the valid time, on so many days before each issue time."""
    ahead = np.broadcast_to(np.rint(np.asarray(histories.horizon_minutes) * 60).astype(np.int64), issued.shape)
    total, number = np.zeros(len(issued)), np.zeros(len(issued))
    for day in range(MEMORY_DAYS):
        back = day * DAY + (-ahead) % DAY
        wanted = histories.issue_seconds - back
        row = np.minimum(np.searchsorted(histories.seconds, wanted), len(values) - 1)
        found = values[row]
        known = np.isfinite(found) & (histories.seconds[row] == wanted) & (back < days * DAY)
        total += np.where(known, found, 0.0)
        number += known
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)
