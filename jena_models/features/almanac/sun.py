"""How high the sun stands, from place and time.

The low-precision formulas of the Astronomical Almanac, good to 0.01° between 1950 and 2050; refraction is left out.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

SECONDS_AT_2000_NOON: Final = 946_728_000
"""Of the epoch J2000.0, in seconds since 1970, UTC."""

Degrees = NDArray[np.float64]


def sun_elevation(seconds: NDArray[np.int64], latitude: float, longitude: float, utc_offset_hours: float) -> Degrees:
    """Give the sun's height above the horizon in degrees, negative at night.

    Args:
        seconds: since 1970 by the station's clock as it is without daylight saving; any shape.
        latitude: in degrees north.
        longitude: in degrees east.
        utc_offset_hours: how far that clock is ahead of UTC.
    """
    days = _days_since_2000(seconds, utc_offset_hours)
    declination, right_ascension = _place_among_stars(days)
    sidereal_degrees = 15 * (18.697374558 + 24.06570982441908 * days)
    hour_angle = np.radians((sidereal_degrees + longitude) % 360) - right_ascension
    north = np.radians(latitude)
    sine = np.sin(north) * np.sin(declination) + np.cos(north) * np.cos(declination) * np.cos(hour_angle)
    return np.asarray(np.degrees(np.arcsin(np.clip(sine, -1, 1))))


def noon_elevation(seconds: NDArray[np.int64], latitude: float, utc_offset_hours: float) -> Degrees:
    """Give how high the sun stands at its highest on that day, in degrees; the arguments are those above."""
    declination, _ = _place_among_stars(_days_since_2000(seconds, utc_offset_hours))
    return np.asarray(90 - np.abs(latitude - np.degrees(declination)))


def _days_since_2000(seconds: NDArray[np.int64], utc_offset_hours: float) -> NDArray[np.float64]:
    ahead_of_utc = round(utc_offset_hours * 3600)
    return np.asarray((seconds - ahead_of_utc - SECONDS_AT_2000_NOON) / 86_400)


def _place_among_stars(days: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give declination and right ascension in radians."""
    mean_longitude = np.radians((280.460 + 0.9856474 * days) % 360)
    anomaly = np.radians((357.528 + 0.9856003 * days) % 360)
    longitude = mean_longitude + np.radians(1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly))
    obliquity = np.radians(23.439 - 0.0000004 * days)
    declination = np.arcsin(np.sin(obliquity) * np.sin(longitude))
    return declination, np.arctan2(np.cos(obliquity) * np.sin(longitude), np.cos(longitude))
