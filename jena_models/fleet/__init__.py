"""A fleet: the stations that are run together, as a file lists them."""

from jena_models.fleet.fleet_file import FLEET_FILE, FleetFile, FleetStation, read_fleet
from jena_models.fleet.long_source import parts_of
from jena_models.fleet.station_template import placed_station

__all__ = ["FLEET_FILE", "FleetFile", "FleetStation", "parts_of", "placed_station", "read_fleet"]
