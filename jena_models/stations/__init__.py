"""Stations: what they measure, in which units and limits, and how their files are read."""

from jena_models.stations.clock import Clock
from jena_models.stations.named_stations import load_station
from jena_models.stations.schema import Column, StationSchema
