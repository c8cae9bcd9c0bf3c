"""Stations: what they measure, in which units and limits, and how their files are read."""

from jena_models.stations.clock import Clock
from jena_models.stations.schema import Column, StationSchema, load_station

__all__ = ["Clock", "Column", "StationSchema", "load_station"]
