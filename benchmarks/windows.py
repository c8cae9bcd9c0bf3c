"""Windows as a study makes them, for what is measured outside of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.fleets.study_steps import prepared_with
from jena_models.settings import Settings
from jena_models.stations import StationSchema, load_station
from tasks.workspace import Prepared, requested, resolve


def windows_of_source(
    profile: str, source: str, changes: Mapping[str, Any] | None = None, workers: int = 1
) -> tuple[Prepared, Settings, StationSchema]:
    """Give a source's windows by a profile, with the settings and the station that they were prepared with."""
    settings = resolve(profile, requested(source, None, workers, changes))
    station = load_station(settings.station)
    return prepared_with(settings, station), settings, station


def book_windows(source: str, simulated_years: float) -> tuple[Prepared, Settings]:
    """Give the same by the book profile, of so many years where the source is the simulated station."""
    prepared, settings, _ = windows_of_source("book", source, {"ingestion.simulated_years": simulated_years}, workers=2)
    return prepared, settings
