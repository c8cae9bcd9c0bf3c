"""Our way of training, timed as a study of two workers runs it: each on its share of the cores, beside another."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from benchmarks.book import WORKERS
from benchmarks.machine import cores
from benchmarks.processes import peak_memory_mib
from benchmarks.run.measures import Timing
from jena_models.settings import Settings
from jena_models.training.jobs.progress_events import TrainingEvent
from jena_models.training.process import PROCESS_NAME, Request
from tasks.training import fulfil_in_child, training_request
from tasks.workspace import Prepared

EPOCHS: Final = 3
"""The first compiles; the others are timed."""


def time_ours(
    architecture: str, prepared: Prepared, settings: Settings, batches: int, trainings: int = WORKERS
) -> Timing:
    """Train the same architecture side by side, each in a process of its own, with seeds that differ.

    As many as there are workers have a core each to their ends; one alone has both, as the last of a study does.
    Gives the mean over them, and the memory of the one that took most.
    """
    training = settings.training.model_copy(update={"epochs": EPOCHS, "batches_per_epoch": batches})
    threads_in_all = WORKERS if trainings == 1 else 1
    threads = max(1, cores() // WORKERS)
    with tempfile.TemporaryDirectory(prefix="jena-benchmark-") as scratch, ThreadPoolExecutor(WORKERS) as pool:
        requests = []
        for seed in range(trainings):
            own = settings.model_copy(update={"training": training, "seed": seed, "workers": threads_in_all})
            folder = Path(scratch) / str(seed)
            requests.append(training_request(architecture, prepared, own, folder, threads=threads))
        timings = list(pool.map(_time, requests))
    return Timing(
        milliseconds_a_step=statistics.mean(timing.milliseconds_a_step for timing in timings),
        validation_seconds=statistics.mean(timing.validation_seconds for timing in timings),
        peak_memory_mib=max(timing.peak_memory_mib for timing in timings),
    )


class StepClock:
    """Follows a training's events and keeps the time of each epoch's steps and the rest of it, in seconds."""

    def __init__(self) -> None:
        self.steps: list[float] = []
        """Seconds a step, of each epoch."""
        self.rest: list[float] = []
        """Seconds of each epoch that were not its steps: validation."""
        self._began = self._seconds_a_step = 0.0

    def __call__(self, event: TrainingEvent, now: float) -> None:
        """Take note of an event that came at a time, in seconds."""
        if event.finished:
            self.steps.append(self._seconds_a_step)
            self.rest.append(event.finished.seconds - self._seconds_a_step * event.batches)
            self._began = now
        elif self._began:
            self._seconds_a_step = (now - self._began) / event.batch


def _time(request: Request) -> Timing:
    clock, memory = StepClock(), [0.0]

    def note(event: TrainingEvent) -> None:
        clock(event, time.perf_counter())
        if event.finished:
            memory[0] = max(memory[0], *map(peak_memory_mib, _trainings()))

    request.folder.mkdir()
    lock = os.open(request.folder, os.O_RDONLY)
    try:
        fulfil_in_child(request, note, lock)
    finally:
        os.close(lock)
    return Timing(
        milliseconds_a_step=1000 * statistics.median(clock.steps[1:]),
        validation_seconds=statistics.median(clock.rest[1:]),
        peak_memory_mib=memory[0],
    )


def _trainings() -> list[int]:
    """Give the processes of trainings, not the one that they are forked from; where none has a name, all."""
    names = {}
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            names[child.pid] = child.name()
    return [process for process, name in names.items() if name == PROCESS_NAME] or list(names)
