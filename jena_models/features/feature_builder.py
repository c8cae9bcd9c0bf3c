"""From histories to a matrix of features; what it learnt from the training rows travels with the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jena_models.features.almanac.seasonal_waves import Climatology, climatology_of
from jena_models.features.almanac.week import holidays_of
from jena_models.features.feature_settings import FeatureSettings
from jena_models.features.groups import GROUPS, OF_THE_HISTORY, WITH_ANOMALIES, Scene
from jena_models.features.histories import Histories
from jena_models.features.neighbour_features import NeighbourColumns, columns_of_neighbours
from jena_models.features.recent import Recent
from jena_models.features.service.service_curve import ServiceCurve
from jena_models.features.service.stand_ins import StandIns
from jena_models.features.service_inputs import RunColumn, run_ages, service_value, source_columns
from jena_models.features.starting_point import StartingPoint, latest
from jena_models.frozen import Frozen
from jena_models.stations.clock import zone_hours
from jena_models.stations.schema import StationSchema
from jena_models.weather_service.service import LEAST_KNOWN

YEARLY_WAVES: Final = 3
DAILY_WAVES: Final = 4
SERVICE: Final = "weather_service"
TRIED: Final = 2_000
"""Histories that show which features of the weather service say something."""
QUANTITIES: Final = ("p", "T", "Tpot", "Tdew", "rh", "VPdef", "sh", "rho", "wv", "wd")


class FeatureBuilder(Frozen):
    """Builds the same features wherever the same readings are."""

    settings: FeatureSettings
    target: str
    """The canonical name of the target's column."""
    quantities: dict[str, str]
    """The canonical column of each quantity that there is."""
    climatologies: dict[str, Climatology]
    """By canonical column, of the training rows alone."""
    latitude: float
    """In degrees north."""
    longitude: float
    """In degrees east."""
    utc_offset_hours: float | None = None
    """How far the station's clock is ahead of UTC without daylight saving; None in models of before that was asked."""
    follows_week: bool = False
    """Whether weekdays and public holidays are among the features."""
    holidays: tuple[int, ...] = ()
    """Public holidays, in days since 1970, those of some years to come among them."""
    neighbours: dict[str, NeighbourColumns] = Field(default_factory=dict)
    """By name; none in models of before there were neighbours."""
    service: tuple[str, ...] = ()
    """Which features are made of the weather service's runs: those that said something in training."""
    first: RunColumn | None = None
    """What of the service speaks of the target where it can; None where nothing does, and in earlier models."""
    stand_ins: StandIns | None = None
    """What stands in for features of the weather service where others speak; None in earlier models."""
    curve: ServiceCurve | None = None
    """What of the service tells the target by a curve, where it forecasts other quantities; None in earlier models."""
    sets_out_from: StartingPoint = "last reading"
    """What a learner foretells the difference to."""

    def names(self, histories: Histories) -> tuple[str, ...]:
        """Give the features' names, in the order of the matrix's columns."""
        return tuple(self._features(histories.part(slice(0, 1))))

    def build(self, histories: Histories) -> NDArray[np.float32]:
        """Give the features, shape (histories, features), NaN where a reading they need is missing."""
        built = np.empty((len(histories), len(self.names(histories))), dtype=np.float32)
        for place, batch in histories.batches():
            built[place] = np.stack(list(self._features(batch).values()), axis=1)
        return built

    def of_the_history(self) -> FeatureBuilder:
        """Give the builder of those features that are the same whatever the horizon is."""
        return self._without(frozenset(GROUPS) - OF_THE_HISTORY)

    def of_the_horizon(self) -> FeatureBuilder:
        """Give the builder of the others, which depend on what a forecast is for."""
        return self._without(OF_THE_HISTORY)

    def _without(self, groups: frozenset[str]) -> FeatureBuilder:
        off = dict.fromkeys(groups, False)
        return self.model_copy(update={"settings": self.settings.model_copy(update=off)})

    def _features(self, histories: Histories) -> Mapping[str, NDArray[np.float64]]:
        scene = self._scene(histories)
        features: dict[str, NDArray[np.float64]] = {}
        for group, compute in GROUPS.items():
            if not getattr(self.settings, group) or (group == SERVICE and not self.service):
                continue
            features |= self._of_service(scene) if group == SERVICE else compute(scene)
        return features

    def _of_service(self, scene: Scene) -> Mapping[str, NDArray[np.float64]]:
        told = self._told(scene)
        return self.stand_ins.filled(told, self._is_served(scene.histories)) if self.stand_ins else told

    def _told(self, scene: Scene) -> Mapping[str, NDArray[np.float64]]:
        made, nothing = GROUPS[SERVICE](scene), np.full(len(scene.histories), np.nan)
        return {name: made.get(name, nothing) for name in self.service}

    def _is_served(self, histories: Histories) -> NDArray[np.bool_]:
        """Tell of which valid times a run speaks, of the target where any does, shape (histories,)."""
        return np.isfinite(run_ages(histories, self.target if self.first else ""))

    def start(self, histories: Histories, *, teaching: bool = False) -> NDArray[np.float64]:
        """Give what learners foretell the difference to, shape (histories,).

        Where the service says nothing of the valid time it is the last reading, or NaN in teaching: a learner of small
        corrections has nothing to learn from changes of another size.
        """
        last = latest(histories, self.target)
        if self.sets_out_from == "usual":
            return np.where(np.isnan(last), np.nan, self.climatologies[self.target].at(histories.valid_seconds))
        if self.sets_out_from == "weather service":
            said = self.said(histories)
            return said if teaching else np.where(np.isnan(said), last, said)
        if self.sets_out_from == "service curve":
            said = self._by_curve(histories)
            return said if teaching else np.where(np.isnan(said), last, said)
        return last

    def said(self, histories: Histories) -> NDArray[np.float64]:
        """Give what the service says of the target at the valid time, shape (histories,); NaN where it is not known.

        Where another source speaks, it is what the first one is to be expected to say then: learners know its bias.
        """
        said = service_value(histories, self.target)
        if self.stand_ins is None or self.first is None or self.first.then not in self.stand_ins.names:
            return said
        rows = np.flatnonzero(np.isfinite(said) & (said != self.first.of(histories)))
        if len(rows):
            told = self._told(self._scene(histories.part(rows)))
            filled = self.stand_ins.filled(told, np.ones(len(rows), bool))[self.first.then]
            learnt = [each.then for each in source_columns(histories.service, self.target) if each.then in told]
            is_told = np.isfinite([told[then] for then in {self.first.then, *learnt}]).any(axis=0)
            said[rows] = np.where(is_told, filled, said[rows])
        return said

    def _by_curve(self, histories: Histories) -> NDArray[np.float64]:
        """Give the target by the curve, shape (histories,), of what its column says or, silent, is expected to say."""
        assert self.curve is not None  # noqa: S101 - it is chosen with it alone
        said, name = self.curve.column.of(histories), self.curve.column.then
        silent = np.flatnonzero(np.isnan(said))
        if len(silent) and name in self.service:
            said[silent] = self._of_service(self._scene(histories.part(silent)))[name]
        return self.curve.through(said)

    def fed_by(self, histories: Histories) -> FeatureBuilder:
        """Give the builder with those features of the weather service that say something in training histories."""
        if not self.settings.weather_service or histories.service is None:
            return self
        few = histories.part(slice(None, None, max(1, len(histories) // TRIED)))
        said = GROUPS[SERVICE](self._scene(few))
        telling = {name: values for name, values in said.items() if _tells(values)}
        first = next((each for each in source_columns(few.service, self.target) if each.then in telling), None)
        fed = self.model_copy(update={"service": tuple(telling), "first": first})
        return fed.model_copy(update={"stand_ins": StandIns.fitted(telling, fed._is_served(few))})

    def _scene(self, histories: Histories) -> Scene:
        return Scene(
            histories,
            Recent(histories),
            self.target,
            self.quantities,
            self.climatologies,
            self.latitude,
            self.longitude,
            zone_hours(self.longitude) if self.utc_offset_hours is None else self.utc_offset_hours,
            self.follows_week,
            self.holidays,
            self.neighbours,
        )


def fit_features(settings: FeatureSettings, train: Histories, target: str, station: StationSchema) -> FeatureBuilder:
    """Give the builder of features, with climatologies fitted on the rows until the last of the training histories.

    Args:
        settings: which groups to build.
        train: the training histories.
        target: the canonical name of the column to forecast.
        station: tells which column is which quantity, and where it stands.
    """
    columns = train.columns
    named = {quantity: station.named(quantity) for quantity in QUANTITIES}
    quantities = {quantity: name for quantity, name in named.items() if name in columns}
    neighbours = columns_of_neighbours(station, columns, target) if settings.neighbours else {}
    usual = {target, *(quantities[quantity] for quantity in WITH_ANOMALIES if quantity in quantities)}
    usual |= {each.target for each in neighbours.values() if each.target}
    return FeatureBuilder(
        settings=settings,
        target=target,
        quantities=quantities,
        climatologies={
            name: climatology_of(train, name, yearly=YEARLY_WAVES, daily=DAILY_WAVES) for name in sorted(usual)
        },
        latitude=station.latitude,
        longitude=station.longitude,
        utc_offset_hours=station.local.standard_hours,
        follows_week=settings.week and station.follows_week,
        holidays=holidays_of(station.holidays, train.seconds[train.until_last]) if settings.week else (),
        neighbours=neighbours,
    )


def _tells(values: NDArray[np.float64]) -> bool:
    known = values[np.isfinite(values)]
    return len(known) > LEAST_KNOWN * len(values) and bool(known.min() < known.max())
