"""The chapter's way of training, timed; started as `python -m benchmarks.run.chapter`.

An assignment comes as a line of JSON on standard input; what was found goes out as the last line of standard output.
"""

from __future__ import annotations

import sys
import time
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.arithmetic import multiply_adds_a_step
from benchmarks.processes import measured, peak_memory_mib
from benchmarks.run.chapter_models import chapter_model
from benchmarks.run.measures import Timing
from jena_models.frozen import Frozen
from tasks.workspace import Prepared

BATCH_SIZE: Final = 256
EPOCHS: Final = 2
"""The first traces and compiles; the second is timed."""
UNTIMED_BATCHES: Final = 5
"""The data set fills its buffers anew at each epoch: a cost of the epoch, not of a step, and left out."""


class Assignment(Frozen):
    """What to train the chapter's way."""

    architecture: str
    prepared: Prepared
    batches: int


class ChapterTiming(Timing):
    """What it took, and how much there was to compute."""

    multiply_adds_a_step: int
    without_dropped: int
    """The same without the products of units that recurrent dropout drops."""


def time_chapter(architecture: str, prepared: Prepared, batches: int) -> ChapterTiming:
    """Train in a process of its own that uses all cores, as a user of the chapter's code does."""
    assignment = Assignment(architecture=architecture, prepared=prepared, batches=batches)
    return ChapterTiming.model_validate_json(measured("benchmarks.run.chapter", assignment.model_dump_json()))


def _train(assignment: Assignment) -> ChapterTiming:
    prepared = assignment.prepared
    preparation = prepared.preparation
    model = chapter_model(assignment.architecture, preparation.steps, len(preparation.columns))
    borders = prepared.divided.borders
    train = _dataset(prepared, 0, borders.train)
    validation = _dataset(prepared, borders.train, borders.validation)
    model.compile(optimizer="rmsprop", loss="mse", metrics=["mae"])
    model.evaluate(validation.take(2), verbose=0)
    clock = batch_clock()
    model.fit(
        train,
        epochs=EPOCHS,
        steps_per_epoch=assignment.batches,
        validation_data=validation,
        validation_freq=EPOCHS,
        callbacks=[clock],
        verbose=0,
    )
    return ChapterTiming(
        milliseconds_a_step=1000 * clock.training_seconds / (assignment.batches - UNTIMED_BATCHES),
        validation_seconds=clock.validation_seconds,
        peak_memory_mib=peak_memory_mib(),
        multiply_adds_a_step=multiply_adds_a_step(model, BATCH_SIZE),
        without_dropped=multiply_adds_a_step(model, BATCH_SIZE, dropped=False),
    )


def _dataset(prepared: Prepared, first: int, end: int) -> Any:
    features, target = (np.load(prepared.folder / f"{name}.npy") for name in ("features", "target"))
    steps, stride, delay = prepared.preparation.steps, prepared.stride_rows, prepared.target_offset_rows
    return chapter_windows(features, target, steps=steps, stride=stride, delay=delay, first=first, end=end)


def chapter_windows(
    features: NDArray[np.float32],
    target: NDArray[np.float32],
    *,
    steps: int,
    stride: int,
    delay: int,
    first: int | None = None,
    end: int | None = None,
) -> Any:
    """Give batches of shuffled windows and targets as the chapter does: in double precision, as it reads them."""
    import keras

    return keras.utils.timeseries_dataset_from_array(
        features.astype(np.float64)[:-delay],
        targets=target.astype(np.float64)[delay:],
        sampling_rate=stride,
        sequence_length=steps,
        shuffle=True,
        batch_size=BATCH_SIZE,
        start_index=first,
        end_index=end,
    )


def batch_clock() -> Any:
    """Give a Keras callback whose `training_seconds` are those of an epoch's timed batches."""
    import keras

    class Clock(keras.callbacks.Callback):  # type: ignore[misc]  # Keras is untyped
        """Times the batches of the latest epoch, and the latest validation."""

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == self.params["steps"] - 1:
                float(logs["loss"])  # a GPU is asked, not waited for, until somebody reads what it found
            now = time.perf_counter()
            if batch == UNTIMED_BATCHES - 1:
                self._began = now
            elif batch >= UNTIMED_BATCHES:
                self.training_seconds = now - self._began

        def on_test_begin(self, logs: object = None) -> None:
            self._validation_began = time.perf_counter()

        def on_test_end(self, logs: object = None) -> None:
            self.validation_seconds = time.perf_counter() - self._validation_began

    return Clock()


if __name__ == "__main__":
    print(_train(Assignment.model_validate_json(sys.stdin.read())).model_dump_json())
