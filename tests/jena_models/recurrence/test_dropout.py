from unittest import mock

import keras
import numpy as np
import pytest
import tensorflow as tf
from recurrences import gru_steps, lstm_steps, simple_rnn_steps

from jena_models.recurrence.kernels.cells import GRU, LSTM, SIMPLE_RNN
from jena_models.recurrence.kernels.packing import Weights
from jena_models.recurrence.layers import AcceleratedLayer, recurrent_masks
from jena_models.recurrence.operation import Recurrence
from jena_models.recurrence.vectors.lanes import LANES

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


@pytest.mark.parametrize("kind", [kind for kind, _, _ in CASES])
def test_masks_are_shared_by_sequences_that_follow_one_another(kind):
    masks = recurrent_masks(_layer(kind, units=32), 150, shared_by=32).numpy()

    groups = [masks[:, first : first + 32] for first in range(0, 150, 32)]
    assert [group.shape[1] for group in groups] == [32, 32, 32, 32, 22]
    assert all((group == group[:, :1]).all() for group in groups)
    assert len({group[:, 0].tobytes() for group in groups}) == len(groups)
    assert abs(masks.mean() - 1) < 0.15


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize(("kind", "steps", "gates"), CASES)
def test_what_a_whole_block_drops_is_left_out_without_a_trace(kind, steps, gates, return_sequences):
    batch, units = 3 * LANES + 5, 13
    draw = np.random.default_rng(8)
    sequences = tf.constant(draw.normal(size=(batch, 6, 3)).astype(np.float32))
    masks = 2 * draw.integers(0, 2, (gates, batch, units)).astype(np.float32)
    masks[:, :LANES] = masks[:, :1]  # all windows of the first block drop the same
    masks[0, LANES : 2 * LANES] = 0  # in the second one a gate sees nothing of the state
    masks[:, 3 * LANES :] = masks[:, -1:]  # and the last block is not full
    plain = kind(units, return_sequences=return_sequences, recurrent_dropout=RATE)
    plain.build(sequences.shape)
    plain.cell.get_recurrent_dropout_mask = lambda _: masks if gates > 1 else masks[0]
    twin = AcceleratedLayer(plain)

    def outputs_and_gradients(layer):
        with tf.GradientTape() as tape:
            tape.watch(sequences)
            outputs = layer(sequences, training=True)
            loss = tf.reduce_sum(tf.cos(3 * outputs))
        return [outputs, *tape.gradient(loss, [sequences, *(one.value for one in plain.trainable_variables)])]

    expected = outputs_and_gradients(plain)
    with mock.patch("jena_models.recurrence.layers.recurrent_masks", return_value=tf.constant(masks)):
        got = outputs_and_gradients(twin)
    for ours, theirs in zip(got, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("cell", [SIMPLE_RNN, GRU, LSTM])
def test_what_a_whole_block_drops_is_not_multiplied(cell):
    gates, units, draw = len(cell.kernel_gates), 6, np.random.default_rng(2)
    kernel, recurrent_kernel = (draw.normal(size=(rows, gates * units)).astype(np.float32) for rows in (3, units))
    bias = np.zeros((2, gates * units) if cell is GRU else gates * units, np.float32)
    masks = np.full((gates, 2 * LANES, units), 2, np.float32)
    masks[:, :, 4] = 0
    recurrent_kernel[4] = np.nan
    recurrence = Recurrence(cell, return_sequences=True)

    weights = Weights(kernel, recurrent_kernel, bias)
    sequences = draw.normal(size=(2 * LANES, 5, 3)).astype(np.float32)
    outputs, tape = recurrence.forward(sequences, weights, masks, True)
    upstream = np.ones_like(outputs)
    of_inputs, of_weights = recurrence.backward(upstream, tape, weights, masks, outputs.shape[1])

    assert all(np.isfinite(each).all() for each in (outputs, of_inputs, *of_weights))
    assert not of_weights.recurrent_kernel[4].any()


@pytest.mark.parametrize(("kind", "steps", "gates"), CASES)
def test_nothing_is_dropped_outside_training(kind, steps, gates):
    layer = _layer(kind)
    outputs = AcceleratedLayer(layer)(_sequences(), training=False)
    np.testing.assert_allclose(outputs, steps(_sequences(), *layer.get_weights()), atol=1e-5)
