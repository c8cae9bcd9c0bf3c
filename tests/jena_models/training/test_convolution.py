"""Convolutions on pairs of steps: the plain layer's numbers and gradients, on the plain layer's variables."""

import numpy as np
import pytest

from jena_models.architectures import build
from jena_models.settings import Settings
from jena_models.training.accelerated_model import training_twin
from jena_models.training.convolution import gains_from_pairs, paired_convolution


@pytest.mark.parametrize(
    ("steps", "size", "columns", "filters"),
    [(120, 24, 14, 8), (121, 24, 14, 8), (30, 7, 3, 5), (9, 9, 2, 1), (8, 1, 2, 3)],
)
def test_outputs_and_gradients_are_those_of_the_plain_convolution(steps, size, columns, filters):
    import tensorflow as tf

    # Given
    draw = np.random.default_rng(steps)
    windows = tf.constant(draw.normal(size=(5, steps, columns)).astype(np.float32))
    kernel = tf.constant(draw.normal(size=(size, columns, filters)).astype(np.float32))
    upstream = tf.constant(draw.normal(size=(5, steps - size + 1, filters)).astype(np.float32))

    def outputs_and_gradients(convolution):
        with tf.GradientTape() as tape:
            tape.watch([windows, kernel])
            outputs = convolution(windows, kernel)
        return outputs, *tape.gradient(outputs, [windows, kernel], upstream)

    # When
    ours = outputs_and_gradients(paired_convolution)
    plain = outputs_and_gradients(lambda x, k: tf.nn.conv1d(x, k, 1, "VALID"))

    # Then
    for one, other in zip(ours, plain, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


def test_the_twin_of_conv1d_has_its_first_convolution_in_pairs_and_the_same_variables():
    # Given
    model = build("conv1d", Settings().hyperparameters["conv1d"], 120, 14)

    # When
    twin = training_twin(model)

    # Then
    assert [gains_from_pairs(layer) for layer in model.layers].count(True) == 1
    assert any("in_pairs" in layer.name for layer in twin.layers)
    assert [id(v) for v in twin.trainable_variables] == [id(v) for v in model.trainable_variables]
    windows = np.random.default_rng(0).normal(size=(7, 120, 14)).astype(np.float32)
    np.testing.assert_allclose(twin(windows), model(windows), rtol=1e-4, atol=1e-5)


def test_a_model_whose_twin_was_trained_saves_and_loads_plain(tmp_path):
    import keras

    # Given
    model = build("conv1d", Settings().hyperparameters["conv1d"], 80, 14)
    twin = training_twin(model)
    for variable in twin.trainable_variables:
        variable.assign(variable + 0.01)

    # When
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")

    # Then
    assert all(type(layer).__module__.startswith("keras.") for layer in loaded.layers)
    windows = np.random.default_rng(0).normal(size=(7, 80, 14)).astype(np.float32)
    np.testing.assert_allclose(loaded(windows), twin(windows), rtol=1e-4, atol=1e-5)
