"""Where a moment lies in its day and its year, as points on two circles."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

SECONDS_A_DAY: Final = 86_400
DAYS_A_YEAR: Final = 365.2425
"""Mean length of a year of the Gregorian calendar, so that a date keeps its place over the years."""

Angles = NDArray[np.float64]


def day_angle(seconds: NDArray[np.int64]) -> Angles:
    """Give the time of day as an angle, 0 at midnight of the station's clock.

    Args:
        seconds: since 1970, any shape.
    """
    return np.asarray(2 * np.pi * (seconds % SECONDS_A_DAY) / SECONDS_A_DAY)


def year_angle(seconds: NDArray[np.int64]) -> Angles:
    """Give the time of year as an angle, 0 at the turn of the year.

    Args:
        seconds: since 1970, any shape.
    """
    return np.asarray(2 * np.pi * (seconds / SECONDS_A_DAY / DAYS_A_YEAR % 1))
