"""What learners foretell the difference to: the last reading, what is usual, or what the weather service says."""

from __future__ import annotations

from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from jena_models.features.histories import Histories

StartingPoint = Literal["weather service", "service curve", "last reading", "usual"]
STARTING_POINTS: Final[tuple[StartingPoint, ...]] = get_args(StartingPoint)
"""The nearer ones first: what is left to foretell is small, and is learnt from fewer windows."""


def latest(histories: Histories, target: str) -> NDArray[np.float64]:
    """Give the target's last reading that is there, shape (histories,); NaN where the history has none."""
    return first_known(histories.steps_of(target)[:, ::-1].T)


def first_known(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the first that is known along the first axis; NaN where none is."""
    found: NDArray[np.float64] = values[0].copy()
    for each in values[1:]:
        missing = np.isnan(found)
        if not missing.any():
            break
        found[missing] = each[missing]
    return found
