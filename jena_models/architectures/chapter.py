"""The architectures of chapter 10 of "Deep Learning with Python", and the forecast that they are to beat.

Each is a function from the windows to its last hidden layer. The
figures of each (layers, widths, dropout rates, epochs) are the chapter's; see README for how they compare.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.models.registry import ARCHITECTURES, Architecture, Hyperparameters, architecture
from jena_models.options.quantities import Count, Dropout
from jena_models.tuning.ranges import Between

if TYPE_CHECKING:
    from keras import KerasTensor


class Untrained(Hyperparameters):
    """Nothing to train, nothing to tell."""

    epochs: int = 0
    """There are none."""


ARCHITECTURES[PERSISTENCE] = Architecture(PERSISTENCE, "The temperature now", Untrained(), None)


class DenseHyperparameters(Hyperparameters):
    """Of the densely connected network."""

    units: Annotated[Count, Between(8, 128, log=True)] = 16
    """Width of the hidden layer."""

    @property
    def size(self) -> int:
        """Width of the hidden layer."""
        return self.units


class ConvolutionHyperparameters(Hyperparameters):
    """Of the convolutional network."""

    filters: Annotated[Count, Between(4, 64, log=True)] = 8
    """Filters of each convolution."""
    kernel_sizes: tuple[Count, ...] = (24, 12, 6)
    """Steps that each convolution spans; a pooling by two lies between one and the next."""

    @property
    def size(self) -> int:
        """Filters of each convolution."""
        return self.filters

    @property
    def fewest_steps(self) -> int:
        """How many steps leave one to the last convolution, with a pooling by two before each but the first."""
        steps = 1
        for size in reversed(self.kernel_sizes):
            steps = 2 * (steps + size - 1)
        return steps // 2


class RecurrentHyperparameters(Hyperparameters):
    """Of every recurrent network."""

    units: Annotated[Count, Between(8, 64, log=True)] = 16
    """Width of each recurrent layer."""
    layers: Count = 1
    """How many recurrent layers lie on top of one another."""
    recurrent_dropout: Annotated[Dropout, Between(0.0, 0.6)] = 0.0
    """Share of the recurrent state that is dropped, the same units at every step of a window."""
    dropout: Annotated[Dropout, Between(0.0, 0.6)] = 0.0
    """Share of the last state that is dropped."""

    @property
    def size(self) -> int:
        """Units of all layers together."""
        return self.units * self.layers


@architecture(DenseHyperparameters(), step_milliseconds=1)
def dense(windows: KerasTensor, chosen: DenseHyperparameters) -> KerasTensor:
    """Dense layer on the flattened window."""
    from keras import layers

    hidden = layers.Flatten()(windows)
    return layers.Dense(chosen.units, activation="relu")(hidden)


@architecture(ConvolutionHyperparameters(), step_milliseconds=5)
def conv1d(windows: KerasTensor, chosen: ConvolutionHyperparameters) -> KerasTensor:
    """Three 1D convolutions with pooling."""
    from keras import layers

    hidden = windows
    for position, size in enumerate(chosen.kernel_sizes):
        if position > 0:
            hidden = layers.MaxPooling1D(2)(hidden)
        hidden = layers.Conv1D(chosen.filters, size, activation="relu")(hidden)
    return layers.GlobalAveragePooling1D()(hidden)


@architecture(RecurrentHyperparameters(layers=3), step_milliseconds=12)
def simple_rnn(windows: KerasTensor, chosen: RecurrentHyperparameters) -> KerasTensor:
    """Three simple recurrent layers."""
    from keras import layers

    return _stacked(windows, layers.SimpleRNN, chosen)


@architecture(RecurrentHyperparameters(), step_milliseconds=8)
def lstm(windows: KerasTensor, chosen: RecurrentHyperparameters) -> KerasTensor:
    """One LSTM layer."""
    from keras import layers

    return _stacked(windows, layers.LSTM, chosen)


@architecture(RecurrentHyperparameters(), step_milliseconds=8)
def reversed_lstm(windows: KerasTensor, chosen: RecurrentHyperparameters) -> KerasTensor:
    """One LSTM layer that reads the window from its end to its start."""
    from keras import layers

    return _stacked(windows, layers.LSTM, chosen, go_backwards=True)


@architecture(RecurrentHyperparameters(), step_milliseconds=16)
def bidirectional_lstm(windows: KerasTensor, chosen: RecurrentHyperparameters) -> KerasTensor:
    """Two LSTM layers, one in each direction of time."""
    from keras import layers

    hidden = windows
    for position in range(chosen.layers):
        layer = layers.LSTM(
            chosen.units,
            recurrent_dropout=chosen.recurrent_dropout,
            return_sequences=position + 1 < chosen.layers,
        )
        hidden = layers.Bidirectional(layer)(hidden)
    return layers.Dropout(chosen.dropout)(hidden) if chosen.dropout else hidden


@architecture(RecurrentHyperparameters(epochs=50, units=32, recurrent_dropout=0.25, dropout=0.5), step_milliseconds=20)
def lstm_dropout(windows: KerasTensor, chosen: RecurrentHyperparameters) -> KerasTensor:
    """One LSTM layer with recurrent dropout."""
    from keras import layers

    return _stacked(windows, layers.LSTM, chosen)


@architecture(
    RecurrentHyperparameters(epochs=50, units=32, layers=2, recurrent_dropout=0.5, dropout=0.5), step_milliseconds=40
)
def stacked_gru_dropout(windows: KerasTensor, chosen: RecurrentHyperparameters) -> KerasTensor:
    """Two GRU layers with recurrent dropout."""
    from keras import layers

    return _stacked(windows, layers.GRU, chosen)


def _stacked(
    windows: KerasTensor,
    layer: type,
    chosen: RecurrentHyperparameters,
    go_backwards: bool = False,
) -> KerasTensor:
    from keras import layers

    hidden = windows
    for position in range(chosen.layers):
        hidden = layer(
            chosen.units,
            recurrent_dropout=chosen.recurrent_dropout,
            return_sequences=position + 1 < chosen.layers,
            go_backwards=go_backwards and position == 0,
        )(hidden)
    return layers.Dropout(chosen.dropout)(hidden) if chosen.dropout else hidden
