"""How far away a neighbour stands, and in which direction; and which stations are near."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from jena_models.stations.great_circle import kilometres_between
from jena_models.stations.schema import Neighbour, StationSchema

MOST_NEIGHBOURS: Final = 8
"""Beyond so many the nearest ones tell nearly all, and features grow in number."""
POINTS: Final = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


def distance_km(here: StationSchema, there: StationSchema) -> float:
    """Give the great-circle distance of two stations, in km, by the haversine formula.

    Args:
        here: the one.
        there: the other.
    """
    return kilometres_between((here.latitude, here.longitude), (there.latitude, there.longitude))


def bearing_degrees(here: StationSchema, there: StationSchema) -> float:
    """Give in which direction another station stands, in degrees from north over east, as a wind's is given.

    Args:
        here: where one looks from.
        there: what one looks at.
    """
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


def within_km(
    station: StationSchema, others: Iterable[Neighbour], km: float | None = None, most: int = MOST_NEIGHBOURS
) -> tuple[Neighbour, ...]:
    """Give those of other stations that are near, the nearest first; the station itself is none.

    What `neighbours: auto` takes of a fleet: `with_neighbours(station, within_km(station, others))` is the station
    with their columns.

    Args:
        station: whose neighbours they may be.
        others: each with its name and what its station file says, in `described`.
        km: how far away they may be; what the station says in `neighbours_within_km` where it is not given.
        most: how many to give at most.
    """
    limit = station.neighbours_within_km if km is None else km
    near = [
        (distance_km(station, other.described), number, other)
        for number, other in enumerate(others)
        if other.described is not None and other.described.name != station.name
    ]
    return tuple(other for away, _, other in sorted(near, key=lambda each: each[:2]) if away <= limit)[:most]
