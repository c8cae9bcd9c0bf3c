"""The training twin: computes what a plain Keras model computes, on the same variables, in less time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jena_models.training.convolution import gains_from_pairs, paired_convolution

if TYPE_CHECKING:
    import keras


def training_twin(model: keras.Model) -> keras.Model:
    """Give a model that shares every variable with `model`: training it trains the plain one, which is what is saved.

    Args:
        model: a built functional model.
    """
    import keras

    if any(gains_from_pairs(layer) for layer in model.layers):
        model = keras.models.clone_model(model, clone_function=lambda layer: layer, call_function=_call)
    return _with_fast_recurrence(model)


def _with_fast_recurrence(model: keras.Model) -> keras.Model:
    import keras

    if not any(isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional) for layer in model.layers):
        return model
    try:
        from jena_models.recurrence import accelerated
    except ImportError:
        return model
    return accelerated(model)


def _call(layer: keras.layers.Layer, *arguments: Any, **named: Any) -> Any:
    return _paired(layer)(*arguments) if gains_from_pairs(layer) else layer(*arguments, **named)


def _paired(plain: Any) -> Any:
    import keras

    class PairedConvolution(keras.layers.Layer):  # type: ignore[misc]  # Keras is untyped
        """The plain layer's output, computed on pairs of steps with its own variables."""

        def __init__(self) -> None:
            super().__init__(name=f"{plain.name}_in_pairs")
            self.plain = plain

        def call(self, windows: Any) -> Any:
            outputs = paired_convolution(windows, self.plain.kernel.value)
            if self.plain.use_bias:
                outputs = outputs + self.plain.bias.value
            return self.plain.activation(outputs)

        def compute_output_shape(self, shape: Any) -> Any:
            return self.plain.compute_output_shape(shape)

    return PairedConvolution()
