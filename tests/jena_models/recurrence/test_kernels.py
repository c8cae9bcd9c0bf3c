import keras
import numpy as np
import pytest
import tensorflow as tf
from recurrences import gru_steps, lstm_steps, simple_rnn_steps

from jena_models.recurrence.kernels.cells import GRU, LSTM, SIMPLE_RNN
from jena_models.recurrence.kernels.packing import Weights
from jena_models.recurrence.layers import AcceleratedBidirectional, AcceleratedLayer
from jena_models.recurrence.operation import Recurrence

KINDS = [keras.layers.SimpleRNN, keras.layers.GRU, keras.layers.LSTM]
SHAPES = [  # batch, steps, features, units
    (1, 1, 1, 1),
    (5, 7, 3, 3),
    (32, 4, 14, 16),
    (70, 3, 30, 8),
    (64, 3, 7, 33),
    (257, 3, 32, 32),
]


def _with_random_weights(layer, shape, scale=0.4):
    rng = np.random.default_rng(3)
    layer.build(shape)
    layer.set_weights([rng.normal(0, scale, weight.shape) for weight in layer.weights])
    return layer


def _outputs_and_gradients(layer, sequences, weights, training):
    with tf.GradientTape() as tape:
        tape.watch(sequences)
        outputs = layer(sequences, training=training)
        loss = tf.reduce_sum(outputs * tf.cos(3.0 * outputs))
    sources = [sequences, *(weight.value for weight in weights)]
    return [outputs, *tape.gradient(loss, sources)]


def _assert_equal_layers(plain, twin, shape, training=True):
    sequences = tf.constant(np.random.default_rng(1).normal(size=shape).astype(np.float32))
    weights = plain.trainable_variables
    expected = _outputs_and_gradients(plain, sequences, weights, training)
    got = _outputs_and_gradients(twin, sequences, weights, training)
    for ours, theirs in zip(got, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5 * max(1, shape[0] / 10))


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_and_gradients_are_those_of_keras(kind, shape, return_sequences):
    *input_shape, units = shape
    plain = _with_random_weights(kind(units, return_sequences=return_sequences), input_shape)
    _assert_equal_layers(plain, AcceleratedLayer(plain), input_shape)


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_sequences_read_backwards(kind, return_sequences):
    plain = kind(6, return_sequences=return_sequences, go_backwards=True)
    _with_random_weights(plain, (40, 6, 3))
    _assert_equal_layers(plain, AcceleratedLayer(plain), (40, 6, 3))


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("merge_mode", ["concat", "sum", "ave", "mul"])
def test_bidirectional(merge_mode, return_sequences):
    inner = keras.layers.LSTM(5, return_sequences=return_sequences)
    plain = keras.layers.Bidirectional(inner, merge_mode=merge_mode)
    _with_random_weights(plain, (9, 6, 3))
    _assert_equal_layers(plain, AcceleratedBidirectional(plain), (9, 6, 3))


def test_both_directions_are_computed_in_one_entry_to_python():
    plain = _with_random_weights(keras.layers.Bidirectional(keras.layers.LSTM(5)), (9, 6, 3))
    twin = AcceleratedBidirectional(plain)

    def step(sequences):
        return _outputs_and_gradients(twin, sequences, plain.trainable_variables, True)

    operations = tf.function(step).get_concrete_function(tf.TensorSpec((9, 6, 3))).graph.get_operations()
    assert sum("PyFunc" in operation.type for operation in operations) == 2  # forward, and back


@pytest.mark.parametrize("kind", KINDS)
def test_outside_training_the_gradients_are_the_same(kind):
    plain = _with_random_weights(kind(4), (6, 5, 2))
    _assert_equal_layers(plain, AcceleratedLayer(plain), (6, 5, 2), training=False)


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_after_a_larger_one_sees_nothing_of_it(kind):
    plain = _with_random_weights(kind(8), (33, 5, 4))
    twin = AcceleratedLayer(plain)
    poison = tf.fill((64, 5, 4), np.float32(np.nan))
    _outputs_and_gradients(twin, poison, plain.trainable_variables, True)
    _assert_equal_layers(plain, twin, (33, 5, 4))


@pytest.mark.parametrize("scale", [1.0, 1e4])
@pytest.mark.parametrize("kind", KINDS)
def test_long_sequences_and_large_values_stay_finite(kind, scale):
    plain = _with_random_weights(kind(16), (8, 2000, 5))
    sequences = tf.constant(np.random.default_rng(1).normal(0, scale, size=(8, 2000, 5)).astype(np.float32))
    twin = AcceleratedLayer(plain)
    for value in _outputs_and_gradients(twin, sequences, plain.trainable_variables, True):
        assert np.all(np.isfinite(value))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_number_is_not_hidden(kind):
    plain = _with_random_weights(kind(3), (4, 5, 2))
    sequences = np.zeros((4, 5, 2), np.float32)
    sequences[1, 2, 0] = np.nan
    outputs = AcceleratedLayer(plain)(tf.constant(sequences), training=True)
    assert np.isnan(outputs).any(axis=1).tolist() == [False, True, False, False]


@pytest.mark.parametrize(
    ("cell", "steps"),
    [
        (SIMPLE_RNN, simple_rnn_steps),
        (GRU, gru_steps),
        (LSTM, lambda *arguments: lstm_steps(*arguments)[0]),
    ],
)
@pytest.mark.parametrize("dropped", [False, True])
def test_gradients_are_those_of_finite_differences(cell, steps, dropped):
    batch, length, features, units = 3, 4, 2, 3
    rng = np.random.default_rng(11)
    gates = len(cell.kernel_gates)
    bias_shape = (2, gates * units) if cell is GRU else (gates * units,)
    shapes = [(batch, length, features), (features, gates * units), (units, gates * units)]
    arrays = [rng.normal(0, 0.6, shape) for shape in [*shapes, bias_shape]]
    masks = 2.0 * rng.integers(0, 2, (gates, batch, units)) if dropped else None
    weighting = rng.normal(size=(batch, length, units))

    def loss():
        return np.sum(weighting * steps(*arrays, masks))

    inputs, *small = [array.astype(np.float32) for array in arrays]
    weights = Weights(*small)
    given = np.zeros((0, 1, 1), np.float32) if masks is None else masks.astype(np.float32)
    recurrence = Recurrence(cell, return_sequences=True)
    outputs, tape = recurrence.forward(inputs, weights, given, keep=True)
    np.testing.assert_allclose(outputs, steps(*arrays, masks), atol=1e-5)
    upstream = weighting.astype(np.float32)
    input_gradient, gradients = recurrence.backward(upstream, tape, weights, given, length)
    for array, gradient in zip(arrays, [input_gradient, *gradients], strict=True):
        expected = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            before = array[place]
            array[place] = before + 1e-5
            above = loss()
            array[place] = before - 1e-5
            expected[place] = (above - loss()) / 2e-5
            array[place] = before
        np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-5)


def test_gradients_can_be_asked_for_twice():
    plain = _with_random_weights(keras.layers.GRU(4), (6, 5, 2))
    sequences = tf.ones((6, 5, 2))
    with tf.GradientTape(persistent=True) as tape:
        outputs = AcceleratedLayer(plain)(sequences, training=True)
    kernel = plain.trainable_variables[0].value
    np.testing.assert_array_equal(tape.gradient(outputs, kernel), tape.gradient(outputs, kernel))
