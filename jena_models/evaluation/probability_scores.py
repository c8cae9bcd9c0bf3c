"""Scores of distributions: the continuous ranked probability score, of a normal one and of quantiles."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

ROOT_PI: Final = float(np.sqrt(np.pi))


def crps_normal(mean: Values, deviation: Values, measured: Values) -> Values:
    """Give the continuous ranked probability score of normal distributions, in the unit of what was measured.

    In closed form (Gneiting and others 2005, equation 5); arrays of one shape.

    >>> round(float(crps_normal(np.array(0.0), np.array(1.0), np.array(0.0))), 4)
    0.2337
    """
    from scipy.special import ndtr

    distance = (measured - mean) / deviation
    density = np.exp(-0.5 * distance**2) / np.sqrt(2 * np.pi)
    return np.asarray(deviation * (distance * (2 * ndtr(distance) - 1) + 2 * density - 1 / ROOT_PI))


def crps_quantiles(quantiles: Values, levels: Values, measured: Values) -> Values:
    """Give the score of distributions that a few quantiles tell of: twice the pinball loss, over all levels.

    Each quantile stands for the levels that are nearer to it than to others; with few of them it is an approximation.

    Args:
        quantiles: shape (forecasts, levels).
        levels: between 0 and 1, ascending.
        measured: shape (forecasts,).
    """
    borders = np.concatenate([[0.0], (levels[1:] + levels[:-1]) / 2, [1.0]])
    below = measured[:, None] - quantiles
    pinball = np.maximum(levels * below, (levels - 1) * below)
    return np.asarray(2 * pinball @ np.diff(borders))
