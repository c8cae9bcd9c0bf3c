"""The gate that asks whether intervals hold what they say, as nearly as the windows that judge can tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from jena_models.evaluation.gates import GateVerdict, closed
from jena_models.evaluation.interval_scores import IntervalScore
from jena_models.evaluation.intervals import percent
from jena_models.evaluation.seasons import MORE, NEEDED, are_enough
from jena_models.evaluation.significance import LEVEL

GATE: Final = "coverage"
FEWEST_INDEPENDENT: Final = 20
"""Of fewer independent windows than this almost any share may be held by chance."""


def coverage_gate(scores: Sequence[IntervalScore], tolerance: float) -> GateVerdict:
    """Tell whether intervals hold, on validation, as large a share of targets as they say, level by level.

    Where few windows judge, or many that err alike, more than the tolerance may be chance; so far off closes nothing.

    Args:
        scores: of all splits; only those of validation count, where no window is scored with intervals fitted on it.
        tolerance: how far the share may be off, on either side.
    """
    judged = [score for score in scores if score.split == "validation"]
    if not judged:
        return closed(GATE, "The validation split is too short to fit intervals on one half and judge the other.")
    windows, independent = judged[0].windows, judged[0].independent
    if not are_enough(windows, judged[0].days):
        return closed(GATE, f"Only {windows} validation windows can be judged on; {NEEDED}.")
    if independent < FEWEST_INDEPENDENT:
        few = f"{windows} validation windows, which err alike, tell as much as {independent:.0f} independent ones"
        return closed(GATE, f"{few}; at least {FEWEST_INDEPENDENT} are needed to judge intervals, {MORE}.")
    chance = [share_off_by_chance(score.level, independent) for score in judged]
    held = " and ".join(f"those of {percent(score.level)} % hold {100 * score.coverage:.1f} %" for score in judged)
    evidence = (
        f"Intervals fitted on one half of validation and judged on the other: {held} of {windows} targets; "
        f"{100 * tolerance:g} points off are allowed."
    )
    if max(chance) > tolerance:
        points = " and ".join(f"{100 * share:.0f}" for share in chance)
        evidence += f" As these tell as much as {independent:.0f} independent ones, chance explains {points} points."
    near = [abs(score.coverage - score.level) <= max(tolerance, by) for score, by in zip(judged, chance, strict=True)]
    return GateVerdict(gate=GATE, passed=all(near), evidence=evidence)


def share_off_by_chance(level: float, independent: float) -> float:
    """Give how far a crosswise coverage may be from its level by chance where intervals are right.

    As many windows fit as judge, so that the variance is twice that of a share; and the quantiles of half of them hold
    about 2 / `independent` too few in the mean.

    Args:
        level: the share of targets that is to be held.
        independent: how many independent windows would tell as much.
    """
    from scipy.stats import t as student_t

    quantile = float(student_t.isf(LEVEL / 2, df=independent - 1))
    return quantile * math.sqrt(2 * level * (1 - level) / independent) + 2 / independent
