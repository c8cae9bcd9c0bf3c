"""The stations of a fleet, as the page shows them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from jena_models.errors import RequestError
from jena_models.fleet import FleetFile, read_fleet
from jena_models.page.station_facts import Fault
from tasks.fleet import Entry, entries_of
from tasks.page.shown_station import Listed, ShownStation, Stations

logger = logging.getLogger("jena")


def fleet_stations(file: Path) -> Stations:
    """Give the stations that a fleet file lists, and its entries that have a fault.

    They are read anew when the file changes, its table of places, or a station file that it names. A file that can no
    longer be read leaves the stations that it listed before, and is a fault itself.

    Raises:
        RequestError: where it cannot be read to begin with.
    """
    fleet = read_fleet(file)
    files = _files(file, fleet)
    read_at = _written(files)
    listed = _listed(entries_of(fleet), _tables(fleet))

    def now() -> Listed:
        nonlocal files, read_at, listed
        if (at := _written(files)) != read_at:
            read_at = at
            try:
                fleet = read_fleet(file)
                files = _files(file, fleet)
                read_at = (at[0], *_written(files[1:]))
                listed = _listed(entries_of(fleet), _tables(fleet))
            except RequestError as error:
                logger.warning("The stations stay as they were: %s", error)
                wrong = Fault(name=file.name, sentence=f"The stations stay as they were: {error}")
                others = tuple(fault for fault in listed.faults if fault.name != file.name)
                listed = replace(listed, faults=(wrong, *others))
        return listed

    return now


def _listed(entries: Sequence[Entry], tables: Mapping[str, str]) -> Listed:
    shown, faults = [], []
    for entry in entries:
        if entry.station is None or entry.settings is None:
            logger.warning("%s is not on the page: %s", entry.name, entry.fault)
            faults.append(Fault(name=entry.name, sentence=entry.fault))
        else:
            table = tables.get(entry.name, "")
            shown.append(ShownStation(entry.name, entry.title, entry.model, entry.station, entry.settings, table))
    return Listed(shown, tuple(faults))


def _tables(fleet: FleetFile) -> dict[str, str]:
    """Give the one table by the name of each station that has rows in it; they are divided when these are forecast."""
    return {each.name: fleet.source for each in fleet.stations if fleet.station_column and not each.source}


def _files(file: Path, fleet: FleetFile) -> tuple[Path, ...]:
    """Give what the stations' entries are read from."""
    named = [fleet.places, fleet.station, *(each.station for each in fleet.stations)]
    return (file, *(Path(each).expanduser() for each in dict.fromkeys(named) if each))


def _written(files: Sequence[Path]) -> tuple[int, ...]:
    return tuple(each.stat().st_mtime_ns if each.is_file() else 0 for each in files)
