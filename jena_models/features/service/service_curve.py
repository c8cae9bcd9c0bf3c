"""What the weather service says of another quantity, made into the target by a curve that never turns."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from jena_models.features.histories import Histories
from jena_models.features.service_inputs import RunColumn
from jena_models.frozen import Frozen
from jena_models.weather_service.service_runs import known_then

BINS: Final = 60
"""Into how many parts of as many windows a column's values are divided."""

Values = NDArray[np.float64]
Centre = Literal["mean", "median"]


class ServiceCurve(Frozen):
    """One column of the weather service, and what the target was at its values."""

    column: RunColumn
    at: tuple[float, ...]
    """Values of the column, ascending."""
    curve: tuple[float, ...]
    """What the target was there, in its own unit, never falling or never rising."""

    def through(self, said: Values) -> Values:
        """Give the target where the column has some values; NaN where these are."""
        return np.asarray(np.interp(said, self.at, self.curve))


def nearest_curve(
    splits: tuple[tuple[Histories, NDArray[np.floating]], tuple[Histories, NDArray[np.floating]]],
    bins: int = BINS,
    centre: Centre = "median",
) -> ServiceCurve | None:
    """Give the column whose curve is nearest to the target on validation, fitted on training; None where none can be.

    Args:
        splits: the windows to train on and to choose by, each with what came.
        bins: as of `fit_curve`.
        centre: likewise.
    """
    (train, target), (validation, wanted) = splits
    best: tuple[float, ServiceCurve | None] = (np.inf, None)
    for runs in train.service.sources if train.service else ():
        known = known_then(runs, train.issue_seconds, train.valid_seconds).values
        for place, name in enumerate(runs.columns):
            at, curve = fit_curve(known[:, place], target.astype(np.float64), bins, centre)
            if not len(at):
                continue
            made = ServiceCurve(
                column=RunColumn(source=runs.name, column=name), at=tuple(at.tolist()), curve=tuple(curve.tolist())
            )
            off = np.abs(made.through(made.column.of(validation)) - wanted)
            if np.isfinite(off).any():
                best = min(best, (float(np.nanmean(off)), made), key=lambda pair: pair[0])
    return best[1]


def fit_curve(said: Values, target: Values, bins: int, centre: Centre) -> tuple[Values, Values]:
    """Give values of a service's column and what the target was there: a curve that never falls, or never rises.

    The curve goes through the mean or median of bins of as many windows each, brought to one direction by isotonic
    regression (Barlow and others 1972), whichever direction is nearer; nothing where windows are fewer than bins.
    """
    from scipy.optimize import isotonic_regression

    known = np.isfinite(said) & np.isfinite(target)
    if known.sum() < bins:
        return np.empty(0), np.empty(0)
    order = np.argsort(said[known], kind="stable")
    parts = np.array_split(order, bins)
    middle_of = np.mean if centre == "mean" else np.median
    at = np.array([said[known][part].mean() for part in parts])
    middle = np.array([middle_of(target[known][part]) for part in parts])
    ways = [isotonic_regression(middle, increasing=rises).x for rises in (True, False)]
    curve = min(ways, key=lambda way: float(((way - middle) ** 2).sum()))
    return at, np.asarray(curve)
