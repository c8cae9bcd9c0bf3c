"""The wind as a vector: 350° and 10° are neighbours, and a calm comes from nowhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating]


def wind_vector(speed: Values, direction_degrees: Values) -> tuple[Values, Values]:
    """Give how fast the air moves to the east and to the north, in the unit of the speed.

    Args:
        speed: any shape.
        direction_degrees: where the wind comes from, clockwise from north; the same shape.
    """
    angle = np.radians(direction_degrees)
    return -speed * np.sin(angle), -speed * np.cos(angle)
