"""What weather services forecast for a station: located as readings are, read once, and kept as arrays."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

from jena_models.errors import (
    DatabaseUnreachableError,
    DownloadError,
    DownloadInterruptedError,
    JenaError,
    SourceNotFoundError,
    SourceUnreadableError,
)
from jena_models.options.readings_options import Ingestion
from jena_models.stations.forecast_sources import ForecastSource
from jena_models.stations.schema import StationSchema
from jena_models.weather_service.forecast_runs import Runs
from jena_models.weather_service.run_tables import read_runs
from jena_models.weather_service.service import Service
from tasks.readings.newest_readings import own_cache
from tasks.readings.sources import located
from tasks.workspace import Checked, Source, content_key, only_after, stage, task

VERSION: Final = 1
"""Raise it when the same files would give other runs."""

logger = logging.getLogger("jena")


@task(
    name="read the weather service",
    retries=2,
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
        SourceUnreadableError: where it does not hold the runs that the station file says.
    """
    found: list[tuple[ForecastSource, Source]] = []
    for source in station.forecasts:
        try:
            found.append((source, located(source.source, ingestion, partial(_try, source=source, station=station))))
        except (SourceNotFoundError, SourceUnreadableError, DownloadError) as error:
            if all_needed:
                raise
            logger.warning("The forecast goes on without the weather service '%s': %s", source.name, error)
    if not found:
        return checked
    parts = {
        "sources": [{"told": source, "content": place.key} for source, place in found],
        "columns": station.columns,
    }

    def write(folder: Path) -> None:
        made = Service(tuple(_read(source, place, station) for source, place in found))
        made.save(folder)

    try:
        # What a study was fed with stays, as its arrays do; what forecasts are fed with changes by the hour.
        with nullcontext() if all_needed else own_cache():
            folder = stage("service", VERSION, parts, write)
    except JenaError as error:
        if all_needed:
            raise
        logger.warning("The forecast goes on without the weather service: %s", error)
        return checked
    return checked.model_copy(
        update={
            "service": folder,
            "services": tuple(source.name for source, _ in found),
            "key": content_key(checked=checked.key, service=folder.name),
        }
    )


def service_of(checked: Checked) -> Service | None:
    """Give the runs that `with_services` left with checked readings; None where there are none."""
    return None if checked.service is None else _loaded(checked.service)


@lru_cache(maxsize=2)
def _loaded(folder: Path) -> Service:
    return Service.load(folder)


def _read(source: ForecastSource, place: Source, station: StationSchema) -> Runs:
    runs = read_runs(place.path, source, station)
    logger.info(
        "Weather service '%s': %s runs of up to %g hours", source.name, f"{len(runs):,}", runs.lead_seconds[-1] / 3600
    )
    return runs


def _try(part: Path, source: ForecastSource, station: StationSchema) -> None:
    read_runs(part, source, station)
