"""The wind as a vector: 350° and 10° are neighbours, and a calm comes from nowhere."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating]


def wind_vector(
    speed: Values, direction_degrees: Values, says: Literal["from", "to"] = "from"
) -> tuple[Values, Values]:
    """Give how fast the air moves to the east and to the north, in the unit of the speed.

    Args:
        speed: any shape.
        direction_degrees: clockwise from north; the same shape.
        says: whether the direction says where the wind comes from, as stations have it, or where it blows to.
    """
    angle = np.radians(direction_degrees)
    way = -1.0 if says == "from" else 1.0
    return way * speed * np.sin(angle), way * speed * np.cos(angle)
