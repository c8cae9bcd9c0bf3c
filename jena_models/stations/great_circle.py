"""How far apart two places on the earth are."""

from __future__ import annotations

import math
from typing import Final

EARTH_KM: Final = 6371.0
"""The earth's mean radius."""

Place = tuple[float, float]
"""Latitude and longitude, in degrees north and east."""


def kilometres_between(here: Place, there: Place) -> float:
    """Give the great-circle distance of two places, in km, by the haversine formula.

    >>> round(kilometres_between((50.0, 11.0), (51.0, 11.0)), 1)
    111.2
    """
    latitudes = math.radians(here[0]), math.radians(there[0])
    half_north = math.sin((latitudes[1] - latitudes[0]) / 2)
    half_east = math.sin(math.radians(there[1] - here[1]) / 2)
    across = half_north**2 + math.cos(latitudes[0]) * math.cos(latitudes[1]) * half_east**2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(across)))
