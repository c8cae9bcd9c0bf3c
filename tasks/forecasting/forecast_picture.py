"""The last days, the forecast and its interval in one picture, kept on disk and with the Prefect run."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from jena_models.report.drawing import COLOURS, SIMULATED_CREDIT, dated, empty_figure, styled, svg_of, with_breaks
from jena_models.stations import StationSchema
from jena_models.whole_files import write_whole
from tasks.forecasting.forecast_words import sentence, stamp
from tasks.forecasting.made_forecast import Forecast, LeadForecast
from tasks.forecasting.tables.parquet_forecasts import forecasts_folder
from tasks.orchestration import within_a_flow_run
from tasks.registry import kind_of_model
from tasks.workspace import Checked, forget_old, task

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN_DAYS: Final = 5
SIZE_INCHES: Final = (7.6, 2.8)
DRAWING_SECONDS: Final = 300

logger = logging.getLogger("jena")


@task(name="draw the forecast", timeout_seconds=DRAWING_SECONDS)
def draw_forecast(made: Forecast, checked: Checked, station: StationSchema, kept: int) -> Forecast:
    """Give the forecast with its picture, which goes to the Prefect run where there is one; the newest are kept."""
    if not kept:
        return made
    folder = forecasts_folder(made.model) / "pictures"
    picture = folder / f"{made.issue_time:%Y-%m-%dT%H%M%S}-v{made.version}.svg"
    if not picture.exists():
        target = pd.read_parquet(checked.readings, columns=[station.target])[station.target]
        target = target.tz_localize("UTC").tz_convert(station.local.zone).tz_localize(None).sort_index()
        drawn = svg_of(forecast_figure(made, target, checked.cadence_minutes, station))
        try:
            write_whole(picture, drawn)
        except OSError as error:  # what was said is kept, and of more worth
            logger.warning("The picture %s cannot be written: %s.", picture, error.strerror or error)
            return made
        forget_old(folder.glob("[!.]*.svg"), kept)
    show_forecast(made, picture)
    return made.model_copy(update={"picture": picture})


def forecast_figure(made: Forecast, target: pd.Series, cadence_minutes: float, station: StationSchema) -> Figure:
    """Give the last five days of the target, the curve with its band, the forecast, and "same as now"."""
    from matplotlib.dates import date2num

    issued, valid = (np.datetime64(time.replace(tzinfo=None)) for time in (made.issue_time, made.valid_time))

    figure = empty_figure(*SIZE_INCHES, constrained=True)
    axes = figure.subplots()
    styled(axes)
    last = target.loc[pd.Timestamp(issued) - timedelta(days=SHOWN_DAYS) : pd.Timestamp(issued)]
    line = with_breaks(last, timedelta(minutes=cadence_minutes))
    axes.plot(line.index, line.to_numpy(), color=COLOURS["ink"], linewidth=1.1, label="measured")
    ends = np.array([issued, valid])
    now = made.forecast if made.persistence is None else made.persistence
    if made.persistence is not None:
        farthest = made.curve[-1].valid_time if made.curve else made.valid_time
        until, colour = [issued, np.datetime64(farthest.replace(tzinfo=None))], COLOURS["reference"]
        axes.plot(until, [now] * 2, color=colour, linewidth=1, linestyle="--", label="same as now")
    if len(made.curve) > 1:
        _draw_curve(axes, made.curve, issued, now)
    elif made.lower is not None and made.upper is not None:
        axes.vlines([valid], made.lower, made.upper, color=COLOURS["model"], linewidth=5, alpha=0.35)
        low, high = [now, made.lower], [now, made.upper]
        axes.fill_between(ends, low, high, color=COLOURS["model"], alpha=0.1, linewidth=0)
    label = "forecast" if made.lower is None else f"forecast, with {made.level * 100:g} % within"
    axes.plot(ends[1:], [made.forecast], color=COLOURS["model"], marker="o", markersize=5, linestyle="", label=label)
    axes.axvline(date2num(issued), color=COLOURS["ink"], linewidth=0.6, linestyle=":")  # type: ignore[no-untyped-call]
    axes.set_title(f"{made.forecast:z.{made.digits}f} {made.unit} at {stamp(made.valid_time)}", loc="left", fontsize=10)
    axes.set_ylabel(made.unit)
    dated(axes, most_ticks=8)
    axes.tick_params(labelsize=8)
    axes.legend(frameon=False, fontsize=8, loc="upper left", ncols=3)
    axes.margins(y=0.25)
    credit = SIMULATED_CREDIT if kind_of_model(made.model) == "simulated" else station.credit
    figure.supxlabel(credit, fontsize=7, color=COLOURS["quiet"], x=0.99, ha="right")
    return figure


def _draw_curve(axes: Axes, curve: Sequence[LeadForecast], issued: np.datetime64, now: float) -> None:
    """Draw the forecasts of all leads with their band, from the last reading on, and what the weather service says."""
    times = [np.datetime64(lead.valid_time.replace(tzinfo=None)) for lead in curve]
    of_service = [np.nan if lead.service is None else lead.service for lead in curve]
    if np.isfinite(of_service).any():
        axes.plot(times, of_service, color=COLOURS["reference"], linewidth=1.1, label="weather service")
    along = [now, *(lead.forecast for lead in curve)]
    axes.plot([issued, *times], along, color=COLOURS["model"], linewidth=1.3)
    band = [(lead.lower, lead.upper) for lead in curve if lead.lower is not None and lead.upper is not None]
    if len(band) == len(curve):
        low, high = ([now, *side] for side in zip(*band, strict=True))
        axes.fill_between([issued, *times], low, high, color=COLOURS["model"], alpha=0.15, linewidth=0)


@within_a_flow_run
def show_forecast(made: Forecast, picture: Path) -> None:
    """Show the forecast and its picture on the page of the flow run."""
    from prefect.artifacts import create_markdown_artifact

    held = base64.b64encode(picture.read_bytes()).decode()
    create_markdown_artifact(
        f"{sentence(made)}\n\n![The last days and the forecast](data:image/svg+xml;base64,{held})\n",
        key=re.sub(r"[^a-z0-9]+", "-", f"forecast-{made.model}".lower()).strip("-"),
        description=sentence(made),
    )
