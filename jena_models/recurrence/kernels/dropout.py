"""What recurrent dropout leaves of a block's products.

A mask is the same at every step. A unit that one gate sees of none of a block's sequences has no part in that gate's
products, forward and back: the weights of those that it sees are gathered once a block, and only they are multiplied.
For each gate `kept` holds their numbers, [gates][rows], and `counts` how many they are.
"""
# ruff: noqa: PLR0917 - kernels take arrays, by their positions

from typing import Any

import numpy as np

from jena_models.recurrence.kernels.blocks import NO_BIAS, clear, read_step
from jena_models.recurrence.vectors.compilation import compiled
from jena_models.recurrence.vectors.fetching import fetch_share
from jena_models.recurrence.vectors.lanes import LANES, WIDTH, load, store
from jena_models.recurrence.vectors.register_tiles import LEFT_ROWS
from jena_models.recurrence.vectors.tiles import RIGHT_ROWS, TILE_ROWS, add_kept_outer_product, product_of_two

ZERO = np.float32(0.0)


@compiled
def read_masks(masks: Any, first: int, count: int, target: Any, rows: int, kept: Any, counts: Any) -> None:
    """Copies masks [gates, batch, units] of one block to target [gates][rows][LANES], and finds the units to keep."""
    gates, batch, units = masks.shape
    one_step = masks.reshape((gates * batch, 1, units))
    for gate in range(gates):
        read_step(one_step, gate * batch + first, count, 0, target, gate * rows * LANES, units)
        found = 0
        for row in range(units):
            start = (gate * rows + row) * LANES
            for lane in range(start, start + count):
                if target[lane] != ZERO:
                    kept[gate * rows + found] = row
                    found += 1
                    break
        counts[gate] = found


@compiled
def gather_forward(weights: Any, rows: int, kept: Any, counts: Any, target: Any) -> None:
    """Sets target [gates][tiles][kept][TILE_ROWS], with room for all rows, to what weights have of those kept."""
    source, tiles = weights.reshape(weights.size), rows // TILE_ROWS
    for gate in range(counts.size):
        for tile in range(gate * tiles, (gate + 1) * tiles):
            for number in range(counts[gate]):
                here = (tile * rows + number) * TILE_ROWS
                there = (tile * rows + kept[gate * rows + number]) * TILE_ROWS
                for column in range(TILE_ROWS):
                    target[here + column] = source[there + column]


@compiled
def gather_backward(weights: Any, rows: int, kept: Any, counts: Any, target: Any) -> None:
    """Sets target [gates][tiles of kept][rows][TILE_ROWS] to what the transposed weights have of the units kept."""
    source, tiles = weights.reshape(weights.size), rows // TILE_ROWS
    for gate in range(counts.size):
        for number in range(counts[gate]):
            row = kept[gate * rows + number]
            here = (gate * tiles + number // TILE_ROWS) * rows * TILE_ROWS + number % TILE_ROWS
            there = (row // TILE_ROWS * counts.size + gate) * rows * TILE_ROWS + row % TILE_ROWS
            for place in range(0, rows * TILE_ROWS, TILE_ROWS):
                target[here + place] = source[there + place]


@compiled
def mask_states(states: Any, start: int, rows: int, masks: Any, kept: Any, counts: Any, target: Any) -> None:
    """Sets target [gates][kept][LANES], with room for all rows, to the states that each gate sees times its mask."""
    for gate in range(counts.size):
        for number in range(gate * rows, gate * rows + counts[gate]):
            row = kept[number]
            for place in range(0, LANES, WIDTH):
                state = load(states, start + row * LANES + place)
                store(target, number * LANES + place, state * load(masks, (gate * rows + row) * LANES + place))


@compiled
def pass_back_masked(
    target: Any,
    weights: Any,
    gates: Any,
    start: int,
    masks: Any,
    kept: Any,
    counts: Any,
    products: Any,
    ahead: tuple[int, int],
) -> None:
    """Does as pass_back with the weights that gather_backward gathers, each gate's part times that gate's mask.

    products [TILE_ROWS][LANES] is scratch.
    """
    rows = masks.size // (counts.size * LANES)
    tiles = rows // TILE_ROWS
    clear(target, 0, rows)
    for gate in range(counts.size):
        for tile in range(gate * tiles, (gate + 1) * tiles):
            fetch_share(gates, ahead, tile)
            first = gate * rows + (tile - gate * tiles) * TILE_ROWS
            end = min(first + TILE_ROWS, gate * rows + counts[gate])
            if first >= end:
                continue
            product_of_two(
                products,
                0,
                NO_BIAS,
                0,
                weights,
                tile * rows * TILE_ROWS,
                gates,
                start + gate * rows * LANES,
                rows,
                weights,
                0,
                gates,
                start,
                0,
            )
            for number in range(first, end):
                row = kept[number]
                for place in range(0, LANES, WIDTH):
                    product = load(products, (number - first) * LANES + place)
                    part = product * load(masks, (gate * rows + row) * LANES + place)
                    there = row * LANES + place
                    store(target, there, part + load(target, there))


@compiled
def add_masked_weight_gradients(
    sums: Any,
    left_start: int,
    tape: Any,
    at: tuple[int, int, int],
    masks: Any,
    kept: Any,
    counts: Any,
) -> None:
    """Adds products of the states that gates see and these gates' columns over lanes and steps to sums.

    sums is [gates][tiles of kept][column tiles][LEFT_ROWS][RIGHT_ROWS]; the states lie on the tape from left_start on.
    `at` says where the first gate of the first step lies, how many floats further the next step, and how many steps.
    """
    right_start, record, steps = at
    rows = masks.size // (counts.size * LANES)
    column_tiles = rows // RIGHT_ROWS
    for gate in range(counts.size):
        for number in range(gate * rows, gate * rows + counts[gate], LEFT_ROWS):
            for column in range(column_tiles):
                add_kept_outer_product(
                    sums,
                    (number // LEFT_ROWS * column_tiles + column) * LEFT_ROWS * RIGHT_ROWS,
                    tape,
                    left_start,
                    record,
                    tape,
                    right_start + (gate * rows + column * RIGHT_ROWS) * LANES,
                    record,
                    steps,
                    masks,
                    gate * rows * LANES,
                    kept,
                    number,
                )


@compiled
def spread_weight_gradients(source: Any, first_row: int, first_column: int, kept: Any, counts: Any, sums: Any) -> None:
    """Moves what add_masked_weight_gradients has added up to sums [row tiles, column tiles, LEFT_ROWS, RIGHT_ROWS].

    The states begin at its first_row, the gates at its first_column. The source is zero again afterwards.
    """
    rows = kept.size // counts.size
    column_tiles = rows // RIGHT_ROWS
    for gate in range(counts.size):
        first_tile = (first_column + gate * rows) // RIGHT_ROWS
        for number in range(gate * rows, gate * rows + counts[gate]):
            row = first_row + kept[number]
            for tile in range(column_tiles):
                place = ((number // LEFT_ROWS * column_tiles + tile) * LEFT_ROWS + number % LEFT_ROWS) * RIGHT_ROWS
                for column in range(RIGHT_ROWS):
                    sums[row // LEFT_ROWS, first_tile + tile, row % LEFT_ROWS, column] += source[place + column]
    clear(source, 0, source.size // LANES)
