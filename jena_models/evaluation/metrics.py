"""How good forecasts are: errors in the target's unit, losses, and skill against persistence."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Loss = Literal["mse", "mae", "huber"]

PERSISTENCE: Final = "persistence"
"""The name of the forecast `same as now`, which every other is compared with."""


def mean_absolute_error(forecasts: NDArray[np.floating], targets: NDArray[np.floating]) -> float:
    """Give the mean of |forecast − target|, summed in double precision."""
    return float(np.abs(_errors(forecasts, targets)).mean())


def root_mean_squared_error(forecasts: NDArray[np.floating], targets: NDArray[np.floating]) -> float:
    """Give the root of the mean of (forecast − target)², summed in double precision."""
    return float(np.sqrt(np.square(_errors(forecasts, targets)).mean()))


def skill(mae: float, persistence_mae: float) -> float:
    """Give 1 − MAE / MAE of persistence: 0 is as good as "same as now", 1 is perfect.

    Where persistence makes no error there is nothing to gain, and the skill is 0.
    """
    return 1 - mae / persistence_mae if persistence_mae else 0.0


def mean_loss(loss: Loss, forecasts: NDArray[np.floating], targets: NDArray[np.floating]) -> float:
    """Give the mean of the loss that training lowers; Huber's is quadratic up to an error of 1, linear beyond."""
    errors = np.abs(_errors(forecasts, targets))
    if loss == "mae":
        return float(errors.mean())
    if loss == "mse":
        return float(np.square(errors).mean())
    return float(np.where(errors <= 1, 0.5 * np.square(errors), errors - 0.5).mean())


def _errors(forecasts: NDArray[np.floating], targets: NDArray[np.floating]) -> NDArray[np.float64]:
    if forecasts.shape != targets.shape:
        raise ValueError(f"forecasts of shape {forecasts.shape} against targets of shape {targets.shape}")
    return forecasts.astype(np.float64) - targets
