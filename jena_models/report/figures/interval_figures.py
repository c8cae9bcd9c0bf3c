"""Whether the intervals hold what they say."""

from __future__ import annotations

from typing import Final

from jena_models.evaluation.interval_scores import DistributionScore, IntervalScore
from jena_models.evaluation.intervals import percent
from jena_models.evaluation.seasons import SEASONS
from jena_models.report.drawing import COLOURS, Drawing, dots, drawn, frame, ticks
from jena_models.report.number_format import share
from jena_models.report.study_contents import StudyReport

SEASON_TOLERANCE: Final = 5
"""A season within so many points of the level is as good as can be asked for: two winters are few."""


def interval_figures(report: StudyReport) -> tuple[Drawing, ...]:
    """Give the best's coverage by season, a drawing a level, and how evenly targets come in its distribution.

    None for a study from before there were intervals.
    """
    shown = [each for each in report.trained if each.on_test]
    if not shown:
        return ()
    best = report.best if report.best in shown else shown[0]
    whole = best.distribution_on_test
    coverages = tuple(_coverage(best.architecture, score) for score in best.on_test)
    return (*coverages, _ranks(best.architecture, whole)) if whole else coverages


def _coverage(name: str, score: IntervalScore) -> Drawing:
    values = {"all": score.coverage} | {season: score.seasons[season] for season in SEASONS if season in score.seasons}
    reach = 100 * max(0.1, *(1.3 * abs(value - score.level) for value in values.values()))
    level = 100 * score.level
    high = min(level + reach, 100)
    axes = frame((-0.5, len(values) - 0.5), (level - reach, high))
    ticks(axes, list(enumerate(values)))
    axes.axhspan(level - SEASON_TOLERANCE, min(level + SEASON_TOLERANCE, high), color=COLOURS["shade"], zorder=0, lw=0)
    axes.axhline(level, color=COLOURS["reference"], linewidth=1.25)
    says = [f"{season}: {share(value)}" for season, value in values.items()]
    dots(axes, range(len(values)), [100 * value for value in values.values()], "model", says, 5)
    told = f"{name}: {share(score.coverage)} of {score.windows:,} targets"
    return Drawing(f"Within the {percent(score.level)} % intervals (%)", drawn(axes, ", ".join(says)), told)


def _ranks(name: str, score: DistributionScore) -> Drawing:
    """Draw the share of targets in each tenth of their distributions: a histogram of the probability integral."""
    shares, even = [100 * share for share in score.ranks], 100 / len(score.ranks)
    axes = frame((0, 1), (0, max(1.2 * max(shares), 2 * even)), "tenth of the distribution, lowest first")
    edges = [number / len(shares) for number in range(len(shares) + 1)]
    axes.stairs(shares, edges, fill=True, color=COLOURS["quiet"], linewidth=0)
    axes.axhline(even, color=COLOURS["reference"], linewidth=1.25)
    says = ", ".join(f"tenth {number}: {value:.1f} %" for number, value in enumerate(shares, 1))
    told = f"{name}: from {min(shares):.1f} to {max(shares):.1f} %; reliable where level"
    return Drawing("Targets in each tenth (%)", drawn(axes, says), told)
