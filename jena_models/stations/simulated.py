"""The simulated station: seeded weather of a place like Jena, for where no real readings can be had.

Slow, correlated weather systems drive all columns at once: high pressure clears the sky, a clear sky widens the daily
cycle, and pressure and wind turn hours before the warm or cold air arrives, so that there is something to learn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.stations.formulas import derive
from jena_models.stations.schema import StationSchema

GENERATOR_VERSION: Final = 1
"""Raised whenever the same seed gives other readings."""

STEP_MINUTES: Final = 10
ROWS_PER_HOUR: Final = 6
DAYS_PER_YEAR: Final = 365.25

OUTAGES: Final = (("2009-10-08 09:50", 2), ("2014-09-24 17:00", 100), ("2016-10-25 09:50", 115))
"""Begin and missing rows of stretches without readings; eight years keep 420,551 rows, as the official file has."""

Values = NDArray[np.float64]


@dataclass(frozen=True)
class _Sky:
    """What the time alone tells, of shape (rows,)."""

    season: Values
    """From −1 in the coldest days, in January, to 1 in the warmest, in July."""
    daily: Values
    """From −1 before sunrise to 1 in the afternoon."""


def simulate(schema: StationSchema, years: float, seed: int, start: str = "2009-01-01 00:10") -> pd.DataFrame:
    """Give canonical readings every ten minutes, rounded to two decimals as in the station's files.

    All columns of the schema that the simulated station knows; index `time`. The same arguments give the same readings.

    >>> from jena_models.stations import load_station
    >>> readings = simulate(load_station("jena"), years=0.01, seed=1)
    >>> readings.shape, str(readings.index[0])
    ((526, 14), '2009-01-01 00:10:00')
    """
    rows = round(years * DAYS_PER_YEAR * 24 * ROWS_PER_HOUR)
    times = pd.date_range(start, periods=rows, freq=f"{STEP_MINUTES}min", unit="us", name="time")
    quantities = {name: np.round(values, 2) for name, values in _weather(times, np.random.default_rng(seed)).items()}
    pressure, temperature, humidity = quantities["p"], quantities["T"], quantities["rh"]
    for column in schema.columns:
        if column.kind == "derived":
            quantities[column.quantity] = np.round(derive(column.quantity, pressure, temperature, humidity), 2)
    known = {c.name: quantities[c.quantity] for c in schema.columns if c.quantity in quantities}
    return pd.DataFrame(known, index=times)[~_is_outage(times)]


def _weather(times: pd.DatetimeIndex, generator: np.random.Generator) -> dict[str, Values]:
    rows = len(times)
    sky = _sky(times)
    air_mass = _slow(generator, rows, hours=58, smooth_hours=1.5)
    high = _slow(generator, rows, hours=90, smooth_hours=9)
    eddies = _slow(generator, rows, hours=10, smooth_hours=0.4)
    gusty = _slow(generator, rows, hours=9, smooth_hours=0.3)
    cloud = np.clip(0.5 - 0.22 * high + 0.3 * eddies, 0, 1)
    winter = 0.5 - 0.5 * sky.season

    # Pressure falls and the wind turns south-west before warm air comes; as signs they are real, but faint.
    coming = np.roll(air_mass, -round(12 * ROWS_PER_HOUR))
    sign = 0.35 * coming + 0.94 * _slow(generator, rows, hours=40, smooth_hours=4)
    pressure = 989.2 + 7.4 * high - 3.2 * sign + 0.25 * _slow(generator, rows, hours=3, smooth_hours=0.5)
    direction = 200 + 75 * sign + 40 * eddies
    calm = 0.25 * high - 0.28 * sky.daily * (1 - 0.5 * cloud)
    wind = 1.75 * np.exp(0.5 * gusty - calm + 0.1 * np.abs(sign) - 0.05)
    gusts = wind * (1.45 + 0.2 * np.abs(generator.standard_normal(rows))) + 0.1

    amplitude = (1.4 + 5.4 * (1 - cloud)) * (1 - 0.62 * winter)
    daily_mean = 9.4 + 8.9 * sky.season + 3.7 * air_mass - 1.3 * high * winter + 0.9 * high * (1 - winter)
    temperature = daily_mean + amplitude * sky.daily + 0.7 * eddies + 0.09 * generator.standard_normal(rows)

    depression = 2.0 + 3.4 * (1 - cloud) * (1 - 0.5 * winter) - 1.4 * _slow(generator, rows, hours=24, smooth_hours=1)
    dew_point = np.minimum(daily_mean - depression - 0.2 * np.maximum(daily_mean - 11, 0), temperature)
    humidity = 100 * _saturation(dew_point) / _saturation(temperature)
    return {
        "p": pressure,
        "T": temperature,
        "rh": np.clip(humidity + 0.3 * generator.standard_normal(rows), 12, 100),
        "wv": np.clip(wind + 0.12 * generator.standard_normal(rows), 0, None),
        "max_wv": np.maximum(gusts, wind + 0.6),
        "wd": np.mod(direction + 9 * generator.standard_normal(rows), 360),
    }


def _sky(times: pd.DatetimeIndex) -> _Sky:
    hours = (times.to_numpy() - np.datetime64("2009-01-01")) / np.timedelta64(1, "h")
    season = -np.cos(2 * np.pi * (hours / 24 - 17) / DAYS_PER_YEAR)
    day = 2 * np.pi * (hours - 14.5) / 24
    # The overtone makes mornings steep and evenings gentle, as in the station's mean day.
    return _Sky(season, (np.cos(day) + 0.22 * np.cos(2 * day + 0.4)) / 1.1)


def _saturation(temperature: Values) -> Values:
    return derive("VPmax", temperature, temperature, temperature)


def _slow(generator: np.random.Generator, rows: int, hours: float, smooth_hours: float) -> Values:
    """Give noise of unit variance that forgets within some hours and is smooth below some others."""
    frequency = 2 * np.pi * np.fft.rfftfreq(rows, 1 / ROWS_PER_HOUR)
    shape = 1 / ((1 + 1j * frequency * hours) * (1 + 1j * frequency * smooth_hours))
    shape[0] = 0
    values = np.fft.irfft(np.fft.rfft(generator.standard_normal(rows)) * shape, rows)
    return np.asarray(values / values.std())


def _is_outage(times: pd.DatetimeIndex) -> NDArray[np.bool_]:
    missing = np.zeros(len(times), dtype=bool)
    for begin, rows in OUTAGES:
        end = pd.Timestamp(begin) + pd.Timedelta(minutes=STEP_MINUTES * rows)
        missing |= (times >= pd.Timestamp(begin)) & (times < end)
    return missing
