"""Figures of a training, for its run in MLflow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from jena_models.report.drawing import COLOURS, empty_figure, styled
from jena_models.stations.units import told_unit_of
from jena_models.training.jobs.fit_result import FitResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN_DAYS: Final = 21
DOTS_PER_INCH: Final = 110


def training_figure(result: FitResult, target: str) -> Figure:
    """Give loss and MAE of every epoch, with the epoch that was kept and the MAE of persistence.

    Args:
        result: with at least one epoch.
        target: the canonical name of the target column.
    """
    figure = empty_figure(9, 3.6, DOTS_PER_INCH, constrained=True)
    loss, mae = figure.subplots(1, 2)
    epochs = [record.epoch for record in result.epochs]
    loss.plot(epochs, [record.loss for record in result.epochs], color=COLOURS["other"], marker=".", label="training")
    loss.plot(
        epochs, [record.val_loss for record in result.epochs], color=COLOURS["model"], marker=".", label="validation"
    )
    mae.plot(epochs, [record.mae for record in result.epochs], color=COLOURS["other"], marker=".", label="training")
    mae.plot(
        epochs, [record.val_mae for record in result.epochs], color=COLOURS["model"], marker=".", label="validation"
    )
    if result.val_skill < 1:
        persistence = result.val_mae / (1 - result.val_skill)
        mae.axhline(
            persistence, color=COLOURS["reference"], linestyle="--", linewidth=1, label="persistence, validation"
        )
    for axes, title in ((loss, "Loss"), (mae, f"Mean absolute error ({told_unit_of(target)})")):
        axes.axvline(result.best_epoch, color=COLOURS["ink"], linewidth=0.8, linestyle=":", label="kept")
        axes.set_title(title, loc="left")
        axes.set_xlabel("epoch")
        axes.xaxis.get_major_locator().set_params(integer=True)
        styled(axes)
    mae.legend(frameon=False, fontsize=8)
    figure.suptitle(
        f"{result.architecture}: validation MAE {result.val_mae:.2f} {told_unit_of(target)}", x=0.01, ha="left"
    )
    return figure


def forecasts_figure(forecasts: pd.DataFrame, result: FitResult, target: str) -> Figure:
    """Give the last weeks of the test split, forecast and measured, and all of it as one against the other.

    Args:
        forecasts: `valid_time`, `measured`, `forecast`, as of `tasks.training.predictions.forecasts_of`.
        result: the scores.
        target: the canonical name of the target column.
    """
    unit = told_unit_of(target)
    figure = empty_figure(11, 3.8, DOTS_PER_INCH, constrained=True)
    course, scatter = figure.subplots(1, 2, width_ratios=(2.4, 1))
    last = forecasts[forecasts["valid_time"] > forecasts["valid_time"].max() - pd.Timedelta(days=SHOWN_DAYS)]
    course.plot(last["valid_time"], last["measured"], color=COLOURS["ink"], linewidth=1, label="measured")
    course.plot(last["valid_time"], last["forecast"], color=COLOURS["model"], linewidth=1, label="forecast")
    course.set_title(f"The last {SHOWN_DAYS} days of the test split ({unit})", loc="left")
    course.legend(frameon=False, fontsize=8, ncols=2)
    course.tick_params(axis="x", labelrotation=20)
    ends = np.nanpercentile(forecasts[["measured", "forecast"]].to_numpy(), [0, 100])
    scatter.hexbin(forecasts["measured"], forecasts["forecast"], gridsize=45, bins="log", mincnt=1, cmap="Greys")
    scatter.plot(ends, ends, color=COLOURS["reference"], linewidth=1)
    scatter.set_title("Every test window", loc="left")
    scatter.set_xlabel(f"measured ({unit})")
    scatter.set_ylabel(f"forecast ({unit})")
    scatter.set_aspect("equal")
    for axes in (course, scatter):
        styled(axes)
    figure.suptitle(
        f"{result.architecture}: test MAE {result.test_mae:.2f} {unit}, RMSE {result.test_rmse:.2f} {unit}, "
        f"skill {result.test_skill:.1%} against persistence",
        x=0.01,
        ha="left",
    )
    return figure
