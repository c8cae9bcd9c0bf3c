"""How long a training step and a batch of validation take, on readings that are drawn.

`python -m benchmarks.steps` has this module time architectures with one thread, in a process of its own: their names,
and whether their layers are to be plain, come as JSON on standard input; the figures go out as one line of it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.arithmetic import multiply_adds_a_step
from benchmarks.peak import multiply_adds_a_second, seconds_of
from jena_models.architectures import Hyperparameters, find_architecture
from jena_models.windows.placement import WindowedReadings

if TYPE_CHECKING:
    import keras

    from jena_models.training.networks.compiled import Train

STEPS, COLUMNS, STRIDE_ROWS, BATCH_SIZE = 120, 14, 6, 256
ROWS: Final = 100_000
CHUNKS: Final = 4
"""Of as many batches as a call trains; the quickest counts."""
FORECAST_WINDOWS: Final = 4096
Clock = Callable[[], float]
RESIDUAL: Final = ("residual_gru", "residual_conv")


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
    import tensorflow as tf

    from jena_models.training.networks.compiled import (
        FORECAST_BATCH,
        TRAINING_CHUNK,
        DeviceReadings,
        compile_forecasts,
        compile_training,
    )

    draw = np.random.default_rng(0)
    with tf.device(place):
        model, chosen = _network(architecture, changed or {})
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
    seconds = [seconds_of(partial(_all, train, chunk), clock) for chunk in starts]
    forecast(starts.ravel()[:FORECAST_BATCH].astype(np.int64))
    some = starts.ravel()[:FORECAST_WINDOWS].astype(np.int64)
    validation = min(seconds_of(lambda: forecast(some), clock) for _ in range(CHUNKS))
    return {
        "step": min(seconds[1:]) / TRAINING_CHUNK,
        "validation": validation * BATCH_SIZE / FORECAST_WINDOWS,
        "peak": multiply_adds_a_second(time.process_time),
        "multiply_adds": multiply_adds_a_step(model, BATCH_SIZE),
    }


def _network(architecture: str, changed: Mapping[str, Any]) -> tuple[keras.Model, Hyperparameters]:
    import keras

    found = find_architecture(architecture)
    chosen = found.hyperparameters.model_copy(update=changed)
    if found.body is None or not isinstance(chosen, Hyperparameters):
        raise TypeError(f"{architecture} is no network")
    windows = keras.Input((STEPS, COLUMNS))
    return keras.Model(windows, keras.layers.Dense(1)(found.body(windows, chosen))), chosen


def _all(train: Train, batches: NDArray[np.int32]) -> None:
    for _ in train(batches):
        pass


def main() -> None:
    """Time what is asked for on standard input."""
    import tensorflow as tf

    from jena_models.training.networks.accelerated_model import training_twin

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    names, plain = json.loads(sys.stdin.read())
    print(json.dumps([time_steps(name, (lambda model: model) if plain else training_twin) for name in names]))


if __name__ == "__main__":
    main()
