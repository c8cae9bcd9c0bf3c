"""A batch of sequences forward through a recurrent layer."""
# ruff: noqa: PLR0917 - kernels take arrays, by their positions

from typing import Any

import numpy as np

from jena_models.recurrence.kernels.blocks import clear, fill, fill_gate, read_step, write_step
from jena_models.recurrence.kernels.cells import (
    GRU_CODE,
    LSTM_CODE,
    SIMPLE_RNN_CODE,
    advance_gru,
    advance_lstm,
    advance_simple_rnn,
)
from jena_models.recurrence.kernels.dropout import gather_forward, mask_states, read_masks
from jena_models.recurrence.kernels.tape_layout import Layout
from jena_models.recurrence.vectors.compilation import compiled, compiled_with_scratch
from jena_models.recurrence.vectors.lanes import LANES

ONE = np.float32(1.0)


@compiled_with_scratch
def forward(
    layout: Layout,
    inputs: Any,
    kernel: Any,
    recurrent_kernel: Any,
    bias: Any,
    masks: Any,
    outputs: Any,
    tape: Any,
    backwards: bool,
    keep: bool,
    sequences: tuple[int, int],
) -> None:
    """Fills outputs [batch, steps or 1, units] and, if keep, the tape, for sequences from the first to the end.

    inputs is [batch, steps, features], kernel [tiles, features, TILE_ROWS], recurrent_kernel
    [tiles, rows, TILE_ROWS], bias [gates, rows] and masks [gates, batch, units], without gates
    where nothing is dropped. With keep False the tape holds a single record. The first sequence begins a block.

    Each block of LANES sequences goes through all its steps on its own, so that its state and
    the weights stay in the core's nearest cache.
    """
    steps = inputs.shape[1]
    size = layout.rows * LANES
    masked_gates = masks.shape[0]
    block_masks = np.zeros(masked_gates * size, np.float32)
    masked_states = np.zeros(masked_gates * size, np.float32)
    kept, counts = np.zeros(masked_gates * layout.rows, np.int64), np.zeros(masked_gates, np.int64)
    flat = recurrent_kernel.reshape(recurrent_kernel.size)
    block_kernel = np.zeros(flat.size, np.float32) if masked_gates > 0 else flat
    stride = layout.record if keep else 0
    share = layout.forward_share if keep else 0
    for first in range(sequences[0], sequences[1], LANES):
        count = min(LANES, sequences[1] - first)
        now = first // LANES * (steps + 1) * stride
        clear(tape, now + layout.state_start, layout.rows)
        if layout.cell == LSTM_CODE:
            clear(tape, now + layout.state_start + 5 * size, layout.rows)
        read_masks(masks, first, count, block_masks, layout.rows, kept, counts)
        gather_forward(recurrent_kernel, layout.rows, kept, counts, block_kernel)
        dropout = (block_masks, masked_states, kept, counts)
        for step in range(steps):
            if count < LANES and (keep or step == 0):
                clear(tape, now, layout.input_rows)
            read_step(inputs, first, count, steps - 1 - step if backwards else step, tape, now, layout.input_rows)
            if keep:
                _complete_inputs(layout, tape, now, inputs.shape[2])
            ahead = (now + stride, share)
            _fill_gates(layout, tape, now, kernel, block_kernel, bias, dropout, ahead)
            state = now + layout.state_start
            if layout.cell == SIMPLE_RNN_CODE:
                advance_simple_rnn(tape, state, state + stride, layout.rows)
            elif layout.cell == GRU_CODE:
                advance_gru(tape, state, state + stride, layout.rows)
            else:
                advance_lstm(tape, state, state + stride, layout.rows)
            now += stride
            if outputs.shape[1] == steps:
                write_step(tape, state + stride, outputs, first, count, step)
            elif step == steps - 1:
                write_step(tape, state + stride, outputs, first, count, 0)


@compiled
def _complete_inputs(layout: Layout, tape: Any, now: int, features: int) -> None:
    clear(tape, now + features * LANES, layout.input_rows - 1 - features)
    fill(tape, now + layout.state_start - LANES, 1, ONE)


@compiled
def _fill_gates(
    layout: Layout,
    tape: Any,
    now: int,
    kernel: Any,
    recurrent_kernel: Any,
    bias: Any,
    dropout: tuple[Any, Any, Any, Any],
    ahead: tuple[int, int],
) -> None:
    rows = layout.rows
    state = now + layout.state_start
    masks, masked_states, kept, counts = dropout
    mask_states(tape, state, rows, masks, kept, counts, masked_states)
    for gate in range(layout.gates):
        gate_start = now + layout.gates_start + gate * rows * LANES
        mask = gate - (layout.gates - counts.size)
        if counts.size > 0 and mask >= 0:
            states, start, seen = masked_states, mask * rows * LANES, counts[mask]
        else:
            states, start, seen = tape, state, rows
        fill_gate(tape, gate_start, rows, gate, bias, kernel, tape, now, recurrent_kernel, states, start, seen, ahead)
