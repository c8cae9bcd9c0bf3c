"""From what was asked for as a source to files that are here."""

from tasks.readings.locating.database_snapshots import NeededDays
from tasks.readings.locating.located_source import OUTSIDE_A_FLEET, WORDS, bring, check_request, locate, located
from tasks.readings.locating.remembered_sources import read_since, sources_read_once
