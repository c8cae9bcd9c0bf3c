"""Keras weights in the order and tiles that the kernels read, and gradients back."""

import math
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, NamedTuple

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


Arrange = Callable[..., NDArray[Any]]
NOTHING = np.zeros(1, np.float32)


def by_places(arrange: Arrange) -> Arrange:
    """Makes a function that puts an array's numbers elsewhere, zeros between them, find once for a shape where they go.

    A batch of the chapter's layers takes milliseconds, and arranging its weights anew took a tenth of one.
    """

    @lru_cache(maxsize=64)
    def places(shape: tuple[int, ...], *arguments: Any) -> NDArray[np.intp]:
        counted = np.arange(1, math.prod(shape) + 1).reshape(shape)  # zero is the place of nothing
        return np.ascontiguousarray(arrange(counted, *arguments))

    @wraps(arrange)
    def arranged(numbers: Floats, *arguments: Any) -> Floats:
        return np.concatenate((NOTHING, numbers.ravel()))[places(numbers.shape, *arguments)]

    return arranged


@by_places
def pack_forward(weights: Floats, gates: tuple[int, ...], sources: int, rows: int) -> Floats:
    """Returns weights [sources or fewer, gates * units] as [tiles, sources, TILE_ROWS].

    The tiles are those of the gates named, from the least to the greatest.
    """
    given = weights.shape[0]
    units = weights.shape[1] // len(gates)
    padded = np.zeros((sources, len(gates), rows), weights.dtype)
    for number, gate in enumerate(gates):
        columns = slice(number * units, (number + 1) * units)
        padded[:given, gate - min(gates), :units] = weights[:, columns]
    return _by_tiles(padded.reshape(sources, len(gates) * rows))


@by_places
def pack_backward(weights: Floats, gates: tuple[int, ...], rows: int) -> Floats:
    """Returns weights [targets, gates * units] transposed: [tiles, gates * rows, TILE_ROWS]."""
    targets = weights.shape[0]
    units = weights.shape[1] // len(gates)
    padded = np.zeros((len(gates), rows, rounded_up(targets, TILE_ROWS)), weights.dtype)
    for number, gate in enumerate(gates):
        columns = slice(number * units, (number + 1) * units)
        padded[gate - min(gates), :units, :targets] = weights[:, columns].T
    return _by_tiles(padded.reshape(len(gates) * rows, -1))


def pack_bias(cell: Cell, bias: Floats, units: int, rows: int) -> Floats:
    """Returns a layer's bias as [gates, rows]; a GRU's two biases add up where they can."""
    parts = bias.reshape(-1, len(cell.kernel_gates), units)
    both_gates = (cell.kernel_gates, cell.recurrent_gates)
    first, *second = [_by_gates(part, gates, cell.gates, rows) for part, gates in zip(parts, both_gates, strict=False)]
    return first + second[0] if second else first


@by_places
def _by_gates(bias: Floats, gates: tuple[int, ...], count: int, rows: int) -> Floats:
    placed = np.zeros((count, rows), bias.dtype)
    placed[list(gates), : bias.shape[1]] = bias
    return placed


def unpack_gradients(cell: Cell, layout: Layout, sums: Floats, features: int, units: int) -> Weights:
    """Returns the weights' gradients from sums [row tiles, column tiles, LEFT_ROWS, RIGHT_ROWS]."""
    columns = len(cell.kernel_gates) * units
    kernel, recurrent_kernel, bias = np.split(
        _one_after_another(sums, cell, layout, features, units), (features * columns, (features + units) * columns)
    )
    shape = (columns,) if cell.kernel_gates == cell.recurrent_gates else (2, columns)
    return Weights(kernel.reshape(features, columns), recurrent_kernel.reshape(units, columns), bias.reshape(shape))


@by_places
def _one_after_another(sums: Floats, cell: Cell, layout: Layout, features: int, units: int) -> Floats:
    matrix = sums.transpose(0, 2, 1, 3).reshape(sums.shape[0] * LEFT_ROWS, layout.gates, layout.rows)[:, :, :units]
    inputs, kernel_gates, recurrent_gates = layout.input_rows, list(cell.kernel_gates), list(cell.recurrent_gates)
    ones = matrix[inputs - 1]
    biases = [ones[kernel_gates]] if kernel_gates == recurrent_gates else [ones[kernel_gates], ones[recurrent_gates]]
    parts = (matrix[:features, kernel_gates], matrix[inputs : inputs + units, recurrent_gates], *biases)
    return np.concatenate([part.ravel() for part in parts])


def _by_tiles(weights: Floats) -> Floats:
    rows, columns = weights.shape
    tiles = weights.reshape(rows, columns // TILE_ROWS, TILE_ROWS)
    return np.ascontiguousarray(tiles.transpose(1, 0, 2))
