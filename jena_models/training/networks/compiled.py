"""Training steps and forecasts as compiled loops that gather their windows themselves.

Python is entered once for many batches, not once for each: the small models take about a millisecond a batch, of
which a call from Python would be a large part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from jena_models.evaluation.metrics import Loss
from jena_models.training.networks.accelerated_model import parted_after_convolution
from jena_models.windows.placement import WindowedReadings

if TYPE_CHECKING:
    import keras

TRAINING_CHUNK: Final = 16
"""Batches a call: half a second of the slowest architecture, so that its progress is seen."""
FORECAST_BATCH: Final = 1024
"""Windows forecast at a time, 7 MB of 14 columns and 120 steps; what the last time has left is forecast for nothing."""
AUTOGRAPH: Final = False
"""Whether TensorFlow is to look for `if` and `while` in the Python below, which takes a third of a second."""

Forecasts = Callable[[NDArray[np.int64]], NDArray[np.float32]]
"""Gives the forecasts, shape (windows,), of the windows that start at the given rows."""


class Trained(NamedTuple):
    """The batches of an epoch that are done, and the means over them."""

    batches: int
    loss: float
    mae: float


Train = Callable[[NDArray[np.int32]], Iterator[Trained]]
"""Trains on batches of window starts, shape (batches, batch_size), in their order, and tells after every few."""


class DeviceReadings:
    """The readings as tensors, and windows gathered from them.

    Steps of a window may lie several rows apart, of ten-minute readings six. All rows of the full hour are kept one
    after the other, then all of ten past, and so on: a window is one stretch of memory, gathered in half the time.
    """

    def __init__(self, readings: WindowedReadings, place: str | None = None) -> None:
        import tensorflow as tf

        self.place = place
        """Where they lie, and where what works on them is computed, as TensorFlow calls it; None leaves it to it."""
        with tf.device(place):
            self.features = tf.constant(_by_phase(readings.features, readings.stride_rows))
            self.target = tf.constant(readings.target)
            self.vectors = self.places = None
            if readings.service is not None:
                self.vectors, self.places = tf.constant(readings.service.vectors), tf.constant(readings.service.places)
            self.steps = tf.range(readings.steps, dtype=tf.int32)
        self.stride_rows = readings.stride_rows
        self.target_offset_rows = readings.target_offset_rows

    def shown(self, starts: Any) -> Any:
        """Give a model's input: the windows, and beside them what the weather service says where it is fed by one."""
        import tensorflow as tf

        windows = self.windows(starts)
        return windows if self.places is None else [windows, tf.gather(self.vectors, tf.gather(self.places, starts))]

    def windows(self, starts: Any) -> Any:
        """Give the windows that start at the rows `starts`, shape (batch, steps, features)."""
        return self.windows_of(self.features, starts)

    def windows_of(self, computed: Any, starts: Any) -> Any:
        """Give windows of what was computed from the features, as many rows fewer as a window has steps fewer."""
        import tensorflow as tf

        rows = self.features.shape[0]
        first = starts % self.stride_rows * (rows // self.stride_rows) + starts // self.stride_rows
        return tf.gather(computed, first[:, None] + self.steps[: len(self.steps) - (rows - computed.shape[0])])

    def targets(self, starts: Any) -> Any:
        """Give the targets of the windows that start at the rows `starts`, shape (batch, 1)."""
        import tensorflow as tf

        return tf.gather(self.target, starts + self.target_offset_rows)[:, None]


def _by_phase(features: NDArray[np.float32], stride_rows: int) -> NDArray[np.float32]:
    """Put row r at (r mod stride) · rows of a phase + r div stride; rows of zeros make the phases equally long."""
    missing = -len(features) % stride_rows
    whole = np.pad(features, ((0, missing), (0, 0))) if missing else features
    by_phase = whole.reshape(-1, stride_rows, features.shape[1]).transpose(1, 0, 2)
    return np.ascontiguousarray(by_phase).reshape(-1, features.shape[1])


def compile_training(
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    loss: Loss,
    readings: DeviceReadings,
    batch_size: int,
    *,
    target_scale: float = 1.0,
) -> Train:
    """Give a function that trains a model on windows of the readings.

    Args:
        model: windows in, the target out.
        optimizer: built for its variables.
        loss: to lower.
        readings: of the windows.
        batch_size: windows in a batch.
        target_scale: how much of the target counts as one in the loss.
    """
    import keras
    import tensorflow as tf

    loss_of = keras.losses.get(loss)
    variables = model.trainable_variables

    def in_its_unit(values: Any) -> Any:
        return values if target_scale == 1 else values / target_scale

    def train_batch(starts: Any) -> tuple[Any, Any]:
        shown, targets = readings.shown(starts), readings.targets(starts)
        with tf.GradientTape() as tape:
            forecasts = model(shown, training=True)
            value = tf.reduce_mean(loss_of(in_its_unit(targets), in_its_unit(forecasts)))
        optimizer.apply(tape.gradient(value, variables), variables)
        return value, tf.reduce_mean(tf.abs(forecasts - targets))

    def train_batches(batches: Any) -> tuple[Any, Any]:
        with tf.device(readings.place):
            return train_all(batches)

    def train_all(batches: Any) -> tuple[Any, Any]:
        count = tf.shape(batches)[0]

        def one(index: Any, losses: Any, errors: Any) -> tuple[Any, Any, Any]:
            value, error = train_batch(batches[index])
            return index + 1, losses + tf.cast(value, tf.float64), errors + tf.cast(error, tf.float64)

        zero = tf.zeros((), tf.float64)
        _, losses, errors = tf.while_loop(
            lambda index, *_: index < count, one, (tf.constant(0), zero, zero), parallel_iterations=1
        )
        return losses, errors

    signature = [tf.TensorSpec((None, batch_size), tf.int32)]
    compiled = tf.function(train_batches, input_signature=signature, autograph=AUTOGRAPH)

    def train(batches: NDArray[np.int32]) -> Iterator[Trained]:
        losses = errors = 0.0
        for first in range(0, len(batches), TRAINING_CHUNK):
            chunk = batches[first : first + TRAINING_CHUNK]
            more_losses, more_errors = compiled(tf.constant(chunk))
            losses += float(more_losses)
            errors += float(more_errors)
            done = first + len(chunk)
            yield Trained(done, losses / done, errors / done)

    return train


def compile_forecasts(model: keras.Model, readings: DeviceReadings) -> Forecasts:
    """Give a function that forecasts any windows of the readings with a model."""
    import tensorflow as tf

    parts = parted_after_convolution(model)

    def convolved() -> Any:
        with tf.device(readings.place):
            return () if parts is None else parts[0](readings.features[None])[0]

    def forecast_batch(starts: Any, computed: Any) -> Any:
        with tf.device(readings.place):
            if parts is None:
                return model(readings.shown(starts), training=False)[:, 0]
            return parts[1](readings.windows_of(computed, starts), training=False)[:, 0]

    compiled = tf.function(forecast_batch, autograph=AUTOGRAPH)

    def forecast(starts: NDArray[np.int64]) -> NDArray[np.float32]:
        computed = convolved()
        # Whole batches of one shape: what stands in for the missing windows is cut off again.
        filled = np.resize(starts, -(-len(starts) // FORECAST_BATCH) * FORECAST_BATCH).astype(np.int32)
        forecasts = [compiled(tf.constant(batch), computed).numpy() for batch in filled.reshape(-1, FORECAST_BATCH)]
        return np.concatenate(forecasts)[: len(starts)]

    return forecast
