"""The four wind farms of GEFCom2012 as a fleet: one model for all beside one each."""

from __future__ import annotations

from typing import Final

import numpy as np
import yaml

from benchmarks.fleet.cities import City, Periods, prepared_cities
from benchmarks.skill.neighbours import farm
from jena_models.fleet import FleetFile, FleetStation
from tasks.workspace import cache_folder

NAMES: Final = ("farm1", "farm2", "farm3", "farm4")
PERIODS: Final = Periods(*(np.datetime64(day) for day in ("2011-01-01", "2011-07-01", "2012-07-01")))


def farms(file: str) -> list[City]:
    """Give the farms of GEFCom's table of power; where they stand is not known."""
    folder = cache_folder() / "farms"
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(farm(name)), encoding="utf-8")
    stations = tuple(FleetStation(name=name, station=str(folder / f"{name}.yaml"), source=file) for name in NAMES)
    return prepared_cities(FleetFile(name="farms", profile="best", stations=stations), PERIODS)
