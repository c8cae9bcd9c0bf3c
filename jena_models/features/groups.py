"""Every group of features: the names, and how each is computed from a history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Final

import numpy as np

from jena_models.features.almanac.calendar import day_angle, year_angle
from jena_models.features.almanac.seasonal_waves import Climatology, Waves
from jena_models.features.almanac.sun import noon_elevation, sun_elevation
from jena_models.features.almanac.week import day_number, days_off, weekday
from jena_models.features.histories import Histories
from jena_models.features.neighbour_features import NeighbourColumns, of_neighbour
from jena_models.features.recent import Features, Recent
from jena_models.features.service_inputs import service_features
from jena_models.stations.formulas import wind_vector

CHANGE_HOURS: Final = (1, 2, 3, 6, 12, 24)
TENDENCY_HOURS: Final = (1, 2, 3, 6, 9, 12, 18, 24, 36, 48, 72)
WITH_ANOMALIES: Final = ("rh", "VPdef", "wv")
"""Quantities that are told as distances from what is usual, beside the target."""
ANOMALY_HOURS: Final = (0, 1, 3, 6, 12, 18, 24, 48)
TARGET_ANOMALY_HOURS: Final = (*range(13), 15, 18, 21, 23, 24, 25, 30, 36, 42, 47, 48, 60, 72, 96)
MEAN_HOURS: Final = (6, 24, 72)
RANGE_HOURS: Final = (24, 48, 72)
PRESSURE_MEAN_HOURS: Final = (24, 72, 120)
GUST_HOURS: Final = (3, 12, 24)
WIND_HOURS: Final = (0, 3, 6, 12, 24)
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EAST, NORTH = "wind to the east", "wind to the north"


@dataclass(frozen=True)
class Scene:
    """What the groups are computed from."""

    histories: Histories
    recent: Recent
    target: str
    quantities: Mapping[str, str]
    """The canonical column of each quantity that there is, such as `p` and `rh`."""
    climatologies: Mapping[str, Climatology]
    """By canonical column."""
    latitude: float
    longitude: float
    utc_offset_hours: float
    """How far the clock that the seconds are of is ahead of UTC."""
    follows_week: bool = False
    """Whether people's weeks may matter."""
    holidays: tuple[int, ...] = ()
    """Public holidays, in days since 1970."""
    neighbours: Mapping[str, NeighbourColumns] = field(default_factory=dict)
    """By name."""

    @cached_property
    def waves(self) -> Waves:
        """Those of every row of the histories."""
        return Waves(self.histories.row_seconds)


def calendar(scene: Scene) -> Features:
    """Give hour and time of year of the issue time."""
    day, year = day_angle(scene.histories.issue_seconds), year_angle(scene.histories.issue_seconds)
    return {
        "hour": day * 12 / np.pi,
        "day sine": np.sin(day),
        "day cosine": np.cos(day),
        "year sine": np.sin(year),
        "year cosine": np.cos(year),
    }


def sun(scene: Scene) -> Features:
    """Give the sun's elevation at the issue time and each quarter of the horizon, and at the noon that follows."""
    place = (scene.latitude, scene.longitude, scene.utc_offset_hours)
    features = {
        f"sun after {quarter}/4 of the horizon": sun_elevation(scene.histories.seconds_after(quarter / 4), *place)
        for quarter in range(5)
    }
    return features | {
        "sun at noon": noon_elevation(scene.histories.valid_seconds, scene.latitude, scene.utc_offset_hours)
    }


def week(scene: Scene) -> Features:
    """Give the weekday and the holidays of the issue time and of the valid time; nothing where they do not matter."""
    if not scene.follows_week:
        return {}
    features: Features = {}
    for name, seconds in (("now", scene.histories.issue_seconds), ("then", scene.histories.valid_seconds)):
        days = day_number(seconds)
        weekdays = weekday(days)
        features |= {f"{day} {name}": (weekdays == number).astype(np.float64) for number, day in enumerate(WEEKDAYS)}
        if scene.holidays:
            features[f"holiday {name}"] = np.isin(days, scene.holidays).astype(np.float64)
        features[f"day off {name}"] = days_off(days, scene.holidays).astype(np.float64)
        if scene.holidays:
            features[f"day before a holiday {name}"] = np.isin(days + 1, scene.holidays).astype(np.float64)
            features[f"day after a holiday {name}"] = np.isin(days - 1, scene.holidays).astype(np.float64)
    return features


def climatology(scene: Scene) -> Features:
    """Give what the target usually is."""
    usual = scene.climatologies[scene.target]
    return {
        "usual now": usual.at(scene.histories.issue_seconds),
        "usual then": usual.at(scene.histories.valid_seconds),
    }


def changes(scene: Scene) -> Features:
    """Give how the target has changed, up to now and from the day before yesterday to yesterday."""
    recent, target = scene.recent, scene.target
    features = recent.changes(target, CHANGE_HOURS)
    if recent.within((48,)):
        features[f"{target} change a day before"] = recent.ago(target, 24) - recent.ago(target, 48)
    return features


def ranges(scene: Scene) -> Features:
    """Give the target's highest less its lowest."""
    recent, target = scene.recent, scene.target
    return {
        f"{target} range {hours} h": recent.highest(target, hours) - recent.lowest(target, hours)
        for hours in recent.spanned(RANGE_HOURS)
    }


def target_anomalies(scene: Scene) -> Features:
    """Give how far the target was from its climatology."""
    recent, anomaly = scene.recent, _anomaly(scene, scene.target)
    return recent.values_ago(anomaly, TARGET_ANOMALY_HOURS) | recent.means(anomaly, MEAN_HOURS)


def pressure(scene: Scene) -> Features:
    """Give the air pressure, its tendencies and their change, means, and how far it is from its extremes."""
    recent, column = scene.recent, scene.quantities.get("p")
    if column is None:
        return {}
    features = {"pressure": recent.ago(column, 0)} | recent.changes(column, TENDENCY_HOURS, "pressure")
    for hours in (3, 12):
        if recent.within((2 * hours,)):
            earlier = recent.ago(column, hours) - recent.ago(column, 2 * hours)
            features[f"pressure bend {hours} h"] = recent.change(column, hours) - earlier
    features |= recent.means(column, PRESSURE_MEAN_HOURS, "pressure")
    for span in recent.spanned((48,)):
        now = recent.ago(column, 0)
        features[f"pressure above lowest {span} h"] = now - recent.lowest(column, span)
        features[f"pressure above highest {span} h"] = now - recent.highest(column, span)
    return features


def anomalies(scene: Scene) -> Features:
    """Give how far humidity, vapour pressure deficit and wind speed were from what is usual."""
    features: Features = {}
    for quantity in WITH_ANOMALIES:
        if quantity not in scene.quantities:
            continue
        recent, anomaly = scene.recent, _anomaly(scene, scene.quantities[quantity])
        features |= recent.values_ago(anomaly, ANOMALY_HOURS) | recent.means(anomaly, MEAN_HOURS)
        if recent.spanned((36,)):
            before = recent.mean(anomaly, 12, before_hours=24)
            features[f"{anomaly} since yesterday"] = recent.mean(anomaly, 12) - before
    return features


def air(scene: Scene) -> Features:
    """Give density, potential temperature, specific humidity and how far the dew point lies below."""
    recent, columns = scene.recent, scene.quantities
    features = {quantity: recent.ago(columns[quantity], 0) for quantity in ("rho", "Tpot", "sh") if quantity in columns}
    for quantity, hours in (("rho", 6), ("sh", 24)):
        if quantity in columns:
            features |= recent.changes(columns[quantity], (hours,), quantity)
    if "T" in columns and "Tdew" in columns:
        features["dew point depression"] = recent.ago(columns["T"], 0) - recent.ago(columns["Tdew"], 0)
    return features


def wind(scene: Scene) -> Features:
    """Give the wind's speed, and its highest."""
    recent, column = scene.recent, scene.quantities.get("wv")
    if column is None:
        return {}
    highest = {f"wind highest {hours} h": recent.highest(column, hours) for hours in recent.spanned(GUST_HOURS)}
    return {"wind speed": recent.ago(column, 0)} | highest


def wind_vectors(scene: Scene) -> Features:
    """Give the wind to the east and to the north; nothing where its direction is not measured."""
    speed, direction = scene.quantities.get("wv"), scene.quantities.get("wd")
    if speed is None or direction is None:
        return {}
    recent, features = scene.recent, Features()
    components = scene.histories.of_columns(wind_vector, (speed, direction))
    for name, component in zip((EAST, NORTH), components, strict=True):
        recent.add(name, component)
        features |= recent.values_ago(name, WIND_HOURS) | recent.means(name, (6, 24))
    return features


def neighbours(scene: Scene) -> Features:
    """Give what each neighbour measured, and how it differs from the station's own."""
    features: Features = {}
    for name, columns in scene.neighbours.items():
        anomaly = partial(_anomaly, scene)
        features |= of_neighbour(name, columns, scene.recent, anomaly, target=scene.target, own=scene.quantities)
    return features


def weather_service(scene: Scene) -> Features:
    """Give what is made of the weather service's runs that were there by the issue time."""
    return service_features(scene.histories, scene.recent, scene.target, scene.climatologies)


GROUPS: Final[Mapping[str, Callable[[Scene], Features]]] = {
    "calendar": calendar,
    "week": week,
    "sun": sun,
    "climatology": climatology,
    "changes": changes,
    "ranges": ranges,
    "target_anomalies": target_anomalies,
    "pressure": pressure,
    "anomalies": anomalies,
    "air": air,
    "wind": wind,
    "wind_vector": wind_vectors,
    "neighbours": neighbours,
    "weather_service": weather_service,
}
"""By the name of the switch in `FeatureSettings`."""

OF_THE_HISTORY: Final = frozenset(
    {
        *("calendar", "changes", "ranges", "target_anomalies", "pressure", "anomalies", "air", "wind", "wind_vector"),
        "neighbours",
    }
)
"""Groups that are the same whatever the horizon is; any other may look at the valid time."""


def _anomaly(scene: Scene, column: str) -> str:
    """Let the anomaly of a column be read, and give the name under which."""
    name = f"{column} anomaly"
    if name not in scene.recent:
        usual = scene.histories.over_steps(scene.climatologies[column].of(scene.waves))
        scene.recent.add(name, scene.recent.all_of(column) - usual)
    return name
