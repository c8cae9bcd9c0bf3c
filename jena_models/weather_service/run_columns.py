"""A service's columns: members and quantiles as mean and spread, winds as vectors, sums as rates, in known units."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.stations.forecast_sources import ForecastColumn, ForecastSource, ForecastWind
from jena_models.stations.formulas import wind_vector
from jena_models.stations.schema import StationSchema
from jena_models.stations.units import conversion, known_unit, plain_unit_of
from jena_models.weather_service.service_runs import Runs

Values = NDArray[np.float64]

FEWEST_LEVELS: Final = 2
"""Of one quantile there is no spread."""


def reduced(rows: pd.DataFrame, source: ForecastSource) -> tuple[Values, Values]:
    """Give values and spread of each row, shape (rows, columns), in the order of `source.told`, in the file's units."""
    values, spread = [], []
    for column in source.columns:
        mean, deviation = _of_column(rows, column)
        values.append(mean)
        spread.append(deviation)
    for wind in source.winds:
        parts = _of_wind(rows, wind)
        values += parts
        spread += [np.full(len(rows), np.nan) for _ in parts]
    return np.column_stack(values), np.column_stack(spread)


def in_units(runs: Runs, source: ForecastSource, station: StationSchema) -> Runs:
    """Give the runs with sums since the issue time as rates an hour, and in the units of the station's columns.

    Raises:
        SourceUnreadableError: where a unit measures something else than the station's column, or is not said.
    """
    values, spread = runs.values.copy(), runs.spread.copy()
    for place, column in enumerate(source.columns):
        if column.accumulated:
            values[..., place], spread[..., place] = _rates(values[..., place], spread[..., place], runs.lead_seconds)
    units = [column.unit for column in source.columns] + [wind.unit for wind in source.winds for _ in range(3)]
    firsts = [len(source.columns) + 3 * (number // 3) for number in range(3 * len(source.winds))]
    for place, unit in enumerate(units):
        # A wind's vector is in the unit of its speed.
        said_by = place if place < len(source.columns) else firsts[place - len(source.columns)]
        of = runs.of[said_by]
        factor, summand = _conversion(unit, of, source, station, runs.columns[place])
        values[..., place] = values[..., place] * factor + summand
        spread[..., place] *= abs(factor)
    return replace(runs, values=values, spread=spread)


def _of_column(rows: pd.DataFrame, column: ForecastColumn) -> tuple[Values, Values]:
    if column.source:
        own = rows[column.source].to_numpy(np.float64)
        given = rows[column.spread].to_numpy(np.float64) if column.spread else np.full(len(rows), np.nan)
        return own, given
    if column.members:
        names = [name for name in rows.columns if any(fnmatchcase(str(name), member) for member in column.members)]
        members = rows[names]
        return members.mean(axis=1).to_numpy(np.float64), members.std(axis=1, ddof=1).to_numpy(np.float64)
    return _of_quantiles(rows, column)


def _of_quantiles(rows: pd.DataFrame, column: ForecastColumn) -> tuple[Values, Values]:
    """Give mean and spread of quantiles: the area under them over their levels, and how far the outer two are apart."""
    from scipy.stats import norm

    names = sorted(column.quantiles, key=lambda name: column.quantiles[name])
    levels = np.array([column.quantiles[name] for name in names])
    said = rows[names].to_numpy(np.float64)
    borders = np.concatenate([[0.0], (levels[1:] + levels[:-1]) / 2, [1.0]])
    mean = said @ np.diff(borders)
    if len(levels) < FEWEST_LEVELS:
        return mean, np.full(len(rows), np.nan)
    low, high = norm.ppf(levels[[0, -1]])
    return mean, (said[:, -1] - said[:, 0]) / (high - low)


def _of_wind(rows: pd.DataFrame, wind: ForecastWind) -> list[Values]:
    """Give speed, and how fast the air moves to the east and to the north."""
    if wind.direction:
        speed, direction = (rows[name].to_numpy(np.float64) for name in (wind.speed, wind.direction))
        vector = wind_vector(speed, direction, wind.blows or "from")
        return [speed, *(np.asarray(each, dtype=np.float64) for each in vector)]
    east, north = (rows[name].to_numpy(np.float64) for name in (wind.east, wind.north))
    speed = rows[wind.speed].to_numpy(np.float64) if wind.speed else np.hypot(east, north)
    return [speed, east, north]


def _rates(values: Values, spread: Values, lead_seconds: NDArray[np.int64]) -> tuple[Values, Values]:
    """Give what came in each step an hour, of sums since the issue time, shape (runs, leads)."""
    rates, spreads = np.full_like(values, np.nan), np.full_like(spread, np.nan)
    hours = lead_seconds / 3600
    before, since = np.zeros(len(values)), np.zeros(len(values))
    for place, lead in enumerate(hours):
        known = np.isfinite(values[:, place])
        apart = np.maximum(lead - since, 1e-9)
        if lead > 0:
            rates[known, place] = ((values[:, place] - before) / apart)[known]
            spreads[:, place] = spread[:, place] / lead
        before, since = np.where(known, values[:, place], before), np.where(known, lead, since)
    return rates, spreads


def _conversion(unit: str, of: str, source: ForecastSource, station: StationSchema, name: str) -> tuple[float, float]:
    if not of:
        return 1.0, 0.0
    own = known_unit(plain_unit_of(of))
    if own is None or not unit:
        return 1.0, 0.0
    how = conversion(known_unit(unit) or unit, own)
    if how is None:
        what = station.column(of).description or of
        raise SourceUnreadableError(
            f"The forecast source '{source.name}' has '{name}' in '{unit}', which is no unit of {what} ({of})."
        )
    return how
