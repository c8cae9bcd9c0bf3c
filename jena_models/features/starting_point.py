"""What learners foretell the difference to: the last reading, what is usual, or what the weather service says."""

from __future__ import annotations

from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from jena_models.features.histories import Histories

StartingPoint = Literal["weather service", "last reading", "usual"]
STARTING_POINTS: Final[tuple[StartingPoint, ...]] = get_args(StartingPoint)
"""The nearer ones first: what is left to foretell is small, and is learnt from fewer windows."""


def latest(histories: Histories, target: str) -> NDArray[np.float64]:
    """Give the target's last reading that is there, shape (histories,); NaN where the history has none."""
    steps = histories.steps_of(target)
    last = steps[:, -1].copy()
    for step in range(2, steps.shape[1] + 1):
        missing = np.isnan(last)
        if not missing.any():
            break
        last[missing] = steps[missing, -step]
    return last
