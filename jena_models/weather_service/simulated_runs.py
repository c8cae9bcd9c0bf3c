"""A simulated weather service: what came, with errors that grow with the lead; runs are late, cut short or lost."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.stations.clock import seconds_of
from jena_models.stations.forecast_sources import ForecastColumn, ForecastSource
from jena_models.stations.schema import StationSchema
from jena_models.weather_service.service_runs import Runs

GENERATOR_VERSION: Final = 1
"""Raised whenever the same readings give other runs."""
SIMULATED: Final = "simulated"
EVERY_HOURS: Final = 12
LEADS_HOURS: Final = np.arange(0, 61)
USUAL_DELAY_HOURS: Final = 4.0
LOST, CUT_SHORT, LATE = 0.03, 0.05, 0.05
"""Shares of runs that are lost, end after 12 hours, or come up to ten hours late."""
ERROR_AT_ONCE, ERROR_AFTER_TWO_DAYS = 0.08, 0.32
"""Of a column's standard deviation: how far off a run is, at its issue time and 48 hours later."""
BIAS: Final = 0.08
"""Of the same: how far off the service is in the mean, in a way that turns with the day."""
HOUR: Final = 3600

Values = NDArray[np.float64]


def simulated_source(station: StationSchema) -> ForecastSource:
    """Give the forecast source of a simulated station: of the target, and of pressure and wind where measured."""
    wanted = [station.target, *filter(None, (station.named("p"), station.named("wv")))]
    columns = tuple(
        ForecastColumn(name=station.column(name).quantity, source=station.column(name).quantity, of=name)
        for name in dict.fromkeys(wanted)
    )
    return ForecastSource(name="simulated", source=SIMULATED, available_after_hours=USUAL_DELAY_HOURS, columns=columns)


def simulate_runs(readings: pd.DataFrame, source: ForecastSource) -> Runs:
    """Give runs of two a day over readings; each run is the same whatever readings come after it.

    Beyond the last reading the service says what was at that hour of the last day.

    Args:
        readings: canonical columns, indexed by time in UTC.
        source: its columns are forecasts of the station's own.

    Raises:
        SourceUnreadableError: where a column is a forecast of nothing that is measured.
    """
    told = source.told
    if strange := [name for name, of in told if of not in readings.columns]:
        raise SourceUnreadableError(
            f"The simulated service '{source.name}' has no readings to make '{strange[0]}' of; write with 'of' which "
            "of the station's columns it forecasts."
        )
    seconds = seconds_of(readings.index)
    first = -(-int(seconds[0]) // (EVERY_HOURS * HOUR)) * EVERY_HOURS * HOUR
    issued = np.arange(first, int(seconds[-1]) + 1, EVERY_HOURS * HOUR)
    kept, delays, lengths = _fates(issued)
    issued, delays, lengths = issued[kept], delays[kept], lengths[kept]
    valid = issued[:, None] + LEADS_HOURS * HOUR
    values = np.stack([_said(issued, valid, seconds, readings[of].to_numpy(np.float64)) for _, of in told], axis=2)
    values[LEADS_HOURS[None, :] > lengths[:, None]] = np.nan
    return Runs(
        name=source.name,
        columns=tuple(name for name, _ in told),
        of=tuple(of for _, of in told),
        issue_seconds=issued,
        available_seconds=issued + np.round(delays * HOUR).astype(np.int64),
        lead_seconds=LEADS_HOURS.astype(np.int64) * HOUR,
        values=values,
        spread=np.full(values.shape, np.nan),
        interpolate_seconds=round(source.interpolate_hours * HOUR),
    )


def _fates(issued: NDArray[np.int64]) -> tuple[NDArray[np.bool_], Values, NDArray[np.int64]]:
    """Give which runs are there, how many hours each is on its way, and how many hours ahead it looks."""
    chance = np.stack([np.random.default_rng(int(time)).random(4) for time in issued])
    late = np.where(chance[:, 1] < LATE, 10 * chance[:, 2], chance[:, 2])
    lengths = np.where(chance[:, 3] < CUT_SHORT, EVERY_HOURS, LEADS_HOURS[-1])
    return chance[:, 0] >= LOST, USUAL_DELAY_HOURS + late, lengths


def _said(issued: NDArray[np.int64], valid: NDArray[np.int64], seconds: NDArray[np.int64], came: Values) -> Values:
    known = np.isfinite(came)
    scale = float(np.nanstd(came))
    day = 24 * HOUR
    last = int(seconds[-1])
    back = np.where(valid > last, -(-(valid - last) // day) * day, 0)
    truth = np.interp((valid - back).ravel(), seconds[known], came[known]).reshape(valid.shape)
    errors = np.stack([_errors(int(time)) for time in issued])
    bias = BIAS * np.sin(2 * np.pi * (valid % day) / day)
    return np.asarray(truth + scale * (errors + bias))


def _errors(issue_second: int) -> Values:
    """Give a run's errors by lead, as shares of a standard deviation: a walk whose steps grow to those of two days."""
    generator = np.random.default_rng([issue_second, 1])
    growth = (ERROR_AFTER_TWO_DAYS**2 - ERROR_AT_ONCE**2) / 48
    steps = generator.normal(0, np.sqrt(growth), len(LEADS_HOURS))
    steps[0] = generator.normal(0, ERROR_AT_ONCE)
    return np.cumsum(steps)
