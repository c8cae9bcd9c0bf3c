"""One day under watch: every figure with its limit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jena_models.curves.lead_scores import LEAD_GROUPS
from jena_models.monitoring.check import Check, known
from jena_models.monitoring.clock_watch import clock_checks
from jena_models.monitoring.earlier_years import (
    WINDOWS_DAYS,
    Figures,
    earlier_figures,
    expected,
    is_filled,
    same_weeks,
    thinned,
    window_before,
)
from jena_models.monitoring.live import Live
from jena_models.monitoring.live_scores import distances, residual_distances, score, verified
from jena_models.monitoring.sensors import sensor_checks, source_checks
from jena_models.options.production_options import MonitoredGroup, Monitoring
from jena_models.stations.schema import StationSchema
from jena_models.stations.units import unit_of

GOOD_IF_HIGH: Final = frozenset({"skill", "coverage"})
WITH_UNIT: Final = frozenset({"distance", "MAE"})

COMPARED: Final[Mapping[MonitoredGroup, tuple[Figures, tuple[int, ...]]]] = {
    "inputs": (distances, WINDOWS_DAYS[-1:]),
    "residuals": (residual_distances, WINDOWS_DAYS),
    "scores": (score, WINDOWS_DAYS),
}
"""What is computed over how many days. A week of readings apart tells of weather: one storm fills it."""


@dataclass(frozen=True)
class Record:
    """Earlier years; may be empty."""

    values: pd.DataFrame
    """Thinned, indexed by time, in order."""
    figures: pd.DataFrame
    """Of each week: what `earlier_figures` gives."""


Past = Mapping[MonitoredGroup, Record]
"""A record for each group of `COMPARED`."""


def past_of(inputs: pd.DataFrame, hindcast: pd.DataFrame) -> Past:
    """Give earlier years with the figures of their weeks.

    Args:
        inputs: readings of the model's inputs, indexed by time, in order.
        hindcast: forecasts of readings that the model was not trained on, as `verified` gives them.
    """
    tables = {"inputs": thinned(inputs), "residuals": thinned(hindcast), "scores": thinned(hindcast)}
    return {
        group: Record(tables[group], earlier_figures(tables[group], figures, days))
        for group, (figures, days) in COMPARED.items()
    }


def examine(live: Live, past: Past, station: StationSchema, limits: Monitoring, resting_hours: float) -> list[Check]:
    """Give every figure of a day with its limit.

    Args:
        live: readings and forecasts; nothing later than the day's end is looked at.
        past: earlier years.
        station: the schema of the columns.
        limits: how far each figure may go.
        resting_hours: how long a column may rest on one of its `flat_values`.
    """
    live = live.until_end()
    columns = [column for column in past["inputs"].values.columns if column in live.readings]
    inputs = Record(past["inputs"].values[columns], past["inputs"].figures)
    came, unit = verified(live.forecasts, live.readings[station.target]), unit_of(station.target)
    return [
        *source_checks(live, limits),
        *sensor_checks(live, station, limits, resting_hours),
        *clock_checks(live, station),
        *_compared("inputs", thinned(live.readings[columns]), inputs, live, limits),
        *_compared("residuals", thinned(came), past["residuals"], live, limits, unit),
        *_compared("scores", came, past["scores"], live, limits, unit),
        *_by_lead(live, station.target, unit),
    ]


def _by_lead(live: Live, target: str, unit: str) -> list[Check]:
    """Give the scores of the curve by groups of leads, over the longest window of days; they have no limits."""
    if live.curves is None or live.curves["horizon_hours"].nunique() < 2:  # noqa: PLR2004
        return []
    checks, days = [], WINDOWS_DAYS[-1]
    for group, (after, last) in LEAD_GROUPS.items():
        of_group = live.curves[live.curves["horizon_hours"].between(after, last, inclusive="right")]
        window = window_before(verified(of_group, live.readings[target]), live.end, days)
        if not is_filled(thinned(window), days, live.cadence_minutes / 60):
            continue
        for name, value in score(window).items():
            checks.append(_check("scores", f"forecasts {group}", name.rpartition("/")[2], value, unit, days))
    return checks


def _compared(  # noqa: PLR0917  (one caller, above)
    group: MonitoredGroup, table: pd.DataFrame, record: Record, live: Live, limits: Monitoring, unit: str = ""
) -> list[Check]:
    """Give the figures of each window of days that is filled."""
    checks = []
    figures, windows_days = COMPARED[group]
    for days in windows_days:
        window = window_before(table, live.end, days)
        if not is_filled(thinned(window), days, live.cadence_minutes / 60):
            continue
        if record.values.empty and group != "scores":
            continue
        others = same_weeks(record.values, live.end, days) if len(record.values) else record.values
        for name, value in figures(window, others).items():
            subject, _, figure = name.rpartition("/")
            usual = expected(record.figures, name, days, live.end, limits.season_days)
            above = figure not in GOOD_IF_HIGH
            limit = usual.limit(limits.false_alarm, above) if usual and math.isfinite(value) else None
            checks.append(_check(group, subject, figure, value, unit or unit_of(subject), days, limit))
    return checks


def _check(  # noqa: PLR0917  (two callers, above)
    group: MonitoredGroup,
    subject: str,
    figure: str,
    value: float,
    unit: str,
    days: int,
    limit: float | None = None,
) -> Check:
    return Check(
        group=group,
        subject=subject,
        figure=figure,
        unit=unit if figure in WITH_UNIT else "",
        window_days=days,
        value=known(value),
        limit=limit,
        bad="below" if figure in GOOD_IF_HIGH else "above",
    )
