"""What a file of readings holds."""

from __future__ import annotations

from jena_models.descriptions.description import Description
from jena_models.settings import Settings
from jena_models.stations import load_station
from tasks.readings import describe_services, description, ingest, locate


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
