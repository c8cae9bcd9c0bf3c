"""The training twin computes what the plain model does, on the plain model's variables."""

import numpy as np
import pytest

from jena_models.architectures import build
from jena_models.recurrence.convolution_layers import Convolution
from jena_models.settings import Settings
from jena_models.training.networks.accelerated_model import parted_after_convolution, training_twin
from jena_models.training.networks.compiled import DeviceReadings, compile_forecasts
from jena_models.windows.placement import WindowedReadings


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["conv1d", "lstm", "stacked_gru_dropout"])
def test_the_twin_forecasts_as_the_plain_model_with_the_same_variables(architecture):
    # Given
    model = build(architecture, Settings().hyperparameters[architecture], 120, 14)

    # When
    twin = training_twin(model)

    # Then
    assert any(type(layer).__name__.startswith("Accelerated") for layer in twin.layers)
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


def convolutional(padding: str = "valid", dilation: int = 1, beside: bool = False):
    import keras
    from keras import layers

    windows = keras.Input((20, 3))
    convolved = layers.Conv1D(4, 5, padding=padding, dilation_rate=dilation, activation="relu")(windows)
    hidden = layers.Flatten()(layers.MaxPooling1D(2)(convolved))
    if beside:
        hidden = layers.Concatenate()([hidden, layers.Flatten()(windows)])
    return keras.Model(windows, layers.Dense(1)(hidden))


@pytest.mark.parametrize("stride", [1, 6])
@pytest.mark.parametrize("dilation", [1, 3])
def test_a_convolution_of_the_whole_record_forecasts_as_one_of_each_window(stride, dilation, monkeypatch):
    # Given
    monkeypatch.setattr(Convolution, "forward", lambda *given: pytest.fail("it was computed window by window"))
    features = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    starts = np.random.default_rng(1).permutation(200 - 19 * stride)
    model = convolutional(dilation=dilation)
    twin = training_twin(model)
    forecast = compile_forecasts(twin, DeviceReadings(WindowedReadings(features, features[:, 0], 20, stride, 0, {})))
    windows = features[starts[:, None] + np.arange(20) * stride]

    # When
    before = forecast(starts)
    for variable in twin.trainable_variables:
        variable.assign(variable * 1.5 + 0.1)
    after = forecast(starts)

    # Then
    np.testing.assert_allclose(after, model(windows)[:, 0], rtol=1e-4, atol=1e-5)
    assert np.abs(after - before).max() > 0.1


@pytest.mark.parametrize("kind", [{"padding": "causal"}, {"beside": True}])
def test_what_a_window_needs_whole_is_computed_window_by_window(kind):
    model = convolutional(**kind)
    features = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    forecast = compile_forecasts(
        training_twin(model), DeviceReadings(WindowedReadings(features, features[:, 0], 20, 1, 0, {}))
    )
    starts = np.arange(21)

    expected = model(features[starts[:, None] + np.arange(20)])[:, 0]

    assert parted_after_convolution(training_twin(model)) is None
    np.testing.assert_allclose(forecast(starts), expected, rtol=1e-4, atol=1e-5)
