"""What to train, on what, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.curves.past_curves import CURVES_FILE
from jena_models.models.model_files import LEARNER_FOLDER
from jena_models.models.network import MODEL_FILE, PREPARATION_FILE
from jena_models.models.registry import Anything
from jena_models.options.training_options import Training
from jena_models.stations.schema import StationSchema
from jena_models.weather_service.service import Service
from jena_models.windows.placement import WindowedReadings
from jena_models.windows.preparation import Preparation

PREDICTIONS_FILE: Final = "predictions.npz"
INTERVALS_FILE: Final = "intervals.json"
RESULT_FILE: Final = "result.json"
"""Written last: where it is, the training is done."""
RESULT_FILES: Final = (
    MODEL_FILE,
    LEARNER_FOLDER,
    PREPARATION_FILE,
    PREDICTIONS_FILE,
    CURVES_FILE,
    INTERVALS_FILE,
    RESULT_FILE,
)


@dataclass(frozen=True)
class TrainingJob:
    """One architecture to train."""

    architecture: str
    hyperparameters: Anything
    training: Training
    seed: int
    readings: WindowedReadings
    times: NDArray[np.datetime64]
    """Of the rows of the readings, by the station's clock without daylight saving, shape (rows,)."""
    measured: Callable[[], NDArray[np.float64]]
    """Reads the rows as they were before normalization, shape (rows, columns), NaN where missing."""
    station: StationSchema
    preparation: Preparation
    folder: Path
    """Belongs to this training alone; what it needs to go on after an interruption lies there too."""
    started: float
    """When its process was started, in seconds since 1970."""
    threads: int | None = None
    """At most so many; None is up to the libraries."""
    members: Mapping[str, Path] = field(default_factory=dict)
    """Folders of trainings that an ensemble learns from, by architecture."""
    service: Service | None = None
    """What weather services forecast, by UTC; None where the station names none."""
    leads_minutes: tuple[float, ...] = ()
    """The leads of a curve, the shortest first; for what learns one."""

    @property
    def epochs(self) -> int:
        """How many epochs to train."""
        return self.training.epochs or self.hyperparameters.epochs
