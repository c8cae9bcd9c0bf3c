"""From what was asked for as a source to files that are here."""

from tasks.readings.locating.database_snapshots import NeededDays
from tasks.readings.locating.located_source import bring, locate, located
from tasks.readings.locating.neighbour_sources import OUTSIDE_A_FLEET
from tasks.readings.locating.remembered_sources import read_since, sources_read_once
from tasks.readings.locating.source_requests import WORDS, check_request
