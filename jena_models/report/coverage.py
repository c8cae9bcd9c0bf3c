"""Whether the intervals hold what they say."""

from __future__ import annotations

from typing import Final

from jena_models.evaluation.interval_scores import IntervalScore
from jena_models.evaluation.intervals import percent
from jena_models.evaluation.seasons import SEASONS
from jena_models.report.contents import Contender, StudyReport
from jena_models.report.layout import cell, figure, figures, header, prose, section, table
from jena_models.report.markup import Markup, element, wrapping
from jena_models.report.numbers import plain, share
from jena_models.report.panel import Axis, Panel

SEASON_TOLERANCE: Final = 0.05
"""A season within so much of the level is as good as can be asked for: two winters are few."""


def coverage(report: StudyReport) -> Markup | None:
    """Give the section; None for a study from before there were intervals."""
    shown = [each for each in report.trained if _on_test(each)]
    if not shown:
        return None
    best = report.best if report.best in shown else shown[0]
    scores = _on_test(best)
    levels = [score.level for score in scores]
    rows = [_row(each, levels) for each in shown]
    headers = [header("architecture")]
    for level in levels:
        headers += [header(f"{percent(level)} % hold", "number"), header("width", "number")]
    return section(
        "intervals",
        "Intervals",
        prose(
            "How many of the test targets lie within the intervals, which were fitted on validation alone, by season "
            "and hour. The line is what the intervals say of themselves, the shade five points on either side. "
            f"Width is the mean distance from the lower to the upper bound, in {report.unit}."
        ),
        figures(*(_panel(best.name, score) for score in scores)),
        table(headers, rows, "plain"),
    )


def _on_test(contender: Contender) -> list[IntervalScore]:
    found = [score for score in contender.intervals if score.split == "test"]
    return sorted(found, key=lambda score: score.level)


def _panel(name: str, score: IntervalScore) -> Markup:
    values = {"all": score.coverage} | {season: score.seasons[season] for season in SEASONS if season in score.seasons}
    reach = 100 * max(0.1, *(1.3 * abs(value - score.level) for value in values.values()))
    level = 100 * score.level
    marks = tuple((float(number), text) for number, text in enumerate(values))
    scale = Axis(level - reach, min(level + reach, 100))
    panel = Panel(Axis(-0.5, len(values) - 0.5, ticks=marks), scale)
    ends = [-0.5, len(values) - 0.5]
    above = min(level + 100 * SEASON_TOLERANCE, scale.high)
    panel.band(ends, [level - 100 * SEASON_TOLERANCE] * 2, [above] * 2, "shade")
    panel.line(ends, [level, level], "reference")
    says = [f"{season}: {share(value)}" for season, value in values.items()]
    panel.dots(range(len(values)), [100 * value for value in values.values()], "model", says, 5)
    told = f"{name}: {share(score.coverage)} of {score.windows:,} targets"
    return figure(f"Within the {percent(score.level)} % intervals (%)", panel.drawn(", ".join(says)), told)


def _row(contender: Contender, levels: list[float]) -> Markup:
    scores = {score.level: score for score in _on_test(contender)}
    cells = []
    for level in levels:
        score = scores.get(level)
        cells += [
            cell(share(score.coverage) if score else "", "number"),
            cell(plain(score.width, 1) if score else "", "number"),
        ]
    return element("tr", element("th", wrapping(contender.name), scope="row"), *cells)
