"""What trainings tell while they go on, and who listens: first of all the person at the terminal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Final

from jena_models.exactness import as_exact
from jena_models.training.jobs.progress_events import TrainingEvent

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

SECONDS_BETWEEN_LINES: Final = 5.0
"""Where progress is no terminal's but a log's, an architecture tells no more often than this, and of its end."""

Listener = Callable[[TrainingEvent], None]

_listeners: list[Listener] = []
_lock = threading.RLock()


@contextmanager
def listen(listener: Listener) -> Iterator[None]:
    """Have a function called with every event that trainings of this process publish, one at a time."""
    with _lock:
        _listeners.append(listener)
    try:
        yield
    finally:
        with _lock:
            _listeners.remove(listener)


def publish(event: TrainingEvent) -> None:
    """Tell all who listen, from any thread."""
    with _lock:
        for listener in _listeners:
            listener(event)


@cache
def console() -> Console:
    """Give the console on standard error that progress and logs share, so that neither tears the other."""
    from rich.console import Console

    return Console(stderr=True)


@contextmanager
def live_progress(architectures: Sequence[str]) -> Iterator[None]:
    """Show one line an architecture on standard error while trainings go on: live on a terminal, else now and then."""
    if not console().is_terminal:
        with listen(LineReporter()):
            yield
        return
    with _live_display() as display, listen(LiveReporter(display, architectures)):
        yield


class LiveReporter:
    """Keeps one live line for each architecture, from its first event on."""

    def __init__(self, display: Progress, architectures: Sequence[str]) -> None:
        self._display = display
        self._width = max(map(len, architectures), default=0)
        self._lines: dict[str, TaskID] = {}

    def __call__(self, event: TrainingEvent) -> None:
        """Renew the architecture's line."""
        done, total = _batches_done(event), event.epochs * event.batches
        name = event.architecture
        if name not in self._lines:
            self._lines[name] = self._display.add_task(name.ljust(self._width), total=total, figures="")
        self._display.update(self._lines[name], completed=done, total=total, figures=figures(event))


class LineReporter:
    """Writes a plain line for an epoch that is finished, not too often, and for the last one always."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told: dict[str, float] = {}

    def __call__(self, event: TrainingEvent) -> None:
        """Write the line where it is time for one."""
        if event.finished is None:
            return
        now, told = self._clock(), self._told.get(event.architecture)
        is_last = event.epoch == event.epochs
        if is_last or told is None or now - told >= SECONDS_BETWEEN_LINES:
            self._told[event.architecture] = now
            console().print(f"{event.architecture}: {figures(event)}", markup=False, highlight=False, soft_wrap=True)


def figures(event: TrainingEvent) -> str:
    """Give epoch, loss, validation MAE, that of the epoch kept so far, and the time left, in one line."""
    parts = [f"epoch {event.epoch}/{event.epochs}", f"loss {as_exact(event.loss)}"]
    if event.val_mae is not None and event.best_val_mae is not None:
        parts += [f"validation MAE {as_exact(event.val_mae)}", f"kept {as_exact(event.best_val_mae)}"]
    if event.seconds_left is not None and _batches_done(event) < event.epochs * event.batches:
        minutes, seconds = divmod(round(event.seconds_left), 60)
        parts.append(f"{minutes}:{seconds:02d} left")
    return " · ".join(parts)


def _batches_done(event: TrainingEvent) -> int:
    return (event.epoch - 1) * event.batches + event.batch


def _live_display() -> Progress:
    from rich.progress import BarColumn, Progress, TextColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[figures]}"),
        console=console(),
        redirect_stdout=False,
        refresh_per_second=4,
    )
