"""The file that a station names itself, and the simulated station where it cannot be had."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from jena_models.errors import DownloadError, SourceUnreadableError
from jena_models.options.readings_options import Ingestion
from jena_models.reading.reading import read, write_simulated
from jena_models.stations import StationSchema
from jena_models.stations.simulated import GENERATOR_VERSION, simulate
from tasks.readings.locating.downloads import download
from tasks.readings.locating.fetched_files import downloads_folder
from tasks.workspace import Source, file_key, stage

VERSION: Final = 1

CONNECT_SECONDS: Final = 3.0
"""A network that is closed must not hold up `auto`: it has the simulated station to fall back on."""

REMEMBERED_MINUTES: Final = 10.0
"""How long `auto` does not try the download again after it failed."""

logger = logging.getLogger("jena")


def automatic(station: StationSchema, ingestion: Ingestion) -> Source:
    """Give the station's official file, brought where it is not here yet; simulated readings where it cannot be."""
    if station.addresses:
        file = downloads_folder() / station.official_file
        if file.is_file():
            return _kept(file, station)
        failed = file.with_name(f"{file.name}.failed")
        if reason := _remembered(failed):
            return _fall_back(reason, station, ingestion)
        reason = _download_official(file, station, ingestion)
        if not reason:
            failed.unlink(missing_ok=True)
            return _kept(file, station)
        failed.write_text(reason, encoding="utf-8")
        return _fall_back(
            f"{reason} It is tried again in {REMEMBERED_MINUTES:.0f} minutes, or once {failed} is removed.",
            station,
            ingestion,
        )
    return _fall_back(f"The station '{station.name}' names no address.", station, ingestion)


def official(address: str, station: StationSchema, ingestion: Ingestion) -> Source:
    """Give the station's official file as one of its addresses has it now.

    Raises:
        DownloadError: where it gives none.
    """
    file = downloads_folder() / station.official_file
    download(address, file, _official_check(station), ingestion.download_timeout_seconds)
    return Source(path=file, origin=address, kind="real", key=file_key(file))


def simulated(station: StationSchema, ingestion: Ingestion) -> Source:
    """Give readings of a station that is not there, made once."""
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


def _kept(file: Path, station: StationSchema) -> Source:
    return Source(path=file, origin=station.addresses[0], kind="real", key=file_key(file))


def _fall_back(reason: str, station: StationSchema, ingestion: Ingestion) -> Source:
    line = "!" * 100
    logger.warning(
        "\n%s\n!!  NO REAL READINGS: the SIMULATED STATION is used, and what is trained on it says nothing of real "
        "weather.\n!!  %s\n!!  Name a file of readings with --source or JENA_SOURCE.\n%s",
        line,
        reason,
        line,
    )
    return simulated(station, ingestion)


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
