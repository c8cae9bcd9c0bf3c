"""Windows as a study makes them, for what is measured outside of one."""

from __future__ import annotations

from jena_models.settings import Settings
from jena_models.stations import StationSchema, load_station
from tasks.readings import ingest, locate, normalize, split_chronologically
from tasks.validation import validate
from tasks.workspace import Prepared, requested, resolve


def prepare(settings: Settings, station: StationSchema) -> Prepared:
    """Give the windows of a study's source."""
    readings = ingest.fn(locate.fn(settings.source, station, settings.ingestion), station)
    checked = validate.fn(readings, station, settings.validation, data_docs=False)
    return normalize.fn(split_chronologically.fn(checked, settings), settings, station)


def book_windows(source: str, simulated_years: float) -> tuple[Prepared, Settings]:
    """Give the book profile's windows of a source and the settings they were prepared with.

    Args:
        source: a path, an address or `simulated`.
        simulated_years: of readings that the simulated station gives.
    """
    settings = resolve("book", requested(source, None, 2, {"ingestion.simulated_years": simulated_years}))
    return prepare(settings, load_station(settings.station)), settings
