"""Readings at uneven times, or at closer ones than are wanted, brought to an even step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from jena_models.errors import SourceUnreadableError
from jena_models.stations.clock import seconds_of
from jena_models.stations.schema import SUMMED, Column, StationSchema

CADENCES_MINUTES: Final = (1, 2, 3, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440)
"""Steps that stations are set to."""
NEAR: Final = 0.2
"""How far, as a share, the usual step may be from the one that was set."""
UNEVEN: Final = 0.5
"""Where a smaller share of the steps is the most frequent one, the times waver."""
FEWEST: Final = 48
MOSTLY: Final = 0.5
HOUR_MINUTES: Final = 60
EPOCH: Final = pd.Timestamp(0)
LARGEST: Final = ("max_wv",)
DIRECTIONS: Final = ("wd",)

MEAN_OF_ANY: Final = Column(name="component", quantity="component", minimum=-1, maximum=1, kind="optional")


def with_even_steps(table: pd.DataFrame, schema: StationSchema) -> tuple[pd.DataFrame, str]:
    """Give readings at even steps, and what was done; as they are where their steps are even and none is asked for.

    Times that waver about a step are moved to the nearest one, by at most half of it. Where the station file asks for
    `resample_minutes`, each reading becomes that of the step that it lies in, named by the step's end: a mean, the
    largest of gusts, the sum of rain (of amounts over `amount_hours` the mean, which are of a step already), the mean
    direction of the wind. Steps of more than an hour are counted from midnight by the station's clock without daylight
    saving. Values that cannot be take no part in it, and a last step that is not over yet is left out.

    Args:
        table: canonical columns, index sorted and unique.
        schema: of the station.

    Raises:
        SourceUnreadableError: where no step that is asked for is over.
    """
    if schema.resample_minutes:
        return _resampled(table, schema, schema.resample_minutes)
    times = seconds_of(table.index)
    steps = np.diff(times)
    if len(steps) < FEWEST:
        return table, ""
    counts = np.unique(steps, return_counts=True)[1]
    usual = float(np.median(steps)) / 60
    cadence = min(CADENCES_MINUTES, key=lambda minutes: abs(minutes - usual))
    if counts.max() >= UNEVEN * len(steps) or abs(cadence - usual) > NEAR * cadence:
        return table, ""
    step = cadence * 60
    slots = np.rint(times / step).astype(np.int64)
    distance = np.abs(times - slots * step)
    order = np.lexsort((distance, slots))
    # Of a step that several times lie near to, each value is that of the nearest which has it: sensors side by side in
    # a table may each have times of its own.
    even = table.iloc[order].groupby(slots[order]).first()
    index = pd.DatetimeIndex(
        (even.index.to_numpy() * step).astype("datetime64[s]").astype("datetime64[us]"), name="time"
    )
    dropped = int(table.notna().to_numpy().sum() - even.notna().to_numpy().sum())
    left = f", {dropped:,} values that others lie nearer to were left" if dropped else ""
    return even.set_axis(index), f"uneven times were moved to the nearest of every {cadence} minutes{left}"


def on_steps_asked_for(table: pd.DataFrame, schema: StationSchema) -> pd.DataFrame:
    """Give readings at the steps that the station file asks for; as they are where it asks for none, or they lie there.

    Args:
        table: canonical columns, indexed by time in UTC, in order, no time twice.
        schema: of the station.

    Raises:
        SourceUnreadableError: where no step that is asked for is over.
    """
    if not schema.resample_minutes or table.empty:
        return table
    on_steps = (seconds_of(table.index) + round(_ahead(schema).total_seconds())) % round(
        60 * schema.resample_minutes
    ) == 0
    return table if on_steps.all() else _resampled(table, schema, schema.resample_minutes)[0]


def _ahead(schema: StationSchema) -> timedelta:
    """Give how far ahead of UTC the clock is from which steps are counted: a day is the station's own."""
    return schema.local.standard_offset if (schema.resample_minutes or 0) > HOUR_MINUTES else timedelta()


def _resampled(table: pd.DataFrame, schema: StationSchema, minutes: float) -> tuple[pd.DataFrame, str]:
    step = pd.Timedelta(minutes=minutes)
    # Counted from one moment, whichever row is the first.
    steps = {"rule": step, "origin": EPOCH - _ahead(schema), "label": "right", "closed": "right"}
    possible = _without_impossible_values(table, schema)
    columns = {str(name): _together(possible[name], steps, schema.column(str(name))) for name in table}
    even = pd.DataFrame(columns).dropna(how="all")
    even = even[even.index <= table.index[-1]]
    if even.empty:
        span = f"{table.index[0]} to {table.index[-1]}"
        raise SourceUnreadableError(f"The {len(table):,} readings from {span} fill no step of {minutes:g} minutes.")
    even.index = pd.DatetimeIndex(even.index.to_numpy().astype("datetime64[us]"), name="time")
    impossible = int((table.notna() & possible.isna()).to_numpy().sum())
    left = f"; {impossible:,} values that cannot be took no part" if impossible else ""
    return even, f"{len(table):,} readings were brought to {len(even):,}, one every {minutes:g} minutes{left}"


def _without_impossible_values(table: pd.DataFrame, schema: StationSchema) -> pd.DataFrame:
    """Set aside what lies beyond a column's limits; a column that mostly does is in another unit, which checks tell."""
    columns = {}
    for name in table:
        column = schema.column(str(name))
        within = table[name].between(column.minimum, column.maximum) | table[name].isna()
        columns[name] = table[name].where(within) if within.mean() > MOSTLY else table[name]
    return pd.DataFrame(columns, index=table.index)


def _together(values: pd.Series, steps: Mapping[str, Any], column: Column) -> pd.Series:
    groups: Any = values.resample(**steps)
    if column.quantity in LARGEST:
        together = groups.max()
    elif column.quantity in SUMMED and not column.amount_hours:  # else each is what fell in a step, by a longer time
        together = groups.sum(min_count=1)
    elif column.quantity in DIRECTIONS:
        angle = np.radians(values)
        east, north = (_together(part, steps, MEAN_OF_ANY) for part in (np.sin(angle), np.cos(angle)))
        together = np.degrees(np.arctan2(east, north)) % 360
    else:
        together = groups.mean()
    return pd.Series(together)
