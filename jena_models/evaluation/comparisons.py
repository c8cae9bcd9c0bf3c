"""The architectures of a study beside one another: which differences are worth anything, and which are ties."""

from __future__ import annotations

import gc
import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from jena_models.evaluation.significance import LEVEL, best_set_p_values, mean_interval, paired_test
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
    best_p_value: float
    """How probable so large an error is of one that is as good as the best, as `best_set_p_values` gives it."""

    @property
    def may_be_best(self) -> bool:
        """Whether it belongs to those of which one is the best, with a probability of 95 %."""
        return self.best_p_value > LEVEL


class Comparison(Frozen):
    """The difference between two architectures on the same windows."""

    split: Split
    first: str
    second: str
    difference: float
    """MAE of the first − that of the second, in the target's unit."""
    standard_error: float
    p_value: float
    """Two-sided, corrected for the number of pairs that were tested (Holm, 1979)."""
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
    """Give the interval of each architecture's MAE, whether it may be the best, and the comparison of every pair.

    Args:
        split: that the errors are of.
        errors: forecast − measured by architecture, each of shape (windows,), on the same windows in the order of time.
        horizon_windows: how many windows start within one horizon.
    """
    losses = np.abs(np.column_stack(list(errors.values())))
    uncertainties = []
    for name, own, best_p_value in zip(errors, losses.T, best_set_p_values(losses, horizon_windows), strict=True):
        lower, upper = mean_interval(own, horizon_windows)
        uncertainties.append(
            Uncertainty(
                split=split,
                architecture=name,
                mae=float(own.mean(dtype=np.float64)),
                lower=lower,
                upper=upper,
                best_p_value=float(best_p_value),
            )
        )
    pairs = list(combinations(errors, 2))
    tests = [paired_test(errors[second], errors[first], horizon_windows) for first, second in pairs]
    corrected = corrected_for_many([test.two_sided_p_value for test in tests])
    comparisons = tuple(
        Comparison(
            split=split,
            first=first,
            second=second,
            difference=test.improvement,
            standard_error=test.standard_error,
            p_value=p_value,
            windows=len(losses),
        )
        for (first, second), test, p_value in zip(pairs, tests, corrected, strict=True)
    )
    return Significance(uncertainties=tuple(uncertainties), comparisons=comparisons)


def corrected_for_many(p_values: Sequence[float]) -> list[float]:
    """Give p-values by which one false alarm among all of the tests is as rare as the level says (Holm, 1979)."""
    if not p_values:
        return []

    from statsmodels.stats.multitest import multipletests

    gc.freeze()  # it has garbage collected, which takes a third of a second where TensorFlow is loaded
    try:
        return [float(value) for value in multipletests(p_values, method="holm")[1]]
    finally:
        gc.unfreeze()


def is_tie(comparison: Comparison, first_spread: float | None = None, second_spread: float | None = None) -> bool:
    """Tell whether a difference is below the noise: of the weather, or of the seeds where their spread is known.

    Args:
        comparison: of the two.
        first_spread: standard deviation of the first one's MAE over seeds, in the target's unit.
        second_spread: of the second one's.
    """
    return comparison.p_value > LEVEL or within_seeds(comparison.difference, first_spread, second_spread)


def within_seeds(difference: float, first_spread: float | None, second_spread: float | None) -> bool:
    """Tell whether other seeds would make such a difference between two, by the spread of each where it is known."""
    return abs(difference) < SPREADS * math.hypot(first_spread or 0.0, second_spread or 0.0)
