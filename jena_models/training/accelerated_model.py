"""The training twin: computes what a plain Keras model computes, on the same variables, in less time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def training_twin(model: keras.Model) -> keras.Model:
    """Give a model that shares every variable with `model`: training it trains the plain one, which is what is saved.

    Args:
        model: a built functional model.
    """
    import keras

    slow = keras.layers.RNN | keras.layers.Bidirectional | keras.layers.Conv1D
    if not any(isinstance(layer, slow) for layer in model.layers):
        return model
    try:
        from jena_models.recurrence import accelerated
    except ImportError:
        return model
    return accelerated(model)
