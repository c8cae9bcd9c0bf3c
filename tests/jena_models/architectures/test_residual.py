"""Networks that add to the last reading: plain Keras, that begins with persistence in its own unit."""

import keras
import numpy as np
import pytest

from jena_models.architectures import build, find_architecture
from jena_models.features.channels import Channels
from jena_models.options.training_options import Training
from jena_models.training.networks.accelerated_model import training_twin
from jena_models.windows.network_inputs import with_channels
from jena_models.windows.preparation import Preparation

PREPARATION = Preparation(
    station="jena",
    target="T (degC)",
    columns=("p (mbar)", "T (degC)", "wv (m/s)", "wd (deg)"),
    mean=(990.0, 9.0, 2.0, 180.0),
    standard_deviation=(8.0, 8.0, 1.5, 90.0),
    steps=30,
    sampling_minutes=60,
    horizon_minutes=1440,
    channels=Channels(calendar=True, sun=True, wind=("wv (m/s)", "wd (deg)"), latitude=50.9, longitude=11.6),
)
WIDTH = 4 + 7


def built(name, **changes):
    chosen = find_architecture(name).hyperparameters.model_copy(update={"history_steps": 20, **changes})
    return build(name, chosen, 30, WIDTH, PREPARATION)


@pytest.mark.parametrize("name", ["residual_gru", "residual_conv"])
def test_with_an_output_of_nothing_it_forecasts_the_last_reading(name):
    # Given
    model = built(name)
    output = next(
        layer for layer in reversed(model.layers) if isinstance(layer, keras.layers.Dense) and layer.trainable
    )
    output.set_weights([np.zeros_like(weights) for weights in output.get_weights()])
    windows = np.random.default_rng(1).normal(size=(9, 30, WIDTH)).astype(np.float32)

    # When
    forecasts = np.asarray(model(windows))[:, 0]

    # Then
    np.testing.assert_allclose(forecasts, windows[:, -1, 1] * 8 + 9, atol=1e-4)


@pytest.mark.parametrize("name", ["residual_gru", "residual_conv"])
def test_what_lies_before_its_history_does_not_count(name):
    model = built(name)
    windows = np.random.default_rng(1).normal(size=(9, 30, WIDTH)).astype(np.float32)
    changed = windows.copy()
    changed[:, :10] = 7

    np.testing.assert_array_equal(np.asarray(model(windows)), np.asarray(model(changed)))


@pytest.mark.slow
def test_the_fast_twin_gives_the_same(tmp_path):
    model = built("residual_gru")
    windows = np.random.default_rng(1).normal(size=(9, 30, WIDTH)).astype(np.float32)

    np.testing.assert_allclose(np.asarray(model(windows)), np.asarray(training_twin(model)(windows)), atol=1e-4)


def test_channels_follow_from_the_readings_and_their_times():
    rng = np.random.default_rng(2)
    features = rng.normal(size=(50, 4)).astype(np.float32)
    seconds = 1_300_000_000 + np.arange(50) * 3600

    shown = with_channels(features, seconds, PREPARATION)

    assert shown.shape == (50, WIDTH)
    assert PREPARATION.channels.width == WIDTH - 4
    np.testing.assert_array_equal(shown[:, :4], features)
    speed, direction = features[:, 2] * 1.5 + 2, features[:, 3] * 90 + 180
    np.testing.assert_allclose(shown[:, -1], -speed * np.cos(np.radians(direction)) / 1.5, atol=1e-3)


def test_its_own_recipe_takes_the_place_of_what_all_share():
    chosen = find_architecture("residual_gru").hyperparameters

    recipe = chosen.recipe(Training(), windows=1000)

    assert (recipe.loss, recipe.batch_size, recipe.batches_per_epoch) == ("mae", 256, 3)


def test_the_learning_rate_rises_and_then_falls_to_nothing():
    optimizer = find_architecture("residual_gru").hyperparameters.optimizer_of(1000)
    rate = optimizer._learning_rate

    rates = [float(rate(step)) for step in (0, 30, 500, 1000)]

    assert rates[0] == 0
    assert rates[1] == pytest.approx(2e-3, rel=0.01)
    assert rates[1] > rates[2] > rates[3] == pytest.approx(2e-5, rel=0.1)
