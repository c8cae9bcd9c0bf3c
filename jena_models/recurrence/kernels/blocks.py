"""Steps that all the cells share: moving a block of sequences in and out, and its products.

A block holds LANES sequences side by side, each feature of a step being one row of LANES
floats. Every array is flat, and `start` says where in it the rows of this step lie.
"""
# ruff: noqa: PLR0917 - kernels take arrays, by their positions

from typing import Any

import numpy as np

from jena_models.recurrence.vectors.compilation import compiled
from jena_models.recurrence.vectors.fetching import fetch_share
from jena_models.recurrence.vectors.lanes import LANES, WIDTH, load, repeat, store
from jena_models.recurrence.vectors.register_tiles import LEFT_ROWS
from jena_models.recurrence.vectors.tiles import (
    RIGHT_ROWS,
    TILE_ROWS,
    add_outer_product,
    product_of_two,
)
from jena_models.recurrence.vectors.transposition import read_tile, write_tile

ZERO = np.float32(0.0)
NO_BIAS = np.zeros(TILE_ROWS, np.float32)


@compiled
def clear(target: Any, start: int, rows: int) -> None:
    """Sets [rows][LANES] of target to zero from start on."""
    fill(target, start, rows, ZERO)


@compiled
def fill(target: Any, start: int, rows: int, value: Any) -> None:
    """Sets [rows][LANES] of target to one value from start on."""
    for place in range(start, start + rows * LANES, WIDTH):
        store(target, place, repeat(value))


@compiled
def read_step(source: Any, first: int, count: int, step: int, target: Any, start: int, room: int) -> None:
    """Copies source [batch, steps, rows] at one step to target [rows][LANES] from start on.

    Where room is for more rows than there are, those up to the next whole tile may hold anything afterwards.
    """
    _, steps, rows = source.shape
    stride = steps * rows
    whole = -(-rows // WIDTH) * WIDTH
    end = (first + LANES - 1) * stride + step * rows + whole
    if count < LANES:
        tiled = 0
    elif whole <= room and end <= source.size:
        tiled = whole
    else:
        tiled = rows // WIDTH * WIDTH
    for row in range(0, tiled, WIDTH):
        for lane in range(0, LANES, WIDTH):
            there = (first + lane) * stride + step * rows + row
            read_tile(source, there, stride, target, start + row * LANES + lane)
    for lane in range(count):
        for row in range(tiled, rows):
            target[start + row * LANES + lane] = source[first + lane, step, row]


@compiled
def write_step(source: Any, start: int, target: Any, first: int, count: int, step: int) -> None:
    """Copies source [rows][LANES] from start on to target [batch, steps, rows] at one step."""
    _, steps, rows = target.shape
    tiled = rows // WIDTH * WIDTH if count == LANES else 0
    stride = steps * rows
    for row in range(0, tiled, WIDTH):
        for lane in range(0, LANES, WIDTH):
            there = (first + lane) * stride + step * rows + row
            write_tile(source, start + row * LANES + lane, target, there, stride)
    for lane in range(count):
        for row in range(tiled, rows):
            target[first + lane, step, row] = source[start + row * LANES + lane]


@compiled
def add_rows(source: Any, target: Any) -> None:
    """Adds a flat array of whole rows to another."""
    for place in range(0, target.size, WIDTH):
        store(target, place, load(target, place) + load(source, place))


@compiled
def fill_gate(
    target: Any,
    start: int,
    rows: int,
    gate: int,
    bias: Any,
    kernel: Any,
    inputs: Any,
    inputs_start: int,
    recurrent_kernel: Any,
    states: Any,
    states_start: int,
    state_rows: int,
    ahead: tuple[int, int],
) -> None:
    """Sets target [rows][LANES] to bias + kernel x inputs + recurrent kernel x states [state_rows][LANES].

    bias is [gates, rows]; kernel is packed [tiles, inputs, TILE_ROWS], recurrent kernel [tiles][rows][TILE_ROWS],
    and those with no tile for this gate (kernel after its last, recurrent kernel before its first) take no part.
    Meanwhile the gate's share of what lies ahead is fetched.
    """
    tiles = rows // TILE_ROWS
    missing = bias.shape[0] - recurrent_kernel.size // (rows * rows)
    input_rows = kernel.shape[1] if gate * tiles < kernel.shape[0] else 0
    for tile in range(tiles):
        fetch_share(target, ahead, gate * tiles + tile)
        product_of_two(
            target,
            start + tile * TILE_ROWS * LANES,
            bias,
            gate * rows + tile * TILE_ROWS,
            kernel,
            (gate * tiles + tile) * kernel.shape[1] * TILE_ROWS,
            inputs,
            inputs_start,
            input_rows,
            recurrent_kernel,
            ((gate - missing) * tiles + tile) * rows * TILE_ROWS,
            states,
            states_start,
            state_rows if gate >= missing else 0,
        )


@compiled
def pass_back(target: Any, weights: Any, gates: Any, start: int, ahead: tuple[int, int]) -> None:
    """Sets target [tiles * TILE_ROWS][LANES] to transposed weights x gate gradients.

    The weights are packed [tiles, gate rows, TILE_ROWS]. Meanwhile what lies ahead is fetched.
    """
    tiles, gate_rows, _ = weights.shape
    zeros = NO_BIAS
    for tile in range(tiles):
        fetch_share(gates, ahead, tile)
        product_of_two(
            target,
            tile * TILE_ROWS * LANES,
            zeros,
            0,
            weights,
            tile * gate_rows * TILE_ROWS,
            gates,
            start,
            gate_rows,
            weights,
            0,
            gates,
            start,
            0,
        )


@compiled
def add_weight_gradients(
    sums: Any,
    rows: tuple[int, int],
    columns: tuple[int, int],
    tape: Any,
    at: tuple[int, int, int, int],
) -> None:
    """Adds products of the tape's rows and gate columns over lanes and steps to sums.

    sums is [row tiles, column tiles, LEFT_ROWS, RIGHT_ROWS]; rows and columns are each the
    first and the end. `at` says where row zero and column zero of the first step lie on the
    tape, how many floats further those of the next step, and how many steps there are.
    """
    left_start, right_start, record, steps = at
    for row in range(rows[0], rows[1], LEFT_ROWS):
        for column in range(columns[0], columns[1], RIGHT_ROWS):
            tile = row // LEFT_ROWS * sums.shape[1] + column // RIGHT_ROWS
            add_outer_product(
                sums,
                tile * LEFT_ROWS * RIGHT_ROWS,
                tape,
                left_start + row * LANES,
                record,
                tape,
                right_start + column * LANES,
                record,
                steps,
            )
