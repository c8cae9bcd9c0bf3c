"""The windows that both ways are timed on: the book profile's."""

from __future__ import annotations

from jena_models.settings import Settings
from jena_models.stations import load_station
from tasks.readings import ingest, locate, normalize, split_chronologically
from tasks.validation import validate
from tasks.workspace import Prepared, requested, resolve


def book_windows(source: str, simulated_years: float) -> tuple[Prepared, Settings]:
    """Give the prepared windows of a source and the settings they were prepared with, as a study makes them.

    Args:
        source: a path, an address or `simulated`.
        simulated_years: of readings that the simulated station gives.
    """
    settings = resolve("book", requested(source, None, 2, {"ingestion.simulated_years": simulated_years}))
    station = load_station(settings.station)
    readings = ingest.fn(locate.fn(settings.source, station, settings.ingestion), station)
    divided = split_chronologically.fn(validate.fn(readings, station, settings.validation, data_docs=False), settings)
    return normalize.fn(divided, settings, station), settings
