"""The gate that looks at the whole distribution about a forecast, as the others look at its middle and its bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jena_models.evaluation.gates import GateVerdict, Incumbent, SideBySide, closed
from jena_models.evaluation.probability_scores import crps_quantiles
from jena_models.evaluation.seasons import NEEDED, are_enough, days_of
from jena_models.exactness import as_exact

GATE = "distribution"


@dataclass(frozen=True)
class Quantiles:
    """What is said about each of several forecasts."""

    values: NDArray[np.float64]
    """Shape (forecasts, probabilities), ascending in each row."""
    probabilities: NDArray[np.float64]
    """Ascending, shape (probabilities,)."""

    def crps(self, measured: NDArray[np.floating], probabilities: NDArray[np.float64]) -> float:
        """Give the mean continuous ranked probability score, from those quantiles alone that are asked for."""
        asked = np.isin(self.probabilities, probabilities)
        return float(crps_quantiles(self.values[:, asked], probabilities, measured.astype(np.float64)).mean())


def distribution_gate(
    incumbent: Incumbent | None,
    scored: SideBySide | None,
    own: Quantiles | None,
    theirs: Quantiles | None,
    tolerance: float,
) -> GateVerdict:
    """Tell whether what a challenger says of its doubt is worse than what the champion says, by the CRPS.

    Both are scored from the quantiles that both give. Without a champion persistence stands in for it, a forecast
    without doubt, whose CRPS is its mean absolute error; so it does for a champion that came without intervals.

    Args:
        incumbent: the champion, if there is one.
        scored: forecasts on windows that chose neither.
        own: of the challenger, for these windows; None where it came without intervals.
        theirs: of the champion, likewise.
        tolerance: as a share of persistence's error.
    """
    if scored is None or not are_enough(scored.measured.size, days_of(scored.issue_times)):
        windows = 0 if scored is None else scored.measured.size
        return closed(GATE, f"Only {windows} windows can be scored on; {NEEDED}.")
    if own is None:
        return closed(GATE, "It gives no intervals, so that nothing is known of its distribution.")
    compared = incumbent is not None and theirs is not None
    if compared and theirs is not None:
        shared = own.probabilities[np.isin(own.probabilities, theirs.probabilities)]
        reference = theirs.crps(scored.measured, shared) if len(shared) else np.nan
    else:
        shared, reference = own.probabilities, scored.persistence_mae
    if not np.isfinite(reference):
        return closed(GATE, "It gives none of the quantiles that the champion gives, so that they cannot be compared.")
    found, allowed = own.crps(scored.measured, shared), tolerance * scored.persistence_mae
    if compared and incumbent is not None:
        other = f"that of the champion, version {incumbent.version}, {as_exact(reference)}"
    else:
        why = "the champion gives no intervals" if incumbent else "there is no champion yet"
        other = f"persistence's error is {as_exact(reference)} ({why})"
    evidence = (
        f"On {scored.measured.size} windows its CRPS, from {len(shared)} quantiles, is {as_exact(found)} "
        f"{scored.unit}; {other}; worse by {allowed:.3g} is allowed."
    )
    return GateVerdict(gate=GATE, passed=bool(found - reference <= allowed), evidence=evidence)
