"""Whether readings come, and whether the sensors still measure."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import numpy as np
import pandas as pd

from jena_models.monitoring.check import Check, known
from jena_models.monitoring.earlier_years import window_before
from jena_models.monitoring.live import Live
from jena_models.options.production_options import Monitoring
from jena_models.stations.clock import oldest_hours
from jena_models.stations.physics import formula_error, hours_unchanged, step_minutes
from jena_models.stations.schema import StationSchema
from jena_models.stations.units import unit_of

COMPLETENESS_DAYS: Final = 7
CHECKED_DAYS: Final = 10
"""Looked back over to see for how long a value has not changed."""
FORMULA_QUANTITIES: Final = {
    "VPmax": ("T",),
    "Tpot": ("T", "p"),
    "Tdew": ("T", "rh"),
    "VPact": ("T", "rh"),
    "VPdef": ("T", "rh"),
}
"""And what each follows from. In mbar and K, so that one tolerance serves all; the file's rounding alone makes 0.01."""


def source_checks(live: Live, limits: Monitoring) -> list[Check]:
    """Give the age of each column's newest value, and the share of its values of the last week that came.

    A source that began within the week is asked for no more than the time since.
    """
    begun = (pd.Timestamp(live.end) - live.readings.index[0]) / timedelta(days=1)
    due = max(min(begun, COMPLETENESS_DAYS) * 24 * 60 / live.cadence_minutes, 1.0)
    oldest = oldest_hours(limits.max_age_hours, live.cadence_minutes)
    checks = []
    for column in live.measured:
        values = live.readings[[column]].dropna()
        newest = values.index[-1] if len(values) else live.readings.index[0]
        age = (pd.Timestamp(live.end) - newest) / timedelta(hours=1)
        came = len(window_before(values, live.end, COMPLETENESS_DAYS)) / due
        checks += [
            Check(group="source", subject=column, figure="age", unit="h", value=age, limit=oldest),
            Check(
                group="source",
                subject=column,
                figure="completeness",
                window_days=COMPLETENESS_DAYS,
                value=min(came, 1.0),
                limit=limits.completeness,
                bad="below",
            ),
        ]
    return checks


def sensor_checks(live: Live, station: StationSchema, limits: Monitoring, resting_hours: float) -> list[Check]:
    """Give for how long each column kept one value in the last day, and how far it lies from its formula.

    Args:
        live: readings up to the day's end.
        station: says which column is which quantity, and what may rest on one value.
        limits: the tolerance of formulas.
        resting_hours: how long a column may rest on one of its `flat_values`.
    """
    recent = window_before(live.readings, live.end, CHECKED_DAYS)
    steps = step_minutes(pd.DatetimeIndex(recent.index))
    last_day = np.asarray(recent.index > pd.Timestamp(live.end) - timedelta(days=1))
    checks = []
    for name in live.measured:
        column, values = station.column(name).at_cadence(live.cadence_minutes), recent[name].to_numpy(dtype=float)
        hours = hours_unchanged(values, steps, live.cadence_minutes, column.flat_values, resting_hours)[last_day]
        longest = known(hours.max(initial=0.0))
        checks.append(
            Check(group="sensors", subject=name, figure="unchanged", unit="h", value=longest, limit=column.flat_hours)
        )
    for quantity, follows_from in FORMULA_QUANTITIES.items():
        named = station.named(quantity)
        error = formula_error(recent[last_day], station, quantity) if named in live.measured else None
        if error is not None and named is not None and np.isfinite(error).any():
            checks.append(
                Check(
                    group="sensors",
                    subject=named,
                    figure="distance from its formula",
                    unit=unit_of(named),
                    value=known(float(np.nanmean(np.abs(error)))),
                    limit=limits.formula_tolerance,
                    told=f"it or {' or '.join(str(station.named(each)) for each in follows_from)} is wrong",
                )
            )
    return checks
