"""Normalized readings as a network is shown them: with the preparation's channels beside them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.features.almanac.calendar import day_angle, year_angle
from jena_models.features.almanac.sun import sun_elevation
from jena_models.features.almanac.week import day_number, week_circle
from jena_models.stations.clock import zone_hours
from jena_models.stations.formulas import wind_vector
from jena_models.windows.preparation import Preparation

SUN_SCALE_DEGREES: Final = 40.0
"""About how far the sun's elevation is from its mean, so that it is of the size of a normalized reading."""


def with_channels(
    features: NDArray[np.float32],
    seconds: NDArray[np.int64],
    preparation: Preparation,
    missing: NDArray[np.bool_] | None = None,
) -> NDArray[np.float32]:
    """Give normalized readings and, beside them, the preparation's channels, shape (rows, features + channels).

    Args:
        features: normalized readings, shape (rows, features).
        seconds: of the rows, since 1970 by the station's clock without daylight saving.
        preparation: says which channels, and how the readings were normalized.
        missing: which readings were missing before others stood in for them, shape (rows, columns); needed where a
            channel tells of it.
    """
    channels = preparation.channels
    if channels is None:
        return features
    beside: list[NDArray[np.floating]] = []
    if channels.calendar:
        day, year = day_angle(seconds), year_angle(seconds)
        beside += [np.sin(day), np.cos(day), np.sin(year), np.cos(year)]
    if channels.sun:
        told = channels.utc_offset_hours
        offset = zone_hours(channels.longitude) if told is None else told
        beside.append(sun_elevation(seconds, channels.latitude, channels.longitude, offset) / SUN_SCALE_DEGREES)
    if channels.wind:
        speed, direction = (_measured(features, name, preparation) for name in channels.wind)
        scale = preparation.standard_deviation[preparation.columns.index(channels.wind[0])]
        beside += [component / scale for component in wind_vector(speed, direction)]
    if channels.missing:
        if missing is None:
            raise ValueError("the channels tell of missing readings, and which are missing is not given")
        beside += [missing[:, preparation.columns.index(name)].astype(np.float32) for name in channels.missing]
    if channels.week:
        for later in (0, round(preparation.horizon_minutes * 60)):
            beside += week_circle(day_number(seconds + later), channels.holidays)
    return np.column_stack([features, *beside]).astype(np.float32)


def _measured(features: NDArray[np.float32], name: str, preparation: Preparation) -> NDArray[np.floating]:
    column = preparation.columns.index(name)
    return np.asarray(features[:, column] * preparation.standard_deviation[column] + preparation.mean[column])
