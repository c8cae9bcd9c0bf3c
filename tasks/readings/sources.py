"""Where readings come from: files, an address, a database, the official file, or the simulated station."""

from __future__ import annotations

import difflib
import hashlib
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from jena_models.errors import (
    DatabaseUnreachableError,
    DownloadError,
    DownloadInterruptedError,
    SourceNotFoundError,
    SourceUnreadableError,
)
from jena_models.named_files import named_path
from jena_models.options.readings_options import Ingestion
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import is_simulated, read, write_simulated
from jena_models.sources.credentials import refuse_secrets
from jena_models.sources.databases import check_database, is_database
from jena_models.sources.dated_addresses import fetch_dated, is_dated
from jena_models.sources.several_files import files_of, is_pattern
from jena_models.stations import StationSchema
from jena_models.stations.simulated import GENERATOR_VERSION, simulate
from tasks.readings.database_snapshots import NeededDays, snapshot
from tasks.readings.downloads import download
from tasks.readings.neighbour_readings import with_found_neighbours
from tasks.readings.remembered_sources import described_by, once, stamp
from tasks.workspace import Kind, Source, cache_folder, content_key, file_key, only_after, stage, task

VERSION: Final = 1

CONNECT_SECONDS: Final = 3.0
"""A network that is closed must not hold up `auto`: it has the simulated station to fall back on."""

REMEMBERED_MINUTES: Final = 10.0
"""How long `auto` does not try the download again after it failed."""

WORDS: Final = ("auto", "simulated")

logger = logging.getLogger("jena")


@task(
    name="locate",
    retries=2,
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
        return _simulated(station, ingestion)
    if source == "auto":
        return _automatic(station, ingestion)
    if source in station.addresses:
        file = _downloads() / station.official_file
        download(source, file, _official_check(station), ingestion.download_timeout_seconds)
        return Source(path=file, origin=source, kind="real", key=file_key(file))
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
    if _is_address(source):
        return _of_files(once(("address", source), lambda: _fetched(source, check, ingestion)), source)
    return _of_files(named_path(source).resolve(), source)


def check_request(source: str) -> None:
    """Refuse at once a source that cannot be: a path that is not there, an address with a password or of another kind.

    Raises:
        SourceNotFoundError: with the nearest name, where one is near.
        RequestError: for an address that holds a password, or is none.
    """
    if source in WORDS:
        return
    if is_database(source):
        check_database(source)
        return
    if _is_address(source):
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


def bring(source: str, ingestion: Ingestion) -> str:
    """Give where a source can be looked at before a station file says how it is read: what an address leads to is here.

    Raises:
        RequestError: where it is an address that cannot be, or holds a password.
        DownloadError: where it is an address that gives no table.
    """
    if not _is_address(source):
        return source

    def check(part: Path) -> None:
        open_source(str(part))

    refuse_secrets(source)
    return str(_fetched(source, check, ingestion))


def _of_files(path: Path, origin: str) -> Source:
    def known() -> Source:
        kind: Kind = "simulated" if is_simulated(path) else "real"
        keys = [file_key(file) for file in files_of(path)]
        return Source(path=path, origin=origin, kind=kind, key=keys[0] if len(keys) == 1 else content_key(files=keys))

    return once(("files", stamp(path), origin), known)


def _automatic(station: StationSchema, ingestion: Ingestion) -> Source:
    if station.addresses:
        file = _downloads() / station.official_file
        if file.is_file():
            return _official(file, station)
        failed = file.with_name(f"{file.name}.failed")
        if reason := _remembered(failed):
            return _fall_back(reason, station, ingestion)
        reason = _download_official(file, station, ingestion)
        if not reason:
            failed.unlink(missing_ok=True)
            return _official(file, station)
        failed.write_text(reason, encoding="utf-8")
        return _fall_back(
            f"{reason} It is tried again in {REMEMBERED_MINUTES:.0f} minutes, or once {failed} is removed.",
            station,
            ingestion,
        )
    return _fall_back(f"The station '{station.name}' names no address.", station, ingestion)


def _download_official(file: Path, station: StationSchema, ingestion: Ingestion) -> str:
    """Give an empty reason where an address gave the file."""
    reasons = []
    for address in station.addresses:
        try:
            logger.info("Downloading %s.", address)
            check = _official_check(station)
            download(address, file, check, ingestion.download_timeout_seconds, CONNECT_SECONDS)
        except DownloadError as error:
            logger.info("%s", error)
            reasons.append(str(error))
        else:
            return ""
    return reasons[-1]


def _fetched(address: str, check: Callable[[Path], None], ingestion: Ingestion) -> Path:
    """Give the file that an address led to, or the folder of those that one with a date in it did."""

    def fetch(one: str, file: Path) -> None:
        download(one, file, check, ingestion.download_timeout_seconds)

    name = Path(urlsplit(address).path).name or "readings"
    short = hashlib.sha256(address.encode()).hexdigest()[:8]
    if is_dated(address):
        folder = _downloads() / short
        fetch_dated(address, folder, Path(name).suffix or ".csv", fetch)
        return folder
    file = _downloads() / f"{short}-{name}"
    fetch(address, file)
    return file


def _official(file: Path, station: StationSchema) -> Source:
    return Source(path=file, origin=station.addresses[0], kind="real", key=file_key(file))


def _simulated(station: StationSchema, ingestion: Ingestion) -> Source:
    parts = {
        "generator": GENERATOR_VERSION,
        "columns": station.names,
        "years": ingestion.simulated_years,
        "seed": ingestion.simulated_seed,
    }

    def write(folder: Path) -> None:
        readings = simulate(station, ingestion.simulated_years, ingestion.simulated_seed)
        write_simulated(readings, folder / "readings.parquet")

    folder = stage("simulated", VERSION, parts, write)
    return Source(path=folder / "readings.parquet", origin="simulated", kind="simulated", key=folder.name)


def _fall_back(reason: str, station: StationSchema, ingestion: Ingestion) -> Source:
    line = "!" * 100
    logger.warning(
        "\n%s\n!!  NO REAL READINGS: the SIMULATED STATION is used, and what is trained on it says nothing of real "
        "weather.\n!!  %s\n!!  Name a file of readings with --source or JENA_SOURCE.\n%s",
        line,
        reason,
        line,
    )
    return _simulated(station, ingestion)


def _official_check(station: StationSchema) -> Callable[[Path], None]:
    fewest, most = station.official_bytes

    def check(part: Path) -> None:
        size = part.stat().st_size
        if not fewest <= size <= most:
            raise SourceUnreadableError(f"it has {size:,} bytes, where {fewest:,} to {most:,} are expected.")
        rows = len(read(part, station).table)
        if station.official_rows and rows not in station.official_rows:
            expected = " or ".join(f"{count:,}" for count in station.official_rows)
            raise SourceUnreadableError(f"it has {rows:,} rows, where {expected} are expected.")

    return check


def _readings_check(station: StationSchema) -> Callable[[Path], None]:
    def check(part: Path) -> None:
        read(part, station)

    return check


def _remembered(failed: Path) -> str:
    """Give why the download failed a short while ago; empty where it did not."""
    try:
        minutes = (time.time() - failed.stat().st_mtime) / 60
        reason = failed.read_text(encoding="utf-8")
    except OSError:
        return ""
    if not 0 <= minutes < REMEMBERED_MINUTES:
        return ""
    return f"{reason} It is tried again in {REMEMBERED_MINUTES - minutes:.0f} minutes, or once {failed} is removed."


def _is_address(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def _downloads() -> Path:
    return cache_folder() / "downloads"
