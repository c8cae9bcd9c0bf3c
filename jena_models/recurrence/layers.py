"""Keras layers that compute plain recurrent layers by the kernels, on the plain layers' weights."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from jena_models.recurrence.kernels.cells import GRU, LSTM, SIMPLE_RNN, Cell
from jena_models.recurrence.operation import Recurrence, recur

CELLS: dict[type, Cell] = {
    keras.layers.SimpleRNN: SIMPLE_RNN,
    keras.layers.GRU: GRU,
    keras.layers.LSTM: LSTM,
}


def is_supported(layer: Any) -> bool:
    """Returns whether the kernels compute exactly what this recurrent layer does."""
    if type(layer) is keras.layers.Bidirectional:
        directions = (layer.forward_layer, layer.backward_layer)
        return layer.merge_mode is not None and all(map(is_supported, directions))
    if type(layer) not in CELLS:
        return False
    plain = not (
        layer.stateful
        or layer.unroll
        or layer.return_state
        or layer.dropout > 0
        or layer.recurrent_dropout >= 1
        or layer.activity_regularizer is not None
    )
    return (
        plain
        and layer.use_bias
        and layer.compute_dtype == layer.variable_dtype == "float32"
        and layer.activation is keras.activations.tanh
        and getattr(layer, "recurrent_activation", None) in (None, keras.activations.sigmoid)
        and getattr(layer, "reset_after", True)
    )


def _recurrence(plain: Any, needs_input_gradient: bool) -> Recurrence:
    return Recurrence(CELLS[type(plain)], plain.return_sequences, plain.go_backwards, needs_input_gradient)


def recurrent_masks(plain: Any, batch: Any, shared_by: int = 1) -> Any:
    """Draws masks [gates, batch, units], one for each gate and so many sequences that follow one another.

    They come from the layer's own seed generator. With one for each sequence they are as the plain layer draws them,
    hence equal to its own when its state is the same.
    """
    ones = tf.ones((-(-batch // shared_by), plain.units))
    drawn = [
        keras.random.dropout(ones, plain.recurrent_dropout, seed=plain.cell.seed_generator)
        for _ in CELLS[type(plain)].recurrent_gates
    ]
    return tf.repeat(tf.stack(drawn), shared_by, axis=1)[:, :batch]


def _compute(
    plains: Sequence[Any], recurrences: Sequence[Recurrence], sequences: Any, training: bool, masks_shared_by: int
) -> Any:
    """Returns the outputs of layers that read the same sequences."""
    masks, weights = [], []
    for plain in plains:
        dropped = training and plain.recurrent_dropout > 0
        drawn = recurrent_masks(plain, tf.shape(sequences)[0], masks_shared_by) if dropped else tf.zeros((0, 1, 1))
        masks.append(drawn)
        cell = plain.cell
        weights.append([tf.convert_to_tensor(value) for value in (cell.kernel, cell.recurrent_kernel, cell.bias)])
    return recur(recurrences, sequences, weights, masks, training)


class _Accelerated(keras.layers.Layer):  # type: ignore[misc]
    """A layer computed by the kernels.

    Its only state is the plain layer itself: both always have the same weights.
    """

    def __init__(self, plain: Any, needs_input_gradient: bool = True, masks_shared_by: int = 1) -> None:
        super().__init__(name=plain.name, trainable=plain.trainable)
        self.plain = plain
        self.masks_shared_by = masks_shared_by
        self.recurrences = [_recurrence(one, needs_input_gradient) for one in self.directions]
        self.supports_masking = True
        self.supports_jit = False
        self.built = True

    @property
    def directions(self) -> tuple[Any, ...]:
        """The plain layers that read the sequences."""
        return (self.plain,)

    def call(
        self,
        sequences: Any,
        initial_state: Any = None,
        mask: Any = None,
        training: bool | None = False,
    ) -> Any:
        """Returns what the plain layer returns; a mask or a first state is left to that one."""
        if mask is not None or initial_state is not None:
            return self.plain(sequences, initial_state=initial_state, mask=mask, training=bool(training))
        outputs = _compute(self.directions, self.recurrences, sequences, bool(training), self.masks_shared_by)
        return self.merged(*outputs)

    def merged(self, *outputs: Any) -> Any:
        """Returns the output, of what each direction gives."""
        raise NotImplementedError

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        """Returns the plain layer's output shape."""
        return self.plain.compute_output_shape(sequences_shape)

    def compute_mask(self, inputs: Any, mask: Any) -> Any:
        """Returns the plain layer's output mask."""
        return self.plain.compute_mask(inputs, mask)


class AcceleratedLayer(_Accelerated):
    """A SimpleRNN, GRU or LSTM layer computed by the kernels."""

    def merged(self, *outputs: Any) -> Any:
        """Returns the one output."""
        return outputs[0]


class AcceleratedBidirectional(_Accelerated):
    """A Bidirectional layer both directions of which are computed by the kernels."""

    @property
    def directions(self) -> tuple[Any, ...]:
        """The plain layers ahead and back."""
        return self.plain.forward_layer, self.plain.backward_layer

    def merged(self, *outputs: Any) -> Any:
        """Returns both outputs as the plain layer merges them."""
        ahead, back = outputs
        if self.plain.return_sequences:
            back = tf.reverse(back, axis=[1])
        if self.plain.merge_mode == "concat":
            return tf.concat([ahead, back], axis=-1)
        if self.plain.merge_mode == "mul":
            return ahead * back
        total = ahead + back
        return total / 2 if self.plain.merge_mode == "ave" else total
