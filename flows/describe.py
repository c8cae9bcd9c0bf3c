"""What a file of readings holds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from jena_models.descriptions.description import Description
from jena_models.errors import RequestError
from jena_models.proposals import propose
from jena_models.proposals.opened_source import open_source, source_name
from jena_models.proposals.sketch import Sketch, sketched
from jena_models.reading.long_format import long_readings, write_long
from jena_models.settings import Settings
from jena_models.sources.credentials import without_secrets
from jena_models.stations import load_station
from tasks.readings import bring, describe_services, description, ingest, locate


def look_at(settings: Settings, why: str) -> Sketch:
    """Give what a source shows before there is a station file for it.

    Raises:
        SourceUnreadableError: where not even its times or numbers are certain.
    """
    tables = open_source(bring(settings.source, settings.ingestion))
    return sketched(propose(tables, source_name(settings.source), {}), without_secrets(settings.source), why)


def describe(settings: Settings) -> Description:
    """Locate the readings, clean them, and describe what is left: numbers, periods, two figures.

    No flow: it answers a person at once, in less time than an orchestrator takes to start.
    """
    station = load_station(settings.station)
    source = locate.fn(settings.source, station, settings.ingestion)
    readings = ingest.fn(source, station)
    described = description.fn(readings, station)
    services = describe_services(readings, station, settings.ingestion)
    return described.model_copy(update={"services": services})


def write_readings(settings: Settings, output: Path) -> int:
    """Locate the readings, clean them, write them in Nixtla's long format, and give how many rows there are.

    Raises:
        RequestError: where the file cannot be written, or is the source itself.
    """
    if settings.source and output.exists() and Path(settings.source).exists() and output.samefile(settings.source):
        raise RequestError(f"{output} is the source itself; name another file to write.")
    station = load_station(settings.station)
    readings = ingest.fn(locate.fn(settings.source, station, settings.ingestion), station)
    return write_long(long_readings(pd.read_parquet(readings.readings), station), output)
