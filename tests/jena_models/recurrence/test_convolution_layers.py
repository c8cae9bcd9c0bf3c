"""Convolutions over time by the kernels: the plain layer's numbers and gradients."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from jena_models.recurrence import accelerated
from jena_models.recurrence.convolution_layers import AcceleratedConvolution
from jena_models.recurrence.second_thread import second_thread
from jena_models.recurrence.vectors.lanes import LANES

SHAPES = [  # batch, steps, columns, filters, size, dilation
    (5, 30, 14, 8, 24, 1),
    (1, 1, 1, 1, 1, 1),
    (33, 9, 3, 5, 9, 1),
    (70, 12, 7, 3, 2, 4),
    (40, 20, 32, 32, 3, 8),
    (16, 6, 9, 17, 1, 1),
]


def _layer(shape, **options):
    batch, steps, columns, filters, size, dilation = shape
    layer = keras.layers.Conv1D(filters, size, dilation_rate=dilation, **options)
    layer.build((batch, steps, columns))
    draw = np.random.default_rng(4)
    # Outputs of about 1: the larger they are, the more of the gradient below is what rounding makes of them.
    spread = 1.5 / np.sqrt(size * columns)
    layer.set_weights([draw.normal(0, spread, weight.shape) for weight in layer.weights])
    windows = tf.constant(draw.normal(size=(batch, steps, columns)).astype(np.float32))
    return layer, windows


def _outputs_and_gradients(layer, windows, weights):
    with tf.GradientTape() as tape:
        tape.watch(windows)
        outputs = layer(windows)
        loss = tf.reduce_sum(outputs * tf.cos(3.0 * outputs))
    return [outputs, *tape.gradient(loss, [windows, *(weight.value for weight in weights)])]


@pytest.mark.parametrize(
    "options",
    [
        {"activation": "tanh"},
        {"activation": "tanh", "padding": "causal"},
        {"activation": "relu"},
        {"activation": "relu", "use_bias": False},
        {"padding": "causal"},
    ],
)
@pytest.mark.parametrize("shape", SHAPES)
def test_outputs_and_gradients_are_those_of_keras(shape, options):
    plain, windows = _layer(shape, **options)

    expected = _outputs_and_gradients(plain, windows, plain.trainable_variables)
    got = _outputs_and_gradients(AcceleratedConvolution(plain), windows, plain.trainable_variables)

    for ours, theirs in zip(got, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=2e-4)


def test_what_is_no_number_stays_none_where_less_than_zero_becomes_zero():
    plain, _ = _layer((3, 8, 4, 6, 3, 1), activation="relu")
    windows = np.ones((3, 8, 4), np.float32)
    windows[1] = np.nan

    outputs = AcceleratedConvolution(plain)(tf.constant(windows))

    assert np.isnan(outputs[1]).all()
    np.testing.assert_allclose(outputs[::2], plain(windows)[::2], rtol=1e-4, atol=1e-5)


def test_a_smaller_last_block_sees_nothing_of_the_one_before():
    plain, _ = _layer((33, 8, 4, 6, 3, 1))
    windows = np.ones((33, 8, 4), np.float32)
    windows[:32] = np.nan

    with tf.GradientTape() as tape:
        outputs = AcceleratedConvolution(plain)(tf.constant(windows))
        last = tf.reduce_sum(outputs[32:])

    np.testing.assert_allclose(outputs[32:], plain(windows[32:]), rtol=1e-4, atol=1e-5)
    assert np.isfinite(last)
    assert np.isnan(tape.gradient(last, plain.kernel.value)).any()  # 0 times what is no number, as for Keras


@pytest.mark.parametrize(
    "options",
    [{"padding": "same"}, {"strides": 2}, {"groups": 2}, {"dtype": "mixed_float16"}, {"activity_regularizer": "l2"}],
)
def test_what_the_kernels_do_not_compute_stays_plain(options):
    windows = keras.Input((9, 4))
    model = keras.Model(windows, keras.layers.Conv1D(4, 3, **options)(windows))

    assert accelerated(model).layers[1] is model.layers[1]


def test_only_convolutions_after_learning_layers_pass_gradients_back():
    windows = keras.Input((9, 4))
    hidden = keras.layers.Conv1D(4, 3)(windows)
    model = keras.Model(windows, keras.layers.Conv1D(4, 3, padding="causal", dilation_rate=2)(hidden))

    _, first, second = accelerated(model).layers

    assert (first.convolution.needs_input_gradient, second.convolution.needs_input_gradient) == (False, True)


@pytest.mark.parametrize("shape", [(2 * LANES, 30, 14, 8, 24, 1), (5 * LANES + 3, 20, 32, 32, 3, 8)])
def test_with_a_second_thread_all_is_the_same_to_the_digit(shape, monkeypatch):
    plain, windows = _layer(shape, padding="causal")
    layer = AcceleratedConvolution(plain)
    alone = _outputs_and_gradients(layer, windows, plain.trainable_variables)
    halves = []
    monkeypatch.setattr(second_thread, "is_wanted", lambda: True)
    does = second_thread.does
    monkeypatch.setattr(second_thread, "does", lambda *both: (halves.append(both), does(*both)))

    together = _outputs_and_gradients(layer, windows, plain.trainable_variables)

    assert len(halves) == 2
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)
