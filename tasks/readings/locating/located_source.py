"""Where readings come from: files, an address, a database, the official file, or the simulated station."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jena_models.errors import DatabaseUnreachableError, DownloadInterruptedError
from jena_models.fleet import told_of_part
from jena_models.named_files import named_path
from jena_models.options.readings_options import Ingestion
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import read
from jena_models.sources.credentials import refuse_secrets
from jena_models.sources.databases import is_database
from jena_models.stations import StationSchema
from tasks.readings.locating.database_snapshots import NeededDays, snapshot
from tasks.readings.locating.fetched_files import fetched, of_files
from tasks.readings.locating.neighbour_sources import with_found_neighbours
from tasks.readings.locating.official_file import automatic, official, simulated
from tasks.readings.locating.remembered_sources import described_by, once
from tasks.readings.locating.source_requests import check_request, is_address
from tasks.workspace import Source, only_after, task


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
    return located(source, ingestion, _readings_check(station))


def located(source: str, ingestion: Ingestion, check: Callable[[Path], None]) -> Source:
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

    def check(part: Path) -> None:
        open_source(str(part))

    refuse_secrets(source)
    return str(fetched(source, check, ingestion))


def _readings_check(station: StationSchema) -> Callable[[Path], None]:
    def check(part: Path) -> None:
        read(part, station)

    return check
