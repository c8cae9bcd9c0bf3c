"""Keras weights in the order and tiles that the kernels read, and gradients back."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from jena_models.recurrence.kernels.cells import Cell
from jena_models.recurrence.kernels.tape_layout import Layout, rounded_up
from jena_models.recurrence.vectors.register_tiles import LEFT_ROWS
from jena_models.recurrence.vectors.tiles import TILE_ROWS

Floats = NDArray[np.float32]


class Weights(NamedTuple):
    """A layer's weights, or their gradients, as Keras keeps them.

    Attributes:
        kernel: [features, gates * units].
        recurrent_kernel: [units, gates * units].
        bias: [gates * units], for a GRU [2, gates * units].
    """

    kernel: Floats
    recurrent_kernel: Floats
    bias: Floats


def pack_forward(weights: Floats, gates: tuple[int, ...], sources: int, rows: int) -> Floats:
    """Returns weights [sources or fewer, gates * units] as [tiles, sources, TILE_ROWS].

    The tiles are those of the gates named, from the least to the greatest.
    """
    given = weights.shape[0]
    units = weights.shape[1] // len(gates)
    padded = np.zeros((sources, len(gates), rows), np.float32)
    for number, gate in enumerate(gates):
        columns = slice(number * units, (number + 1) * units)
        padded[:given, gate - min(gates), :units] = weights[:, columns]
    return _by_tiles(padded.reshape(sources, len(gates) * rows))


def pack_backward(weights: Floats, gates: tuple[int, ...], rows: int) -> Floats:
    """Returns weights [targets, gates * units] transposed: [tiles, gates * rows, TILE_ROWS]."""
    targets = weights.shape[0]
    units = weights.shape[1] // len(gates)
    padded = np.zeros((len(gates), rows, rounded_up(targets, TILE_ROWS)), np.float32)
    for number, gate in enumerate(gates):
        columns = slice(number * units, (number + 1) * units)
        padded[gate - min(gates), :units, :targets] = weights[:, columns].T
    return _by_tiles(padded.reshape(len(gates) * rows, -1))


def pack_bias(cell: Cell, bias: Floats, units: int, rows: int) -> Floats:
    """Returns a layer's bias as [gates, rows]; a GRU's two biases add up where they can."""
    packed = np.zeros((cell.gates, rows), np.float32)
    parts = bias.reshape(-1, len(cell.kernel_gates), units)
    for part, gates in zip(parts, (cell.kernel_gates, cell.recurrent_gates), strict=False):
        packed[list(gates), :units] += part
    return packed


def unpack_gradients(cell: Cell, layout: Layout, sums: Floats, features: int, units: int) -> Weights:
    """Returns the weights' gradients from sums [row tiles, column tiles, LEFT_ROWS, RIGHT_ROWS]."""
    matrix = sums.transpose(0, 2, 1, 3).reshape(sums.shape[0] * LEFT_ROWS, layout.gates, layout.rows)[:, :, :units]
    inputs = layout.input_rows
    ones = matrix[inputs - 1]
    bias = ones[list(cell.kernel_gates)].reshape(-1)
    if cell.kernel_gates != cell.recurrent_gates:
        bias = np.stack([bias, ones[list(cell.recurrent_gates)].reshape(-1)])
    return Weights(
        matrix[:features, list(cell.kernel_gates)].reshape(features, -1),
        matrix[inputs : inputs + units, list(cell.recurrent_gates)].reshape(units, -1),
        bias,
    )


def _by_tiles(weights: Floats) -> Floats:
    rows, columns = weights.shape
    tiles = weights.reshape(rows, columns // TILE_ROWS, TILE_ROWS)
    return np.ascontiguousarray(tiles.transpose(1, 0, 2))
