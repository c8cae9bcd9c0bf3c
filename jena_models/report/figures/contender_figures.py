"""The architectures side by side: test errors, how trainings went, and how far ahead each is worth something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.report.drawing import ABOUT_STEPS, COLOURS, Drawing, axes_within, dots, drawn, frame, line, ticks
from jena_models.report.figures.error_figures import colour_of
from jena_models.report.number_format import padded, share
from jena_models.report.study_contents import Contender, StudyReport

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 190, 20


def lead_figures(report: StudyReport) -> tuple[Drawing, ...]:
    """Give skill and error by lead; none where the study has but one horizon."""
    shown = [each for each in report.contenders if len(each.by_lead) > 1]
    if not shown:
        return ()
    # The best is drawn last, so that it lies above.
    shown.sort(key=lambda each: (each == report.best, each.architecture == PERSISTENCE))
    hours = sorted({lead.lead_hours for each in shown for lead in each.by_lead})
    told = [lead for each in shown for lead in each.by_lead]
    skills = [100 * lead.test_skill for lead in told]
    bounds = [bound for lead in told for bound in (lead.test_skill_lower, lead.test_skill_upper)]
    skills += [100 * bound for bound in bounds if bound is not None]
    errors = [lead.test_mae for each in shown for lead in each.by_lead]
    skill = frame((0, hours[-1]), padded(min(0.0, *skills), max(0.0, *skills)), "hours ahead")
    error = frame((0, hours[-1]), (0, 1.05 * max(errors)), "hours ahead")
    for axes in (skill, error):
        ticks(axes, [(hour, f"{hour:g}") for hour in hours])
    own = shown[-1]
    for each in shown:
        colour = colour_of(each.architecture, report.best.architecture if report.best else "")
        leads = [lead.lead_hours for lead in each.by_lead]
        in_percent = [100 * lead.test_skill for lead in each.by_lead]
        in_unit = [lead.test_mae for lead in each.by_lead]
        band = [(lead.test_skill_lower, lead.test_skill_upper) for lead in each.by_lead]
        known = [(low, high) for low, high in band if low is not None and high is not None]
        if len(known) == len(band):
            low, high = (np.clip(100 * np.array(side), *skill.get_ylim()) for side in zip(*known, strict=True))
            skill.fill_between(leads, low, high, color=COLOURS[colour], alpha=0.16, linewidth=0)
        says_skill = [f"{each.architecture}, {lead.lead_hours:g} h: {share(lead.test_skill)}" for lead in each.by_lead]
        says_error = [
            f"{each.architecture}, {lead.lead_hours:g} h: {report.amount(lead.test_mae)} {report.unit}"
            for lead in each.by_lead
        ]
        for axes, values, says in ((skill, in_percent, says_skill), (error, in_unit, says_error)):
            line(axes, leads, values, colour)
            dots(axes, leads, values, colour, says, 3)
    shortly = ", ".join(f"{lead.lead_hours:g} h {share(lead.test_skill)}" for lead in own.by_lead)
    told_error = ", ".join(f"{lead.lead_hours:g} h {report.amount(lead.test_mae)}" for lead in own.by_lead)
    return (
        Drawing("Skill (%)", drawn(skill, f"{own.architecture}: {shortly}"), f"{own.architecture}: {shortly}"),
        Drawing(f"Error ({report.unit})", drawn(error, f"{own.architecture}, error by lead: {told_error}")),
    )


def leaderboard_figures(report: StudyReport) -> tuple[Markup, dict[str, Markup]]:
    """Give the scale for the head of the column, and a drawing of each architecture's error by its name."""
    names = [each.architecture for each in report.contenders]
    spans = {name: report.significance.uncertainty("test", name) for name in names}
    values = [each.test_mae for each in report.contenders]
    values += [end for span in spans.values() if span for end in (span.lower, span.upper)]
    low, high = padded(min(values, default=0), max(values, default=1))
    reference = next((each.test_mae for each in report.contenders if each.architecture == PERSISTENCE), None)
    errors = {}
    for each in report.contenders:
        axes = _strip(low, high)
        if reference is not None:
            axes.axvline(reference, color=COLOURS["reference"], linewidth=1)
        colour = "reference" if each.architecture == PERSISTENCE else "model"
        span = spans[each.architecture]
        says = f"Test error {report.amount(each.test_mae, 3)} {report.unit}"
        if span:
            axes.hlines(0, span.lower, span.upper, color=COLOURS[colour], linewidth=1.75)
            says += f", 95 % interval {report.amount(span.lower)} to {report.amount(span.upper)}"
        dots(axes, [each.test_mae], [0], colour, [says])
        errors[each.architecture] = drawn(axes, says)
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


def training_figures(report: StudyReport) -> tuple[Drawing, ...]:
    """Give a drawing an architecture, on one scale; none where nothing was trained in epochs."""
    shown = [each for each in report.trained if each.epochs]
    if not shown:
        return ()
    reference = _persistence(report)
    values = [value for each in shown for record in each.epochs for value in (record.mae, record.val_mae)]
    finite = [value for value in values if np.isfinite(value)] + ([reference] if reference else [])
    # A first epoch far above all others would press the rest into a line.
    low, high = padded(min(finite), float(np.quantile(finite, 0.98)))
    return tuple(_curve(each, report, (low, max(high, (reference or 0) * 1.01)), reference) for each in shown)


def _curve(contender: Contender, report: StudyReport, scale: tuple[float, float], reference: float | None) -> Drawing:
    epochs = [record.epoch for record in contender.epochs]
    last = max(epochs)
    axes = frame((0, max(last, 2)), scale, "epoch", height=200)
    axes.locator_params(axis="x", integer=True)
    if reference is not None:
        axes.axhline(reference, color=COLOURS["reference"], linewidth=1.25, linestyle=(0, (4, 3)))
    line(axes, epochs, [record.mae for record in contender.epochs], "other")
    line(axes, epochs, [record.val_mae for record in contender.epochs], "model")
    kept = [record for record in contender.epochs if record.epoch == contender.best_epoch]
    dots(axes, [record.epoch for record in kept], [record.val_mae for record in kept], "model")
    says = f"epoch {contender.best_epoch} of {last} kept, {report.amount(contender.val_mae, 3)} {report.unit}"
    return Drawing(contender.architecture, drawn(axes, f"{contender.architecture}: {says}"), says)


def _persistence(report: StudyReport) -> float | None:
    best = report.best
    if best is None or best.val_skill >= 1:
        return None
    return best.val_mae / (1 - best.val_skill)
