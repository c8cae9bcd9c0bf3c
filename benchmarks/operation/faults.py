"""What can befall a station's readings, done to good ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import pandas as pd

from jena_models.stations.formulas import derive
from jena_models.stations.schema import StationSchema
from jena_models.windows.silence import sensors

DRIFT_PER_DAY: Final = 0.05
"""In the target's unit."""
SILENT_DAYS: Final = 2
YEAR: Final = 2015
"""Of the outages."""
SEED: Final = 20

Fault = Callable[[pd.DataFrame, StationSchema, datetime], pd.DataFrame]
"""From measured columns, indexed by time, to the same with a fault of the target's sensor from a time on."""

Spoil = Callable[[pd.DataFrame], pd.DataFrame]
"""From readings to the same without some of their rows."""


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


def cases() -> Mapping[str, Spoil]:
    """Give what is done to the year's rows, by its name."""
    shares = {f"{share:g} % of the rows missing": without_rows(share / 100) for share in (0.1, 1, 2, 5)}
    return {
        "nothing missing": as_it_is,
        **shares,
        "12 single hours missing": without_stretches(12, 1),
        "24 outages of three hours": without_stretches(24, 3),
        "12 outages of a day": without_stretches(12, 24),
        "4 outages of a week": without_stretches(4, 168),
    }


def as_it_is(readings: pd.DataFrame) -> pd.DataFrame:
    """Take nothing out."""
    return readings


def without_rows(share: float, year: int | None = YEAR) -> Spoil:
    """Give what takes out a share of the rows of a year, or of all, at random."""

    def spoil(readings: pd.DataFrame) -> pd.DataFrame:
        within = np.flatnonzero((pd.DatetimeIndex(readings.index).year == year) | (year is None))
        gone = np.random.default_rng(SEED).choice(within, round(share * len(within)), replace=False)
        return readings.drop(index=readings.index[gone])

    return spoil


def without_stretches(count: int, hours: int) -> Spoil:
    """Give what takes stretches of rows out of the year, each at a random hour of its own part of it."""

    def spoil(readings: pd.DataFrame) -> pd.DataFrame:
        within = np.flatnonzero(pd.DatetimeIndex(readings.index).year == YEAR)
        parts = np.array_split(within, count)
        generator = np.random.default_rng(SEED)
        starts = [int(generator.integers(part[0], part[-1] - hours)) for part in parts]
        gone = np.concatenate([np.arange(start, start + hours) for start in starts])
        return readings.drop(index=readings.index[gone])

    return spoil


def silenced(readings: pd.DataFrame, station: StationSchema, quantity: str) -> pd.DataFrame:
    """Give the readings without a word of a sensor in all the year and the history before it."""
    columns = sensors(list(readings.columns), station.target, station)[str(station.named(quantity))]
    silent = readings.copy()
    silent.loc[f"{YEAR - 1}-12" : str(YEAR), list(columns)] = np.nan
    return silent
