"""How many float32 multiply-adds a training step takes, counted from the layers' shapes."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import keras

FORWARD_AND_BACKWARD: Final = 3
"""A product in the forward pass is two in the backward pass: towards the inputs and towards the weights."""


def multiply_adds_a_step(model: keras.Model, batch_size: int) -> int:
    """Give the multiply-adds of one training step on a batch, of products alone: biases and activations are left out.

    Args:
        model: a built model of plain layers, in one line from input to output.
        batch_size: windows in a batch.
    """
    return FORWARD_AND_BACKWARD * batch_size * sum(_of_layer(layer) for layer in model.layers)


def _of_layer(layer: Any) -> int:
    import keras

    if isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional):
        return int(layer.input.shape[1] * _of_weights(layer))
    if isinstance(layer, keras.layers.Conv1D | keras.layers.Dense):
        positions = prod(layer.output.shape[1:-1])
        return int(positions * _of_weights(layer))
    return 0


def _of_weights(layer: Any) -> int:
    return sum(prod(weight.shape) for weight in layer.trainable_variables if "kernel" in weight.name)
