"""What a learner is: something that forecasts from histories and was trained by another library than Keras."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from jena_models.features.feature_builder import FeatureBuilder, fit_features
from jena_models.features.feature_settings import FeatureSettings
from jena_models.features.histories import Histories
from jena_models.features.scaling import line_error
from jena_models.features.service.service_curve import nearest_curve
from jena_models.features.starting_point import STARTING_POINTS
from jena_models.stations.schema import StationSchema
from jena_models.windows.later_targets import LaterTargets

Forecasts = NDArray[np.float32]

LEAST_GAIN: Final = 0.01
"""So much of the error must weekdays and holidays take away; less may be chance."""
MOST_WINDOWS: Final = 20_000
"""Enough to tell whether a group of features helps a line."""


@dataclass(frozen=True)
class Round:
    """How far a learner is; errors are mean absolute ones, in the target's unit."""

    number: int
    """From 1."""
    of: int
    """How many there will be at most."""
    mae: float
    val_mae: float


Tell = Callable[[Round], None]


@dataclass(frozen=True)
class Member:
    """An architecture that is trained, for an ensemble to learn from."""

    folder: Path
    """Holds its model and its preparation."""
    forecasts: Mapping[str, Forecasts]
    """What it forecasts for the windows of `validation` and, where there are any, of `test`."""


@dataclass(frozen=True)
class Lesson:
    """All that a learner may see."""

    train: Histories
    train_target: Forecasts
    """Shape (train windows,)."""
    validation: Histories
    """To choose by: when to stop."""
    validation_target: Forecasts
    target: str
    """The canonical name of the target's column."""
    station: StationSchema
    seed: int
    threads: int | None
    """At most so many; None is up to the library."""
    members: Mapping[str, Member] = field(default_factory=dict)
    """For an ensemble."""
    target_scale: float = 1.0
    """How much of the target, in its own unit, counts as one in learning."""
    later: LaterTargets | None = None
    """What the target came to be at other leads; only for what learns a curve."""
    leads_minutes: tuple[float, ...] = ()
    """The leads of the curve, the shortest first."""

    @property
    def splits(self) -> tuple[tuple[Histories, Forecasts], tuple[Histories, Forecasts]]:
        """Give the windows to train on and those to choose by, each with what came."""
        return (self.train, self.train_target), (self.validation, self.validation_target)

    def only_round(self, model: Model) -> Round:
        """Give what is told of a model that is fitted at once."""
        return Round(1, 1, *(mean_error(model.forecast(histories), target) for histories, target in self.splits))

    def feature_builder(self, settings: FeatureSettings) -> FeatureBuilder:
        """Give the builder of features, fitted on the rows of the training histories alone.

        Weekdays and holidays are among them where the target may follow them and validation finds them of use; what
        learners foretell the difference to is chosen likewise, where the weather service gives a choice.
        """
        return self._setting_out(self._of_use(settings))

    @property
    def knows_service(self) -> bool:
        """Whether a weather service says something of the target, where it is trained and where it is chosen by."""
        parts = ((part, part.service) for part in (self.train, self.validation))
        return all(
            service is not None and service.is_known(part.issue_seconds, part.valid_seconds, self.target)
            for part, service in parts
        )

    @property
    def follows_week(self) -> bool:
        """Whether weekdays and holidays may matter to the target, and validation finds them of use."""
        return self.station.follows_week and self._of_use(FeatureSettings()).follows_week

    def _of_use(self, settings: FeatureSettings) -> FeatureBuilder:
        built = self._builder(settings)
        if not built.follows_week:
            return built
        without = self._builder(settings.model_copy(update={"week": False}))
        return built if self._line_error(built) < (1 - LEAST_GAIN) * self._line_error(without) else without

    def _setting_out(self, builder: FeatureBuilder) -> FeatureBuilder:
        """Give the builder with the first starting point from which a line is as near on validation as from any."""
        if not builder.service:
            return builder
        train, target = _thinned(self.train, self.train_target)
        validation, wanted = _thinned(self.validation, self.validation_target)
        features, later = builder.build(train), builder.build(validation)
        curve = None if self.knows_service else nearest_curve(((train, target), (validation, wanted)))
        is_there = {"weather service": self.knows_service, "service curve": curve is not None}
        points = [point for point in STARTING_POINTS if is_there.get(point, True)]
        builder = builder.model_copy(update={"curve": curve})
        ways = [builder.model_copy(update={"sets_out_from": point}) for point in points]
        errors = []
        for way in ways:
            change, aim = target - way.start(train), wanted - way.start(validation)
            errors.append(line_error(features, change.astype(np.float32), later, aim.astype(np.float32)))
        enough = (1 + LEAST_GAIN) * float(np.nanmin(errors))
        return next(way for way, error in zip(ways, errors, strict=True) if error <= enough)

    def _builder(self, settings: FeatureSettings) -> FeatureBuilder:
        return fit_features(settings, self.train, self.target, self.station).fed_by(self.train)

    def _line_error(self, builder: FeatureBuilder) -> float:
        """Give the mean absolute error on validation of a line through the features, fitted on training windows."""
        train, target = _thinned(self.train, self.train_target)
        validation, wanted = _thinned(self.validation, self.validation_target)
        return line_error(builder.build(train), target, builder.build(validation), wanted)


def _thinned(histories: Histories, target: Forecasts) -> tuple[Histories, Forecasts]:
    every = slice(None, None, max(1, len(histories) // MOST_WINDOWS))
    return histories.part(every), target[every]


class Model(Protocol):
    """What every trained model can do, whichever library made it."""

    def forecast(self, histories: Histories) -> Forecasts:
        """Give the target at the horizon after each history, in its own unit, shape (histories,)."""

    @property
    def packages(self) -> tuple[str, ...]:
        """What it needs to forecast, beside NumPy, pandas and pydantic."""


class Learner(Model, Protocol):
    """A model that can be taught, kept in a folder and read back."""

    trained_with: ClassVar[tuple[str, ...]]
    """What teaching it imports."""

    @classmethod
    def fit(cls, lesson: Lesson, chosen: Any, tell: Tell) -> Self:
        """Learn, with the hyper-parameters that were chosen, and tell after every few rounds."""

    @property
    def parameters(self) -> int:
        """How many numbers were learnt."""

    def save(self, folder: Path) -> None:
        """Write all that it needs into an empty folder."""

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""


def mean_error(forecasts: NDArray[np.floating], target: NDArray[np.floating]) -> float:
    """Give the mean absolute error of forecasts, in the target's unit; those that are missing do not count."""
    return float(np.nanmean(np.abs(forecasts.astype(np.float64) - target)))
