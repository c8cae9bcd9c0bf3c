"""How the trainings went."""

from __future__ import annotations

import numpy as np

from jena_models.report.drawing import COLOURS, Drawing, dots, drawn, frame, line
from jena_models.report.number_format import padded
from jena_models.report.study_contents import Contender, StudyReport


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
    return Drawing(contender.name, drawn(axes, f"{contender.name}: {says}"), says)


def _persistence(report: StudyReport) -> float | None:
    best = report.best
    if best is None or best.val_skill >= 1:
        return None
    return best.val_mae / (1 - best.val_skill)
