"""What weather services forecast for a station: located as readings are, read once, and kept as arrays."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.errors import DatabaseUnreachableError, DataInvalidError, DownloadInterruptedError, JenaError
from jena_models.options.readings_options import Ingestion
from jena_models.reading.reading import read
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.clock import seconds_of
from jena_models.stations.forecast_sources import ForecastSource
from jena_models.stations.schema import StationSchema
from jena_models.weather_service.run_descriptions import ServiceDescription, describe_runs, doubts
from jena_models.weather_service.run_files.run_tables import read_runs
from jena_models.weather_service.service import Service
from jena_models.weather_service.service_runs import Runs
from jena_models.weather_service.simulated_runs import GENERATOR_VERSION, SIMULATED, simulate_runs, simulated_source
from tasks.readings.forecast_runs.service_clients import fetched_runs
from tasks.readings.locating import located
from tasks.readings.newest_readings import own_cache
from tasks.workspace import Checked, Finding, Ingested, Source, content_key, only_after, stage, task

VERSION: Final = 16
"""Raise it when the same files would give other runs."""

logger = logging.getLogger("jena")


@task(
    name="read the weather service",
    retry_delay_seconds=[1, 5],
    retry_condition_fn=only_after(DownloadInterruptedError, DatabaseUnreachableError),
    timeout_seconds=3600,
)
def with_services(
    checked: Checked, station: StationSchema, ingestion: Ingestion, *, all_needed: bool = True
) -> Checked:
    """Give checked readings with the runs of the station's forecast sources; as they are where it names none.

    Args:
        checked: the readings.
        station: names the sources.
        ingestion: how long to wait for an address.
        all_needed: whether a source that cannot be read ends the work; else it goes on without, as a forecast does.

    Raises:
        SourceNotFoundError: where a source is not there.
        DownloadError: where it cannot be downloaded.
        DataInvalidError: where its numbers are not what the station file says, as K taken for °C.
        SourceUnreadableError: where it does not hold the runs that the station file says.
    """
    folder = _kept(checked.ingested, station, ingestion, all_needed=all_needed)
    if folder is None:
        return checked
    service = _loaded(folder)
    doubted = _doubts(service, checked.readings) if all_needed else ()
    return checked.model_copy(
        update={
            "service": folder,
            "services": tuple(runs.name for runs in service.sources),
            "findings": (*checked.findings, *doubted),
            "key": content_key(checked=checked.key, service=folder.name),
        }
    )


@task(name="read what the weather service said", timeout_seconds=3600)
def known_service(ingested: Ingested, station: StationSchema, ingestion: Ingestion) -> Service | None:
    """Give the runs of a station's forecast sources, as far as they can be read; None where there are none."""
    folder = _kept(ingested, station, ingestion, all_needed=False)
    return None if folder is None else _loaded(folder)


def service_of(checked: Checked) -> Service | None:
    """Give the runs that `with_services` left with checked readings; None where there are none."""
    return None if checked.service is None else _loaded(checked.service)


def describe_services(
    ingested: Ingested, station: StationSchema, ingestion: Ingestion
) -> tuple[ServiceDescription, ...]:
    """Give what the runs of a station's forecast sources are like beside its readings.

    Raises:
        JenaError: as `with_services`.
    """
    found = _found(ingested, station, ingestion, all_needed=True)
    seconds, values = _measured(ingested.readings)
    return tuple(describe_runs(_read(*each, station, all_needed=True), seconds, values) for each in found)


def _kept(readings: Ingested, station: StationSchema, ingestion: Ingestion, *, all_needed: bool) -> Path | None:
    """Give the folder of the runs of a station's sources, read where they were not; None where there are none."""
    found = _found(readings, station, ingestion, all_needed=all_needed)
    read = _Reading(station, all_needed=all_needed)
    if all_needed:
        return _staged(found, read) if found else None
    # What a study was fed with stays, as its arrays do; what forecasts are fed with changes by the hour.
    with own_cache():
        try:
            return _staged(found, read) if found else None
        except (JenaError, OSError):
            readable = [each for each in found if _is_readable(*each, read)]
            return _staged(readable, read) if readable else None


class _Reading:
    """Reads each source once, all of its files or those that can be read; one that cannot be, whenever it is asked."""

    def __init__(self, station: StationSchema, *, all_needed: bool) -> None:
        self.station, self.all_needed = station, all_needed
        self._known: dict[str, Runs] = {}

    def __call__(self, source: ForecastSource, place: Source) -> Runs:
        """Give a source's runs."""
        if source.name not in self._known:
            self._known[source.name] = _read(source, place, self.station, all_needed=self.all_needed)
        return self._known[source.name]


def _staged(found: Sequence[tuple[ForecastSource, Source]], read: _Reading) -> Path:
    """Give the folder of the runs of sources.

    Raises:
        JenaError: where one cannot be read.
    """
    parts = {
        "sources": [{"told": source, "content": place.key} for source, place in found],
        "columns": read.station.columns,
        "steps": [read.station.cadence_minutes, read.station.resample_minutes],
        "read as": [read.station.time_formats, read.station.sentinels],
        "generator": GENERATOR_VERSION,
    }

    def write(folder: Path) -> None:
        Service(tuple(read(*each) for each in found)).save(folder)

    return stage("service", VERSION, parts, write)


def _is_readable(source: ForecastSource, place: Source, read: _Reading) -> bool:
    try:
        read(source, place)
    except (JenaError, OSError) as error:
        _go_on_without(source, error)
        return False
    return True


def _go_on_without(source: ForecastSource, error: Exception) -> None:
    logger.warning("The forecast goes on without the weather service '%s': %s", source.name, error)


def _found(
    readings: Ingested, station: StationSchema, ingestion: Ingestion, *, all_needed: bool
) -> list[tuple[ForecastSource, Source]]:
    """Give each forecast source and where it is; a simulated one is made of the readings, all of them."""
    found: list[tuple[ForecastSource, Source]] = []
    simulated = (simulated_source(station),) if ingestion.simulated_service else ()
    for source in station.forecasts or simulated:
        if source.source == SIMULATED:
            found.append((source, readings.source.model_copy(update={"kind": "simulated"})))
            continue
        try:
            found.append((source, _place(source, readings, station, ingestion, all_needed=all_needed)))
        except (JenaError, OSError) as error:
            if all_needed:
                raise
            _go_on_without(source, error)
    return found


def _place(
    source: ForecastSource, readings: Ingested, station: StationSchema, ingestion: Ingestion, *, all_needed: bool
) -> Source:
    """Give where a source's runs are: fetched as its ready description says, or as readings are located."""
    if source.service is None:
        return located(source.source, ingestion, lambda part: read_runs(part, source, station))
    span = (readings.report.start, readings.report.end)
    return fetched_runs(source, source.service, station, span, ingestion, all_needed=all_needed)


def _doubts(service: Service, readings: Path) -> tuple[Finding, ...]:
    """Give what is to be doubted of the sources, as findings of validation.

    Raises:
        DataInvalidError: where one is not what the station file says.
    """
    seconds, values = _measured(readings)
    newest = np.datetime64(int(seconds[-1]), "s").astype(datetime)
    findings = []
    for runs in service.sources:
        for outcome, expected, sentence in doubts(describe_runs(runs, seconds, values), newest):
            if outcome == "fail":
                raise DataInvalidError(f"The forecasts are not fit for use: {sentence}.")
            logger.warning("Validation (warn): %s.", sentence)
            findings.append(Finding(expectation=expected, outcome="warn", rows=0, example="", sentence=sentence))
    return tuple(findings)


def _measured(readings: Path) -> tuple[NDArray[np.int64], dict[str, NDArray[np.float64]]]:
    table = pd.read_parquet(readings)
    seconds = seconds_of(table.index)
    return seconds, {str(name): table[name].to_numpy(np.float64) for name in table.columns}


@lru_cache(maxsize=2)
def _loaded(folder: Path) -> Service:
    return Service.load(folder)


def _read(source: ForecastSource, place: Source, station: StationSchema, *, all_needed: bool) -> Runs:
    if source.source == SIMULATED:
        runs = simulate_runs(clean(read(place.path, station), station, is_record=False)[0], source)
    else:
        runs = read_runs(place.path, source, station, all_needed=all_needed)
    logger.info(
        "Weather service '%s': %s runs of up to %g hours", source.name, f"{len(runs):,}", runs.lead_seconds[-1] / 3600
    )
    return runs
