"""Where the best architecture errs, beside persistence and the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd

from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.evaluation.seasons import SEASONS
from jena_models.report.drawing import COLOURS, Drawing, dots, drawn, frame, line, ticks
from jena_models.report.error_breakdown import Grouped, by_hour, by_season, by_tenth
from jena_models.report.number_format import padded
from jena_models.report.study_contents import StudyReport

CELLS: Final = 60
"""Into how many the range of the target is cut, each way."""
SHADES: Final = 8
"""Of the cells, by how many windows they hold: as many as an eye tells apart."""
HISTOGRAM_BINS: Final = 48
MOST_OTHERS: Final = 12

Numbers = np.ndarray


def error_figures(report: StudyReport) -> tuple[Drawing, ...]:
    """Give errors by season, hour and tenth, then forecast against measured, residuals and bias.

    None without test forecasts of the best.
    """
    best = report.best
    if best is None or best.architecture not in report.forecasts:
        return ()
    own = report.forecasts[best.architecture]
    centres, own_tenths = by_tenth(own)
    tenths = f"Error by {report.target_name}, in tenths ({report.unit})"
    target = f"{report.target_name} measured ({report.unit})"
    hours = "hour of the day the forecast is for"
    return (
        _seasons(report, best.architecture),
        _lines(report, best.architecture, f"Error by hour ({report.unit})", hours, np.arange(24.0), by_hour),
        _lines(report, best.architecture, tenths, target, centres, lambda table: by_tenth(table)[1]),
        _density(report, own),
        _residuals(report, own),
        _bias(report, target, centres, own_tenths),
    )


def _seasons(report: StudyReport, best: str) -> Drawing:
    shown = {name: by_season(table, report.latitude).mean_absolute for name, table in _ordered(report, best)}
    axes = frame((-0.5, 3.5), (0, 1.1 * _highest(shown)))
    ticks(axes, list(enumerate(SEASONS)))
    for name, errors in shown.items():
        says = [f"{name}, {season}: {report.amount(error)}" for season, error in zip(SEASONS, errors, strict=True)]
        dots(axes, range(len(SEASONS)), errors, colour_of(name, best), says, 5 if name == best else 3.5)
    named = zip(SEASONS, shown[best], strict=True)
    told = ", ".join(f"{season} {report.amount(error)}" for season, error in named if np.isfinite(error))
    return Drawing(f"Error by season ({report.unit})", drawn(axes, f"Error by season: {told}"), f"{best}: {told}")


def _lines(  # noqa: PLR0917
    report: StudyReport, best: str, title: str, label: str, xs: Numbers, breakdown: Callable[[pd.DataFrame], Grouped]
) -> Drawing:
    shown = {name: breakdown(table).mean_absolute for name, table in _ordered(report, best)}
    by_the_hour = breakdown is by_hour
    axes = frame((0, 23) if by_the_hour else padded(xs[0], xs[-1]), (0, 1.05 * _highest(shown)), label)
    if by_the_hour:
        axes.set_xticks(range(0, 24, 4))
    for name, values in shown.items():
        line(axes, xs, values, colour_of(name, best))
    own = shown[best]
    says = (
        f"{best}: from {report.amount(float(np.nanmin(own)))} to {report.amount(float(np.nanmax(own)))} {report.unit}"
    )
    return Drawing(title, drawn(axes, f"{title}. {says}"), says)


def _bias(report: StudyReport, label: str, centres: Numbers, own: Grouped) -> Drawing:
    reference = report.forecasts.get(PERSISTENCE)
    theirs = by_tenth(reference)[1].bias if reference is not None else np.full(len(centres), np.nan)
    reach = 1.1 * float(np.nanmax(np.abs(np.concatenate([own.bias, theirs]))))
    axes = frame(padded(centres[0], centres[-1]), (-reach, reach), label, height=300)
    axes.axhline(0, color=COLOURS["quiet"], linewidth=1)
    line(axes, centres, theirs, "reference")
    line(axes, centres, own.bias, "model")
    says = (
        f"{report.change(float(own.bias[0]))} in the lowest tenth, {report.change(float(own.bias[-1]))} in the highest"
    )
    return Drawing(f"Bias by {report.target_name}, in tenths ({report.unit})", drawn(axes, f"Bias: {says}"), says)


def _density(report: StudyReport, own: pd.DataFrame) -> Drawing:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    measured, forecast = own["measured"].to_numpy(np.float64), own["forecast"].to_numpy(np.float64)
    low, high = padded(min(measured.min(), forecast.min()), max(measured.max(), forecast.max()), 0.02)
    counts, edges, _ = np.histogram2d(measured, forecast, bins=CELLS, range=[[low, high], [low, high]])
    shades = np.ceil(SHADES * np.log1p(counts) / np.log1p(counts.max()))
    axes = frame((low, high), (low, high), f"measured ({report.unit})", height=300, grid=False)
    side = edges[1] - edges[0]
    corners = side * np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    for shade in range(1, SHADES + 1):
        cells = edges[np.argwhere(shades == shade)][:, None] + corners
        if len(cells):
            outline = Outline.make_compound_path_from_polys(cells)
            axes.add_patch(PathPatch(outline, color=COLOURS["ink"], alpha=0.12 + 0.88 * shade / SHADES, linewidth=0))
    line(axes, [low, high], [low, high], "reference")
    says = f"Forecast against measured, {len(own):,} windows; the line is a perfect forecast"
    return Drawing(
        f"Forecast ({report.unit})", drawn(axes, says), f"{says}. The more a cell stands out, the more it holds."
    )


def _residuals(report: StudyReport, own: pd.DataFrame) -> Drawing:
    residuals = (own["forecast"] - own["measured"]).to_numpy(np.float64)
    reach = float(np.quantile(np.abs(residuals), 0.998))
    counts, edges = np.histogram(residuals, bins=HISTOGRAM_BINS, range=(-reach, reach))
    shares = 100 * counts / len(residuals)
    axes = frame((-reach, reach), (0, 1.1 * float(shares.max())), f"forecast − measured ({report.unit})", height=300)
    axes.stairs(shares, edges, fill=True, color=COLOURS["quiet"], linewidth=0)
    axes.axvline(0, color=COLOURS["quiet"], linewidth=1)
    five, ninety_five = np.quantile(residuals, (0.05, 0.95))
    bias, spread = report.change(float(residuals.mean())), report.amount(float(residuals.std()))
    says = (
        f"Bias {bias}, standard deviation {spread} {report.unit}; "
        f"nine of ten lie between {report.change(float(five), 1)} and {report.change(float(ninety_five), 1)}"
    )
    return Drawing("Share of forecasts (%)", drawn(axes, says), f"{says}.")


def colour_of(name: str, best: str) -> str:
    """Give the colour of an architecture: the best, persistence, or one of the others."""
    return "model" if name == best else "reference" if name == PERSISTENCE else "other"


def _ordered(report: StudyReport, best: str) -> list[tuple[str, pd.DataFrame]]:
    """Give the forecasts, the best's last, so that it lies above."""
    shown = [each.architecture for each in report.contenders if each.architecture in report.forecasts][:MOST_OTHERS]
    names = {*shown, PERSISTENCE} & report.forecasts.keys()
    in_order = sorted(names, key=lambda name: (name == best, name == PERSISTENCE))
    return [(name, report.forecasts[name]) for name in in_order]


def _highest(shown: dict[str, Numbers]) -> float:
    return max(float(np.nanmax(values)) for values in shown.values())
