"""The test error of each line of the leaderboard with its interval, all on one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.report.drawing import ABOUT_STEPS, COLOURS, axes_within, dots, drawn
from jena_models.report.number_format import padded
from jena_models.report.study_contents import StudyReport

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 190, 20


def leaderboard_figures(report: StudyReport) -> tuple[Markup, dict[str, Markup]]:
    """Give the scale for the head of the column, and a drawing of each architecture's error by its name."""
    spans = {each.name: report.significance.uncertainty("test", each.name) for each in report.contenders}
    values = [each.test_mae for each in report.contenders]
    values += [end for span in spans.values() if span for end in (span.lower, span.upper)]
    low, high = padded(min(values, default=0), max(values, default=1))
    reference = next((each.test_mae for each in report.contenders if each.name == PERSISTENCE), None)
    errors = {}
    for each in report.contenders:
        axes = _strip(low, high)
        if reference is not None:
            axes.axvline(reference, color=COLOURS["reference"], linewidth=1)
        colour = "reference" if each.name == PERSISTENCE else "model"
        span = spans[each.name]
        says = f"Test error {report.amount(each.test_mae, 3)} {report.unit}"
        if span:
            axes.hlines(0, span.lower, span.upper, color=COLOURS[colour], linewidth=1.75)
            says += f", 95 % interval {report.amount(span.lower)} to {report.amount(span.upper)}"
        dots(axes, [each.test_mae], [0], colour, [says])
        errors[each.name] = drawn(axes, says)
    scale = _strip(low, high)
    scale.xaxis.set_visible(True)
    scale.tick_params(axis="x", length=0, pad=-14)
    return drawn(scale, "Scale of the test error"), errors


def _strip(low: float, high: float) -> Axes:
    axes = axes_within((WIDTH, HEIGHT), (6, 0, 6, 0), grid=False)
    axes.set(xlim=(low, high), ylim=(-1, 1))
    axes.spines["bottom"].set_visible(False)
    axes.locator_params(axis="x", steps=ABOUT_STEPS, nbins=4)
    axes.xaxis.set_visible(False)
    axes.yaxis.set_visible(False)
    return axes
