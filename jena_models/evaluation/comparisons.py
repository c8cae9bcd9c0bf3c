"""The architectures of a study beside one another: which differences are worth anything, and which are ties."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from jena_models.evaluation.significance import LEVEL, mean_interval, paired_test
from jena_models.frozen import Frozen

SPREADS: Final = 2.0
"""So many standard deviations of the difference that two seeds make are noise."""

Split = Literal["validation", "test"]
Values = NDArray[np.floating]


class Uncertainty(Frozen):
    """A mean absolute error and where it would lie on other weather of the same kind."""

    split: Split
    architecture: str
    mae: float
    """In the target's unit, on the windows that all the architectures compared have."""
    lower: float
    """Of the 95 % interval."""
    upper: float


class Comparison(Frozen):
    """The difference between two architectures on the same windows."""

    split: Split
    first: str
    second: str
    difference: float
    """MAE of the first − that of the second, in the target's unit."""
    standard_error: float
    p_value: float
    """Two-sided."""
    windows: int


class Significance(Frozen):
    """What a study's differences are worth."""

    uncertainties: tuple[Uncertainty, ...] = ()
    comparisons: tuple[Comparison, ...] = ()

    def uncertainty(self, split: Split, architecture: str) -> Uncertainty | None:
        """Give the interval of an architecture's error; None where it is not known."""
        wanted = (split, architecture)
        return next((each for each in self.uncertainties if (each.split, each.architecture) == wanted), None)

    def comparison(self, split: Split, first: str, second: str) -> Comparison | None:
        """Give the comparison of two architectures, in this order; None where they were not compared."""
        for each in self.comparisons:
            if each.split == split and (each.first, each.second) == (first, second):
                return each
            if each.split == split and (each.first, each.second) == (second, first):
                return each.model_copy(update={"first": first, "second": second, "difference": -each.difference})
        return None


def compare_all(split: Split, errors: Mapping[str, Values], horizon_windows: int) -> Significance:
    """Give the interval of each architecture's MAE, and the comparison of every pair.

    Args:
        split: that the errors are of.
        errors: forecast − measured by architecture, each of shape (windows,), on the same windows in the order of time.
        horizon_windows: how many windows start within one horizon.
    """
    uncertainties = []
    for name, own in errors.items():
        lower, upper = mean_interval(np.abs(own), horizon_windows)
        mae = float(np.abs(own).mean(dtype=np.float64))
        uncertainties.append(Uncertainty(split=split, architecture=name, mae=mae, lower=lower, upper=upper))
    comparisons = []
    for first, second in combinations(errors, 2):
        test = paired_test(errors[second], errors[first], horizon_windows)
        comparisons.append(
            Comparison(
                split=split,
                first=first,
                second=second,
                difference=test.improvement,
                standard_error=test.standard_error,
                p_value=test.two_sided_p_value,
                windows=errors[first].size,
            )
        )
    return Significance(uncertainties=tuple(uncertainties), comparisons=tuple(comparisons))


def is_tie(comparison: Comparison, first_spread: float | None = None, second_spread: float | None = None) -> bool:
    """Tell whether a difference is below the noise: of the weather, or of the seeds where their spread is known.

    Args:
        comparison: of the two.
        first_spread: standard deviation of the first one's MAE over seeds, in the target's unit.
        second_spread: of the second one's.
    """
    seeds = SPREADS * math.hypot(first_spread or 0.0, second_spread or 0.0)
    return comparison.p_value > LEVEL or abs(comparison.difference) < seeds
