"""What the best architecture listens to."""

from __future__ import annotations

from collections.abc import Sequence

from jena_models.evaluation.permutation_importance import Increase
from jena_models.report.contents import StudyReport
from jena_models.report.layout import figure, figures, prose, section
from jena_models.report.markup import Markup
from jena_models.report.numbers import plain, signed
from jena_models.report.panel import Axis, Panel

ROW_HEIGHT = 24
MARGINS = 60


def importance(report: StudyReport) -> Markup | None:
    """Give the section; None where it was not measured."""
    found = report.importance
    if found is None or not found.columns:
        return None
    return section(
        "importance",
        "What it listens to",
        prose(
            f"How much farther off {found.architecture} is where one input tells of other days: its whole history is "
            f"exchanged between {found.windows:,} validation windows, on which the error is otherwise "
            f"{plain(found.mae)} {report.unit}. The line is two standard errors either way. First a sensor is "
            "exchanged, and all that follows from it by formula with it; then one column alone, of which others may "
            "still tell the same."
        ),
        figures(
            _bars("Sensors", found.sensors, report.unit),
            _bars("Columns, each by itself", found.columns, report.unit),
            kind="pair",
        ),
    )


def _bars(title: str, found: Sequence[Increase], unit: str) -> Markup:
    ends = [each.increase + way * 2 * each.standard_error for each in found for way in (-1, 1)]
    scale = Axis(min(0.0, *ends), 1.05 * max(1e-6, *ends), f"increase of the mean absolute error ({unit})")
    marks = tuple((float(len(found) - number), each.column) for number, each in enumerate(found))
    panel = Panel(
        scale,
        Axis(0.3, len(found) + 0.7, ticks=marks),
        width=420,
        height=MARGINS + ROW_HEIGHT * max(len(found), 1),
        left=106,
    )
    for (place, _), each in zip(marks, found, strict=True):
        says = f"{each.column}: {signed(each.increase, 3)} ± {plain(each.standard_error, 3)} {unit}"
        panel.bar((0, each.increase), (place - 0.3, place + 0.3), "soft", says)
        panel.span(each.increase - 2 * each.standard_error, each.increase + 2 * each.standard_error, place, "ink")
    says = ", ".join(f"{each.column} {signed(each.increase)}" for each in found)
    return figure(title, panel.drawn(says, grid=False))
