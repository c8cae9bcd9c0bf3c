"""Scores of curves, lead by lead and by groups of leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.curves.past_curves import Truth
from jena_models.stations.clock import seconds_of

LEAD_GROUPS: Final[Mapping[str, tuple[float, float]]] = {
    "1 to 6 h": (0.0, 6.0),
    "7 to 24 h": (6.0, 24.0),
    "beyond 24 h": (24.0, np.inf),
}
"""Groups of leads: after the first hour, up to the last."""
RESAMPLED: Final = 500
"""Times that weeks are drawn anew to see how far a skill depends on which they were."""
BAND: Final = (0.05, 0.95)

Values = NDArray[np.floating]


@dataclass(frozen=True)
class LeadScore:
    """Of one lead."""

    mae: float
    """In the target's unit."""
    persistence_mae: float
    """Of persistence, for the same targets."""
    lower: float
    """In so many of a hundred other sets of as many weeks the skill would be lower: 5."""
    upper: float
    """The same for higher."""

    @property
    def skill(self) -> float:
        """1 − MAE / MAE of persistence."""
        return 1 - self.mae / self.persistence_mae if self.persistence_mae else 0.0


def skill_by_lead(curves: Values, truth: Truth) -> tuple[LeadScore, ...]:
    """Score curves at each lead, beside persistence; a lead without a target has scores of NaN.

    Args:
        curves: shape (windows, leads).
        truth: what came.
    """
    off, persisting = np.abs(truth.measured - curves), np.abs(truth.measured - truth.last[:, None])
    weeks = seconds_of(truth.valid_times[:, 0]) // (7 * 24 * 3600)
    numbers = np.unique(weeks, return_inverse=True)[1]
    drawn = np.random.default_rng(1).integers(0, numbers.max() + 1, (RESAMPLED, numbers.max() + 1))
    found = []
    for lead in range(curves.shape[1]):
        known = np.isfinite(off[:, lead]) & np.isfinite(persisting[:, lead])
        if not known.any():
            found.append(LeadScore(np.nan, np.nan, np.nan, np.nan))
            continue
        own, theirs = (np.bincount(numbers[known], each[known, lead], len(drawn[0])) for each in (off, persisting))
        resampled = 1 - own[drawn].sum(axis=1) / np.maximum(theirs[drawn].sum(axis=1), np.finfo(float).tiny)
        lower, upper = np.quantile(resampled, BAND)
        mae, persistence_mae = float(off[known, lead].mean()), float(persisting[known, lead].mean())
        found.append(LeadScore(mae, persistence_mae, float(lower), float(upper)))
    return tuple(found)


def group_of(leads_hours: Sequence[float]) -> list[str]:
    """Give the name of each lead's group."""
    return [next(name for name, (after, last) in LEAD_GROUPS.items() if after < hours <= last) for hours in leads_hours]
