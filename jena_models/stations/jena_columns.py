"""The columns that follow by formula at any station, as the shipped station describes them."""

from __future__ import annotations

from jena_models.stations.named_stations import load_station
from jena_models.stations.schema import Column


def derived_columns() -> tuple[Column, ...]:
    """Give the columns of the quantities that formulas are known for."""
    return tuple(column for column in load_station("jena").columns if column.kind == "derived")
