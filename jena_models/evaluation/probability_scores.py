"""Scores of distributions: the continuous ranked probability score, pinball losses, and how even their ranks are."""

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
    return np.asarray(2 * pinball(quantiles, levels, measured) @ shares_of(levels))


def pinball(quantiles: Values, levels: Values, measured: Values) -> Values:
    """Give each quantile's loss, in the unit of what was measured: how far off, times its level or what it lacks to 1.

    Args:
        quantiles: shape (forecasts, levels).
        levels: between 0 and 1.
        measured: shape (forecasts,).
    """
    below = measured[:, None] - quantiles
    return np.asarray(np.maximum(levels * below, (levels - 1) * below))


def probability_integral_transform(quantiles: Values, levels: Values, measured: Values) -> Values:
    """Give where in its distribution each measured value came, from 0 to 1; evenly, where these are reliable.

    Between two quantiles it lies on the line between their levels, beyond the last halfway to the end.

    Args:
        quantiles: shape (forecasts, levels), ascending in each row.
        levels: between 0 and 1, ascending.
        measured: shape (forecasts,).
    """
    place = (quantiles < measured[:, None]).sum(axis=1)
    within = (place > 0) & (place < len(levels))
    found = np.where(place == 0, levels[0] / 2, (1 + levels[-1]) / 2)
    rows, upper = np.flatnonzero(within), place[within]
    low, high = quantiles[rows, upper - 1], quantiles[rows, upper]
    share = np.divide(measured[rows] - low, high - low, out=np.full(len(rows), 0.5), where=high > low)
    found[rows] = levels[upper - 1] + share * (levels[upper] - levels[upper - 1])
    return np.asarray(found)


def shares_of(levels: Values) -> Values:
    """Give the share of a distribution that each quantile stands for, shape (levels,): what is nearest to its level."""
    return np.asarray(np.diff(np.concatenate([[0.0], (levels[1:] + levels[:-1]) / 2, [1.0]])))
