"""From the name of an architecture to a Keras model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jena_models.errors import SettingsError
from jena_models.models.registry import Hyperparameters, find_architecture
from jena_models.windows.preparation import Preparation

if TYPE_CHECKING:
    import keras


def build(
    name: str, hyperparameters: Hyperparameters, steps: int, features: int, preparation: Preparation | None = None
) -> keras.Model:
    """Give an untrained model: windows (batch, steps, features) in, the target (batch, 1) out.

    Args:
        name: of a network.
        hyperparameters: of that network.
        steps: of history.
        features: that each step has.
        preparation: how the features were normalized, and the unit that the target is learnt in; networks that add to
            the last reading need it.

    Raises:
        SettingsError: where there is no such architecture, or it does not fit the history.
        ValueError: where it is none that is built, or needs the preparation.
    """
    import keras

    entry = find_architecture(name)
    if entry.body is None:
        raise ValueError(f"'{name}' has nothing to build")
    windows = keras.Input((steps, features), name="windows")
    try:
        hidden = entry.body(windows, hyperparameters)
    except ValueError as error:
        # Convolutions and poolings leave nothing of a history that is too short for them.
        raise SettingsError(
            f"The architecture '{name}' cannot be built on {steps} steps of history with its hyper-parameters; "
            "give it a longer history or change its hyper-parameters."
        ) from error
    for units in hyperparameters.dense_units:
        hidden = keras.layers.Dense(units, activation="relu")(hidden)
    output = keras.layers.Dense(1)(hidden)
    scale, offset = (preparation.target_scale, preparation.target_offset) if preparation else (1.0, 0.0)
    offset = 0.0 if entry.is_residual else offset
    if (scale, offset) != (1.0, 0.0):
        output = keras.layers.Rescaling(scale, offset, name="target_unit")(output)
    if entry.is_residual:
        if preparation is None:
            raise ValueError(f"'{name}' needs to know how the readings were normalized")
        output = keras.layers.Add()([_last_reading(windows, preparation), output])
    return keras.Model(windows, output, name=name)


def _last_reading(windows: keras.KerasTensor, preparation: Preparation) -> keras.KerasTensor:
    """Give the target's last reading in its own unit, from plain layers, so that plain Keras reads the model back."""
    import keras
    import numpy as np

    _, steps, features = windows.shape
    column = preparation.columns.index(preparation.target)
    kernel = np.zeros((features, 1), np.float32)
    kernel[column] = preparation.standard_deviation[column]
    bias = np.array([preparation.mean[column]], np.float32)
    last = keras.layers.Flatten()(keras.layers.Cropping1D((steps - 1, 0))(windows))
    measured = keras.layers.Dense(1, trainable=False, name="last_reading")
    reading = measured(last)
    measured.set_weights([kernel, bias])
    return reading
