"""From a file of readings to canonical readings and the report of their cleaning."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pandas as pd

from jena_models.errors import SourceUnreadableError
from jena_models.stations import StationSchema
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.cleaned.cleaning_report import CleaningReport
from jena_models.stations.raw_readings import RawReadings
from tasks.readings.locating import read_since
from tasks.readings.neighbour_readings import warn_of_neighbours, with_joined_neighbours
from tasks.workspace import Ingested, Source, stage, stage_folder, task

VERSION: Final = 25

logger = logging.getLogger("jena")


@task(name="ingest", timeout_seconds=1800)
def ingest(source: Source, station: StationSchema) -> Ingested:
    """Read and clean a source once, and those of its neighbours; the same content is not read again.

    Raises:
        SourceUnreadableError: where it does not hold readings of the station.
    """

    def write(folder: Path) -> None:
        readings, report = clean(raw_readings(source, station), station.alone)
        readings, report = with_joined_neighbours(readings, report, source, station)
        write_readings(folder, readings, report)

    folder = stage("ingest", VERSION, _parts(source.key, station), write)
    ingested = ingested_in(folder, source)
    logger.info("Readings of %s: %s", source.origin, ingested.report.summary())
    warn_of_neighbours(ingested.report)
    return ingested


def write_readings(folder: Path, readings: pd.DataFrame, report: CleaningReport) -> None:
    """Write cleaned readings and the report of their cleaning into a stage's folder."""
    readings.to_parquet(folder / "readings.parquet")
    (folder / "report.json").write_text(report.model_dump_json(indent=2), encoding="utf-8")


def ingested_in(folder: Path, source: Source) -> Ingested:
    """Give what `write_readings` left in a stage's folder, as the next stage takes it."""
    report = CleaningReport.model_validate_json((folder / "report.json").read_text(encoding="utf-8"))
    return Ingested(readings=folder / "readings.parquet", report=report, source=source, key=folder.name)


def raw_readings(source: Source, station: StationSchema, since: datetime | None = None) -> RawReadings:
    """Give what a source holds, read by the station's own columns; rows before `since`, in UTC, may be missing.

    Raises:
        SourceUnreadableError: where it does not hold readings of the station; of another station than Jena's, perhaps.
    """
    try:
        return read_since(source, station.alone, since)
    except SourceUnreadableError as error:
        if not station.addresses:
            raise
        file = source.path if source.is_part else source.origin
        advice = f"If it is another station's, `jena station new {file}` makes a station file for it."
        raise SourceUnreadableError(f"{error} {advice}") from error


def ingested_before(source_key: str, station: StationSchema) -> Path | None:
    """Give the readings that an earlier run ingested from a source of this content; None where they are gone."""
    readings = stage_folder("ingest", VERSION, _parts(source_key, station)) / "readings.parquet"
    return readings if readings.is_file() else None


def _parts(source_key: str, station: StationSchema) -> dict[str, Any]:
    return {"source": source_key, "station": station}
