"""The stations of a fleet, as the page shows them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from jena_models.errors import RequestError
from jena_models.page.station_facts import Fault
from tasks.fleet import Entry, fleet_entries
from tasks.page.shown_station import Listed, ShownStation, Stations

logger = logging.getLogger("jena")


def fleet_stations(file: Path) -> Stations:
    """Give the stations that a fleet file lists, and its entries that have a fault; read anew when the file changes.

    A file that can no longer be read leaves the stations that it listed before, and is a fault itself.

    Raises:
        RequestError: where it cannot be read to begin with.
    """
    read_at, listed = _written(file), _listed(fleet_entries(file))

    def now() -> Listed:
        nonlocal read_at, listed
        if (at := _written(file)) != read_at:
            read_at = at
            try:
                listed = _listed(fleet_entries(file))
            except RequestError as error:
                logger.warning("The stations stay as they were: %s", error)
                wrong = Fault(name=file.name, sentence=f"The stations stay as they were: {error}")
                others = tuple(fault for fault in listed.faults if fault.name != file.name)
                listed = replace(listed, faults=(wrong, *others))
        return listed

    return now


def _listed(entries: Sequence[Entry]) -> Listed:
    shown, faults = [], []
    for entry in entries:
        if entry.station is None or entry.settings is None:
            logger.warning("%s is not on the page: %s", entry.name, entry.fault)
            faults.append(Fault(name=entry.name, sentence=entry.fault))
        else:
            shown.append(ShownStation(entry.name, entry.title, entry.model, entry.station, entry.settings))
    return Listed(shown, tuple(faults))


def _written(file: Path) -> int:
    return file.stat().st_mtime_ns if file.is_file() else 0
