"""The week that was forecast best, and the one that was forecast worst."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jena_models.evaluation.intervals import Bounds
from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.report.breakdown import best_and_worst_week, mean_absolute_error_of
from jena_models.report.contents import StudyReport
from jena_models.report.layout import figure, figures, keys, prose, section
from jena_models.report.markup import Markup
from jena_models.report.numbers import day, padded, plain
from jena_models.report.panel import Axis, Panel

BAND_LEVEL = 0.9


def weeks(report: StudyReport) -> Markup | None:
    """Give the section; None where the test split has no whole week."""
    best = report.best
    if best is None or best.name not in report.forecasts:
        return None
    found = best_and_worst_week(report.forecasts[best.name])
    if found is None:
        return None
    values = [week[["measured", "forecast"]].to_numpy(np.float64).ravel() for week in found]
    values += [bound for week in found for bound in _band(report, week) or ()]
    everything = np.concatenate(values)
    scale = Axis(*padded(float(np.nanmin(everything)), float(np.nanmax(everything)), 0.02))
    named = [
        ("measured", "ink"),
        (f"forecast {report.horizon_hours:g} h before", "model"),
        ("persistence", "reference"),
    ]
    if _band(report, found[0]):
        named.append(("90 % interval", "band"))
    return section(
        "weeks",
        "The best and the worst week",
        prose(
            f"The seven days of the test split in which the mean error of {best.name} was lowest and highest. Each "
            f"point of a forecast was made {report.horizon_hours:g} hours before the time it stands at."
        ),
        keys(*named),
        figures(_week(report, "Best", found[0], scale), _week(report, "Worst", found[1], scale), kind="pair"),
    )


def _week(report: StudyReport, which: str, week: pd.DataFrame, scale: Axis) -> Markup:
    times = pd.DatetimeIndex(week["valid_time"])
    first = times[0].floor("D")
    marks = tuple(
        (number + 0.5, f"{midnight.day} {midnight:%b}")
        for number, midnight in enumerate(pd.date_range(first, periods=7, freq="D"))
    )
    panel = Panel(Axis(0, 7, ticks=marks), scale, width=440, height=250)
    days = ((times - first) / pd.Timedelta(days=1)).to_numpy(np.float64)
    band = _band(report, week)
    if band:
        panel.band(days, *band, "model")
    errors = f"mean absolute error {plain(mean_absolute_error_of(week))} {report.unit}"
    reference = report.forecasts.get(PERSISTENCE)
    if reference is not None:
        same = reference[reference["valid_time"].isin(week["valid_time"])]
        panel.line(
            ((pd.DatetimeIndex(same["valid_time"]) - first) / pd.Timedelta(days=1)).to_numpy(np.float64),
            same["forecast"].to_numpy(),
            "reference thin",
        )
        errors += f", of persistence {plain(mean_absolute_error_of(same))}"
    panel.line(days, week["measured"].to_numpy(), "ink").line(days, week["forecast"].to_numpy(), "model")
    when = f"{day(first)} to {day(times[-1])}"
    title = f"{which} week: {report.target_name} ({report.unit})"
    return figure(title, panel.drawn(f"{when}: {errors}"), f"{when}: {errors}.")


def _band(report: StudyReport, week: pd.DataFrame) -> tuple[Bounds, Bounds] | None:
    if report.bounds is None or BAND_LEVEL not in report.bounds.levels:
        return None
    times = week["valid_time"].to_numpy().astype("datetime64[s]")
    return report.bounds.bounds(week["forecast"].to_numpy(), times, BAND_LEVEL)
