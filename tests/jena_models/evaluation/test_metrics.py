"""Metrics: those of scikit-learn's and Keras's definitions, in double precision."""

import numpy as np
import pytest

from jena_models.evaluation.metrics import mean_absolute_error, mean_loss, root_mean_squared_error, skill

FORECASTS = np.array([1.0, 2.0, 4.0, -3.0], np.float32)
TARGETS = np.array([1.5, 2.0, 1.0, -3.25], np.float32)


def test_errors_by_hand():
    assert mean_absolute_error(FORECASTS, TARGETS) == pytest.approx((0.5 + 0 + 3 + 0.25) / 4)
    assert root_mean_squared_error(FORECASTS, TARGETS) == pytest.approx(np.sqrt((0.25 + 9 + 0.0625) / 4))


@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
def test_losses_are_those_that_keras_trains_on(loss):
    import keras

    oracle = float(np.mean(keras.losses.get(loss)(TARGETS[:, None], FORECASTS[:, None])))

    assert mean_loss(loss, FORECASTS, TARGETS) == pytest.approx(oracle)


def test_skill_is_zero_for_persistence_and_one_for_a_perfect_forecast():
    assert skill(2.44, 2.44) == 0
    assert skill(0, 2.44) == 1
    assert skill(4.88, 2.44) == pytest.approx(-1)
    assert skill(0, 0) == 0


def test_shapes_that_would_broadcast_are_refused():
    with pytest.raises(ValueError, match="against targets of shape"):
        mean_absolute_error(FORECASTS[:, None], TARGETS)
