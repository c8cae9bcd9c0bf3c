"""How much the best architecture relies on each input."""

from __future__ import annotations

from collections.abc import Sequence

from jena_models.evaluation.permutation_importance import Increase
from jena_models.report.drawing import COLOURS, SAID, Drawing, drawn, frame, ticks
from jena_models.report.study_contents import StudyReport

ROW_HEIGHT = 24
MARGINS = 60


def importance_figures(report: StudyReport) -> tuple[Drawing, ...]:
    """Give sensors, then columns; none where it was not measured."""
    found = report.importance
    if found is None or not found.columns:
        return ()
    return _bars("Sensors", found.sensors, report), _bars("Columns, each by itself", found.columns, report)


def _bars(title: str, found: Sequence[Increase], report: StudyReport) -> Drawing:
    ends = [each.increase + way * 2 * each.standard_error for each in found for way in (-1, 1)]
    scale = (min(0.0, *ends), 1.05 * max(1e-6, *ends))
    label = f"increase of the mean absolute error ({report.unit})"
    height = MARGINS + ROW_HEIGHT * max(len(found), 1)
    axes = frame(scale, (0.3, len(found) + 0.7), label, width=420, height=height, left=106, grid=False)
    ticks(axes, [(len(found) - number, each.column) for number, each in enumerate(found)], "y")
    for number, each in enumerate(found):
        place, margin = len(found) - number, 2 * each.standard_error
        grown, error = report.change(each.increase, 3), report.amount(each.standard_error, 3)
        says = f"{each.column}: {grown} ± {error} {report.unit}"
        axes.barh(place, each.increase, 0.6, color=COLOURS["model"], alpha=0.55, gid=SAID + says)
        axes.hlines(place, each.increase - margin, each.increase + margin, color=COLOURS["ink"], linewidth=1.5)
    told = ", ".join(f"{each.column} {report.change(each.increase)}" for each in found)
    return Drawing(title, drawn(axes, f"{title}: {told}"))
