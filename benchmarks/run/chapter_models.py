"""The chapter's models, written afresh from their description with plain Keras layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import keras

UNITS: Final = 16
WIDE_UNITS: Final = 32


def chapter_model(architecture: str, steps: int, features: int) -> keras.Model:
    """Give the untrained model of an architecture: windows (batch, steps, features) in, the target (batch, 1) out."""
    import keras

    windows = keras.Input((steps, features))
    hidden = windows
    for layer in _hidden_layers(architecture):
        hidden = layer(hidden)
    return keras.Model(windows, keras.layers.Dense(1)(hidden))


def _hidden_layers(architecture: str) -> list[keras.layers.Layer]:
    from keras import layers

    described: dict[str, Callable[[], list[keras.layers.Layer]]] = {
        "dense": lambda: [layers.Flatten(), layers.Dense(UNITS, activation="relu")],
        "conv1d": lambda: [
            layers.Conv1D(8, 24, activation="relu"),
            layers.MaxPooling1D(2),
            layers.Conv1D(8, 12, activation="relu"),
            layers.MaxPooling1D(2),
            layers.Conv1D(8, 6, activation="relu"),
            layers.GlobalAveragePooling1D(),
        ],
        "simple_rnn": lambda: [layers.SimpleRNN(UNITS, return_sequences=more) for more in (True, True, False)],
        "lstm": lambda: [layers.LSTM(UNITS)],
        "reversed_lstm": lambda: [layers.LSTM(UNITS, go_backwards=True)],
        "bidirectional_lstm": lambda: [layers.Bidirectional(layers.LSTM(UNITS))],
        "lstm_dropout": lambda: [layers.LSTM(WIDE_UNITS, recurrent_dropout=0.25), layers.Dropout(0.5)],
        "stacked_gru": lambda: [layers.GRU(WIDE_UNITS, return_sequences=more) for more in (True, False)],
        "stacked_gru_dropout": lambda: [
            layers.GRU(WIDE_UNITS, recurrent_dropout=0.5, return_sequences=True),
            layers.GRU(WIDE_UNITS, recurrent_dropout=0.5),
            layers.Dropout(0.5),
        ],
    }
    return described[architecture]()
