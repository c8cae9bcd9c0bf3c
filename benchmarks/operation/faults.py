"""What can befall a station's readings, done to good ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import pandas as pd

from jena_models.stations.formulas import derive
from jena_models.stations.schema import StationSchema

DRIFT_PER_DAY: Final = 0.05
"""In the target's unit."""
SILENT_DAYS: Final = 2

Fault = Callable[[pd.DataFrame, StationSchema, datetime], pd.DataFrame]
"""From measured columns, indexed by time, to the same with a fault of the target's sensor from a time on."""


def drift(readings: pd.DataFrame, station: StationSchema, begin: datetime) -> pd.DataFrame:
    """Let the target's sensor drift; columns that the station computes of other instruments stay right."""
    days = np.maximum((pd.DatetimeIndex(readings.index) - pd.Timestamp(begin)) / timedelta(days=1), 0)
    return readings.assign(**{station.target: (readings[station.target] + DRIFT_PER_DAY * days).round(2)})


def drift_with_derived(readings: pd.DataFrame, station: StationSchema, begin: datetime) -> pd.DataFrame:
    """Let the target's sensor drift, and every column that follows from it by formula with it."""
    drifted = drift(readings, station, begin)
    inputs = [drifted[str(station.named(quantity))].to_numpy() for quantity in ("p", "T", "rh")]
    derived = {c.name: derive(c.quantity, *inputs).round(2) for c in station.columns if c.kind == "derived"}
    return drifted.assign(**{name: values for name, values in derived.items() if name in drifted})


def stick(readings: pd.DataFrame, station: StationSchema, begin: datetime) -> pd.DataFrame:
    """Let the target's sensor repeat what it said last."""
    target = readings[station.target].copy()
    target.loc[pd.Timestamp(begin) :] = target.loc[: pd.Timestamp(begin)].iloc[-1]
    return readings.assign(**{station.target: target})


def fall_silent(readings: pd.DataFrame, station: StationSchema, begin: datetime) -> pd.DataFrame:
    """Let the target's sensor say nothing for two days."""
    silent = (readings.index >= pd.Timestamp(begin)) & (readings.index < begin + timedelta(days=SILENT_DAYS))
    return readings.assign(**{station.target: readings[station.target].mask(silent)})


def go_offline(readings: pd.DataFrame, station: StationSchema, begin: datetime) -> pd.DataFrame:
    """Let the whole station say nothing for two days: there are no rows."""
    silent = (readings.index >= pd.Timestamp(begin)) & (readings.index < begin + timedelta(days=SILENT_DAYS))
    return readings[~silent]


def nothing(readings: pd.DataFrame, station: StationSchema, begin: datetime) -> pd.DataFrame:
    """Leave the readings as they are."""
    return readings


FAULTS: Final[Mapping[str, Fault]] = {
    "none": nothing,
    "drift": drift,
    "drift-with-derived": drift_with_derived,
    "stuck": stick,
    "silent": fall_silent,
    "offline": go_offline,
}
