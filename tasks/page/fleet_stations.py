"""The stations of a fleet, as the page shows them."""

from __future__ import annotations

import logging
from pathlib import Path

from jena_models.errors import RequestError
from tasks.fleet import Entry, fleet_entries
from tasks.page.shown_station import ShownStation, Stations

logger = logging.getLogger("jena")


def fleet_stations(file: Path) -> Stations:
    """Give the stations that a fleet file lists, those aside that have a fault; read anew whenever the file changes.

    A file that can no longer be read leaves the stations that it listed before.

    Raises:
        RequestError: where it cannot be read to begin with.
    """
    read_at, shown = _written(file), _shown(fleet_entries(file))

    def now() -> list[ShownStation]:
        nonlocal read_at, shown
        if (at := _written(file)) != read_at:
            read_at = at
            try:
                shown = _shown(fleet_entries(file))
            except RequestError as error:
                logger.warning("The stations stay as they were: %s", error)
        return shown

    return now


def _shown(entries: tuple[Entry, ...]) -> list[ShownStation]:
    shown = []
    for entry in entries:
        if entry.station is None or entry.settings is None:
            logger.warning("%s is not on the page: %s", entry.name, entry.fault)
        else:
            shown.append(ShownStation(entry.name, entry.title, entry.model, entry.station, entry.settings))
    return shown


def _written(file: Path) -> int:
    return file.stat().st_mtime_ns if file.is_file() else 0
