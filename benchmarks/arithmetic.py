"""How many float32 multiply-adds a training step takes, counted from the layers' shapes."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import keras

FORWARD_AND_BACKWARD: Final = 3
"""A product in the forward pass is two in the backward pass: towards the inputs and towards the weights."""


def multiply_adds_a_step(model: keras.Model, batch_size: int, *, dropped: bool = True) -> int:
    """Give the multiply-adds of one training step on a batch, of products alone: biases and activations are left out.

    Args:
        model: a built model of plain layers, in one line from input to output.
        batch_size: windows in a batch.
        dropped: whether the products of units that recurrent dropout drops are computed too.
    """
    return round(FORWARD_AND_BACKWARD * batch_size * sum(_of_layer(layer, dropped) for layer in model.layers))


def _of_layer(layer: Any, dropped: bool) -> float:
    import keras

    if isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional):
        share = 1.0 if dropped else 1.0 - getattr(layer, "recurrent_dropout", 0.0)
        return float(layer.input.shape[1] * _of_weights(layer, share))
    if isinstance(layer, keras.layers.Conv1D | keras.layers.Dense):
        positions = prod(layer.output.shape[1:-1])
        return float(positions * _of_weights(layer))
    return 0.0


def _of_weights(layer: Any, recurrent_share: float = 1.0) -> float:
    kernels = [weight for weight in layer.trainable_variables if "kernel" in weight.name]
    return float(sum(prod(one.shape) * (recurrent_share if one.name == "recurrent_kernel" else 1) for one in kernels))
