"""The chapter's two figures: the whole series of the target, and its first ten days."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

import pandas as pd

from jena_models.descriptions.description import DAY_HOURS, YEAR_HOURS, Figures
from jena_models.report.drawing import SIMULATED_CREDIT, dated, empty_figure, with_breaks
from jena_models.stations.schema import StationSchema
from jena_models.stations.units import told_unit_of
from jena_models.whole_files import whole_file

DOTS_PER_INCH: Final = 120
SIZE_INCHES: Final = (10, 4.2)

LINE_COLOUR: Final = "#1f5a8a"
MEAN_COLOUR: Final = "#d1602b"


def draw_figures(readings: pd.DataFrame, station: StationSchema, kind: str, folder: Path) -> Figures:
    """Draw the target's whole series and its first ten days as PNG files in a folder that is there."""
    target = readings[station.target]
    whole, ten_days = folder / "whole_series.png", folder / "first_ten_days.png"
    days = (target.index[-1] - target.index[0]).total_seconds() / 3600 / DAY_HOURS
    span = f"{days * DAY_HOURS / YEAR_HOURS:.1f} years" if days * DAY_HOURS >= YEAR_HOURS else f"{days:.0f} days"
    _draw(target, station, kind, f"all {len(target):,} readings, {span}", whole)
    beginning = target[target.index < target.index[0] + timedelta(days=10)]
    _draw(beginning, station, kind, "the first ten days", ten_days)
    return Figures(whole_series=whole, first_ten_days=ten_days)


def _draw(target: pd.Series, station: StationSchema, kind: str, part: str, file: Path) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    column = station.column(station.target)
    name = column.description or column.quantity
    figure = empty_figure(*SIZE_INCHES, dpi=DOTS_PER_INCH, constrained=True)
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    long = target.index[-1] - target.index[0] > pd.Timedelta(days=50)
    line = with_breaks(target)
    axes.plot(line.index, line.to_numpy(), color=LINE_COLOUR, linewidth=0.35 if long else 1.1, label="readings")
    if long:
        monthly = target.rolling("30D", center=True).mean().iloc[:: max(1, len(target) // 2000)]
        axes.plot(monthly.index, monthly.to_numpy(), color=MEAN_COLOUR, linewidth=1.6, label="mean of 30 days")
        axes.legend(frameon=False, loc="lower right", ncols=2)
    dated(axes)
    axes.set_ylabel(f"{name[:1].upper()}{name[1:]} ({told_unit_of(column.name)})")
    axes.set_xlabel("Time, as the station writes it")
    axes.set_title(f"{station.title}: {part}", loc="left", fontsize=11)
    axes.grid(axis="y", color="0.88", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.005)
    credit = SIMULATED_CREDIT if kind == "simulated" else f"Data: {station.credit}"
    figure.supxlabel(credit, x=0.995, ha="right", fontsize=8, color="0.4")
    with whole_file(file) as beside:
        figure.savefig(beside, dpi=DOTS_PER_INCH, format="png")
