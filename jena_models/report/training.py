"""How the trainings went."""

from __future__ import annotations

import numpy as np

from jena_models.report.contents import Contender, StudyReport
from jena_models.report.layout import figure, figures, keys, prose, section
from jena_models.report.markup import Markup
from jena_models.report.numbers import padded, plain
from jena_models.report.panel import Axis, Panel


def training_curves(report: StudyReport) -> Markup | None:
    """Give the section; None where nothing was trained in epochs."""
    shown = [each for each in report.trained if each.epochs]
    if not shown:
        return None
    reference = _persistence(report)
    values = [value for each in shown for record in each.epochs for value in (record.mae, record.val_mae)]
    finite = [value for value in values if np.isfinite(value)] + ([reference] if reference else [])
    # A first epoch far above all others would press the rest into a line.
    low, high = padded(min(finite), float(np.quantile(finite, 0.98)))
    drawn = [_curve(each, report.unit, Axis(low, max(high, (reference or 0) * 1.01)), reference) for each in shown]
    return section(
        "training",
        "Training",
        prose(
            f"Mean absolute error in {report.unit} after each epoch, on one scale for all. The dot is the epoch that "
            "was kept, the one with the lowest validation loss. Dropout makes training look worse than validation."
        ),
        keys(("training", "other"), ("validation", "model"), ("persistence, validation", "reference")),
        figures(*drawn),
    )


def _curve(contender: Contender, unit: str, scale: Axis, reference: float | None) -> Markup:
    epochs = [record.epoch for record in contender.epochs]
    last = max(epochs)
    panel = Panel(Axis(0, max(last, 2), "epoch"), scale, height=200)
    if reference is not None:
        panel.line([0, max(last, 2)], [reference, reference], "reference dashed")
    panel.line(epochs, [record.mae for record in contender.epochs], "other")
    panel.line(epochs, [record.val_mae for record in contender.epochs], "model")
    kept = [record for record in contender.epochs if record.epoch == contender.best_epoch]
    panel.dots([record.epoch for record in kept], [record.val_mae for record in kept], "model")
    says = f"epoch {contender.best_epoch} of {last} kept, {plain(contender.val_mae, 3)} {unit}"
    return figure(contender.name, panel.drawn(f"{contender.name}: {says}", about_y=4), says)


def _persistence(report: StudyReport) -> float | None:
    best = report.best
    if best is None or best.val_skill >= 1:
        return None
    return best.val_mae / (1 - best.val_skill)
