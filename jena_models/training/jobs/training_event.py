"""What a training tells while it goes on."""

from __future__ import annotations

from jena_models.frozen import Frozen
from jena_models.training.jobs.fit_result import EpochRecord


class TrainingEvent(Frozen):
    """How far a training is, a few times a second at most; `finished` is given once for each epoch, in order."""

    architecture: str
    epoch: int
    """The running epoch, from 1; the finished one where `finished` is given."""
    epochs: int
    """How many there will be."""
    batch: int
    """Batches done in this epoch."""
    batches: int
    """Batches in an epoch."""
    loss: float
    """Mean of the epoch so far, in the loss's unit."""
    val_mae: float | None
    """Of the last finished epoch, in the target's unit."""
    best_val_mae: float | None
    """Of the finished epoch with the lowest validation loss, in the target's unit."""
    seconds_left: float | None
    """Expected to the end of the last epoch."""
    finished: EpochRecord | None = None
