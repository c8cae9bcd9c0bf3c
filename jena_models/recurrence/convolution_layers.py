"""Keras layers that compute plain convolutions over time by the kernels, on the plain layers' variables."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from jena_models.recurrence.kernels.compiled_kernels import run_convolve, run_convolve_back
from jena_models.recurrence.kernels.convolution import (
    UNBOUNDED,
    Taps,
    gradient_sums,
    pack_bias,
    pack_kernel,
    unpack_kernel_gradients,
)
from jena_models.recurrence.second_thread import second_thread
from jena_models.recurrence.tapes import kernel_memory

Floats = NDArray[np.float32]
ZERO = np.float32(0.0)


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


@dataclass(frozen=True)
class Convolution:
    """One convolutional layer's computation.

    Attributes:
        taps: Which steps an output looks at.
        rectified: Whether outputs below zero become zero.
        needs_input_gradient: Whether anything before the layer learns.
    """

    taps: Taps
    rectified: bool = False
    needs_input_gradient: bool = True

    def forward(self, windows: Floats, kernel: Floats, *bias: Floats) -> Floats:
        """Returns the outputs [batch, outputs, filters] of windows [batch, steps, columns]."""
        batch, steps, _ = windows.shape
        packed = pack_kernel(kernel)
        outputs = kernel_memory.array(batch, self.taps.outputs(steps), kernel.shape[2])
        lowest = ZERO if self.rectified else UNBOUNDED
        run = partial(run_convolve, self.taps, windows, packed, pack_bias(packed, *bias), lowest, outputs)
        half = second_thread.half_of(batch)
        if half:
            second_thread.does(partial(run, (0, half)), partial(run, (half, batch)))
        else:
            run((0, batch))
        return outputs

    def backward(self, windows: Floats, kernel: Floats, upstream: Floats) -> tuple[Floats, Floats]:
        """Returns the gradients of the windows and of the kernel from those of what was summed up."""
        batch, steps, _ = windows.shape
        sums = gradient_sums(kernel)
        passed_back = kernel if self.needs_input_gradient else kernel[:, :0]
        gradients = kernel_memory.array(batch, steps, passed_back.shape[1])
        transposed = pack_kernel(passed_back[::-1].transpose(0, 2, 1))
        shared = (self.taps, windows, np.ascontiguousarray(upstream), transposed, gradients, sums)
        run = partial(run_convolve_back, *shared)
        half = second_thread.half_of(batch)
        tiles, some = sums.shape[1], sums.shape[1] // 2
        if half and some:
            second_thread.does(partial(run, (0, some), (0, half)), partial(run, (some, tiles), (half, batch)))
        else:
            run((0, tiles), (0, batch))
        return gradients, unpack_kernel_gradients(sums, *kernel.shape[1:])


def convolve(convolution: Convolution, windows: Any, *weights: Any) -> Any:
    """Returns a convolution over time as a tensor whose gradient the kernels compute.

    Args:
        convolution: What to compute.
        windows: [batch, steps, columns].
        weights: The kernel [size, columns, filters] and, where there is one, the bias [filters].
    """

    def compute(windows: Any, *weights: Any) -> Any:
        kernel = weights[0]
        outputs = tf.numpy_function(convolution.forward, [windows, *weights], tf.float32, stateful=False)
        steps = windows.shape[1]
        outputs.set_shape([windows.shape[0], steps and convolution.taps.outputs(steps), kernel.shape[2]])

        def gradient(upstream: Any) -> Any:
            if convolution.rectified:
                upstream = tf.raw_ops.ReluGrad(gradients=upstream, features=outputs)
            of_windows, of_kernel = tf.numpy_function(
                convolution.backward, [windows, kernel, upstream], [tf.float32, tf.float32], stateful=False
            )
            of_kernel.set_shape(kernel.shape)
            of_weights = [of_kernel, *(tf.reduce_sum(upstream, axis=(0, 1)) for _ in weights[1:])]
            if not convolution.needs_input_gradient:
                return [None, *of_weights]
            of_windows.set_shape(windows.shape)
            return [of_windows, *of_weights]

        return outputs, gradient

    return tf.custom_gradient(compute)(windows, *weights)


class AcceleratedConvolution(keras.layers.Layer):  # type: ignore[misc]
    """A Conv1D layer computed by the kernels; its only state is the plain layer itself."""

    def __init__(self, plain: Any, needs_input_gradient: bool = True) -> None:
        super().__init__(name=plain.name, trainable=plain.trainable)
        size, dilation = plain.kernel_size[0], plain.dilation_rate[0]
        taps = Taps(size, dilation, (size - 1) * dilation if plain.padding == "causal" else 0)
        self.plain = plain
        self.convolution = Convolution(taps, plain.activation is keras.activations.relu, needs_input_gradient)
        self.supports_jit = False
        self.built = True

    def call(self, windows: Any) -> Any:
        """Returns what the plain layer returns."""
        plain = self.plain
        weights = [plain.kernel, plain.bias] if plain.use_bias else [plain.kernel]
        outputs = convolve(self.convolution, windows, *map(tf.convert_to_tensor, weights))
        finished = self.convolution.rectified or plain.activation is None
        return outputs if finished else plain.activation(outputs)

    def compute_output_shape(self, shape: Any) -> Any:
        """Returns the plain layer's output shape."""
        return self.plain.compute_output_shape(shape)
