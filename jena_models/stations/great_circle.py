"""How far apart places on the earth are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

EARTH_KM: Final = 6371.0
"""The earth's mean radius."""

Place = tuple[float, float]
"""Latitude and longitude, in degrees north and east."""


def kilometres_between(here: Place, others: Sequence[Place]) -> NDArray[np.float64]:
    """Give the great-circle distances from a place to others, in km, shape (others,), by the haversine formula.

    >>> kilometres_between((50.0, 11.0), [(51.0, 11.0)]).round(1).tolist()
    [111.2]
    """
    latitudes, longitudes = np.radians(np.array(others, dtype=np.float64).reshape(-1, 2)).T
    latitude, longitude = np.radians(here)
    half_north, half_east = np.sin((latitudes - latitude) / 2), np.sin((longitudes - longitude) / 2)
    across = half_north**2 + np.cos(latitude) * np.cos(latitudes) * half_east**2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.minimum(1.0, np.sqrt(across))))
