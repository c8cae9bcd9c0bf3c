"""Silent sensors and outages, made up to learn from, so as to do without any reading but the target's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from jena_models.features.feature_builder import FeatureBuilder
from jena_models.features.histories import Histories
from jena_models.stations.formulas import inputs_of
from jena_models.stations.schema import StationSchema

TRIED: Final = 64
"""Histories that show which features a sensor has a part in."""
SILENT_TOGETHER: Final = 0.4
"""In how large a share of the other windows each sensor is silent, one as the other."""
SERVICE: Final = "weather service"
"""What a weather service says, silent like a sensor."""
OUTAGE_HOURS: Final = (1.0, 120.0)
"""How long outages are that are made up to learn from, from and to, evenly on a logarithmic scale."""

Values = NDArray[np.float32]
Generator = np.random.Generator
Show = Callable[[Histories], Values]
"""Gives the features of histories, shape (histories, features), NaN where a reading they need is missing."""


class Silenced:
    """Which features each sensor has a part in."""

    def __init__(self, of_sensors: Mapping[str, NDArray[np.bool_]]) -> None:
        self.of_sensors = dict(of_sensors)

    @classmethod
    def of(cls, show: Show, histories: Histories, target: str, station: StationSchema) -> Self:
        """Find them: those that are missing where the sensor, with all that is computed from it, says nothing."""
        apart = max(1, len(histories) // TRIED)
        few = histories.part(slice(None, None, apart))
        found: dict[str, NDArray[np.bool_]] = {}
        for sensor, columns in sensors(few.columns, target, station).items():
            readings = few.readings.copy()
            readings[:, [few.columns.index(name) for name in columns]] = np.nan
            without = show(replace(few, readings=readings))
            found[sensor] = np.asarray(np.isnan(without).all(axis=0))
        if few.service is not None:
            of_service = np.asarray(np.isnan(show(replace(few, service=None))).all(axis=0))
            if of_service.any():
                found[SERVICE] = of_service
        return cls(found)

    def at_random(self, features: Values, share: float, generator: Generator) -> Values:
        """Give the features, shape (windows, features), with one sensor silent in a share of the windows, else some."""
        shown, windows = features.copy(), len(features)
        of_one = generator.random(windows) < share
        chosen = generator.integers(0, max(1, len(self.of_sensors)), windows)
        for place, missing in enumerate(self.of_sensors.values()):
            silent = np.where(of_one, chosen == place, generator.random(windows) < SILENT_TOGETHER)
            shown[np.ix_(silent, missing)] = np.nan
        return shown


def sensors(columns: Sequence[str], target: str, station: StationSchema) -> dict[str, tuple[str, ...]]:
    """Give each sensor's columns: its own and those that follow by formula from what it measures; not the target's.

    A whole neighbour counts as one sensor: where its readings do not come, none of them do.
    """
    own = [name for name in columns if not station.column(name).neighbour]
    neighbours = {
        each: tuple(c for c in columns if station.column(c).neighbour == each) for each in _named(columns, station)
    }
    return _own_sensors(own, target, station) | {f"neighbour {name}": those for name, those in neighbours.items()}


def _named(columns: Sequence[str], station: StationSchema) -> dict[str, None]:
    return dict.fromkeys(station.column(name).neighbour for name in columns if station.column(name).neighbour)


def _own_sensors(columns: Sequence[str], target: str, station: StationSchema) -> dict[str, tuple[str, ...]]:
    measured = [name for name in columns if station.column(name).kind != "derived" and name != target]
    quantities = {name: station.column(name).quantity for name in columns}
    return {
        sensor: tuple(
            name
            for name in columns
            if name == sensor
            or (station.column(name).kind == "derived" and quantities[sensor] in inputs_of(quantities[name]))
        )
        for sensor in measured
    }


def with_outages(histories: Histories, share: float, generator: Generator) -> NDArray[np.float64]:
    """Give the readings with stretches of rows taken out, of which each is as long as outages are."""
    readings = histories.readings.copy()
    first, end = int(histories.rows.min()), int(histories.rows.max()) + 1
    hour = max(1, round(3600 / float(np.median(np.diff(histories.seconds)))))
    low, high = np.log(OUTAGE_HOURS)
    gone = 0
    while gone < share * (end - first):
        length = round(hour * float(np.exp(generator.uniform(low, high))))
        start = int(generator.integers(first, end))
        readings[start : start + length] = np.nan
        gone += length
    return readings


def steps_unknown(histories: Histories, column: str) -> NDArray[np.float64]:
    """Give for how many steps a column has not been known at the issue time, shape (histories,); NaN where never.

    Args:
        histories: some thousands at most, since all their steps are looked up at once.
        column: its canonical name.
    """
    known = np.isfinite(histories.steps_of(column))[:, ::-1]
    return np.where(known.any(axis=1), known.argmax(axis=1), np.nan)


def with_steps_unknown(builder: FeatureBuilder, histories: Histories) -> Values:
    """Give a builder's features, and beside them for how many steps its target has not been known."""
    features = np.empty((len(histories), len(builder.names(histories)) + 1), dtype=np.float32)
    for part, batch in histories.batches():
        features[part, :-1] = builder.build(batch)
        features[part, -1] = steps_unknown(batch, builder.target)
    return features
