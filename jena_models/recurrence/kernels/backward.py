"""Gradients back through time through a recurrent layer."""
# ruff: noqa: PLR0917 - kernels take arrays, by their positions

from typing import Any

import numpy as np

from jena_models.recurrence.kernels.blocks import add_rows, add_weight_gradients, pass_back, read_step, write_step
from jena_models.recurrence.kernels.cells import (
    GRU_CODE,
    SIMPLE_RNN_CODE,
    retreat_gru,
    retreat_lstm,
    retreat_simple_rnn,
)
from jena_models.recurrence.kernels.dropout import (
    add_masked_weight_gradients,
    gather_backward,
    pass_back_masked,
    read_masks,
    spread_weight_gradients,
)
from jena_models.recurrence.kernels.tape_layout import Layout
from jena_models.recurrence.vectors.compilation import compiled, compiled_with_scratch
from jena_models.recurrence.vectors.lanes import LANES
from jena_models.recurrence.vectors.register_tiles import LEFT_ROWS, TILES
from jena_models.recurrence.vectors.tiles import TILE_ROWS

NOTHING = (0, 0)

GATES, KERNEL, RECURRENT_KERNEL = 1, 2, 4  # whose gradients are computed; those of the gates have to be there first
EVERYTHING = GATES | KERNEL | RECURRENT_KERNEL


@compiled_with_scratch
def backward(
    layout: Layout,
    output_gradients: Any,
    kernel: Any,
    recurrent_kernel: Any,
    masks: Any,
    tape: Any,
    input_gradients: Any,
    sums: Any,
    steps: int,
    backwards: bool,
    sequences: tuple[int, int],
    parts: int,
) -> None:
    """Adds the weights' gradients to sums and, unless it has no features, fills input_gradients.

    Of the sequences from the first, which begins a block, to the end; `parts` says which gradients. However they are
    divided among calls, as long as one call has all that goes into a weight's gradient the sums are the same.

    output_gradients is [batch, steps or 1, units]; kernel [tiles, gate rows, TILE_ROWS] and
    recurrent_kernel are the transposed weights; sums is [row tiles, column tiles, LEFT_ROWS,
    RIGHT_ROWS] of the gradients of kernel, bias and recurrent kernel one below the other.

    The blocks are taken from the last to the first: the last one's records may still be in the
    cache. Each block alternates between the gradients of some steps and the weights' gradients
    of the same steps.
    """
    size = layout.rows * LANES
    block_masks = np.zeros(masks.shape[0] * size, np.float32)
    kept, counts = np.zeros(masks.shape[0] * layout.rows, np.int64), np.zeros(masks.shape[0], np.int64)
    flat = recurrent_kernel.reshape(recurrent_kernel.size)
    block_kernel = np.zeros(flat.size, np.float32) if masks.shape[0] > 0 else flat
    kept_sums = np.zeros(masks.shape[0] * layout.rows * layout.rows, np.float32)
    products = np.zeros(TILE_ROWS * LANES, np.float32)
    chunk = max(1, TILES.chunk_floats // layout.record)
    for first in range((sequences[1] - 1) // LANES * LANES, sequences[0] - 1, -LANES):
        count = min(LANES, sequences[1] - first)
        base = first // LANES * (steps + 1) * layout.record
        read_masks(masks, first, count, block_masks, layout.rows, kept, counts)
        gather_backward(recurrent_kernel, layout.rows, kept, counts, block_kernel)
        dropout = (block_kernel, block_masks, kept, counts, products)
        states = np.zeros(size, np.float32)
        carries = np.zeros(size, np.float32)
        incoming = np.zeros(size, np.float32)
        features = np.zeros(kernel.shape[0] * TILE_ROWS * LANES, np.float32)
        for end in range(steps, 0, -chunk):
            begin = max(0, end - chunk)
            for step in range(end - 1, begin - 1 if parts & GATES else end - 1, -1):
                now = base + step * layout.record
                if output_gradients.shape[1] == steps:
                    read_step(output_gradients, first, count, step, incoming, 0, layout.rows)
                    add_rows(incoming, states)
                elif step == steps - 1:
                    read_step(output_gradients, first, count, 0, states, 0, layout.rows)
                _retreat(layout, tape, now, recurrent_kernel, dropout, states, carries)
                if kernel.shape[0] > 0:
                    there = steps - 1 - step if backwards else step
                    pass_back(features, kernel, tape, now + layout.gates_start, NOTHING)
                    write_step(features, 0, input_gradients, first, count, there)
            now = base + begin * layout.record
            if parts & KERNEL:
                _add_kernel_gradients(layout, tape, now, end - begin, sums)
            if parts & RECURRENT_KERNEL:
                _add_recurrent_kernel_gradients(layout, tape, now, end - begin, dropout, kept_sums, sums)


@compiled
def _retreat(
    layout: Layout,
    tape: Any,
    now: int,
    recurrent_kernel: Any,
    dropout: tuple[Any, ...],
    states: Any,
    carries: Any,
) -> None:
    block_kernel, masks, kept, counts, products = dropout
    state = now + layout.state_start
    if layout.cell == SIMPLE_RNN_CODE:
        retreat_simple_rnn(tape, state, state + layout.record, layout.rows, states)
    elif layout.cell == GRU_CODE:
        retreat_gru(tape, state, layout.rows, states, carries)
    else:
        retreat_lstm(tape, state, state + layout.record, layout.rows, states, carries)
    missing = layout.gates * layout.rows - recurrent_kernel.shape[1]
    start = now + layout.gates_start + missing * LANES
    earlier = now - layout.record
    if counts.size > 0:
        ahead = (earlier, layout.masked_backward_share)
        pass_back_masked(states, block_kernel, tape, start, masks, kept, counts, products, ahead)
    else:
        pass_back(states, recurrent_kernel, tape, start, (earlier, layout.backward_share))
    if layout.cell == GRU_CODE:
        add_rows(carries, states)


@compiled
def _add_kernel_gradients(layout: Layout, tape: Any, now: int, steps: int, sums: Any) -> None:
    """Adds those of the kernel and of the bias, the row of ones."""
    rows, inputs = layout.rows, layout.input_rows
    columns = layout.gates * rows
    at = (now, now + layout.gates_start, layout.record, steps)
    if layout.cell == GRU_CODE:
        add_weight_gradients(sums, (0, inputs), (0, columns - rows), tape, at)
        # The recurrent part of the candidate has no inputs, but a bias.
        add_weight_gradients(sums, (inputs - LEFT_ROWS, inputs), (columns - rows, columns), tape, at)
    else:
        add_weight_gradients(sums, (0, inputs), (0, columns), tape, at)


@compiled
def _add_recurrent_kernel_gradients(
    layout: Layout, tape: Any, now: int, steps: int, dropout: tuple[Any, ...], kept_sums: Any, sums: Any
) -> None:
    rows, inputs = layout.rows, layout.input_rows
    _, masks, kept, counts, _ = dropout
    columns = layout.gates * rows
    recurrent_first = rows if layout.cell == GRU_CODE else 0
    if counts.size > 0:
        gates = (now + layout.gates_start + recurrent_first * LANES, layout.record, steps)
        add_masked_weight_gradients(kept_sums, now + layout.state_start, tape, gates, masks, kept, counts)
        spread_weight_gradients(kept_sums, inputs, recurrent_first, kept, counts, sums)
    else:
        at = (now, now + layout.gates_start, layout.record, steps)
        add_weight_gradients(sums, (inputs, inputs + rows), (recurrent_first, columns), tape, at)
