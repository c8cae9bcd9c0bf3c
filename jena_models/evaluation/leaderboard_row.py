"""What a leaderboard says of one architecture."""

from __future__ import annotations

from jena_models.frozen import Frozen


class LeadSkill(Frozen):
    """How good an architecture's curve is at one lead."""

    lead_hours: float
    val_mae: float
    val_skill: float
    test_mae: float
    test_skill: float
    test_skill_lower: float | None = None
    """With as many other weeks of readings the skill is lower 5 times of a hundred; None where it was not asked."""
    test_skill_upper: float | None = None
    """The same for higher."""


class LeaderboardRow(Frozen):
    """One architecture of one study."""

    architecture: str
    val_mae: float
    test_mae: float
    val_rmse: float
    test_rmse: float
    val_skill: float
    test_skill: float
    parameters: int
    best_epoch: int
    seconds_per_epoch: float
    version: int | None
    """In the registry; None where nothing was registered."""
    standing: str
    """`champion`, `previous`, `challenger`, `candidate`, or empty where nothing was registered."""
    run_id: str
    study: str
    tied_with_best: bool | None = None
    """Whether its validation error differs from the lowest by no more than noise; None where that was not measured."""
    seeds: int = 1
    """How many seeds of it were trained on these windows with these settings, in this study and others."""
    val_mae_spread: float | None = None
    """Standard deviation over the seeds, where there are two or more."""
    test_mae_spread: float | None = None
    val_crps: float | None = None
    """Continuous ranked probability score, in the target's unit; None in studies from before it was kept."""
    test_crps: float | None = None
    by_lead: tuple[LeadSkill, ...] = ()
    """At some leads of its curve, the shortest first; only of the best."""
