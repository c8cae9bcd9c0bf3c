"""How far each day's light lies from the sun's own day, by which a clock can be checked.

The middle of a day's light is the sun's noon, whatever the clouds, the unit and the sensor's gain. Each day's readings
are compared with a clear sky's irradiance (Haurwitz, 1945) at every shift of ten minutes, round the whole day. Both are
taken as logarithms above a fiftieth of the brightest: whether it is light then counts for more than how light, so that
an overcast day tells the time as a clear one does, and a hill before the morning's sun, which leaves the sky's light,
hardly moves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.features.almanac.calendar import SECONDS_A_DAY
from jena_models.features.almanac.sun import sun_elevation

Values = NDArray[np.float64]
Seconds = NDArray[np.int64]

BIN_SECONDS: Final = 600
BINS: Final = SECONDS_A_DAY // BIN_SECONDS
MINUTES_A_DAY: Final = 1440.0

DIM: Final = 0.02
"""Of the brightest: where the logarithm begins to tell differences."""
BRIGHTEST: Final = 0.995
"""The quantile that stands for the brightest, so that no single glint does."""
FEWEST: Final = 24
"""Readings; of fewer no day is known."""
LEAST_KNOWN: Final = 0.9
"""The share of a day that must be known."""
LEAST_NOON_DEGREES: Final = 5.0
"""Below it the day is twilight."""
LEAST_RISE_DEGREES: Final = 10.0
"""Near a pole the sun is as high all day, and tells no hour."""
LEAST_LIKENESS: Final = 0.9
"""The correlation of a day's light with a clear sky's: a day of less has other causes than the sun."""


@dataclass(frozen=True)
class DailyOffsets:
    """Days whose light tells how far the clock is ahead of the sun."""

    noons: Seconds
    """The middle of each day by the longitude, in seconds since 1970, UTC; in order."""
    ahead_minutes: Values
    """From -720 to 720, positive where the time stamps are later than the sun says."""


NONE: Final = DailyOffsets(np.empty(0, np.int64), np.empty(0))


def daily_offsets(seconds: Seconds, light: Values, step_seconds: float, place: tuple[float, float]) -> DailyOffsets:
    """Give by how much each day's light is later than the sun; days that do not tell it are left out.

    Args:
        seconds: of the readings, since 1970, UTC, in order.
        light: radiation, illuminance or sunshine, in any unit; NaN where missing.
        step_seconds: from one reading to the next; each holds for half of it before and after its time.
        place: latitude and longitude in degrees.
    """
    known = np.isfinite(light)
    seconds, light = seconds[known], light[known]
    latitude, longitude = place
    if len(seconds) < FEWEST:
        return NONE
    midnight = round(-longitude / 360 * BINS) * BIN_SECONDS + _phase(seconds, step_seconds)
    days = np.unique((seconds - midnight) // SECONDS_A_DAY) * SECONDS_A_DAY + midnight
    times = days[:, None] + np.arange(BINS) * BIN_SECONDS
    after = np.clip(np.searchsorted(seconds, times), 1, len(seconds) - 1)
    nearest = after - (times - seconds[after - 1] <= seconds[after] - times)
    there = np.abs(times - seconds[nearest]) <= max(step_seconds, BIN_SECONDS) / 2
    elevation = sun_elevation(times, latitude, longitude, 0.0)
    high = elevation.max(axis=1)
    tells = (there.mean(axis=1) >= LEAST_KNOWN) & (high >= LEAST_NOON_DEGREES)
    tells &= high - elevation.min(axis=1) >= LEAST_RISE_DEGREES
    if not tells.any():
        return NONE
    seen = _logarithm(np.where(there, light[nearest], np.nan)[tells])
    minutes, likeness = _best_shift(seen, _logarithm(_clear_sky(elevation[tells])))
    alike = likeness >= LEAST_LIKENESS
    return DailyOffsets((days[tells] + SECONDS_A_DAY // 2)[alike], minutes[alike])


def _phase(seconds: Seconds, step_seconds: float) -> int:
    """Give where in ten minutes the middles of bins lie, so that a reading is in the middle of those it holds for."""
    usual = int(np.bincount(seconds % BIN_SECONDS).argmax())
    held = round(step_seconds / BIN_SECONDS)
    return usual + (BIN_SECONDS // 2 if held and held % 2 == 0 else 0)


def _clear_sky(elevation: Values) -> Values:
    """Give Haurwitz's irradiance under a clear sky, as a share of what the factor before it makes of it."""
    sine = np.sin(np.radians(np.clip(elevation, 0.01, None)))
    return np.asarray(sine * np.exp(-0.057 / sine))


def _logarithm(light: Values) -> Values:
    brightest = float(np.nanquantile(light, BRIGHTEST))
    if brightest <= 0:
        return np.full(light.shape, np.nan)
    return np.asarray(np.log1p(np.clip(light, 0, None) / (DIM * brightest)))


def _best_shift(seen: Values, expected: Values) -> tuple[Values, Values]:
    """Give for each day the shift, in minutes, at which it is likest to what is expected, and their correlation then.

    Args:
        seen: shape (days, bins), NaN where missing.
        expected: the same shape, without a shift.
    """
    there = np.isfinite(seen).astype(np.float64)
    seen = np.where(there > 0, seen, 0.0)
    count = np.maximum(there.sum(axis=1, keepdims=True), 1.0)
    spectrum = np.fft.rfft(expected).conj()

    def summed(left: Values, right: NDArray[np.complex128]) -> Values:
        return np.fft.irfft(np.fft.rfft(left) * right, BINS)

    mean, mean_expected = seen.sum(axis=1, keepdims=True) / count, summed(there, spectrum) / count
    variance = (seen**2).sum(axis=1, keepdims=True) / count - mean**2
    variance_expected = summed(there, np.fft.rfft(expected**2).conj()) / count - mean_expected**2
    together = summed(seen, spectrum) / count - mean * mean_expected
    correlation = together / np.sqrt(np.maximum(variance * variance_expected, 1e-12))
    best, rows = correlation.argmax(axis=1), np.arange(len(seen))
    before, top, after = (correlation[rows, (best + more) % BINS] for more in (-1, 0, 1))
    curvature = 2 * top - before - after
    within = np.divide(after - before, 2 * curvature, out=np.zeros(len(seen)), where=curvature > 0)
    return around((best + within) * BIN_SECONDS / 60), top


def around(minutes: Values | float) -> Values:
    """Give differences of clocks between -720 and 720 minutes."""
    return np.asarray((minutes + MINUTES_A_DAY / 2) % MINUTES_A_DAY - MINUTES_A_DAY / 2)
