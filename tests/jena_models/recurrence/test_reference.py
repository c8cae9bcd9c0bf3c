import keras
import numpy as np
import pytest
from recurrences import gru_steps, lstm_steps, simple_rnn_steps

BATCH, STEPS, FEATURES, UNITS = 5, 7, 3, 4


def _layer_and_sequences(kind, **options):
    rng = np.random.default_rng(7)
    layer = kind(UNITS, return_sequences=True, **options)
    layer.build((BATCH, STEPS, FEATURES))
    layer.set_weights([rng.normal(0, 0.5, weight.shape) for weight in layer.weights])
    return layer, rng.normal(size=(BATCH, STEPS, FEATURES)).astype(np.float32)


@pytest.mark.parametrize(
    ("kind", "steps"),
    [(keras.layers.SimpleRNN, simple_rnn_steps), (keras.layers.GRU, gru_steps)],
)
def test_states_are_those_of_the_keras_layer(kind, steps):
    layer, sequences = _layer_and_sequences(kind)
    np.testing.assert_allclose(steps(sequences, *layer.get_weights()), layer(sequences), atol=1e-5)


def test_lstm_states_and_carries_are_those_of_the_keras_layer():
    layer, sequences = _layer_and_sequences(keras.layers.LSTM, return_state=True)
    expected, last_state, last_carry = layer(sequences)
    states, carries = lstm_steps(sequences, *layer.get_weights())
    np.testing.assert_allclose(states, expected, atol=1e-5)
    np.testing.assert_allclose(states[:, -1], last_state, atol=1e-5)
    np.testing.assert_allclose(carries[:, -1], last_carry, atol=1e-5)


def test_large_values_overflow_nowhere():
    layer, sequences = _layer_and_sequences(keras.layers.LSTM)
    with np.errstate(all="raise"):
        states, _ = lstm_steps(1e4 * sequences, *layer.get_weights())
    assert np.all(np.abs(states) <= 1)
