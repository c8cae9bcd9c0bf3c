"""What a neighbouring station measured: anomalies, tendencies, and how they differ from the station's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from jena_models.features.recent import Features, Recent
from jena_models.frozen import Frozen
from jena_models.stations.formulas import wind_vector
from jena_models.stations.schema import StationSchema
from jena_models.stations.units import plain_unit_of

ANOMALY_HOURS: Final = (0, 3, 6, 12, 18, 24, 36, 48)
DIFFERENCE_HOURS: Final = (0, 6, 12, 24)
CHANGE_HOURS: Final = (3, 6, 12, 24)
WIND_HOURS: Final = (0, 6, 12, 24)
MEAN_HOURS: Final = (6, 24)


class NeighbourColumns(Frozen):
    """Which columns a neighbour has."""

    target: str
    """That of the target's quantity, else of what its own station file has for a target; empty where it has neither."""
    is_comparable: bool
    """Whether that is in the target's unit."""
    quantities: dict[str, str]
    """The canonical column of each other quantity, such as `p` and `wv`."""


def columns_of_neighbours(station: StationSchema, columns: Sequence[str], target: str) -> dict[str, NeighbourColumns]:
    """Give each neighbour that has columns among those there are, by its name.

    Args:
        station: with its neighbours' columns.
        columns: the canonical names of those that there are.
        target: the name of the column to forecast.
    """
    found: dict[str, NeighbourColumns] = {}
    wanted = station.column(target).quantity
    for neighbour in dict.fromkeys(station.column(name).neighbour for name in columns):
        if not neighbour:
            continue
        theirs = {station.column(n).quantity: n for n in columns if station.column(n).neighbour == neighbour}
        described = next((each.described for each in station.named_neighbours if each.name == neighbour), None)
        own_target = described.column(described.target).quantity if described else ""
        like = theirs.get(wanted) or theirs.get(own_target) or ""
        found[neighbour] = NeighbourColumns(
            target=like,
            is_comparable=bool(like) and plain_unit_of(like) == plain_unit_of(target),
            quantities={quantity: name for quantity, name in theirs.items() if name != like},
        )
    return found


def of_neighbour(
    name: str,
    columns: NeighbourColumns,
    recent: Recent,
    anomaly: Callable[[str], str],
    *,
    target: str,
    own: Mapping[str, str],
) -> Features:
    """Give the features of one neighbour.

    Args:
        name: the neighbour's.
        columns: which it has.
        recent: the histories' last hours.
        anomaly: makes the anomaly of a column readable, and gives the name under which.
        target: the station's own.
        own: the station's own column of each quantity.
    """
    features = _of_target(columns, recent, anomaly, target) if columns.target else {}
    if (pressure := columns.quantities.get("p")) is not None:
        features |= _of_pressure(name, pressure, own.get("p"), recent)
    for quantity in ("T", "rh"):
        if (column := columns.quantities.get(quantity)) is not None:
            features[f"{column} now"] = recent.ago(column, 0)
            features |= recent.means(column, (24,))
    speed, direction = columns.quantities.get("wv"), columns.quantities.get("wd")
    if speed is not None:
        features[f"{speed} now"] = recent.ago(speed, 0)
    if speed is not None and direction is not None:
        features |= _of_wind(name, speed, direction, recent)
    return features


def _of_target(columns: NeighbourColumns, recent: Recent, anomaly: Callable[[str], str], target: str) -> Features:
    theirs = anomaly(columns.target)
    features = recent.values_ago(theirs, ANOMALY_HOURS) | recent.means(theirs, MEAN_HOURS)
    features |= recent.changes(theirs, CHANGE_HOURS)
    if columns.is_comparable:
        ours = anomaly(target)
        for hours in recent.within(DIFFERENCE_HOURS):
            features[f"{theirs} above ours {hours} h ago"] = recent.ago(theirs, hours) - recent.ago(ours, 0)
        for hours in recent.spanned(MEAN_HOURS):
            features[f"{theirs} above ours mean {hours} h"] = recent.mean(theirs, hours) - recent.mean(ours, hours)
    return features


def _of_pressure(name: str, pressure: str, ours: str | None, recent: Recent) -> Features:
    features = recent.changes(pressure, CHANGE_HOURS)
    if ours is None:
        features[f"{pressure} now"] = recent.ago(pressure, 0)
        return features
    features[f"{name} pressure above ours"] = recent.ago(pressure, 0) - recent.ago(ours, 0)
    for hours in recent.within(CHANGE_HOURS):
        features[f"{name} pressure above ours change {hours} h"] = recent.change(pressure, hours) - recent.change(
            ours, hours
        )
    return features


def _of_wind(name: str, speed: str, direction: str, recent: Recent) -> Features:
    features: Features = {}
    components = wind_vector(recent.all_of(speed), recent.all_of(direction))
    for way, component in zip(("east", "north"), components, strict=True):
        read = f"{name} wind to the {way}"
        recent.add(read, np.asarray(component))
        features |= recent.values_ago(read, WIND_HOURS) | recent.means(read, MEAN_HOURS)
    return features
