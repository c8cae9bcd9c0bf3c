"""Sums since a run's issue time, as of rain and radiation, as what came in each step."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

LEAST_LEFT: Final = 0.99
"""A sum that falls below this share of the one before it began anew; one that falls less was packed into few digits."""


def hourly_rates(sums: Values, run: NDArray[np.int64], lead_hours: Values) -> Values:
    """Give what came an hour in the step that ends with each row, NaN where no step ends, shape (rows, parts).

    A step goes from the row before of the same run that holds a sum, or from the issue time. Sums of one sign only
    grow: where one is less than the one before, what is summed began anew there, as sums of a day do.

    Args:
        sums: shape (rows, parts).
        run: which run, and which of its members, each row is of.
        lead_hours: of each row.
    """
    rates = np.full_like(sums, np.nan)
    order = np.lexsort((lead_hours, run))
    for part, given in enumerate(sums.T):
        rows = order[np.isfinite(given[order])]
        goes_on = np.diff(run[rows], prepend=-1) == 0
        since = np.where(goes_on, np.roll(lead_hours[rows], 1), 0.0)
        before = np.where(goes_on, np.roll(given[rows], 1), 0.0)
        came = _growth(given[rows], before)
        apart = lead_hours[rows] - since
        rates[rows, part] = np.where(apart > 0, came / np.where(apart > 0, apart, 1.0), np.nan)
    return rates


def _growth(sums: Values, before: Values) -> Values:
    least, most = sums.min(initial=0.0), sums.max(initial=0.0)
    if min(most, -least) > (1 - LEAST_LEFT) * max(most, -least):
        return sums - before
    sign = 1.0 if most >= -least else -1.0
    now, then = sign * sums, sign * before
    return sign * np.where(now < LEAST_LEFT * then, now, np.maximum(now - then, 0.0))
