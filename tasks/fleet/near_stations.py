"""The stations of a fleet that are another one's neighbours, as if its station file named each of them."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

from jena_models.neighbours.distances import within_km
from jena_models.stations import StationSchema
from jena_models.stations.neighbour_columns import with_neighbours
from jena_models.stations.schema import Neighbour
from jena_models.whole_files import write_whole
from tasks.workspace import cache_folder, content_key, forget_old

logger = logging.getLogger("jena")


def as_neighbour(station: StationSchema, source: str, available_after: float) -> Neighbour:
    """Give a station of the fleet as others may have it for a neighbour.

    Args:
        station: which; its own neighbours do not count.
        source: where its readings are.
        available_after: how many hours after it was measured a reading can be had.
    """
    alone = station.alone
    return Neighbour(
        station=kept_station(alone),
        name=station.name,
        source=source,
        available_after=available_after,
        described=alone,
    )


def with_near_stations(station: StationSchema, source: str, others: Iterable[Neighbour]) -> StationSchema:
    """Give a station with those of the fleet that are near, after the neighbours that its own file names.

    Args:
        station: that asks for them by `neighbours: auto`.
        source: where its readings are: what reads the same is itself, with another horizon or target.
        others: every station of the fleet that may be one.
    """
    named = {each.name.casefold() for each in station.named_neighbours}
    others = [each for each in others if each.name.casefold() not in named and not _is(each, station, source)]
    near = within_km(station, others)
    if not near:
        logger.info(
            "%s has no other station of the fleet within %g km for a neighbour.",
            station.name,
            station.neighbours_within_km,
        )
        return station.with_its_own
    return with_neighbours(station, (*station.named_neighbours, *near)).with_its_own


def _is(other: Neighbour, station: StationSchema, source: str) -> bool:
    """Tell whether another station of the fleet reads what this one does, and so has nothing to add."""
    schema = other.described
    if schema is None or other.source != source:
        return False
    return (schema.select, schema.columns) == (station.select, station.alone.columns)


def kept_station(station: StationSchema) -> str:
    """Keep a station's schema in a file of its own, whose name follows from what it holds; gives the path."""
    # What the files of neighbours say, and the columns that follow, is read from those files.
    told = station.model_copy(update={"columns": tuple(c for c in station.columns if not c.neighbour)})
    left_out = {"neighbours": {"__all__": {"described"}}}
    text = told.model_dump_json(indent=1, exclude_defaults=True, exclude=left_out)
    file = _kept_stations() / f"{station.name}-{content_key(station=text)}.yaml"
    if file.is_file():
        file.touch()
    else:
        write_whole(file, text)
    return str(file)


def forget_stations(seconds: float) -> None:
    """Remove the files of schemas that were not asked for within so many seconds."""
    forget_old(_kept_stations().glob("*.yaml"), 0, seconds)


def _kept_stations() -> Path:
    return cache_folder() / "fleet" / "stations"
