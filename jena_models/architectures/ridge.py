"""A line through the features, as straight as the training windows allow."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Final, Self

import numpy as np
from numpy.typing import NDArray

from jena_models.features.feature_builder import FeatureBuilder
from jena_models.features.feature_settings import FeatureSettings
from jena_models.features.histories import Histories
from jena_models.features.scaling import Scaling, fit_scaling
from jena_models.frozen import Frozen
from jena_models.models.learner import Forecasts, Lesson, Round, Tell, mean_error
from jena_models.models.registry import LearnerHyperparameters, learner
from jena_models.options.quantities import NotNegative
from jena_models.tuning.ranges import Between

RIDGE_FILE: Final = "ridge.json"


class RidgeHyperparameters(LearnerHyperparameters):
    """Of the ridge regression."""

    penalty: Annotated[NotNegative, Between(1e-3, 10, log=True)] = 0.3
    """What a coefficient costs: its square times this times the number of training windows."""
    features: FeatureSettings = FeatureSettings()
    """Which features it is given."""


class RidgeCoefficients(Frozen):
    """All that a ridge regression has learnt."""

    builder: FeatureBuilder
    scaling: Scaling
    coefficients: tuple[float, ...]
    """Of the scaled features, in the target's unit."""
    intercept: float


@learner("ridge", RidgeHyperparameters(), training_milliseconds=300)
class Ridge:
    """Ridge regression of the target's change on features."""

    trained_with: ClassVar[tuple[str, ...]] = ()
    packages: tuple[str, ...] = ()

    def __init__(self, learnt: RidgeCoefficients) -> None:
        self._learnt = learnt

    @classmethod
    def fit(cls, lesson: Lesson, chosen: RidgeHyperparameters, tell: Tell) -> Self:
        """Solve the normal equations."""
        builder = lesson.feature_builder(chosen.features)
        features = builder.build(lesson.train)
        scaling = fit_scaling(features)
        scaled = scaling(features).astype(np.float64)
        change = lesson.train_target.astype(np.float64) - builder.start(lesson.train, teaching=True)
        known = np.isfinite(change)
        scaled, change = scaled[known], change[known]
        centre, intercept = scaled.mean(axis=0), float(change.mean())
        scaled -= centre
        penalty = chosen.penalty * len(scaled) * np.eye(scaled.shape[1])
        coefficients = np.linalg.solve(scaled.T @ scaled + penalty, scaled.T @ (change - intercept))
        model = cls(
            RidgeCoefficients(
                builder=builder,
                scaling=scaling,
                coefficients=tuple(coefficients.tolist()),
                intercept=intercept - float(centre @ coefficients),
            )
        )
        mae = mean_error(model._from(features, lesson.train), lesson.train_target)
        tell(Round(1, 1, mae, mean_error(model.forecast(lesson.validation), lesson.validation_target)))
        return model

    @property
    def parameters(self) -> int:
        """How many coefficients were fitted."""
        return len(self._learnt.coefficients) + 1

    def forecast(self, histories: Histories) -> Forecasts:
        """Give the starting point and the change that the line foretells."""
        return self._from(self._learnt.builder.build(histories), histories)

    def _from(self, features: NDArray[np.float32], histories: Histories) -> Forecasts:
        learnt = self._learnt
        change = learnt.scaling(features) @ np.asarray(learnt.coefficients) + learnt.intercept
        forecasts: Forecasts = (learnt.builder.start(histories) + change).astype(np.float32)
        return forecasts

    def save(self, folder: Path) -> None:
        """Write `ridge.json`."""
        (folder / RIDGE_FILE).write_text(self._learnt.model_dump_json(), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read `ridge.json`."""
        return cls(RidgeCoefficients.model_validate_json((folder / RIDGE_FILE).read_text(encoding="utf-8")))
