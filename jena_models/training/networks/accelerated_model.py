"""The training twin: computes what a plain Keras model computes, on the same variables, in less time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def training_twin(model: keras.Model, windows_a_mask: int = 1) -> keras.Model:
    """Give a model that shares every variable with `model`: training it trains the plain one, which is what is saved.

    Args:
        model: a built functional model.
        windows_a_mask: how many windows of a batch share the masks of recurrent dropout.
    """
    import keras

    slow = keras.layers.RNN | keras.layers.Bidirectional | keras.layers.Conv1D
    if not any(isinstance(layer, slow) for layer in model.layers):
        return model
    try:
        from jena_models.recurrence import accelerated
    except ImportError:
        return model
    return accelerated(model, windows_a_mask)


def parted_after_convolution(twin: keras.Model) -> tuple[keras.layers.Conv1D, keras.Model] | None:
    """Give the convolution that a twin begins with, and all that follows it as a model; None where it begins otherwise.

    Neighbouring windows share all steps but one: such a convolution can be computed once for all of the record in place
    of once for each window. One that sees zeros before a window begins (`causal`) cannot.
    """
    import keras

    shown, first = twin.layers[:2]
    plain = getattr(first, "plain", None)  # of a layer that the kernels compute
    if not isinstance(plain, keras.layers.Conv1D) or plain.padding != "valid":
        return None
    if len(twin.inputs) > 1 or len(shown._outbound_nodes) > 1:
        return None
    return plain, keras.Model(first.output, twin.output)
