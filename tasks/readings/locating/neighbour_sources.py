"""Where the readings of a station's neighbours come from."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from jena_models.errors import JenaError
from jena_models.stations import StationSchema
from jena_models.stations.schema import Neighbour
from tasks.workspace import FoundNeighbour, Source, content_key

OUTSIDE_A_FLEET: Final = (
    "'neighbours: auto' takes stations of a fleet, and this station is run without one: list it in a fleet.yaml "
    "(docs/fleet.md), or name its neighbours."
)

logger = logging.getLogger("jena")


def with_found_neighbours(own: Source, station: StationSchema, find: Callable[[str, StationSchema], Source]) -> Source:
    """Give a station's source with those of its neighbours; one that cannot be had is there with the reason.

    Args:
        own: the station's.
        station: with its neighbours.
        find: gives the source of an address, read by a station's schema.
    """
    if station.asks_fleet:
        logger.warning("%s", OUTSIDE_A_FLEET)
    if own.kind == "simulated" or not station.named_neighbours:
        return own
    found = tuple(_found(each, own, find) for each in station.named_neighbours)
    keys = [each.source.key if each.source else each.problem for each in found]
    return own.model_copy(update={"neighbours": found, "key": content_key(own=own.key, neighbours=keys)})


def _found(neighbour: Neighbour, own: Source, find: Callable[[str, StationSchema], Source]) -> FoundNeighbour:
    schema = neighbour.described
    if schema is None:
        return FoundNeighbour(name=neighbour.name, problem="its station file was not read")
    if not neighbour.source:
        return FoundNeighbour(name=neighbour.name, source=own)
    try:
        return FoundNeighbour(name=neighbour.name, source=find(neighbour.source, schema))
    except JenaError as error:
        return FoundNeighbour(name=neighbour.name, problem=str(error))
