"""So many trainings at a time, while what follows a training, such as its version, holds nobody up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from threading import Semaphore

from tasks.training.child_process import require_going_on
from tasks.workspace import holding

_slots: ContextVar[Semaphore | None] = ContextVar("training_slots", default=None)


def trainings_at_a_time(number: int) -> AbstractContextManager[None]:
    """Let as many trainings go on side by side within the block, in the threads that are begun there."""
    return holding(_slots, Semaphore(number))


@contextmanager
def training_slot(architecture: str) -> Iterator[None]:
    """Train in the block, once a slot is free; on a cluster, whose workers train one each, it always is.

    Raises:
        TrainingInterruptedError: where trainings were told to end meanwhile.
    """
    with _slots.get() or nullcontext():
        require_going_on(architecture)
        yield
