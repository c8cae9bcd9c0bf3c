"""Convolutions over time by the tiles of the recurrent kernels.

A block of LANES sequences lies side by side, all steps one after the other: a filter's output at one step is then the
product of its weights with rows that a few fixed strides reach, and the gradients are products and outer products of
the same kind. Columns are padded to whole tiles; what stands in the padding takes no part in any result.
"""
# ruff: noqa: PLR0917 - kernels take arrays, by their positions

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from jena_models.recurrence.kernels.blocks import clear, read_step, write_step
from jena_models.recurrence.kernels.packing import by_places
from jena_models.recurrence.kernels.tape_layout import rounded_up
from jena_models.recurrence.vectors.compilation import compiled, compiled_with_scratch
from jena_models.recurrence.vectors.lanes import LANES
from jena_models.recurrence.vectors.register_tiles import LEFT_ROWS
from jena_models.recurrence.vectors.tiles import RIGHT_ROWS, TILE_ROWS, add_outer_product, product_over_taps

Floats = NDArray[np.float32]
UNBOUNDED = np.float32(-np.inf)


class Taps(NamedTuple):
    """Which steps one output of a convolution looks at.

    Attributes:
        size: How many.
        dilation: Steps from one to the next.
        padding: Steps of zeros before the first.
    """

    size: int
    dilation: int
    padding: int

    def outputs(self, steps: int) -> int:
        """Returns how many steps the output has."""
        return steps + self.padding - (self.size - 1) * self.dilation


@by_places
def pack_kernel(kernel: Floats) -> Floats:
    """Returns a kernel [size, columns, filters] as [tiles, size, columns, TILE_ROWS], filters padded with zeros."""
    size, columns, filters = kernel.shape
    padded = np.zeros((size, columns, rounded_up(filters, TILE_ROWS)), kernel.dtype)
    padded[:, :, :filters] = kernel
    return np.ascontiguousarray(padded.reshape(size, columns, -1, TILE_ROWS).transpose(2, 0, 1, 3))


def pack_bias(packed_kernel: Floats, *bias: Floats) -> Floats:
    """Returns a bias [filters], or none, for the tiles of a packed kernel, padded with zeros."""
    padded = np.zeros(packed_kernel.shape[0] * TILE_ROWS, np.float32)
    for one in bias:
        padded[: one.size] = one
    return padded


def gradient_sums(kernel: Floats) -> Floats:
    """Returns zeros [size * row tiles, column tiles, LEFT_ROWS, RIGHT_ROWS] for the gradients of a kernel."""
    size, columns, filters = kernel.shape
    tiles = (size * (rounded_up(columns, LEFT_ROWS) // LEFT_ROWS), rounded_up(filters, RIGHT_ROWS) // RIGHT_ROWS)
    return np.zeros((*tiles, LEFT_ROWS, RIGHT_ROWS), np.float32)


@by_places
def unpack_kernel_gradients(sums: Floats, columns: int, filters: int) -> Floats:
    """Returns the gradients of a kernel [size, columns, filters] from its sums."""
    size = sums.shape[0] * LEFT_ROWS // rounded_up(columns, LEFT_ROWS)
    matrix = sums.transpose(0, 2, 1, 3).reshape(size, -1, sums.shape[1] * RIGHT_ROWS)
    return matrix[:, :columns, :filters]


@compiled_with_scratch
def convolve(
    taps: Taps, inputs: Any, kernel: Any, bias: Any, lowest: Any, outputs: Any, sequences: tuple[int, int]
) -> None:
    """Fills outputs [batch, outputs, filters] from inputs [batch, steps, columns], a packed kernel and its bias.

    What would be less than lowest becomes that. The sequences are those from a first, which begins a block, to an end.
    """
    _, steps, columns = inputs.shape
    row_floats = -(-columns // LEFT_ROWS) * LEFT_ROWS * LANES
    block = np.zeros((taps.padding + steps) * row_floats, np.float32)
    result = np.zeros(kernel.shape[0] * TILE_ROWS * LANES, np.float32)
    for first in range(sequences[0], sequences[1], LANES):
        count = min(LANES, sequences[1] - first)
        _read_block(inputs, first, count, block, taps.padding, row_floats)
        _products(
            taps.size,
            taps.dilation * row_floats,
            columns,
            kernel,
            bias,
            lowest,
            block,
            row_floats,
            result,
            outputs,
            first,
        )


@compiled_with_scratch
def convolve_back(
    taps: Taps,
    inputs: Any,
    output_gradients: Any,
    transposed_kernel: Any,
    input_gradients: Any,
    sums: Any,
    column_tiles: tuple[int, int],
    sequences: tuple[int, int],
) -> None:
    """Adds the kernel's gradients to sums and, unless the transposed kernel has no tile, fills input_gradients.

    transposed_kernel is the packed kernel [size, filters, columns] whose taps are in reverse order. The sums
    are those of some column tiles over all sequences, the inputs' gradients those of some sequences: each from a first
    to an end.
    """
    batch, steps, columns = inputs.shape
    outputs, filters = output_gradients.shape[1:]
    row_floats = -(-columns // LEFT_ROWS) * LEFT_ROWS * LANES
    gradient_floats = -(-filters // RIGHT_ROWS) * RIGHT_ROWS * LANES
    around = (taps.size - 1) * taps.dilation
    before = around - taps.padding
    block = np.zeros((taps.padding + steps) * row_floats, np.float32)
    gradients = np.zeros((around + outputs + around) * gradient_floats, np.float32)
    result = np.zeros(transposed_kernel.shape[0] * TILE_ROWS * LANES, np.float32)
    no_bias = np.zeros(transposed_kernel.shape[0] * TILE_ROWS, np.float32)
    start = around * gradient_floats
    for first in range(0, batch, LANES):
        count = min(LANES, batch - first)
        _read_block(inputs, first, count, block, taps.padding, row_floats)
        _read_block(output_gradients, first, count, gradients, around, gradient_floats)
        for row in range(0, row_floats // LANES, LEFT_ROWS):
            for tap in range(taps.size):
                left = tap * taps.dilation * row_floats + row * LANES
                row_tile = (tap * (row_floats // LANES) + row) // LEFT_ROWS
                for column_tile in range(column_tiles[0], column_tiles[1]):
                    add_outer_product(
                        sums,
                        (row_tile * sums.shape[1] + column_tile) * LEFT_ROWS * RIGHT_ROWS,
                        block,
                        left,
                        row_floats,
                        gradients,
                        start + column_tile * RIGHT_ROWS * LANES,
                        gradient_floats,
                        outputs,
                    )
        if transposed_kernel.shape[0] > 0 and sequences[0] <= first < sequences[1]:
            skipped = gradients[(around - before) * gradient_floats :]
            stride = taps.dilation * gradient_floats
            _products(
                taps.size,
                stride,
                filters,
                transposed_kernel,
                no_bias,
                UNBOUNDED,
                skipped,
                gradient_floats,
                result,
                input_gradients,
                first,
            )


@compiled
def _read_block(source: Any, first: int, count: int, block: Any, before: int, row_floats: int) -> None:
    if count < LANES:
        clear(block, before * row_floats, source.shape[1] * row_floats // LANES)
    for step in range(source.shape[1]):
        read_step(source, first, count, step, block, (before + step) * row_floats, row_floats // LANES)


@compiled
def _products(
    size: int,
    tap_floats: int,
    rows: int,
    kernel: Any,
    bias: Any,
    lowest: Any,
    block: Any,
    row_floats: int,
    result: Any,
    target: Any,
    first: int,
) -> None:
    """Fills target [batch, steps, rows] of one block with bias and products of a packed kernel and the block's taps."""
    count = min(LANES, target.shape[0] - first)
    for step in range(target.shape[1]):
        for tile in range(kernel.shape[0]):
            product_over_taps(
                result,
                tile * TILE_ROWS * LANES,
                bias,
                tile * TILE_ROWS,
                lowest,
                kernel,
                tile * size * rows * TILE_ROWS,
                block,
                step * row_floats,
                size,
                tap_floats,
                rows,
            )
        write_step(result, 0, target, first, count, step)
