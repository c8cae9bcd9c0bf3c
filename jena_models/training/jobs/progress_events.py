"""Tells how far a training is: after each epoch, and now and then between."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from jena_models.frozen import Frozen
from jena_models.training.jobs.fit_result import EpochRecord
from jena_models.training.jobs.job import TrainingJob


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


SECONDS_BETWEEN_EVENTS: Final = 0.2

OnEvent = Callable[[TrainingEvent], None]


def best_of(epochs: tuple[EpochRecord, ...]) -> EpochRecord:
    """Give the epoch with the lowest validation loss, the earliest of equals."""
    return min(epochs, key=lambda record: record.val_loss)


def tell_finished(job: TrainingJob, epochs: tuple[EpochRecord, ...], on_event: OnEvent) -> None:
    """Tell that the last of these epochs is done."""
    last = epochs[-1]
    left = (job.epochs - last.epoch) * _usual_seconds(epochs)
    batches = job.training.batches_per_epoch
    on_event(_event(job, epochs, epoch=last.epoch, batch=batches, loss=last.loss, left=left, finished=last))


class EpochTeller:
    """Tells how far the epoch after `epochs` is, a few times a second at most."""

    def __init__(self, job: TrainingJob, epochs: tuple[EpochRecord, ...], on_event: OnEvent) -> None:
        self._job, self._epochs, self._on_event = job, epochs, on_event
        self._began, self._told = time.perf_counter(), 0.0

    def tell(self, batch: int, loss: float) -> None:
        """Tell how many batches are done, and their mean loss."""
        now = time.perf_counter()
        if now - self._told < SECONDS_BETWEEN_EVENTS:
            return
        self._told = now
        job, elapsed = self._job, now - self._began
        usual = _usual_seconds(self._epochs) or elapsed * job.training.batches_per_epoch / batch
        left = max(0.0, (job.epochs - len(self._epochs)) * usual - elapsed)
        self._on_event(_event(job, self._epochs, epoch=len(self._epochs) + 1, batch=batch, loss=loss, left=left))


def _event(
    job: TrainingJob,
    epochs: tuple[EpochRecord, ...],
    *,
    epoch: int,
    batch: int,
    loss: float,
    left: float,
    finished: EpochRecord | None = None,
) -> TrainingEvent:
    return TrainingEvent(
        architecture=job.architecture,
        epoch=epoch,
        epochs=job.epochs,
        batch=batch,
        batches=job.training.batches_per_epoch,
        loss=loss,
        val_mae=epochs[-1].val_mae if epochs else None,
        best_val_mae=best_of(epochs).val_mae if epochs else None,
        seconds_left=left,
        finished=finished,
    )


def _usual_seconds(epochs: tuple[EpochRecord, ...]) -> float:
    # The first epoch of a process compiles; the last one seen is closest to the next.
    return epochs[-1].seconds if epochs else 0.0
