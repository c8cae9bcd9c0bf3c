"""Where readings come from: files, an address, a database, the official file, or the simulated station."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from jena_models.errors import DatabaseUnreachableError, DownloadInterruptedError, JenaError, SourceNotFoundError
from jena_models.fleet import told_of_part
from jena_models.named_files import named_path
from jena_models.options.readings_options import Ingestion
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import read
from jena_models.sources.credentials import refuse_secrets
from jena_models.sources.databases import is_database, place_of
from jena_models.sources.several_files import files_of, is_pattern
from jena_models.stations import StationSchema
from jena_models.stations.schema import Neighbour
from tasks.readings.locating.database_snapshots import NeededDays, snapshot
from tasks.readings.locating.fetched_files import fetched, of_files
from tasks.readings.locating.official_file import automatic, official, simulated
from tasks.readings.locating.remembered_sources import described_by, once
from tasks.workspace import FoundNeighbour, Source, content_key, only_after, task

WORDS: Final = ("auto", "simulated")
OUTSIDE_A_FLEET: Final = (
    "'neighbours: auto' takes stations of a fleet, and this station is run without one: list it in a fleet.yaml "
    "(docs/fleet.md), or name its neighbours."
)
logger = logging.getLogger("jena")


@task(
    name="locate",
    retry_delay_seconds=[1, 5],
    retry_condition_fn=only_after(DownloadInterruptedError, DatabaseUnreachableError),
    timeout_seconds=3600,
)
def locate(source: str, station: StationSchema, ingestion: Ingestion, needed: NeededDays | None = None) -> Source:
    """Give files of readings that are there; downloads, asks a database and simulates where it has to.

    Those of the station's neighbours come with them; one that cannot be had is there with the reason.

    Args:
        source: a path, a pattern, an address, a database, `simulated` or `auto`.
        station: whose readings they are.
        ingestion: how long to wait for an address, and what is simulated.
        needed: the days that count, where not all of the record does: of a table no more need be read.

    Raises:
        SourceNotFoundError: where the source is a path that is not there.
        RequestError: where it is an address that cannot be, or holds a password.
        DownloadError: where it is an address that gives no readings.
        SourceUnreadableError: where it is a database that gives none.
    """

    def find(source: str, schema: StationSchema) -> Source:
        return _located(source, schema, ingestion, needed)

    return with_found_neighbours(find(source, station.alone), station, find)


def _located(source: str, station: StationSchema, ingestion: Ingestion, needed: NeededDays | None) -> Source:
    check_request(source)
    if source == "simulated":
        return simulated(station, ingestion)
    if source == "auto":
        return automatic(station, ingestion)
    if source in station.addresses:
        return official(source, station, ingestion)
    if is_database(source):
        alike = needed.rounded if needed else None
        return once(("database", source, described_by(station), alike), lambda: snapshot(source, station, alike))
    return located(source, ingestion, lambda part: read(part, station))


def located(source: str, ingestion: Ingestion, check: Callable[[Path], object]) -> Source:
    """Give files that a path, a pattern, an address or a database stands for; see `locate`.

    Args:
        source: which.
        ingestion: how long to wait for an address.
        check: refuses what comes from an address, with a SourceUnreadableError, before it is kept.
    """
    check_request(source)
    if is_database(source):
        return snapshot(source)
    if is_address(source):
        return of_files(once(("address", source), lambda: fetched(source, check, ingestion)), source)
    path = named_path(source).resolve()
    part = told_of_part(path)
    return of_files(path, part or source).model_copy(update={"is_part": bool(part)})


def bring(source: str, ingestion: Ingestion) -> str:
    """Give where a source can be looked at before a station file says how it is read: what an address leads to is here.

    Raises:
        RequestError: where it is an address that cannot be, or holds a password.
        DownloadError: where it is an address that gives no table.
    """
    if not is_address(source):
        return source
    refuse_secrets(source)
    return str(fetched(source, lambda part: open_source(str(part)), ingestion))


def check_request(source: str) -> None:
    """Refuse at once a source that cannot be: a path that is not there, an address with a password or of another kind.

    Raises:
        SourceNotFoundError: with the nearest name, where one is near.
        RequestError: for an address that holds a password, or is none.
    """
    if source in WORDS:
        return
    if not source.strip():
        raise SourceNotFoundError(
            "The source is empty; name a file, a folder, an address, a database, 'simulated' or 'auto'."
        )
    if is_database(source):
        place_of(source)
        return
    if is_address(source):
        refuse_secrets(source)
        return
    if "://" in source:
        raise SourceNotFoundError(
            f"The address '{source.partition('://')[0]}://…' is not one that is read; it is to begin with http://, "
            "https://, sqlite:/// or postgresql://."
        )
    path = named_path(source)
    if path.is_file():
        return
    if path.is_dir() or is_pattern(path):
        files_of(path)
        return
    beside: list[str] = []
    with suppress(OSError):
        beside = [p.name for p in path.parent.iterdir() if p.is_file()]
    close = difflib.get_close_matches(path.name, [*WORDS, *beside], n=1, cutoff=0.5)
    advice = (
        f"did you mean '{close[0]}'?"
        if close
        else "name a file, a folder, an address, a database, 'simulated' or 'auto'."
    )
    raise SourceNotFoundError(f"There is no file {source}; {advice}")


def is_address(source: str) -> bool:
    """Tell whether a source is to be fetched."""
    return source.startswith(("http://", "https://"))


def with_found_neighbours(own: Source, station: StationSchema, find: Callable[[str, StationSchema], Source]) -> Source:
    """Give a station's source with those of its neighbours; one that cannot be had is there with the reason."""
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
