"""A training step's processor time on one core, and how near it is to the peak: `python -m benchmarks.steps`.

Processor time goes on only while a process computes, so that other work on the machine disturbs it little. With
`JENA_VECTOR_WIDTH` the kernels are those of another processor, with `--plain` there are none. Readings are drawn.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks.arithmetic import multiply_adds_a_step
from benchmarks.measures import BOOK_ARCHITECTURES
from benchmarks.peak import multiply_adds_a_second
from benchmarks.processes import measured
from benchmarks.report import table
from jena_models.architectures import Hyperparameters, find_architecture
from jena_models.recurrence.vectors.register_tiles import TILES
from jena_models.windows.placement import WindowedReadings

if TYPE_CHECKING:
    import keras

    from jena_models.training.compiled import Train

STEPS, COLUMNS, STRIDE_ROWS, BATCH_SIZE = 120, 14, 6, 256
ROWS: Final = 100_000
CHUNKS: Final = 4
"""Of as many batches as a call trains; the quickest counts."""
FORECAST_WINDOWS: Final = 4096
Clock = Callable[[], float]
RESIDUAL: Final = ("residual_gru", "residual_conv")
ALL: Final = (*BOOK_ARCHITECTURES, *RESIDUAL)


@click.command()
@click.option("--architectures", default=",".join(ALL), metavar="A,B", help="Time these alone.")
@click.option("--plain", is_flag=True, help="Time plain Keras layers.")
def main(*, architectures: str, plain: bool) -> None:
    """Time a training step and a batch of validation of each architecture."""
    rows = [["", "ms a step", "of peak", "ms a batch of validation", "of peak"], ["---", *["---:"] * 4]]
    names = architectures.split(",")
    all_found = json.loads(measured("benchmarks.steps_probe", json.dumps([names, plain]), threads=1))
    for name, found in zip(names, all_found, strict=True):
        step, validation, peak = found["step"], found["validation"], found["peak"]
        shares = (found["multiply_adds"] / step, found["multiply_adds"] / 3 / validation)
        of_peak = [f"{share / peak:.0%}" for share in shares]
        rows.append([name, f"{1000 * step:.1f}", of_peak[0], f"{1000 * validation:.1f}", of_peak[1]])
    kind = "plain Keras layers" if plain else f"kernels for {TILES.registers} registers of {TILES.width} floats"
    click.echo(f"{kind}\n\n{table(rows)}")


def time_steps(
    architecture: str,
    twin: Callable[[keras.Model], keras.Model],
    *,
    changed: Mapping[str, Any] | None = None,
    place: str | None = None,
    clock: Clock = time.process_time,
) -> dict[str, float]:
    """Give the seconds of a step and of a batch of validation, the multiply-adds of a step, and the peak.

    Args:
        architecture: its name.
        twin: makes of the model what computes it.
        changed: hyper-parameters in place of its own.
        place: the device, as TensorFlow calls it.
        clock: by which it is timed; by default the processor's time.
    """
    import keras
    import tensorflow as tf

    from jena_models.training.compiled import (
        FORECAST_BATCH,
        TRAINING_CHUNK,
        DeviceReadings,
        compile_forecasts,
        compile_training,
    )

    draw = np.random.default_rng(0)
    found = find_architecture(architecture)
    chosen = found.hyperparameters.model_copy(update=changed or {})
    if found.body is None or not isinstance(chosen, Hyperparameters):
        raise TypeError(f"{architecture} is no network")
    with tf.device(place):
        windows = keras.Input((STEPS, COLUMNS))
        model = keras.Model(windows, keras.layers.Dense(1)(found.body(windows, chosen)))
    starts = draw.integers(0, ROWS - 2 * STEPS * STRIDE_ROWS, (CHUNKS + 1, TRAINING_CHUNK, BATCH_SIZE)).astype(np.int32)
    readings = DeviceReadings(
        WindowedReadings(
            features=draw.normal(size=(ROWS, COLUMNS)).astype(np.float32),
            target=draw.normal(size=ROWS).astype(np.float32),
            steps=STEPS,
            stride_rows=STRIDE_ROWS,
            target_offset_rows=STEPS * STRIDE_ROWS,
            starts={"train": starts.ravel().astype(np.int64)},
        ),
        place,
    )
    trained = twin(model)
    optimizer = chosen.optimizer_of(starts[..., 0].size)
    with tf.device(place):
        optimizer.build(trained.trainable_variables)
    train = compile_training(trained, optimizer, "mse", readings, BATCH_SIZE)
    forecast = compile_forecasts(trained, readings)
    seconds = [_seconds(partial(_all, train, chunk), clock) for chunk in starts]
    forecast(starts.ravel()[:FORECAST_BATCH].astype(np.int64))
    some = starts.ravel()[:FORECAST_WINDOWS].astype(np.int64)
    validation = min(_seconds(lambda: forecast(some), clock) for _ in range(CHUNKS))
    return {
        "step": min(seconds[1:]) / TRAINING_CHUNK,
        "validation": validation * BATCH_SIZE / FORECAST_WINDOWS,
        "peak": multiply_adds_a_second(time.process_time),
        "multiply_adds": multiply_adds_a_step(model, BATCH_SIZE),
    }


def _all(train: Train, batches: NDArray[np.int32]) -> None:
    for _ in train(batches):
        pass


def _seconds(work: Callable[[], object], clock: Clock) -> float:
    began = clock()
    work()
    return clock() - began


if __name__ == "__main__":
    main()
