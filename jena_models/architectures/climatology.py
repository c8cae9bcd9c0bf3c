"""The forecast of someone who knows the calendar and nothing of the weather."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Final, Self

import numpy as np

from jena_models.features.almanac.seasonal_waves import Climatology, climatology_of
from jena_models.features.histories import Histories
from jena_models.models.learner import Forecasts, Lesson, Tell
from jena_models.models.registry import LearnerHyperparameters, learner
from jena_models.options.quantities import Count
from jena_models.tuning.ranges import Between

CLIMATOLOGY_FILE: Final = "climatology.json"


class ClimatologyHyperparameters(LearnerHyperparameters):
    """Of the climatology."""

    yearly_waves: Annotated[Count, Between(1, 4)] = 2
    """How many waves the year has; a year of training rows allows one, each further year one more."""
    daily_waves: Annotated[Count, Between(1, 6)] = 3
    """How many waves the day has."""


@learner("climatology", ClimatologyHyperparameters(), training_milliseconds=100)
class UsualTarget:
    """What the target usually is at that hour and day of the year."""

    trained_with: ClassVar[tuple[str, ...]] = ()
    packages: tuple[str, ...] = ()

    def __init__(self, climatology: Climatology) -> None:
        self._climatology = climatology

    @classmethod
    def fit(cls, lesson: Lesson, chosen: ClimatologyHyperparameters, tell: Tell) -> Self:
        """Fit the waves to the training rows."""
        model = cls(climatology_of(lesson.train, lesson.target, yearly=chosen.yearly_waves, daily=chosen.daily_waves))
        tell(lesson.only_round(model))
        return model

    @property
    def parameters(self) -> int:
        """How many coefficients were fitted."""
        return len(self._climatology.coefficients)

    def forecast(self, histories: Histories) -> Forecasts:
        """Give what is usual at each valid time."""
        return self._climatology.at(histories.valid_seconds).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write `climatology.json`."""
        (folder / CLIMATOLOGY_FILE).write_text(self._climatology.model_dump_json(indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read `climatology.json`."""
        return cls(Climatology.model_validate_json((folder / CLIMATOLOGY_FILE).read_text(encoding="utf-8")))
