"""Features on one scale, with nothing missing, for learners that need both."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.frozen import Frozen

LINE_PENALTY: Final = 0.01
"""Of the squared coefficients, for each window: features that say the same do not cancel each other."""
FARTHEST: Final = 4.0
"""Standard deviations at which a feature is cut off: what lies beyond was hardly ever trained on."""
LEAST_SHARE: Final = 1e-6
"""Of its mean: rounding leaves a constant feature a deviation of the order of its last digit."""
LEAST: Final = 1e-12
"""What rounding leaves of the sine of half a turn lies below, and what is measured above, in whatever unit."""


class Scaling(Frozen):
    """Mean and standard deviation of each feature over the training windows."""

    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    """Never zero."""

    def __call__(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give (features − mean) / deviation within ±4, shape (windows, features); a missing one becomes the mean."""
        mean, deviation = np.asarray(self.mean, np.float32), np.asarray(self.deviation, np.float32)
        scaled: NDArray[np.float32] = np.clip((features - mean) / deviation, -FARTHEST, FARTHEST)
        scaled[np.isnan(scaled)] = 0.0
        return scaled


def fit_scaling(features: NDArray[np.float32]) -> Scaling:
    """Give the scaling of training features, shape (windows, features); one without a value becomes zero."""
    known = np.isfinite(features)
    count = np.maximum(known.sum(axis=0), 1)
    values = np.where(known, features, 0).astype(np.float64)
    mean = values.sum(axis=0) / count
    deviation = np.sqrt((np.where(known, features - mean, 0) ** 2).sum(axis=0) / count)
    deviation = np.where(deviation > np.maximum(LEAST_SHARE * np.abs(mean), LEAST), deviation, 1.0)
    return Scaling(mean=tuple(mean.tolist()), deviation=tuple(deviation.tolist()))


def line_error(
    features: NDArray[np.float32], target: NDArray[np.float32], later: NDArray[np.float32], wanted: NDArray[np.float32]
) -> float:
    """Give the mean absolute error of a line through features, as a quick measure of what they are good for.

    Args:
        features: to fit on, shape (windows, features), NaN where missing.
        target: of those windows, NaN where missing.
        later: features of other windows, shape (others, features).
        wanted: their targets.
    """
    asked = np.isfinite(wanted)
    foretold = line_forecasts(features, target, later[asked])
    return float(np.abs(foretold - wanted[asked]).mean()) if asked.any() else 0.0


def line_forecasts(
    features: NDArray[np.float32], target: NDArray[np.float32], later: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Give what a line through features says of other windows, shape (others,); the arguments are those above."""
    scaling, known = fit_scaling(features), np.isfinite(target)
    scaled, values = scaling(features[known]).astype(np.float64), target[known].astype(np.float64)
    penalty = LINE_PENALTY * len(scaled) * np.eye(scaled.shape[1])
    centre = scaled.mean(axis=0)
    moved = scaled - centre
    coefficients = np.linalg.solve(moved.T @ moved + penalty, moved.T @ (values - values.mean()))
    return np.asarray((scaling(later) - centre) @ coefficients + values.mean())
