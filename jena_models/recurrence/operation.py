"""The recurrent kernels as one TensorFlow operation with a gradient of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from jena_models.recurrence.kernels.backward import EVERYTHING, GATES, KERNEL, RECURRENT_KERNEL
from jena_models.recurrence.kernels.cells import Cell
from jena_models.recurrence.kernels.compiled_kernels import run_backward, run_forward
from jena_models.recurrence.kernels.packing import Weights, pack_backward, pack_bias, pack_forward, unpack_gradients
from jena_models.recurrence.kernels.tape_layout import layout_of
from jena_models.recurrence.second_thread import second_thread
from jena_models.recurrence.tapes import kernel_memory
from jena_models.recurrence.vectors.lanes import LANES
from jena_models.recurrence.vectors.register_tiles import LEFT_ROWS
from jena_models.recurrence.vectors.tiles import RIGHT_ROWS

Floats = NDArray[np.float32]

FRESH, SPENT = 0.0, 1.0  # a tape's last number: going back overwrites the gates


@dataclass(frozen=True)
class Recurrence:
    """One recurrent layer's computation.

    Attributes:
        cell: The kind of cell.
        return_sequences: Whether the state after every step is returned, or only the last.
        backwards: Whether the sequences are read from their last step to the first.
        needs_input_gradient: Whether anything before the layer learns.
    """

    cell: Cell
    return_sequences: bool = False
    backwards: bool = False
    needs_input_gradient: bool = True

    def forward(self, inputs: Floats, weights: Weights, masks: Floats, keep: bool) -> tuple[Floats, Floats]:
        """Returns the outputs [batch, steps, units] or [batch, units], and the tape if kept."""
        batch, steps, features = inputs.shape
        kernel, recurrent_kernel, bias = weights
        units = recurrent_kernel.shape[0]
        layout = layout_of(self.cell, features, units)
        records = -(-batch // LANES) * (steps + 1) if keep else 1
        tape = kernel_memory.take(records * layout.record + 1)
        tape[-1] = FRESH
        outputs = kernel_memory.array(batch, steps if self.return_sequences else 1, units)
        shared = (
            layout,
            inputs,
            pack_forward(kernel, self.cell.kernel_gates, features, layout.rows),
            pack_forward(recurrent_kernel, self.cell.recurrent_gates, layout.rows, layout.rows),
            pack_bias(self.cell, bias, units, layout.rows),
            masks,
            outputs,
        )

        def run(first: int, end: int, tape: Floats) -> None:
            run_forward(*shared, tape, self.backwards, keep, (first, end))

        half = second_thread.half_of(batch)
        if half:
            record_of_its_own = tape if keep else kernel_memory.take(tape.size)
            second_thread.does(partial(run, 0, half, record_of_its_own), partial(run, half, batch, tape))
        else:
            run(0, batch, tape)
        return (outputs if self.return_sequences else outputs[:, 0]), tape

    def backward(
        self, output_gradients: Floats, tape: Floats, weights: Weights, masks: Floats, steps: int
    ) -> tuple[Floats, Weights]:
        """Returns the gradients of the inputs and of the weights; the tape is spent by it."""
        batch, units = output_gradients.shape[0], output_gradients.shape[-1]
        kernel, recurrent_kernel, _ = weights
        features = kernel.shape[0]
        layout = layout_of(self.cell, features, units)
        row_tiles = (layout.input_rows + layout.rows) // LEFT_ROWS
        column_tiles = layout.gates * layout.rows // RIGHT_ROWS
        sums = np.zeros((row_tiles, column_tiles, LEFT_ROWS, RIGHT_ROWS), np.float32)
        passed_back = kernel if self.needs_input_gradient else kernel[:0]
        input_gradients = kernel_memory.array(batch, steps, passed_back.shape[0])
        shared = (
            layout,
            np.ascontiguousarray(output_gradients).reshape(batch, -1, units),
            pack_backward(passed_back, self.cell.kernel_gates, layout.rows),
            pack_backward(recurrent_kernel, self.cell.recurrent_gates, layout.rows),
            masks,
            tape,
            input_gradients,
            sums,
            steps,
            self.backwards,
        )

        def run(first: int, end: int, parts: int) -> None:
            run_backward(*shared, (first, end), parts)

        half = second_thread.half_of(batch)
        if half:
            # Each weight's gradient is summed by one thread alone, in the order in which one would do all.
            second_thread.does(partial(run, 0, half, GATES), partial(run, half, batch, GATES))
            second_thread.does(partial(run, 0, batch, KERNEL), partial(run, 0, batch, RECURRENT_KERNEL))
        else:
            run(0, batch, EVERYTHING)
        tape[-1] = SPENT
        return input_gradients, unpack_gradients(self.cell, layout, sums, features, units)


def recur(recurrences: Sequence[Recurrence], inputs: Any, weights: Any, masks: Any, training: bool) -> Any:
    """Returns the outputs of layers that read the same inputs, as tensors whose gradients the kernels compute.

    Python is entered once for all of them: each time takes about a twentieth of the chapter's LSTM layer. Outside
    training no tapes are kept; should a gradient be asked for, they run forward once more.

    Args:
        recurrences: What to compute; all of them pass gradients on to the inputs, or none.
        inputs: [batch, steps, features].
        weights: Of each, tensors of the kernel, the recurrent kernel and the bias.
        masks: Of each, [gates, batch, units], without gates where nothing is dropped.
        training: Whether a gradient is likely to be asked for.
    """
    count = len(recurrences)
    passed_back = recurrences[0].needs_input_gradient

    def layers(given: Sequence[Any]) -> Iterator[tuple[Recurrence, Any, Weights]]:
        each_weights = (Weights(*given[first : first + 3]) for first in range(count, len(given), 3))
        return zip(recurrences, given[:count], each_weights, strict=True)

    def forward(inputs: Floats, *given: Floats) -> list[Floats]:
        results = [one.forward(inputs, of_layer, dropped, training) for one, dropped, of_layer in layers(given)]
        return [part for parts in zip(*results, strict=True) for part in parts][: count * (1 + training)]

    def backward(inputs: Floats, *given: Floats) -> list[Floats]:
        gradients, tapes = given[:count], given[count : count + (count if training else 0)]
        of_inputs: list[Floats] = []
        of_weights: list[Floats] = []
        for number, (one, dropped, of_layer) in enumerate(layers(given[count + len(tapes) :])):
            tape = tapes[number] if training else None
            if tape is None or tape[-1] == SPENT:
                _, tape = one.forward(inputs, of_layer, dropped, True)
            of_input, of_weight = one.backward(gradients[number], tape, of_layer, dropped, inputs.shape[1])
            of_inputs.append(of_input)
            of_weights += of_weight
        return [sum(of_inputs[1:], of_inputs[0]), *of_weights] if passed_back else of_weights

    def compute(inputs: Any, *weights: Any) -> Any:
        kinds = [tf.float32] * (count * (1 + training))
        results = tf.nest.flatten(tf.numpy_function(forward, [inputs, *masks, *weights], kinds, stateful=False))
        outputs, tapes = results[:count], results[count:]
        for one, output, recurrent_kernel in zip(recurrences, outputs, weights[1::3], strict=True):
            steps = [inputs.shape[1]] if one.return_sequences else []
            output.set_shape([inputs.shape[0], *steps, recurrent_kernel.shape[0]])

        def gradient(*upstream: Any) -> Any:
            like = [inputs, *weights] if passed_back else weights
            given = [inputs, *upstream, *tapes, *masks, *weights]
            gradients = tf.numpy_function(backward, given, [tf.float32] * len(like), stateful=False)
            for value, shaped in zip(gradients, like, strict=True):
                value.set_shape(shaped.shape)
            return gradients if passed_back else [None, *gradients]

        return outputs, gradient

    return tf.custom_gradient(compute)(inputs, *[one for of_layer in weights for one in of_layer])
