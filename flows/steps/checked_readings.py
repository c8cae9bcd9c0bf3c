"""What a study, a search and a backtest begin with: readings from their source, checked."""

from __future__ import annotations

from jena_models.settings import Settings
from jena_models.stations import StationSchema
from tasks.orchestration import show_cleaning
from tasks.readings import ingest, locate, with_services
from tasks.studies import reach_store
from tasks.validation import validate
from tasks.workspace import Checked


def checked_readings(settings: Settings, station: StationSchema) -> Checked:
    """Locate, ingest and check readings, with the runs of their weather services, and show what was mended.

    Where the tracking store cannot be reached, nothing else is begun.
    """
    reach_store()
    found = locate(settings.source, station, settings.ingestion)
    readings = ingest(found, station)
    checked = validate(readings, station, settings.validation, data_docs=settings.tracking.data_docs)
    checked = with_services(checked, station, settings.ingestion)
    show_cleaning(checked)
    return checked
