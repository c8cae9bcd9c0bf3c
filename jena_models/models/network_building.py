"""From the name of an architecture to a Keras model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jena_models.errors import SettingsError
from jena_models.features.service_vector import KNOWN, SAID, START
from jena_models.models.registry import Hyperparameters, find_architecture
from jena_models.windows.preparation import Preparation

if TYPE_CHECKING:
    import keras

SERVICE_UNITS: Final = 64
"""Width of the layer that brings together what the history and the weather service say."""
SERVICE_DROPOUT: Final = 0.3
"""Share of it that is dropped."""


def build(
    name: str, hyperparameters: Hyperparameters, steps: int, features: int, preparation: Preparation | None = None
) -> keras.Model:
    """Give an untrained model: windows (batch, steps, features) in, the target (batch, 1) out.

    Where the preparation has vectors of a weather service, they go in beside the windows, shape (batch, width).

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
    vector = preparation.service_vector if preparation and entry.is_residual else None
    service = keras.Input((vector.width,), name="service") if vector else None
    output = keras.layers.Dense(1)(hidden) if service is None else _fed(hidden, service)
    scale, offset = (preparation.target_scale, preparation.target_offset) if preparation else (1.0, 0.0)
    offset = 0.0 if entry.is_residual else offset
    if (scale, offset) != (1.0, 0.0):
        output = keras.layers.Rescaling(scale, offset, name="target_unit")(output)
    if entry.is_residual:
        if preparation is None:
            raise ValueError(f"'{name}' needs to know how the readings were normalized")
        start = _last_reading(windows, preparation) if service is None else service[:, START:KNOWN]
        output = keras.layers.Add()([start, output])
    return keras.Model(windows if service is None else [windows, service], output, name=name)


def _fed(hidden: keras.KerasTensor, service: keras.KerasTensor) -> keras.KerasTensor:
    """Give what is added to the start: from history and service where the service speaks, else from history alone.

    Each has an output of its own, so that the small corrections of the one are not learnt from the large ones of the
    other. Where the service has spoken in every training window, history alone adds nothing.
    """
    from keras import layers

    speaks = service[:, KNOWN:SAID]
    both = layers.Concatenate()([hidden, service[:, SAID:]])
    corrected = layers.Dropout(SERVICE_DROPOUT)(layers.Dense(SERVICE_UNITS, activation="relu")(both))
    fed = layers.Multiply()([speaks, layers.Dense(1)(corrected)])
    alone = layers.Dense(1, kernel_initializer="zeros", name="alone")(hidden)
    return layers.Add()([fed, layers.Multiply()([layers.Rescaling(-1.0, 1.0)(speaks), alone])])


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
