"""The week that was forecast best, and the one that was forecast worst."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jena_models.evaluation.intervals import Bounds
from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.report.drawing import COLOURS, Drawing, drawn, frame, line, ticks
from jena_models.report.error_breakdown import best_and_worst_week, mean_absolute_error_of
from jena_models.report.number_format import day, padded
from jena_models.report.study_contents import StudyReport

BAND_LEVEL = 0.9


def week_figures(report: StudyReport) -> tuple[Drawing, ...]:
    """Give both weeks on one scale; none where the test split has no whole week."""
    best = report.best
    if best is None or best.architecture not in report.forecasts:
        return ()
    found = best_and_worst_week(report.forecasts[best.architecture])
    if found is None:
        return ()
    values = [week[["measured", "forecast"]].to_numpy(np.float64).ravel() for week in found]
    values += [bound for week in found for bound in _band(report, week) or ()]
    everything = np.concatenate(values)
    scale = padded(float(np.nanmin(everything)), float(np.nanmax(everything)), 0.02)
    return tuple(_week(report, which, week, scale) for which, week in zip(("Best", "Worst"), found, strict=True))


def band_is_known(report: StudyReport) -> bool:
    """Tell whether the weeks are drawn with intervals."""
    return report.bounds is not None and BAND_LEVEL in report.bounds.levels


def _week(report: StudyReport, which: str, week: pd.DataFrame, scale: tuple[float, float]) -> Drawing:
    times = pd.DatetimeIndex(week["valid_time"])
    first = times[0].floor("D")
    axes = frame((0, 7), scale, width=440, height=250)
    midnights = pd.date_range(first, periods=7, freq="D")
    ticks(axes, [(number + 0.5, f"{midnight.day} {midnight:%b}") for number, midnight in enumerate(midnights)])
    days = _days_since(first, week)
    band = _band(report, week)
    if band:
        axes.fill_between(days, *band, color=COLOURS["model"], alpha=0.16, linewidth=0)
    errors = f"mean absolute error {report.amount(mean_absolute_error_of(week))} {report.unit}"
    reference = report.forecasts.get(PERSISTENCE)
    if reference is not None:
        same = reference[reference["valid_time"].isin(week["valid_time"])]
        line(axes, _days_since(first, same), same["forecast"], "reference", width=1)
        errors += f", of persistence {report.amount(mean_absolute_error_of(same))}"
    line(axes, days, week["measured"], "ink")
    line(axes, days, week["forecast"], "model")
    when = f"{day(first)} to {day(times[-1])}"
    title = f"{which} week: {report.target_name} ({report.unit})"
    return Drawing(title, drawn(axes, f"{when}: {errors}"), f"{when}: {errors}.")


def _days_since(first: pd.Timestamp, week: pd.DataFrame) -> np.ndarray:
    return ((pd.DatetimeIndex(week["valid_time"]) - first) / pd.Timedelta(days=1)).to_numpy(np.float64)


def _band(report: StudyReport, week: pd.DataFrame) -> tuple[Bounds, Bounds] | None:
    if report.bounds is None or not band_is_known(report):
        return None
    times = week["valid_time"].to_numpy().astype("datetime64[s]")
    return report.bounds.bounds(week["forecast"].to_numpy(), times, BAND_LEVEL)
