"""How far away a neighbour stands, and in which direction; and which stations are near."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.stations.great_circle import kilometres_between
from jena_models.stations.schema import Neighbour, StationSchema

POINTS: Final = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


def distance_km(here: StationSchema, there: StationSchema) -> float:
    """Give the great-circle distance of two stations, in km."""
    return float(distances_km(here, [there])[0])


def distances_km(here: StationSchema, others: Sequence[StationSchema]) -> NDArray[np.float64]:
    """Give the great-circle distances from a station to others, in km, shape (others,)."""
    return kilometres_between((here.latitude, here.longitude), [(each.latitude, each.longitude) for each in others])


def bearing_degrees(here: StationSchema, there: StationSchema) -> float:
    """Give in which direction another station stands, in degrees from north over east, as a wind's is given."""
    latitudes = math.radians(here.latitude), math.radians(there.latitude)
    east = math.radians(there.longitude - here.longitude)
    to_east = math.sin(east) * math.cos(latitudes[1])
    to_north = math.cos(latitudes[0]) * math.sin(latitudes[1])
    to_north -= math.sin(latitudes[0]) * math.cos(latitudes[1]) * math.cos(east)
    return math.degrees(math.atan2(to_east, to_north)) % 360


def place_of(here: StationSchema, there: StationSchema) -> str:
    """Give a neighbour's place in words, such as `212 km NE (43°)`."""
    away = distance_km(here, there)
    if away < 1:
        return "at the same place"
    bearing = bearing_degrees(here, there)
    return f"{away:.0f} km {POINTS[round(bearing / 45) % len(POINTS)]} ({bearing:.0f}°)"


def within_km(station: StationSchema, others: Iterable[Neighbour], km: float | None = None) -> tuple[Neighbour, ...]:
    """Give those of other stations that are near, the nearest first; the station itself is none.

    What `neighbours: auto` takes of a fleet: `with_neighbours(station, within_km(station, others))` is the station
    with their columns.

    Args:
        station: whose neighbours they may be; it says in `neighbours_at_most` how many to give at most.
        others: each with its name and what its station file says, in `described`.
        km: how far away they may be; what the station says in `neighbours_within_km` where it is not given.
    """
    limit = station.neighbours_within_km if km is None else km
    known = [(other, other.described) for other in others if other.described and other.described.name != station.name]
    away = distances_km(station, [described for _, described in known])
    nearest = np.argsort(away, kind="stable")[: station.neighbours_at_most]
    return tuple(known[place][0] for place in nearest if away[place] <= limit)
