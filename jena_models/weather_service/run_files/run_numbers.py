"""A service's numbers: what stands for a missing one, and what can be none of the station's, in its units."""

from __future__ import annotations

import logging
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.errors import ForecastsImpossibleError, SourceUnreadableError
from jena_models.stations.cleaned.cleaning import LARGEST
from jena_models.stations.forecast_sources import ForecastColumn, ForecastSource, ForecastWind
from jena_models.stations.schema import SUMMED, Column, StationSchema
from jena_models.stations.units import conversion, known_forecast_unit, plain_unit_of
from jena_models.weather_service.run_files.mistakes import mistaken

Values = NDArray[np.float64]
Conversion = tuple[float, float]

FILLS: Final = (-999.0, -9999.0, -99999.0)
"""What files of forecasts hold in place of a number, beside the station's own sentinels."""
FEWEST_COMPARED: Final = 30
MOST_IMPOSSIBLE: Final = 0.5
"""Where more of the numbers of a half can be none of the station's, they may be in another unit."""
HARDLY_BEYOND: Final = 0.02
"""What lies beyond a limit by less than this share of what is between the two lies at it: 101 % of humidity, say."""

logger = logging.getLogger("jena")


def without_fills(values: Values, station: StationSchema) -> Values:
    """Give numbers as a file has them, NaN where one stands for a missing one or is too large for any quantity."""
    usual = np.abs(values) < LARGEST
    return np.where(usual & ~np.isin(values, (*station.sentinels, *FILLS)), values, np.nan)


def in_station_units(
    numbers: Values, how: Conversion, order: NDArray[np.int64], of: str, station: StationSchema, *, name: str
) -> Values:
    """Give numbers in the unit of a station's column, NaN where one cannot be: what no reading is no forecast is.

    What hardly lies beyond the limits lies at them.

    Args:
        numbers: in their own unit, shape (rows, parts).
        how: factor and summand to the station's.
        order: of each row in time, by whose halves they are looked at: units change from one day on.
        of: the station's column; empty where they are forecasts of none, and all can be.
        station: has the column's limits.
        name: of the source and the column, for a sentence.

    Raises:
        ForecastsImpossibleError: where most of a half cannot be, and could in another unit.
    """
    values = numbers * how[0] + how[1]
    if not of:
        return values
    column = station.column(of)
    within = np.clip(values, column.minimum, column.maximum)
    hardly = np.abs(values - within) < HARDLY_BEYOND * (column.maximum - column.minimum)
    values = np.where(hardly, within, values)
    outside = (values < column.minimum) | (values > column.maximum)
    if not outside.any():
        return values
    late = order > np.median(order)
    for half in (~late, late):
        _refuse_another_unit(values[half], outside[half], column, name, were_converted=how != (1.0, 0.0))
    logger.warning(
        "%s: %s of %s numbers cannot be of %s, from %g to %g, and count as missing",
        *(name, f"{int(outside.sum()):,}", f"{values.size:,}", of, column.minimum, column.maximum),
    )
    return np.where(outside, np.nan, values)


def conversion_to(column: ForecastColumn | ForecastWind, source: ForecastSource, station: StationSchema) -> Conversion:
    """Give factor and summand from a column's unit to that of the station's; sums are given by what comes an hour.

    Of a sum such as rain the station has what came in each of its steps, of a rate such as radiation the rate.

    Raises:
        SourceUnreadableError: where a unit measures something else than the station's column.
    """
    own = known_forecast_unit(plain_unit_of(column.of))
    is_sum = isinstance(column, ForecastColumn) and column.is_sum
    if is_sum and own and column.unit and (rate := conversion(f"{known_forecast_unit(column.unit)} / hour", own)):
        return rate
    how = _conversion(column, own, source, station)
    if is_sum and column.of and station.column(column.of).quantity in SUMMED:
        return how[0] * station.step_minutes / 60, 0.0
    return how


def _conversion(
    column: ForecastColumn | ForecastWind, own: str | None, source: ForecastSource, station: StationSchema
) -> Conversion:
    if not column.of or not column.unit:
        return 1.0, 0.0
    if own is None:
        raise SourceUnreadableError(
            f"The forecast source '{source.name}' has '{column.name}' in '{column.unit}', and '{column.of}' does not "
            "say in parentheses which unit it is in; leave 'unit' out where both count the same."
        )
    how = conversion(known_forecast_unit(column.unit) or column.unit, own)
    if how is None:
        what = station.column(column.of).description or column.of
        raise SourceUnreadableError(
            f"The forecast source '{source.name}' has '{column.name}' in '{column.unit}', which is no unit of {what} "
            f"({column.of})."
        )
    return how


def _refuse_another_unit(
    values: Values, outside: NDArray[np.bool_], column: Column, name: str, *, were_converted: bool
) -> None:
    known = values[np.isfinite(values)]
    if len(known) < FEWEST_COMPARED or outside.sum() <= MOST_IMPOSSIBLE * len(known):
        return

    def is_likely(others: Values) -> bool:
        return bool(np.mean((others >= column.minimum) & (others <= column.maximum)) > MOST_IMPOSSIBLE)

    found = values[outside]
    if advice := mistaken(found, column.name, is_likely, were_converted=were_converted):
        raise ForecastsImpossibleError(
            f"{name}: {outside.sum() / len(known):.0%} of the numbers of half its runs lie from {found.min():g} to "
            f"{found.max():g}, which {column.name} cannot, {advice}."
        )
