"""Whether a station's neighbours still speak: what is wrong with one is a warning, and no fault of the station."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
import pandas as pd

from jena_models.frozen import Frozen
from jena_models.monitoring.earlier_years import window_before
from jena_models.monitoring.sensors import CHECKED_DAYS
from jena_models.options.production_options import Monitoring
from jena_models.stations.clock import oldest_hours
from jena_models.stations.physics import hours_unchanged, step_minutes
from jena_models.stations.schema import Column, Neighbour, StationSchema


class NeighbourTrouble(Frozen):
    """What is wrong with a neighbour."""

    neighbour: str
    """Its name."""
    what: Literal["missing", "late", "dead", "stuck"]
    """There is nothing of it; its newest reading is too old; a sensor of it says nothing, or always the same."""
    since: datetime | None
    """By the station's clock, with its offset; None where it was never known to be well."""
    column: str = ""
    """The station's column of the sensor; empty where all of the neighbour is meant."""
    value: float | None = None
    """That of a stuck sensor."""
    reason: str = ""
    """Why there is nothing of it, where that is known."""

    def sentence(self) -> str:
        """Give it in words."""
        since = f" since {self.since:%Y-%m-%d %H:%M}" if self.since else ""
        if self.what == "missing":
            why = f": {self.reason.rstrip('.')}" if self.reason else ""
            return f"The neighbour {self.neighbour} is missing{since}{why}."
        if self.what == "late":
            return f"The neighbour {self.neighbour} is silent{since}."
        if self.what == "dead":
            return f"{self.column} is dead{since}."
        return f"{self.column} is stuck at {self.value:g}{since}."


def neighbour_troubles(
    readings: pd.DataFrame,
    station: StationSchema,
    limits: Monitoring,
    *,
    end: datetime,
    cadence_minutes: float,
    resting_hours: float,
    reasons: Mapping[str, str],
    before: Sequence[NeighbourTrouble] = (),
) -> tuple[NeighbourTrouble, ...]:
    """Give what is wrong with each neighbour, by what was known of it at the end of a day.

    Args:
        readings: of the station, with its neighbours' columns, indexed by time in UTC, in order.
        station: with its neighbours.
        limits: how old the newest value of a column may be; a neighbour's delay comes on top of it.
        end: of the day, in UTC.
        cadence_minutes: from one row to the next.
        resting_hours: how long a column may rest on one of its `flat_values`.
        reasons: why a neighbour has no part at all, by its name, where it has none.
        before: what was found on the day before: what goes on began then.
    """
    known = readings.loc[: pd.Timestamp(end)]
    oldest = timedelta(hours=oldest_hours(limits.max_age_hours, cadence_minutes))
    found: list[NeighbourTrouble] = []
    for neighbour in station.named_neighbours:
        columns = [c for c in station.columns if c.neighbour == neighbour.name and c.name in known]
        whole = _of_all(known, columns, neighbour, station, end, oldest, reasons.get(neighbour.name, ""))
        found += (
            [whole]
            if whole
            else _of_sensors(known, columns, station, end, cadence_minutes=cadence_minutes, resting_hours=resting_hours)
        )
    return tuple(_with_begin(each, before, station.local.shown(end)) for each in found)


def columns_in_trouble(troubles: Collection[NeighbourTrouble], station: StationSchema) -> list[str]:
    """Give the columns of which troubles tell: nothing about the station is to be concluded from them."""
    whole = {each.neighbour for each in troubles if not each.column}
    sensors = {each.column for each in troubles if each.column}
    return [c.name for c in station.columns if c.neighbour and (c.neighbour in whole or c.name in sensors)]


def _of_all(  # noqa: PLR0917  (one caller, above)
    known: pd.DataFrame,
    columns: Sequence[Column],
    neighbour: Neighbour,
    station: StationSchema,
    end: datetime,
    oldest: timedelta,
    reason: str,
) -> NeighbourTrouble | None:
    newest = _last(known[[column.name for column in columns]])
    if newest is None:
        return NeighbourTrouble(neighbour=neighbour.name, what="missing", since=None, reason=reason)
    if end - newest > oldest + timedelta(hours=neighbour.available_after):
        return NeighbourTrouble(neighbour=neighbour.name, what="late", since=station.local.shown(newest))
    return None


def _of_sensors(
    known: pd.DataFrame,
    columns: Sequence[Column],
    station: StationSchema,
    end: datetime,
    *,
    cadence_minutes: float,
    resting_hours: float,
) -> list[NeighbourTrouble]:
    recent, found = window_before(known, end, CHECKED_DAYS), []
    steps = step_minutes(pd.DatetimeIndex(recent.index))
    for column in columns:
        values = recent[column.name].to_numpy(dtype=float)
        if not np.isfinite(values).any():
            if (newest := _last(known[[column.name]])) is not None:  # else it has never been measured
                found.append(_sensor(column, "dead", station.local.shown(newest)))
            continue
        flat_hours = column.at_cadence(cadence_minutes).flat_hours
        hours = hours_unchanged(values, steps, cadence_minutes, column.flat_values, resting_hours)
        last = int(np.flatnonzero(np.isfinite(values))[-1])
        is_of_the_day = recent.index[last] > pd.Timestamp(end) - timedelta(days=1)
        if is_of_the_day and hours[last] > flat_hours:
            begun = recent.index[last] - timedelta(hours=float(hours[last]))
            shown = station.local.shown(begun.to_pydatetime())
            found.append(_sensor(column, "stuck", shown).model_copy(update={"value": float(values[last])}))
    return found


def _sensor(column: Column, what: Literal["dead", "stuck"], since: datetime) -> NeighbourTrouble:
    return NeighbourTrouble(neighbour=column.neighbour, what=what, since=since, column=column.name)


def _last(columns: pd.DataFrame) -> datetime | None:
    """Give the time of the last row that has a value; None where none has."""
    rows = np.flatnonzero(columns.notna().any(axis=1).to_numpy())
    last: datetime | None = columns.index[rows[-1]].to_pydatetime() if len(rows) else None
    return last


def _with_begin(trouble: NeighbourTrouble, before: Sequence[NeighbourTrouble], end: datetime) -> NeighbourTrouble:
    """Give a trouble with the begin that it had when it was found first, where today's readings do not tell it."""
    same = [e for e in before if (e.neighbour, e.what, e.column) == (trouble.neighbour, trouble.what, trouble.column)]
    earlier = next((e.since for e in same if e.since), None)
    if trouble.since is None:
        return trouble.model_copy(update={"since": earlier or end})
    if earlier and trouble.what == "stuck" and same[0].value == trouble.value and earlier < trouble.since:
        return trouble.model_copy(update={"since": earlier})
    return trouble
