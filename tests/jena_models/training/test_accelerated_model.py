"""The training twin computes what the plain model does, on the plain model's variables."""

import numpy as np
import pytest

from jena_models.architectures import build
from jena_models.settings import Settings
from jena_models.training.accelerated_model import training_twin


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
