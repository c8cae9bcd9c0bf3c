"""Features that mean the same at every station, and how a station without a record does without some of them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.features.almanac.seasonal_waves import Climatology
from jena_models.features.feature_builder import QUANTITIES, FeatureBuilder
from jena_models.features.feature_settings import FeatureSettings
from jena_models.features.groups import WITH_ANOMALIES
from jena_models.features.histories import Histories
from jena_models.features.recent import Recent
from jena_models.frozen import Frozen
from jena_models.pooling import memory
from jena_models.stations.schema import StationSchema
from jena_models.windows.silence import steps_unknown

MEAN_HOURS: Final = (6, 24, 48, 72, 120)
"""Over which a column's own mean is taken: a level that needs no record but the history."""
LEVELS: Final = ("T", "p", "rh", "wv", "VPdef")
"""Quantities whose newest value is compared with their own means, beside the target."""
PLACE: Final = ("latitude", "longitude", "elevation", "station")
"""What tells stations apart; the last is a number of each, in no order."""

STEPS_WITHOUT: Final = "steps without target"
"""For how many steps the target has not been known: asked for by trees that do without other readings alone."""

Values = NDArray[np.float32]


class StationInputs(Frozen):
    """How a station's histories become what the shared trees see."""

    builder: FeatureBuilder
    """With the climatologies of the station's own record."""
    names: dict[str, str]
    """What names of features call a column of the station, which is its quantity, or `target`."""
    latitude: float
    longitude: float
    elevation: float | None
    number: int | None = None
    """Of the station among those that the trees were grown on; None for another."""
    has_record: bool = True
    """Whether its record is long enough for climatologies; else what is computed from them is missing."""
    target_scale: float = 1.0
    """How much of the target, in its own unit, counts as one in what the trees say."""

    @classmethod
    def of(
        cls, builder: FeatureBuilder, columns: tuple[str, ...], station: StationSchema, target_scale: float
    ) -> StationInputs:
        """Give the inputs of a station whose features are fitted; its neighbours are its own alone, and stay out."""
        own = [column for column in map(station.column, columns) if not column.neighbour]
        names = {column.name: column.quantity for column in own} | {station.target: "target"}
        return cls(
            builder=builder.model_copy(update={"neighbours": {}}),
            names=names,
            latitude=station.latitude,
            longitude=station.longitude,
            elevation=station.elevation,
            target_scale=target_scale,
        )

    @classmethod
    def of_newcomer(
        cls, settings: FeatureSettings, columns: tuple[str, ...], station: StationSchema, target_scale: float
    ) -> StationInputs:
        """Give the inputs of a station of which nothing is known but its place and columns: no reading is needed."""
        named = {quantity: station.named(quantity) for quantity in QUANTITIES}
        quantities = {quantity: name for quantity, name in named.items() if name in columns}
        usual = {station.target, *(quantities[each] for each in WITH_ANOMALIES if each in quantities)}
        nothing_usual = Climatology(yearly=0, daily=0, coefficients=(0.0,))
        builder = FeatureBuilder(
            settings=settings,
            target=station.target,
            quantities=quantities,
            climatologies=dict.fromkeys(sorted(usual), nothing_usual),
            latitude=station.latitude,
            longitude=station.longitude,
            utc_offset_hours=station.local.standard_hours,
        )
        return cls.of(builder, columns, station, target_scale).model_copy(update={"has_record": False})

    def feature_names(self, histories: Histories) -> tuple[str, ...]:
        """Give the features' names, in the order of the matrix's columns."""
        levels = self._levels(histories.part(slice(0, 1)))
        return (*self._renamed(self.builder.names(histories)), *levels, *memory.NAMES, *PLACE)

    def shown(
        self, histories: Histories, wanted: tuple[str, ...], remembered_days: NDArray[np.float64] | None = None
    ) -> Values:
        """Give the features of a pool's names, shape (histories, names), NaN where the station has no such feature.

        Args:
            histories: of the station.
            wanted: the names.
            remembered_days: see `jena_models.pooling.memory`.
        """
        names = (*self.feature_names(histories), STEPS_WITHOUT)
        have = {name: place for place, name in enumerate(names) if name in set(wanted)}
        shown = np.full((len(histories), len(wanted)), np.nan, dtype=np.float32)
        for part, batch in histories.batches():
            days = None if remembered_days is None else remembered_days[part]
            lately = memory.features_of_memory(batch, self.builder.target, days)
            levels = [*self._levels(batch).values(), *lately.values()]
            unknown = [steps_unknown(batch, self.builder.target)] if STEPS_WITHOUT in have else []
            built = np.column_stack([self.builder.build(batch), *levels, *self._place(len(batch)), *unknown])
            for place, name in enumerate(wanted):
                if name in have and (self.has_record or not needs_record(name)):
                    shown[part, place] = built[:, have[name]] / self._unit(name)
        return shown

    def _unit(self, name: str) -> float:
        """Give what a feature is counted in: differences of the target as what is learnt, in its scale."""
        return self.target_scale if name.startswith("target ") and name != "target now" else 1.0

    def _levels(self, histories: Histories) -> dict[str, NDArray[np.float64]]:
        recent, features = Recent(histories), {}
        for column, name in self.names.items():
            if column in histories.columns and name in (*LEVELS, "target"):
                now = recent.ago(column, 0)
                features[f"{name} now"] = now
                for hours in recent.spanned(MEAN_HOURS):
                    features[f"{name} above mean {hours} h"] = now - recent.mean(column, hours)
        return features

    def _place(self, rows: int) -> list[NDArray[np.float64]]:
        known = (self.latitude, self.longitude, self.elevation, self.number)
        return [np.full(rows, np.nan if value is None else float(value)) for value in known]

    def _renamed(self, names: tuple[str, ...]) -> list[str]:
        renamed = []
        for name in names:
            for column in sorted(self.names, key=len, reverse=True):
                if name.startswith(column):
                    name = self.names[column] + name.removeprefix(column)  # noqa: PLW2901
                    break
            renamed.append(name)
        return renamed


def needs_record(name: str) -> bool:
    """Tell whether a feature is computed from a climatology, which takes a record of the station's own."""
    return "anomaly" in name or name.startswith("usual")
