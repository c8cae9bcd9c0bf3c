"""The network on features: several seeds trained by one network's steps are what each is by steps of its own."""

import keras
import numpy as np
import pytest

from jena_models.architectures.feature_network import (
    FeatureNetworkHyperparameters,
    _crps,
    _network,
    _optimizer,
    _Training,
    outputs,
)
from jena_models.models.seeding import seeded

RNG = np.random.default_rng(5)
WINDOWS = RNG.normal(size=(330, 12)).astype(np.float32)
CHANGES = (WINDOWS[:, 0] * WINDOWS[:, 1] + RNG.normal(0, 0.1, 330)).astype(np.float32)
TRAIN, VALIDATION = (WINDOWS[:300], CHANGES[:300]), (WINDOWS[300:], CHANGES[300:])
SEEDS = (20_000, 20_001)


def by_itself(chosen, seed):
    """Give the weights of a seed's network after each pass, trained by Keras alone, a step after the other."""
    with seeded(seed):
        model, dense = _network(WINDOWS.shape[1], chosen)
    steps = chosen.passes * -(-len(TRAIN[0]) // chosen.batch_size)
    model.compile(_optimizer(chosen, steps), _crps if chosen.loss == "crps" else "mae", jit_compile=False)
    passes = []

    def keep(number, logs=None):
        passes.append([tuple(layer.get_weights()) for layer in dense])

    kept = keras.callbacks.LambdaCallback(on_epoch_end=keep)
    model.fit(*TRAIN, batch_size=chosen.batch_size, epochs=chosen.passes, verbose=0, callbacks=[kept])
    return passes


@pytest.mark.slow
@pytest.mark.parametrize(
    "chosen",
    [
        {"units": (8,), "feature_dropout": 0, "dropout": 0, "batch_size": 7},
        {"units": (8, 4), "dropout": 0.4, "batch_size": 64, "loss": "crps"},
    ],
)
def test_a_network_is_the_same_to_the_digit_whether_others_were_trained_before_it(chosen):
    chosen = FeatureNetworkHyperparameters(passes=3, learning_rate=0.01, **chosen)
    training = _Training(chosen, TRAIN, VALIDATION, seed=20)

    for seed in SEEDS:
        told = []
        layers = training.network(seed, lambda done, mae, val_mae, told=told: told.append((done, val_mae)))

        passes = by_itself(chosen, seed)
        errors = [float(np.abs(outputs(each, VALIDATION[0]) - VALIDATION[1]).mean()) for each in passes]
        assert told == list(enumerate(errors, start=1))
        for ours, theirs in zip(layers, passes[int(np.argmin(errors))], strict=True):
            np.testing.assert_array_equal(ours[0], theirs[0])
            np.testing.assert_array_equal(ours[1], theirs[1])
