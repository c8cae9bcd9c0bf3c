"""What a learner tells of its rounds, as a network tells of its epochs."""

from __future__ import annotations

import math
import time
from typing import Final

from jena_models.errors import TrainingError
from jena_models.models.learner import Round
from jena_models.training.jobs.fit_result import EpochRecord
from jena_models.training.jobs.job import TrainingJob
from jena_models.training.jobs.progress_events import OnEvent, TrainingEvent, best_of

FEWEST_SECONDS: Final = 1e-3
"""A round that takes less counts as this long."""


class Rounds:
    """Passes rounds on as epochs, one behind: which is the last one, only the end tells."""

    def __init__(self, job: TrainingJob, on_event: OnEvent) -> None:
        self._job, self._on_event = job, on_event
        self._before = time.perf_counter()
        self._first = 0.0
        self._records: tuple[EpochRecord, ...] = ()
        self._of = 1

    def tell(self, done: Round) -> None:
        """Take a round that is done, and pass on the one before.

        Raises:
            TrainingError: where an error is no longer a number.
        """
        if not math.isfinite(done.val_mae):
            raise TrainingError(
                f"The error of {self._job.architecture} is no longer a number in round {done.number}; "
                "look for readings that are missing throughout, or change its hyper-parameters."
            )
        self._pass_on(self._of)
        now = time.perf_counter()
        record = EpochRecord(
            epoch=done.number,
            loss=done.mae,
            mae=done.mae,
            val_loss=done.val_mae,
            val_mae=done.val_mae,
            seconds=max(FEWEST_SECONDS, now - self._before),
        )
        self._first = self._first if self._records else now  # before it features are built, which no other round does
        self._before, self._of = now, done.of
        self._records += (record,)

    def close(self) -> tuple[EpochRecord, ...]:
        """Pass the last round on as such, and give all."""
        if self._records:
            self._pass_on(self._records[-1].epoch)
        return self._records

    def _pass_on(self, of: int) -> None:
        if not self._records:
            return
        last = self._records[-1]
        elapsed = time.perf_counter() - self._first  # one round more than is passed on has been since, less the first
        self._on_event(
            TrainingEvent(
                architecture=self._job.architecture,
                epoch=last.epoch,
                epochs=of,
                batch=1,
                batches=1,
                loss=last.loss,
                val_mae=last.val_mae,
                best_val_mae=best_of(self._records).val_mae,
                seconds_left=elapsed / last.epoch * (of - last.epoch),
                finished=last,
            )
        )
