import keras
import numpy as np
import pytest
import tensorflow as tf
from recurrences import gru_steps, lstm_steps, simple_rnn_steps

from jena_models.recurrence.layers import AcceleratedLayer, recurrent_masks

pytestmark = pytest.mark.slow

RATE = 0.25
CASES = [
    (keras.layers.SimpleRNN, simple_rnn_steps, 1),
    (keras.layers.GRU, gru_steps, 3),
    (keras.layers.LSTM, lambda *arguments: lstm_steps(*arguments)[0], 4),
]


def _layer(kind, units=5, **options):
    layer = kind(units, recurrent_dropout=RATE, seed=13, return_sequences=True, **options)
    layer.build((40, 6, 3))
    return layer


def _sequences():
    return np.random.default_rng(5).normal(size=(40, 6, 3)).astype(np.float32)


@pytest.mark.parametrize(("kind", "steps", "gates"), CASES)
def test_states_under_one_mask_at_every_step(kind, steps, gates):
    layer = _layer(kind)
    masks = recurrent_masks(_layer(kind), 40).numpy()  # the same seed draws the same masks
    outputs = AcceleratedLayer(layer)(_sequences(), training=True)
    expected = steps(_sequences(), *layer.get_weights(), masks)
    np.testing.assert_allclose(outputs, expected, atol=1e-5)


@pytest.mark.parametrize(("kind", "steps", "gates"), CASES)
def test_outputs_and_gradients_are_those_of_keras_from_the_same_seed(kind, steps, gates):
    plain, shadow = _layer(kind), _layer(kind)
    shadow.set_weights(plain.get_weights())
    sequences = tf.constant(_sequences())

    def gradients(layer, weights):
        with tf.GradientTape() as tape:
            tape.watch(sequences)
            outputs = layer(sequences, training=True)
            loss = tf.reduce_sum(outputs**2)
        return [outputs, *tape.gradient(loss, [sequences, *(one.value for one in weights)])]

    expected = gradients(plain, plain.trainable_variables)
    got = gradients(AcceleratedLayer(shadow), shadow.trainable_variables)
    for ours, theirs in zip(got, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize(("kind", "steps", "gates"), CASES)
def test_masks_keep_the_mean_and_differ_between_gates_sequences_and_batches(kind, steps, gates):
    layer = _layer(kind, units=32)
    first, second = recurrent_masks(layer, 256).numpy(), recurrent_masks(layer, 256).numpy()
    assert first.shape == (gates, 256, 32)
    np.testing.assert_allclose(np.unique(first), [0, 1 / (1 - RATE)], rtol=1e-6)
    assert abs(first.mean() - 1) < 0.03
    assert not np.array_equal(first, second)
    assert len(np.unique(first.reshape(gates * 256, 32), axis=0)) > 0.99 * gates * 256


@pytest.mark.parametrize(("kind", "steps", "gates"), CASES)
def test_nothing_is_dropped_outside_training(kind, steps, gates):
    layer = _layer(kind)
    outputs = AcceleratedLayer(layer)(_sequences(), training=False)
    np.testing.assert_allclose(outputs, steps(_sequences(), *layer.get_weights()), atol=1e-5)
