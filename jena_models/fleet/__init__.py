"""A fleet: the stations that are run together, as a file lists them."""

from jena_models.fleet.fleet_file import FLEET_FILE, FleetFile, FleetStation, read_fleet
from jena_models.fleet.long_source import LIST, WHOLE, listed_parts, parts_of, told_of_part
from jena_models.fleet.station_template import placed_station
