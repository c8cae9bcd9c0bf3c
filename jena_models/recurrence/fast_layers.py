"""The training twin of a plain Keras model: the same weights, faster recurrent and convolutional layers."""

from typing import Any

import keras

from jena_models.recurrence.convolution_layers import AcceleratedConvolution, is_convolution
from jena_models.recurrence.layers import AcceleratedBidirectional, AcceleratedLayer, is_supported


def accelerated(model: keras.Model, masks_shared_by: int = 1) -> keras.Model:
    """Returns a model that computes what `model` does, its recurrent layers and convolutions over time by the kernels.

    Both share every layer and variable, in the same order: training the twin trains the model,
    and saving the model saves what the twin learnt. Layers that the kernels do not support stay
    as they are. The gradient with respect to inputs that nothing learns from is not computed.
    Compile the twin yourself: the copy of a compiled model has an optimizer of its own.

    Args:
        model: A built functional or sequential model.
        masks_shared_by: How many sequences of a batch share the masks of recurrent dropout. Keras draws each its own;
            what is dropped of a whole block of the kernels is not computed.
    """
    layers = list(model.layers)

    def twin_layer(layer: Any) -> Any:
        if is_convolution(layer):
            return AcceleratedConvolution(layer, needs_input_gradient=_may_learn_before(layer, layers))
        if not is_supported(layer):
            return layer
        wrapper = AcceleratedBidirectional if isinstance(layer, keras.layers.Bidirectional) else AcceleratedLayer
        return wrapper(layer, _may_learn_before(layer, layers), masks_shared_by)

    twin = keras.models.clone_model(model, clone_function=twin_layer)
    twin.jit_compile = False
    return twin


def _may_learn_before(layer: Any, layers: list[Any]) -> bool:
    earlier = layers[: layers.index(layer)]
    learning = [one for one in earlier if one.weights and type(one) is not keras.layers.Normalization]
    return bool(learning) or len(layer._inbound_nodes) > 1
