"""What stands in for a feature of the weather service that is missing, by what the others are.

Where one of several sources is silent, or one column of one, a model that has always known it cannot tell: a line takes
the mean for it, and trees zero. What is to be expected of it, given all that is known, costs least.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from jena_models.features.scaling import FARTHEST, LINE_PENALTY, Scaling, fit_scaling
from jena_models.features.service_inputs import is_of_runs
from jena_models.frozen import Frozen

OFTEN: Final = 0.1
"""A feature that is missing in a larger share of the windows that are served is learnt from as it is."""
FEWEST: Final = 50
"""Windows that tell how features belong together."""
DIGITS: Final = 4
"""Of correlations, as they are kept: hundreds of features have many pairs."""

Values = NDArray[np.float64]


class StandIns(Frozen):
    """How the features of the weather service belong together, as in training."""

    names: tuple[str, ...]
    """Those that were hardly ever missing where a run was known."""
    scaling: Scaling
    correlations: tuple[tuple[float, ...], ...]

    @classmethod
    def fitted(cls, features: Mapping[str, Values], is_served: NDArray[np.bool_]) -> Self | None:
        """Give it by the features of some training windows; None where these are too few.

        Args:
            features: by name, each of shape (windows,), NaN where missing.
            is_served: of which windows a run is known, shape (windows,).
        """
        if is_served.sum() < FEWEST:
            return None
        served = {name: values[is_served] for name, values in features.items()}
        names = tuple(name for name, values in served.items() if np.isnan(values).mean() <= OFTEN)
        if not names:
            return None
        matrix = np.stack([served[name] for name in names], axis=1)
        scaling = fit_scaling(matrix.astype(np.float32))
        scaled = _scaled(matrix, scaling)
        together = scaled.T @ scaled / len(scaled)
        return cls(names=names, scaling=scaling, correlations=together.round(DIGITS).tolist())

    def filled(self, features: Mapping[str, Values], is_served: NDArray[np.bool_]) -> dict[str, Values]:
        """Give the features with what is to be expected, by those that are known, in place of missing ones.

        Where nothing but readings is missing they stay as they are: a model that does without readings has learnt that.

        Args:
            features: by name, each of shape (windows,), NaN where missing.
            is_served: of which windows a run is known, shape (windows,); those of others stay missing.
        """
        missing = np.stack([np.isnan(features[name]) for name in self.names], axis=1)
        of_runs = [place for place, name in enumerate(self.names) if is_of_runs(name)]
        rows = np.flatnonzero(missing[:, of_runs].any(axis=1) & is_served)
        if not len(rows):
            return dict(features)
        values = np.stack([features[name][rows] for name in self.names], axis=1)
        scaled, correlations = _scaled(values, self.scaling), np.asarray(self.correlations)
        patterns, which = np.unique(missing[rows], axis=0, return_inverse=True)
        for number, gone in enumerate(patterns):
            of_these = np.flatnonzero(which.ravel() == number)
            penalty = LINE_PENALTY * np.eye(int((~gone).sum()))
            lines = np.linalg.solve(correlations[np.ix_(~gone, ~gone)] + penalty, correlations[np.ix_(~gone, gone)])
            scaled[np.ix_(of_these, gone)] = scaled[np.ix_(of_these, ~gone)] @ lines
        expected = scaled * np.asarray(self.scaling.deviation) + np.asarray(self.scaling.mean)
        filled = dict(features)
        for place, name in enumerate(self.names):
            filled[name] = features[name].copy()
            filled[name][rows] = np.where(missing[rows, place], expected[:, place], features[name][rows])
        return filled


def _scaled(values: Values, scaling: Scaling) -> Values:
    scaled = (values - np.asarray(scaling.mean)) / np.asarray(scaling.deviation)
    return np.asarray(np.nan_to_num(np.clip(scaled, -FARTHEST, FARTHEST), nan=0.0))
