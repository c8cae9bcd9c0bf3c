"""A service's columns: members and quantiles as mean and spread, winds as vectors, sums as rates, in known units."""

from __future__ import annotations

import logging
import math
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.evaluation.probability_scores import shares_of
from jena_models.reading.unit_checks import SURELY_DIRECTIONS, hardly_degrees
from jena_models.stations.forecast_sources import ForecastColumn, ForecastSource, ForecastWind
from jena_models.stations.formulas import wind_vector
from jena_models.stations.schema import SUMMED, StationSchema
from jena_models.stations.units import in_degrees
from jena_models.weather_service.run_files.run_headers import members_among
from jena_models.weather_service.run_files.run_numbers import conversion_to, in_station_units
from jena_models.weather_service.run_files.run_sums import holds_for_steps, hourly_rates, step_hours

Values = NDArray[np.float64]

ISSUED, VALID, AVAILABLE = "issue time", "valid time", "available"
FEWEST_LEVELS: Final = 2
"""Of one quantile there is no spread."""
FULL_CIRCLE: Final = 360.0 + 1e-3
"""With what rounding leaves of radians."""

logger = logging.getLogger("jena")


def reduced(rows: pd.DataFrame, source: ForecastSource, station: StationSchema) -> tuple[Values, Values]:
    """Give values and spread of each row, shape (rows, columns), in the order of `source.told`, in the station's units.

    Args:
        rows: the file's columns in its own units, with the issue and valid time of each, and its member.
        source: what the station file says of them.
        station: which columns it measures, and in which units.

    Raises:
        SourceUnreadableError: where a unit measures something else than the station's column.
        ForecastsImpossibleError: where numbers are none that the station can have.
    """
    values, spread = [], []
    for column in source.columns:
        mean, deviation = _of_column(rows, column, source, station)
        values.append(mean)
        spread.append(deviation)
    for wind in source.winds:
        parts = _of_wind(rows, wind, source, station)
        values += parts
        spread += [np.full(len(rows), np.nan) for _ in parts]
    return np.column_stack(values), np.column_stack(spread)


def with_amounts_at_their_ends(rows: pd.DataFrame, source: ForecastSource) -> pd.DataFrame:
    """Give rows whose amounts of the hours after their time stand at the end of these hours, as all others do."""
    keys, done = [ISSUED, VALID, *filter(None, [source.member])], set[str]()
    for column in source.columns:
        names = sorted({*_parts_of(rows, column), *filter(None, [column.spread])} - done)
        if not column.amount_ahead or column.amount_hours is None or not names:
            continue
        done |= {*names}
        moved = rows[[*keys, *names]].dropna(subset=names, how="all")
        moved = moved.assign(**{VALID: moved[VALID] + np.timedelta64(round(column.amount_hours * 3600), "s")})
        rows = rows.drop(columns=names).merge(moved, on=keys, how="outer")
    return rows


def _of_column(
    rows: pd.DataFrame, column: ForecastColumn, source: ForecastSource, station: StationSchema
) -> tuple[Values, Values]:
    parts = rows[_parts_of(rows, column)].to_numpy(np.float64)
    given = rows[column.spread].to_numpy(np.float64) if column.spread else np.full(len(rows), np.nan)
    if column.accumulated:
        # By member, before these are averaged: what a member lacks at one lead it has at the next, and only there.
        hours = lead_hours(rows)
        parts = hourly_rates(parts, _run_and_member(rows, source), hours)
        given = given / np.where(hours > 0, hours, np.nan)
    elif column.amount_hours is not None:
        parts, given = parts / column.amount_hours, given / column.amount_hours
    else:
        _refuse_amounts_of_other_steps(rows, parts, column, source, station)
    how, name = conversion_to(column, source, station), f"{source.name}, {column.name}"
    parts = in_station_units(parts, how, seconds_of(rows, ISSUED), column.of, station, name=name)
    if column.source:
        return parts[:, 0], given * abs(how[0])
    if column.members:
        members = pd.DataFrame(parts)
        return members.mean(axis=1).to_numpy(np.float64), members.std(axis=1, ddof=1).to_numpy(np.float64)
    return _of_quantiles(parts, np.array(sorted(column.quantiles.values())))


def held(rows: pd.DataFrame, values: Values, source: ForecastSource) -> tuple[bool, ...]:
    """Give which columns hold for all of the step that ends with a row, as sums do, in the order of `source.told`.

    Args:
        rows: as of `reduced`.
        values: what that gave.
        source: what the station file says of them.
    """
    run, hours = _run_and_member(rows, source), lead_hours(rows)
    return tuple(
        column.accumulated
        or (column.amount_hours is not None and holds_for_steps(column.amount_hours, run, hours, np.isfinite(said)))
        for column, said in zip(source.columns, values.T, strict=False)
    ) + 3 * len(source.winds) * (False,)


def _refuse_amounts_of_other_steps(
    rows: pd.DataFrame, parts: Values, column: ForecastColumn, source: ForecastSource, station: StationSchema
) -> None:
    """Refuse amounts such as rain that are not said to be of which time, where they cannot be of the station's steps.

    Raises:
        SourceUnreadableError: where a run's rows are farther apart, or nearer, than the station's readings.
    """
    if not column.of or station.column(column.of).quantity not in SUMMED:
        return
    known = np.asarray(np.isfinite(parts).any(axis=1))
    if source.by_valid_time:  # of which each row's numbers are of several runs
        lead = np.unique(lead_hours(rows), return_inverse=True)[1]
        step = step_hours(lead, seconds_of(rows, VALID) / 3600, known)
    else:
        step = step_hours(_run_and_member(rows, source), lead_hours(rows), known)
    if step is None:  # runs have one row each, as of tables by the day
        times = np.unique(seconds_of(rows, VALID)[known]) / 3600
        step = step_hours(np.zeros(len(times), np.int64), times, np.ones(len(times), bool))
    if step is not None and not math.isclose(step, station.step_minutes / 60):
        raise SourceUnreadableError(
            f"'{column.name}' of the forecast source '{source.name}' is an amount each {60 * step:g} min, and "
            f"{column.of} one each {station.step_minutes:g} min: write 'amount_hours: {step:g}' beside it where "
            "its numbers are of so many hours, or 'accumulated: true' where they are sums since the issue time."
        )


def seconds_of(rows: pd.DataFrame, column: str) -> NDArray[np.int64]:
    """Give times of each row in seconds since 1970."""
    return rows[column].to_numpy("datetime64[s]").astype(np.int64)


def lead_hours(rows: pd.DataFrame) -> Values:
    """Give how long after its issue time what each row is for comes."""
    return (seconds_of(rows, VALID) - seconds_of(rows, ISSUED)) / 3600


def _run_and_member(rows: pd.DataFrame, source: ForecastSource) -> NDArray[np.int64]:
    keys = [ISSUED, *filter(None, [source.member])]
    return np.asarray(rows.groupby(keys, dropna=False).ngroup(), dtype=np.int64)


def _parts_of(rows: pd.DataFrame, column: ForecastColumn) -> list[str]:
    """Give the file's columns that one is made of: its source, its members, or its quantiles by their levels."""
    if column.source:
        return [column.source]
    if column.members:
        return members_among([str(name) for name in rows if name not in (ISSUED, VALID, AVAILABLE)], column.members)
    return sorted(column.quantiles, key=lambda name: column.quantiles[name])


def _of_quantiles(said: Values, levels: Values) -> tuple[Values, Values]:
    """Give mean and spread of quantiles: the area under them over their levels, and how far the outer two are apart."""
    from scipy.stats import norm

    said = np.sort(said, axis=1)  # of which each is drawn for itself, two may lie the wrong way round
    mean = said @ shares_of(levels)
    if len(levels) < FEWEST_LEVELS:
        return mean, np.full(len(said), np.nan)
    low, high = norm.ppf(levels[[0, -1]])
    return mean, (said[:, -1] - said[:, 0]) / (high - low)


def _of_wind(rows: pd.DataFrame, wind: ForecastWind, source: ForecastSource, station: StationSchema) -> list[Values]:
    """Give speed, and how fast the air moves to the east and to the north; none of them where the speed cannot be."""
    how, name = conversion_to(wind, source, station), f"{source.name}, {wind.name}"
    parts = _vector(rows, wind, source)
    speed = in_station_units(parts[0], how, seconds_of(rows, ISSUED), wind.of, station, name=name)
    return [np.where(np.isnan(speed), np.nan, part * how[0]) for part in parts]


def _vector(rows: pd.DataFrame, wind: ForecastWind, source: ForecastSource) -> list[Values]:
    if wind.direction:
        speed, direction = rows[wind.speed].to_numpy(np.float64), _degrees(rows, wind, source)
        direction = np.where((speed == 0) & np.isnan(direction), 0.0, direction)  # a calm comes from nowhere
        vector = wind_vector(speed, direction, wind.blows or "from")
        return [speed, *(np.asarray(each, dtype=np.float64) for each in vector)]
    east, north = (rows[name].to_numpy(np.float64) for name in (wind.east, wind.north))
    speed = rows[wind.speed].to_numpy(np.float64) if wind.speed else np.hypot(east, north)
    return [speed, east, north]


def _degrees(rows: pd.DataFrame, wind: ForecastWind, source: ForecastSource) -> Values:
    """Give a wind's direction, NaN where a number is none, such as 99 of tens for one that changes.

    Raises:
        SourceUnreadableError: where nothing says what numbers are in that are hardly degrees.
    """
    said = rows[wind.direction].to_numpy(np.float64)
    likely = hardly_degrees(said[np.isfinite(said)], SURELY_DIRECTIONS)
    if likely and not wind.direction_unit:
        raise SourceUnreadableError(
            f"The direction '{wind.direction}' of the forecast source '{source.name}' goes from {np.nanmin(said):g} to "
            f"{np.nanmax(said):g}, as in '{likely}'; write 'direction_unit: {likely}' beside '{wind.name}' in the "
            "station file, or 'direction_unit: deg' if these are degrees all the same."
        )
    degrees = said * (in_degrees(wind.direction_unit) or 1.0)
    strange = np.abs(degrees) > FULL_CIRCLE
    if strange.any():
        logger.warning(
            "%s, %s: %s of %s directions are beyond 360°, as %g, and count as missing",
            *(source.name, wind.name, f"{int(strange.sum()):,}", f"{strange.size:,}", said[strange][0]),
        )
    return np.where(strange, np.nan, degrees)
