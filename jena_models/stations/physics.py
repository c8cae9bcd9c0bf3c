"""What only physics can check about readings, as one number a reading that limits can be set for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.stations.formulas import derived_from
from jena_models.stations.schema import StationSchema

Values = NDArray[np.float64]

STEP: Final = "step (min)"
DEW_POINT_EXCESS: Final = "dew point above temperature (K)"
FORMULA_QUANTITIES: Final = ("VPmax", "VPact")
"""Checked against T, and against T and rh; the other derived quantities follow from these and the pressure."""
LONGEST_MEAN_MINUTES: Final = 60.0
"""A vapour pressure of the mean temperature is not the mean vapour pressure: over a day they are some tenths apart."""

USUAL_SHARE: Final = 0.99
FEWEST_CHANGES: Final = 100
"""Of fewer, one in a hundred is none."""


def formula_error_name(column: str) -> str:
    """Give the name of the check column that says how far a column lies from its formula."""
    return f"{column} minus its formula"


def unchanged_name(column: str) -> str:
    """Give the name of the check column that says how long a column has kept its value."""
    return f"{column} unchanged (h)"


def jump_name(column: str) -> str:
    """Give the name of the check column that says how much a column changed since the reading before."""
    return f"{column} change (times the usual)"


def check_columns(
    readings: pd.DataFrame, station: StationSchema, cadence_minutes: float, resting_hours: float
) -> pd.DataFrame:
    """Give the check columns that the readings' columns allow, one number a reading.

    Args:
        readings: float columns of canonical names, indexed by time; other columns are passed over.
        station: says which column is which quantity, and what may rest on one value.
        cadence_minutes: the usual step of the readings.
        resting_hours: how long a column may rest on one of its `flat_values` unsuspected.
    """
    readings = readings[[n for n in station.names if n in readings and pd.api.types.is_float_dtype(readings[n])]]
    steps = step_minutes(pd.DatetimeIndex(readings.index))
    checks: dict[str, Values] = {STEP: steps}
    for quantity in FORMULA_QUANTITIES:
        error = formula_error(readings, station, quantity)
        if error is not None:
            checks[formula_error_name(str(station.named(quantity)))] = error
    dew_point, temperature = station.named("Tdew"), station.named("T")
    if dew_point in readings and temperature in readings:
        checks[DEW_POINT_EXCESS] = _values(readings, dew_point) - _values(readings, temperature)
    for name in readings:
        values = _values(readings, str(name))
        resting = station.column(str(name)).flat_values
        checks[unchanged_name(str(name))] = hours_unchanged(values, steps, cadence_minutes, resting, resting_hours)
    for column in station.columns:
        if column.kind == "required" and column.name in readings:
            possible = readings[column.name].where(readings[column.name].between(column.minimum, column.maximum))
            checks[jump_name(column.name)] = times_the_usual_change(possible.to_numpy(), steps, cadence_minutes)
    return pd.DataFrame(checks, index=readings.index)


def step_minutes(time: pd.DatetimeIndex) -> Values:
    """Give the minutes since the reading before; the first is missing."""
    steps = np.full(len(time), np.nan)
    steps[1:] = np.diff(time.to_numpy()) / np.timedelta64(1, "m")
    return steps


def formula_error(readings: pd.DataFrame, station: StationSchema, quantity: str) -> Values | None:
    """Give a derived quantity less its formula, in its own unit; None where a column for it is absent.

    None likewise where readings are means over so long that the formula, which is no straight line, need not hold.
    """
    if (station.resample_minutes or 0) > LONGEST_MEAN_MINUTES:
        return None
    measured = station.named(quantity)
    computed = derived_from(readings, quantity, station.bases) if measured in readings else None
    return None if computed is None else _values(readings, measured) - computed


def hours_unchanged(
    values: Values, steps: Values, cadence_minutes: float, resting: Collection[float] = (), resting_hours: float = 0.0
) -> Values:
    """Give, for each reading, for how long its run of equal values lasts, in hours.

    A gap counts as one step, as nothing is known about it; a missing value ends a run. Values that may rest give 0
    until their run is longer than `resting_hours`.
    """
    if not len(values):
        return np.empty(0)
    same = values[1:] == values[:-1]
    run = np.concatenate([[0], np.cumsum(~same)])
    minutes = np.where(same, np.minimum(steps[1:], cadence_minutes), 0.0)
    hours: Values = (np.bincount(run[1:], weights=minutes, minlength=run[-1] + 1) / 60)[run]
    hours[np.isin(values, list(resting)) & (hours <= resting_hours)] = 0.0
    return hours


def times_the_usual_change(values: Values, steps: Values, cadence_minutes: float) -> Values:
    """Give how much each reading differs from the one before, in times what 99 of 100 differences stay within.

    Missing are those after a gap or a missing value, and all where there are few, or where most are none.
    """
    change = np.abs(np.diff(values, prepend=np.nan))
    change[steps != cadence_minutes] = np.nan
    known = change[np.isfinite(change)]
    usual = np.quantile(known, USUAL_SHARE) if len(known) >= FEWEST_CHANGES else 0.0
    return change / usual if usual else np.full(len(values), np.nan)


def _values(readings: pd.DataFrame, name: str | None) -> Values:
    return readings[name].to_numpy(dtype=float)
