"""How far apart amounts are, such as rain that is reported every six hours beside readings of every hour."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

FEWEST_AMOUNTS: Final = 12
MOSTLY: Final = 0.5
"""So many of the steps between amounts are alike where they are reported at set hours."""


def hours_between_amounts(
    times: NDArray[np.datetime64], values: NDArray[np.float64], cadence_minutes: float
) -> float | None:
    """Give how far apart amounts are where they are farther apart than readings; None where they are not.

    Args:
        times: of the readings, in order.
        values: the amounts, NaN where none is known.
        cadence_minutes: from one reading to the next.
    """
    seconds = times.astype("datetime64[s]").astype(np.int64)[np.isfinite(values)]
    steps, counts = np.unique(np.diff(seconds), return_counts=True)
    if counts.sum() < FEWEST_AMOUNTS or counts.max() < MOSTLY * counts.sum():
        return None
    usual = float(steps[counts.argmax()])
    return usual / 3600 if usual >= 2 * 60 * cadence_minutes else None
