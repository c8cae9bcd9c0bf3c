"""Where the best architecture errs, beside persistence and the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd

from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.evaluation.seasons import SEASONS
from jena_models.report.breakdown import Grouped, by_hour, by_season, by_tenth
from jena_models.report.contents import StudyReport
from jena_models.report.layout import figure, figures, keys, prose, section
from jena_models.report.markup import Markup
from jena_models.report.numbers import padded, plain, signed
from jena_models.report.panel import Axis, Panel

BIN_UNITS: Final = 60
"""About how many cells the range of the target is cut into, each way."""
HISTOGRAM_BINS: Final = 48
MOST_OTHERS: Final = 12

Breakdown = Callable[[pd.DataFrame], Grouped]


def where_it_errs(report: StudyReport) -> Markup | None:
    """Give errors by season, hour and tenth; None without test forecasts of the best."""
    best = report.best
    if best is None or best.name not in report.forecasts:
        return None
    own = report.forecasts[best.name]
    centres, own_tenths = by_tenth(own)
    hours = Axis(0, 23, "hour of the day the forecast is for", tuple((h, f"{h}") for h in range(0, 24, 4)))
    tenths = Axis(*padded(centres[0], centres[-1]), f"{report.target_name} measured ({report.unit})")
    return section(
        "errors",
        "Where it errs",
        prose(
            f"{best.name} on the test split. Mean absolute error is how far forecasts are off, bias is in which "
            "direction: above zero they are too high. Each tenth holds as many windows as the others. A forecast that "
            "is good on the whole stays nearer the middle than the weather does: too warm in the cold, too cold in "
            "the warm, and there behind persistence."
            if report.target_name == "temperature"
            else f"{best.name} on the test split. Mean absolute error is how far forecasts are off, bias is in which "
            "direction: above zero they are too high. Each tenth holds as many windows as the others."
        ),
        keys((best.name, "model"), ("persistence", "reference"), ("other architectures", "other")),
        figures(
            _seasons(report, own),
            _lines(report, f"Error by hour ({report.unit})", hours, np.arange(24.0), by_hour),
            _lines(
                report,
                f"Error by {report.target_name}, in tenths ({report.unit})",
                tenths,
                centres,
                lambda table: by_tenth(table)[1],
            ),
        ),
        figures(_density(report, own), _residuals(report, own), _bias(report, tenths, centres, own_tenths)),
    )


def _seasons(report: StudyReport, own: pd.DataFrame) -> Markup:
    shown = {name: by_season(table, report.latitude) for name, table in _ordered(report)}
    best = report.best.name if report.best else ""
    high = max(float(np.nanmax(grouped.mean_absolute)) for grouped in shown.values())
    panel = Panel(
        Axis(-0.5, 3.5, ticks=tuple((float(number), season) for number, season in enumerate(SEASONS))),
        Axis(0, 1.1 * high),
    )
    places = np.arange(len(SEASONS), dtype=np.float64)
    for name, grouped in shown.items():
        kind, radius = _kind(name, best), 5 if name == best else 3.5
        says = [
            f"{name}, {season}: {plain(error)}" for season, error in zip(SEASONS, grouped.mean_absolute, strict=True)
        ]
        panel.dots(places, grouped.mean_absolute, kind, says, radius)
    mine = by_season(own, report.latitude)
    told = ", ".join(
        f"{season} {plain(error)}"
        for season, error in zip(SEASONS, mine.mean_absolute, strict=True)
        if np.isfinite(error)
    )
    return figure(f"Error by season ({report.unit})", panel.drawn(f"Error by season: {told}"), f"{best}: {told}")


def _lines(report: StudyReport, title: str, x: Axis, xs: np.ndarray, breakdown: Breakdown) -> Markup:
    best = report.best.name if report.best else ""
    shown = {name: breakdown(table).mean_absolute for name, table in _ordered(report)}
    high = max(float(np.nanmax(values)) for values in shown.values())
    panel = Panel(x, Axis(0, 1.05 * high))
    for name, values in shown.items():
        panel.line(xs, values, _kind(name, best))
    own = shown[best]
    says = f"{best}: from {plain(float(np.nanmin(own)))} to {plain(float(np.nanmax(own)))} {report.unit}"
    return figure(title, panel.drawn(says), says)


def _bias(report: StudyReport, x: Axis, centres: np.ndarray, own: Grouped) -> Markup:
    reference = report.forecasts.get(PERSISTENCE)
    theirs = by_tenth(reference)[1].bias if reference is not None else np.full(len(centres), np.nan)
    reach = 1.1 * float(np.nanmax(np.abs(np.concatenate([own.bias, theirs]))))
    panel = Panel(x, Axis(-reach, reach), height=300)
    panel.line([x.low, x.high], [0, 0], "zero")
    panel.line(centres, theirs, "reference").line(centres, own.bias, "model")
    says = f"{signed(float(own.bias[0]))} in the lowest tenth, {signed(float(own.bias[-1]))} in the highest"
    return figure(f"Bias by {report.target_name}, in tenths ({report.unit})", panel.drawn(says), says)


def _density(report: StudyReport, own: pd.DataFrame) -> Markup:
    measured, forecast = own["measured"].to_numpy(np.float64), own["forecast"].to_numpy(np.float64)
    low, high = padded(min(measured.min(), forecast.min()), max(measured.max(), forecast.max()), 0.02)
    counts, edges, _ = np.histogram2d(measured, forecast, bins=BIN_UNITS, range=[[low, high], [low, high]])
    darkness = np.log1p(counts) / np.log1p(counts.max())
    filled = np.argwhere(counts > 0)
    rectangles = [
        (edges[i], edges[i + 1], edges[j], edges[j + 1], 0.12 + 0.88 * float(darkness[i, j])) for i, j in filled
    ]
    panel = Panel(Axis(low, high, f"measured ({report.unit})"), Axis(low, high), height=300)
    panel.cells(rectangles, "ink").line([low, high], [low, high], "reference")
    says = f"Forecast against measured, {len(own):,} windows; the line is a perfect forecast"
    return figure(f"Forecast ({report.unit})", panel.drawn(says, grid=False), f"{says}. Darker cells hold more.")


def _residuals(report: StudyReport, own: pd.DataFrame) -> Markup:
    residuals = (own["forecast"] - own["measured"]).to_numpy(np.float64)
    reach = float(np.quantile(np.abs(residuals), 0.998))
    counts, edges = np.histogram(residuals, bins=HISTOGRAM_BINS, range=(-reach, reach))
    shares = 100 * counts / len(residuals)
    panel = Panel(
        Axis(-reach, reach, f"forecast − measured ({report.unit})"), Axis(0, 1.1 * float(shares.max())), height=300
    )
    for count, left, right in zip(shares, edges[:-1], edges[1:], strict=True):
        panel.bar((left, right), (0, float(count)), "ink")
    panel.line([0, 0], [0, 1.1 * float(shares.max())], "zero")
    five, ninety_five = np.quantile(residuals, (0.05, 0.95))
    says = (
        f"Bias {signed(float(residuals.mean()))}, standard deviation {plain(float(residuals.std()))} {report.unit}; "
        f"nine of ten lie between {signed(float(five), 1)} and {signed(float(ninety_five), 1)}"
    )
    return figure("Share of forecasts (%)", panel.drawn(says), f"{says}.")


def _ordered(report: StudyReport) -> list[tuple[str, pd.DataFrame]]:
    """Give the forecasts, the best's last, so that it lies above."""
    best = report.best.name if report.best else ""
    shown = [each.name for each in report.contenders if each.name in report.forecasts][:MOST_OTHERS]
    names = sorted(
        {*shown, PERSISTENCE} & report.forecasts.keys(), key=lambda name: (name == best, name == PERSISTENCE)
    )
    return [(name, report.forecasts[name]) for name in names]


def _kind(name: str, best: str) -> str:
    return "model" if name == best else "reference" if name == PERSISTENCE else "other"
