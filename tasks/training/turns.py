"""So many trainings at a time, while what follows a training, such as its version, holds nobody up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from threading import Semaphore

from tasks.training.child_process import require_going_on

_places: ContextVar[Semaphore | None] = ContextVar("places_to_train", default=None)


@contextmanager
def trainings_at_a_time(number: int) -> Iterator[None]:
    """Let as many trainings go on side by side within the block, in the threads that are begun there."""
    before = _places.set(Semaphore(number))
    try:
        yield
    finally:
        _places.reset(before)


@contextmanager
def turn_to_train(architecture: str) -> Iterator[None]:
    """Wait until fewer go on than may; a cluster, whose workers train one each, waits for nothing.

    Raises:
        TrainingInterruptedError: where trainings were told to end meanwhile.
    """
    with _places.get() or nullcontext():
        require_going_on(architecture)
        yield
