"""What a benchmark finds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from benchmarks.book import BOOK_BATCHES
from benchmarks.machine import Machine
from benchmarks.startup.study import StudyTimes
from jena_models.frozen import Frozen


class Timing(Frozen):
    """What training one way took, in one round."""

    milliseconds_a_step: float
    validation_seconds: float
    """Of the whole validation split."""
    peak_memory_mib: float

    @property
    def seconds_an_epoch(self) -> float:
        """The book profile's: 819 batches and the whole validation split."""
        return self.milliseconds_a_step / 1000 * BOOK_BATCHES + self.validation_seconds


def typical(rounds: Sequence[Timing]) -> Timing:
    """Give the median of each time over the rounds, and the most memory."""
    return Timing(
        milliseconds_a_step=statistics.median(each.milliseconds_a_step for each in rounds),
        validation_seconds=statistics.median(each.validation_seconds for each in rounds),
        peak_memory_mib=max(each.peak_memory_mib for each in rounds),
    )


class Speed(Timing):
    """How fast one way of training is: typical of its rounds."""

    share_of_peak: float
    """Multiply-adds of training steps a second, as a share of what the cores that it uses can reach."""


class Comparison(Frozen):
    """One architecture, trained both ways in turn."""

    architecture: str
    epochs: int
    """Of the book profile."""
    multiply_adds_a_step: int
    chapter: Speed
    ours: Speed
    ratios: tuple[float, ...]
    """Of each round, in which both ways were timed one after the other."""

    @property
    def ratio(self) -> float:
        """How many of our epochs fit in one of the chapter's."""
        return self.chapter.seconds_an_epoch / self.ours.seconds_an_epoch


class Alone(Frozen):
    """The training that ends last of all, with both cores to itself."""

    architecture: str
    ours: Timing


class TorchStep(Frozen):
    """PyTorch's training step of a network as wide as one of ours, on one core."""

    network: str
    architecture: str
    """Ours of the same width."""
    milliseconds: float
    milliseconds_tuned: float
    """With the thresholds at which glibc gives memory back raised."""


class Findings(Frozen):
    """All of one run of the benchmark."""

    command: str
    source: str
    stride_rows: int
    """Rows from one step of a window to the next: one of hourly readings, six of ten-minute ones."""
    training_windows: int
    validation_windows: int
    batches: int
    """Batches of an epoch that were timed; the rest of the 819 are taken to last as long."""
    machine: Machine
    comparisons: tuple[Comparison, ...]
    alone: Alone
    study: StudyTimes | None
    torch: tuple[TorchStep, ...]
    torch_note: str
    """Why there is nothing of PyTorch, or empty."""
