"""A neighbour's readings on a station's own rows, each as it could be known at the row's time and not before."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.stations.cleaned.even_steps import DIRECTIONS, LARGEST
from jena_models.stations.clock import seconds_of
from jena_models.stations.neighbour_columns import sources_of
from jena_models.stations.schema import SUMMED, Column, Neighbour, StationSchema

Values = NDArray[np.float64]
Seconds = NDArray[np.int64]

HOUR: Final = 3600


def joined(
    times: pd.DatetimeIndex,
    station: StationSchema,
    neighbour: Neighbour,
    theirs: pd.DataFrame,
    *,
    cadence_minutes: float,
    their_cadence_minutes: float,
) -> pd.DataFrame:
    """Give a neighbour's columns on a station's rows, in its units, NaN where nothing could be known.

    A reading counts `available_after` hours after it was measured. Of denser readings a row gets what came since the
    row before: the mean, the largest of gusts, the sum of rain, the mean direction of the wind; of readings as far
    apart or farther the newest one, until the next is due. Nothing is moved to an earlier time, so that no row holds
    what was not there by then.

    Args:
        times: of the station's rows in UTC, in order.
        station: whose rows they are, with the neighbour's columns.
        neighbour: with its name and what its station file says.
        theirs: its readings, cleaned by its own schema, indexed by time in UTC, in order, no time twice.
        cadence_minutes: from one row to the next.
        their_cadence_minutes: from one of its readings to the next.
    """
    rows = seconds_of(times)
    had = seconds_of(theirs.index) + round(neighbour.available_after * HOUR)
    step, their_step = round(cadence_minutes * 60), round(their_cadence_minutes * 60)
    columns = {}
    for name, (source, factor, summand) in sources_of(station, neighbour).items():
        values = np.full(len(rows), np.nan)
        if source in theirs and len(theirs):
            column = station.column(name)
            given = theirs[source].to_numpy(dtype=np.float64) * factor + summand
            given = np.where((given >= column.minimum) & (given <= column.maximum), given, np.nan)
            values = (
                _newest(rows, had, given, max(step, their_step))
                if their_step >= step
                else _together(rows, had, given, step, their_step, column)
            )
        columns[name] = values
    return pd.DataFrame(columns, index=times)


def _newest(rows: Seconds, had: Seconds, values: Values, stands_seconds: int) -> Values:
    """Give the newest reading that was there at each row's time, no older than it stands for."""
    newest = np.searchsorted(had, rows, side="right") - 1
    there = (newest >= 0) & (rows - had[newest] < stands_seconds)
    return np.where(there, values[newest], np.nan)


def _together(  # noqa: PLR0917  (one caller)
    rows: Seconds, had: Seconds, values: Values, step: int, their_step: int, column: Column
) -> Values:
    """Give what came within a step before each row, as one reading."""
    place = np.searchsorted(rows, had, side="left")
    counts = (place < len(rows)) & np.isfinite(values)
    counts &= rows[np.minimum(place, len(rows) - 1)] - had < step
    place, values = place[counts], values[counts]
    number = np.bincount(place, minlength=len(rows))
    if column.quantity in LARGEST:
        together = np.full(len(rows), -np.inf)
        np.maximum.at(together, place, values)
    elif column.quantity in SUMMED and not column.amount_hours:
        together = np.bincount(place, weights=values, minlength=len(rows))
    elif column.quantity in DIRECTIONS:
        angle = np.radians(values)
        east, north = (np.bincount(place, weights=part, minlength=len(rows)) for part in (np.sin(angle), np.cos(angle)))
        together = np.degrees(np.arctan2(east, north)) % 360
    else:
        together = np.bincount(place, weights=values, minlength=len(rows)) / np.maximum(number, 1)
    if column.amount_hours:  # each is what fell in one of its steps, and few of these may have one
        together = together * (step / their_step)
    return np.where(number > 0, together, np.nan)
