"""Radiation as a pyranometer would measure it, by formulas that the project does not use itself.

The sun's place is Spencer's (1971), direct and diffuse radiation are powers of its height, clouds last for hours, and a
hill hides the direct part alone.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from jena_models.stations.schema import Column, StationSchema

LIGHT = "radiation (W/m**2)"


def station_at(latitude: float, longitude: float, clock: str = "UTC", quantity: str = "radiation") -> StationSchema:
    temperature = Column(name="T (degC)", quantity="T", minimum=-60, maximum=60, kind="required")
    light = Column(name=LIGHT, quantity=quantity, minimum=-20, maximum=1500, kind="optional")
    return StationSchema(
        name="hill",
        title="Hill",
        credit="nobody",
        latitude=latitude,
        longitude=longitude,
        clock=clock,
        cadence_minutes=10,
        target=temperature.name,
        target_name="temperature",
        columns=(temperature, light),
    )


def sun(times: pd.DatetimeIndex, latitude: float, longitude: float) -> tuple[np.ndarray, np.ndarray]:
    """Elevation and hour angle in degrees; times in UTC."""
    hours = times.hour + times.minute / 60
    angle = 2 * np.pi * (times.day_of_year - 1 + hours / 24).to_numpy() / 365
    harmonics = [f(n * angle) for n in (1, 2, 3) for f in (np.cos, np.sin)]
    declination = 0.006918 + np.dot([-0.399912, 0.070257, -0.006758, 0.000907, -0.002697, 0.00148], harmonics)
    equation = 229.18 * (0.000075 + np.dot([0.001868, -0.032077, -0.014615, -0.040849], harmonics[:4]))
    hour_angle = (hours.to_numpy() * 60 + equation + 4 * longitude) / 4 % 360 - 180
    north = np.radians(latitude)
    sine = np.sin(north) * np.sin(declination) + np.cos(north) * np.cos(declination) * np.cos(np.radians(hour_angle))
    return np.degrees(np.arcsin(sine)), hour_angle


def measured(  # noqa: PLR0917
    latitude: float,
    longitude: float,
    days: int = 60,
    start: str = "2015-03-01",
    step: int = 10,
    stamped: str = "right",
    clouds: float = 0.5,
    hill: float = 0.0,
    afternoon: float = 0.0,
    night: float = 0.0,
    *,
    sunshine: bool = False,
) -> pd.DataFrame:
    """Means over `step` minutes in UTC, stamped at their end (right) or start (left).

    Args:
        clouds: the share of the days that are overcast.
        hill: how many degrees it is high in the east.
        afternoon: the share of the direct radiation that clouds of each afternoon take.
        night: what the sensor shows without light; it wavers by 2.
        sunshine: in place of radiation, whether more than 120 W/m² come from the sun's own direction.
    """
    times = pd.date_range(start, periods=days * 288, freq="5min")
    elevation, hour_angle = sun(times, latitude, longitude)
    random = np.random.default_rng(3)
    clear = np.repeat(random.random(days) > clouds, 288) * 1.0
    hourly = random.normal(0, 0.3, days * 24 + 1)
    clear = np.clip(clear + np.interp(np.arange(len(times)) / 12, np.arange(len(hourly)), hourly), 0, 1)
    clear *= 1 - afternoon / (1 + np.exp(-(hour_angle - 15) / 8))
    height = np.sin(np.radians(np.clip(elevation, 0, None)))
    hidden = (elevation < hill) & (hour_angle < 0)
    direct = np.where(hidden, 0, 950 * height**1.3 * clear)
    light = direct + (120 + 180 * (1 - clear)) * height**0.8 + (random.normal(night, 2, len(times)) if night else 0)
    light = pd.Series(10.0 * (direct > 120 * height) if sunshine else light, index=times)
    means = light.resample(f"{step}min", label=stamped, closed=stamped).mean()
    return pd.DataFrame({"T (degC)": 1.0, LIGHT: means})


def later(readings: pd.DataFrame, minutes: float, since: str | None = None) -> pd.DataFrame:
    """The same, as a clock stamps them that is so far ahead, from a time on."""
    shift = pd.Timedelta(minutes=minutes)
    moved = (
        readings.index + shift
        if since is None
        else readings.index.where(readings.index < since, readings.index + shift)
    )
    readings = readings.set_axis(moved)
    return readings[~readings.index.duplicated()].sort_index()
