"""What to train, on what, and what it leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jena_models.architectures import Hyperparameters
from jena_models.preparation import Preparation
from jena_models.settings import Training
from jena_models.windows import WindowedReadings

MODEL_FILE: Final = "model.keras"
PREPARATION_FILE: Final = "preparation.json"
PREDICTIONS_FILE: Final = "predictions.npz"
RESULT_FILE: Final = "result.json"
"""Written last: where it is, the training is done."""
RESULT_FILES: Final = (MODEL_FILE, PREPARATION_FILE, PREDICTIONS_FILE, RESULT_FILE)


@dataclass(frozen=True)
class TrainingJob:
    """One architecture to train."""

    architecture: str
    hyperparameters: Hyperparameters
    training: Training
    seed: int
    readings: WindowedReadings
    preparation: Preparation
    folder: Path
    """Belongs to this training alone; what it needs to go on after an interruption lies there too."""
    started: float
    """When its process was started, in seconds since 1970."""

    @property
    def epochs(self) -> int:
        """How many epochs to train."""
        return self.training.epochs or self.hyperparameters.epochs
