"""The runs of a station's forecast sources as far as files and databases hold them, read again when they change."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from jena_models.errors import JenaError
from jena_models.named_files import named_path
from jena_models.sources.databases import is_database
from jena_models.sources.several_files import files_of
from jena_models.stations.forecast_sources import ForecastSource
from jena_models.stations.schema import StationSchema
from jena_models.weather_service.run_files.run_tables import read_runs
from jena_models.weather_service.service import Service
from jena_models.weather_service.service_runs import Runs

ADDRESSES: Final = ("http://", "https://")

Stamp = tuple[tuple[str, int, int], ...]

logger = logging.getLogger("jena")


class StationFiles:
    """Reads a station's forecast sources; one that cannot be read is told of and left out."""

    def __init__(self, station: StationSchema) -> None:
        self._station = station
        self._known: dict[str, tuple[Stamp, Runs]] = {}

    def __call__(self) -> Service | None:
        """Give the runs that are there now; None where no source can be read."""
        found = []
        for source in self._station.forecasts:
            try:
                found.append(self._runs(source))
            except (JenaError, OSError) as error:
                logger.warning("The forecast goes on without the weather service '%s': %s", source.name, error)
        return Service(tuple(found)) if found else None

    def _runs(self, source: ForecastSource) -> Runs:
        if is_database(source.source):
            return read_runs(source.source, source, self._station, all_needed=False)
        if source.service is not None or source.source.startswith(ADDRESSES):
            raise JenaError("an address is read by `jena forecast` alone; name a file or a database.")
        path = named_path(source.source)
        stamp = _stamp(path)
        if source.name not in self._known or self._known[source.name][0] != stamp:
            self._known[source.name] = (stamp, read_runs(path, source, self._station, all_needed=False))
        return self._known[source.name][1]


def _stamp(path: Path) -> Stamp:
    told = ((file, file.stat()) for file in files_of(path))
    return tuple((str(file), each.st_size, each.st_mtime_ns) for file, each in told)
