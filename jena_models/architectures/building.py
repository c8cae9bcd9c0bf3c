"""From the name of an architecture to a Keras model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jena_models.architectures.registry import Hyperparameters, find_architecture
from jena_models.errors import SettingsError

if TYPE_CHECKING:
    import keras


def build(name: str, hyperparameters: Hyperparameters, steps: int, features: int) -> keras.Model:
    """Give an untrained model: windows (batch, steps, features) in, the target (batch, 1) out.

    Raises:
        SettingsError: where there is no such architecture, or it does not fit the history.
        ValueError: where it is one that has nothing to train.
    """
    import keras

    body = find_architecture(name).body
    if body is None:
        raise ValueError(f"'{name}' has nothing to build")
    windows = keras.Input((steps, features), name="windows")
    try:
        hidden = body(windows, hyperparameters)
    except ValueError as error:
        # Convolutions and poolings leave nothing of a history that is too short for them.
        raise SettingsError(
            f"The architecture '{name}' cannot be built on {steps} steps of history with its hyper-parameters; "
            "give it a longer history or change its hyper-parameters."
        ) from error
    for units in hyperparameters.dense_units:
        hidden = keras.layers.Dense(units, activation="relu")(hidden)
    return keras.Model(windows, keras.layers.Dense(1)(hidden), name=name)
