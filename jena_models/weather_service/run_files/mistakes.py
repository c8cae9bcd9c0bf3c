"""Forecasts taken for what they are not: K for °C, tenths for whole ones, a clock for another, a day for the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.reading.unit_checks import READ_AS
from jena_models.stations.units import BESIDE, conversion, known_unit, plain_unit_of, unit_of
from jena_models.weather_service.run_files.compared_readings import measured_over

Values = NDArray[np.float64]
Seconds = NDArray[np.int64]

FARTHEST_HOURS: Final = 14
"""No clock is farther from UTC."""
FEWEST_COMPARED: Final = 100
LEAST_NEARER: Final = 0.7
"""Where forecasts are off by less than this share of what they are at their own times, these may be mistaken."""


def mistaken(values: Values, of: str, is_likely: Callable[[Values], bool], *, were_converted: bool = True) -> str:
    """Give the end of a sentence that says which unit numbers are likely in, or were wrongly taken to be in.

    Args:
        values: taken to be in the unit of a station's column.
        of: its canonical name.
        is_likely: whether values can be the column's.
        were_converted: whether they may have been in its unit before they were converted to it.

    Returns:
        Nothing where no other unit is likely.
    """
    own = plain_unit_of(of)
    plain = known_unit(own)
    if plain is None:
        return ""
    for unit in (*BESIDE.get(own, ()), f"0.1 {own}"):
        how = conversion(known_unit(unit) or unit, plain)
        if how is None or how == (1.0, 0.0):
            continue
        factor, summand = how
        if is_likely(values * factor + summand) or (were_converted and is_likely((values - summand) / factor)):
            written = '"1"' if unit == "dimensionless" else READ_AS.get(unit, unit)
            return (
                f"as {READ_AS.get(unit, unit)} taken for {unit_of(of)} is: write 'unit: {written}', or 'unit: {own}', "
                "beside it in the station file"
            )
    return ""


def nearer_hours(
    said: Values, valid: Seconds, spans: Seconds, seconds: Seconds, measured: Values
) -> tuple[float, float, float] | None:
    """Give how many hours later than forecasts say the readings are that they are much nearer to.

    Args:
        said: forecasts, of any shape, NaN where there is none.
        valid: what each is for, of the same shape, in seconds since 1970.
        spans: how long a step that ends then each is the mean of, likewise; 0 where it is of that time.
        seconds: of the readings, ascending.
        measured: each of them, NaN where it is not known.

    Returns:
        The hours, how far off the forecasts are at their own times, and at those; None where none are much nearer.
    """
    if len(seconds) < FEWEST_COMPARED:
        return None
    step = int(np.median(np.diff(seconds)))
    steps = max(1, FARTHEST_HOURS * 3600 // max(step, 3600)) * max(1, 3600 // step)
    shifts = np.arange(-steps, steps + 1, max(1, 3600 // step)) * step
    errors = {int(shift): _error(said, measured_over(valid + shift, spans, seconds, measured)) for shift in shifts}
    best = min(errors, key=lambda shift: errors[shift])
    if best and errors[best] < LEAST_NEARER * errors[0] < np.inf:
        return best / 3600, errors[0], errors[best]
    return None


def _error(said: Values, measured: Values) -> float:
    off = np.abs(said - measured)
    known = off[np.isfinite(off)]
    return float(known.mean()) if len(known) >= FEWEST_COMPARED else np.inf
