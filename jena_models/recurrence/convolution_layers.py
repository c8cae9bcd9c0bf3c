"""Keras layers that compute plain convolutions over time by the kernels, on the plain layers' variables."""

from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from jena_models.recurrence.kernels.compiled_kernels import run_convolve, run_convolve_back
from jena_models.recurrence.kernels.convolution import Taps, gradient_sums, pack_kernel, unpack_kernel_gradients
from jena_models.recurrence.second_thread import second_thread

Floats = NDArray[np.float32]


def is_convolution(layer: Any) -> bool:
    """Returns whether the kernels compute exactly what this built layer does."""
    return (
        type(layer) is keras.layers.Conv1D
        and layer.padding in {"valid", "causal"}
        and layer.strides == (1,)
        and layer.groups == 1
        and layer.data_format == "channels_last"
        and layer.compute_dtype == layer.variable_dtype == "float32"
        and layer.activity_regularizer is None
    )


def convolution(windows: Any, kernel: Any, dilation: int, causal: bool, needs_input_gradient: bool) -> Any:
    """Returns a convolution over time as a tensor whose gradient the kernels compute.

    Args:
        windows: [batch, steps, columns].
        kernel: [size, columns, filters].
        dilation: Steps from one tap to the next.
        causal: Whether zeros go before the first step, so that there are as many outputs as steps.
        needs_input_gradient: Whether anything before learns.
    """
    size, _, filters = kernel.shape
    taps = Taps(size, dilation, (size - 1) * dilation if causal else 0)

    def forward(windows: Floats, kernel: Floats) -> Floats:
        outputs = np.empty((windows.shape[0], taps.outputs(windows.shape[1]), filters), np.float32)
        run = partial(run_convolve, taps, windows, pack_kernel(kernel), outputs)
        batch, half = windows.shape[0], second_thread.half_of(windows.shape[0])
        if half:
            second_thread.does(partial(run, (0, half)), partial(run, (half, batch)))
        else:
            run((0, batch))
        return outputs

    def backward(windows: Floats, kernel: Floats, upstream: Floats) -> tuple[Floats, Floats]:
        sums = gradient_sums(kernel)
        passed_back = kernel if needs_input_gradient else kernel[:, :0]
        gradients = np.empty((*windows.shape[:2], passed_back.shape[1]), np.float32)
        transposed = pack_kernel(passed_back[::-1].transpose(0, 2, 1))
        run = partial(run_convolve_back, taps, windows, np.ascontiguousarray(upstream), transposed, gradients, sums)
        batch, half = windows.shape[0], second_thread.half_of(windows.shape[0])
        tiles, some = sums.shape[1], sums.shape[1] // 2
        if half and some:
            second_thread.does(partial(run, (0, some), (0, half)), partial(run, (some, tiles), (half, batch)))
        else:
            run((0, tiles), (0, batch))
        return gradients, unpack_kernel_gradients(sums, *kernel.shape[1:])

    def compute(windows: Any, kernel: Any) -> Any:
        outputs = tf.numpy_function(forward, [windows, kernel], tf.float32, stateful=False)
        steps = windows.shape[1]
        outputs.set_shape([windows.shape[0], steps and taps.outputs(steps), filters])

        def gradient(upstream: Any) -> Any:
            of_windows, of_kernel = tf.numpy_function(
                backward, [windows, kernel, upstream], [tf.float32, tf.float32], stateful=False
            )
            of_kernel.set_shape(kernel.shape)
            if not needs_input_gradient:
                return [None, of_kernel]
            of_windows.set_shape(windows.shape)
            return [of_windows, of_kernel]

        return outputs, gradient

    return tf.custom_gradient(compute)(windows, kernel)


class AcceleratedConvolution(keras.layers.Layer):  # type: ignore[misc]
    """A Conv1D layer computed by the kernels; its only state is the plain layer itself."""

    def __init__(self, plain: Any, needs_input_gradient: bool = True) -> None:
        super().__init__(name=plain.name, trainable=plain.trainable)
        self.plain = plain
        self.needs_input_gradient = needs_input_gradient
        self.supports_jit = False
        self.built = True

    def call(self, windows: Any) -> Any:
        """Returns what the plain layer returns."""
        plain = self.plain
        kernel = tf.convert_to_tensor(plain.kernel)
        outputs = convolution(
            windows, kernel, plain.dilation_rate[0], plain.padding == "causal", self.needs_input_gradient
        )
        if plain.use_bias:
            outputs = outputs + plain.bias
        return outputs if plain.activation is None else plain.activation(outputs)

    def compute_output_shape(self, shape: Any) -> Any:
        """Returns the plain layer's output shape."""
        return self.plain.compute_output_shape(shape)
