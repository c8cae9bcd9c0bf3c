"""What each recurrent cell does in one step once its gates' sums are known, and back.

In a record of the tape the rows of one step follow one another: the inputs, the state before
the step, the gates and, for an LSTM, the carry before the step. `now` is where the state of
this step's record lies and `after` where the state of the next one does. Going forward, the
gates' sums are replaced by the gates; going back, the gates by the gradients of their sums.

Order of the gates: LSTM input, forget, candidate, output; GRU candidate, update, reset and the
recurrent part of the candidate; SimpleRNN only one.
"""
# ruff: noqa: PLR0917 - kernels take arrays, by their positions

from dataclasses import dataclass
from typing import Any

import numpy as np

from jena_models.recurrence.vectors.activations import sigmoid, tanh
from jena_models.recurrence.vectors.compilation import compiled
from jena_models.recurrence.vectors.lanes import LANES, WIDTH, load, store

ONE = np.float32(1.0)


@dataclass(frozen=True)
class Cell:
    """A kind of cell: which gates of a record each gate of the Keras weights belongs to."""

    code: int
    gates: int
    kernel_gates: tuple[int, ...]
    recurrent_gates: tuple[int, ...]


SIMPLE_RNN = Cell(code=0, gates=1, kernel_gates=(0,), recurrent_gates=(0,))
GRU = Cell(code=1, gates=4, kernel_gates=(1, 2, 0), recurrent_gates=(1, 2, 3))
LSTM = Cell(code=2, gates=4, kernel_gates=(0, 1, 2, 3), recurrent_gates=(0, 1, 2, 3))

SIMPLE_RNN_CODE, GRU_CODE, LSTM_CODE = SIMPLE_RNN.code, GRU.code, LSTM.code


@compiled
def advance_simple_rnn(tape: Any, now: int, after: int, rows: int) -> None:
    """Computes the next state from the sum of a simple recurrent cell."""
    for place in range(0, rows * LANES, WIDTH):
        store(tape, after + place, tanh(load(tape, now + rows * LANES + place)))


@compiled
def retreat_simple_rnn(tape: Any, now: int, after: int, rows: int, states: Any) -> None:
    """Replaces the sum by its gradient, given the gradients of the next state."""
    for place in range(0, rows * LANES, WIDTH):
        state = load(tape, after + place)
        store(tape, now + rows * LANES + place, load(states, place) * (ONE - state * state))


@compiled
def advance_gru(tape: Any, now: int, after: int, rows: int) -> None:
    """Computes the gates and the next state of a GRU whose reset gate acts after the product; in passes as an LSTM."""
    size = rows * LANES
    for place in range(now + 2 * size, now + 4 * size, WIDTH):
        store(tape, place, sigmoid(load(tape, place)))
    for place in range(now, now + size, WIDTH):
        update = load(tape, place + 2 * size)
        reset = load(tape, place + 3 * size)
        candidate = tanh(load(tape, place + size) + reset * load(tape, place + 4 * size))
        state = load(tape, place)
        store(tape, place + size, candidate)
        store(tape, after - now + place, candidate + update * (state - candidate))


@compiled
def retreat_gru(tape: Any, now: int, rows: int, states: Any, direct: Any) -> None:
    """Replaces a GRU's gates by their gradients; direct is what its update gate hands back."""
    size = rows * LANES
    for place in range(0, size, WIDTH):
        here = now + place
        candidate = load(tape, here + size)
        update = load(tape, here + 2 * size)
        reset = load(tape, here + 3 * size)
        gradient = load(states, place)
        kept = gradient * update
        inner = (gradient - kept) * (ONE - candidate * candidate)
        inner_reset = inner * reset
        store(tape, here + size, inner)
        store(tape, here + 2 * size, (load(tape, here) - candidate) * kept * (ONE - update))
        store(tape, here + 3 * size, load(tape, here + 4 * size) * inner_reset * (ONE - reset))
        store(tape, here + 4 * size, inner_reset)
        store(direct, place, kept)


@compiled
def advance_lstm(tape: Any, now: int, after: int, rows: int) -> None:
    """Computes the gates, the next carry and the next state of an LSTM.

    What has to wait for another activation is done in a second pass: those of many rows are then under way at once.
    """
    size = rows * LANES
    for place in range(now, now + size, WIDTH):
        input_gate = sigmoid(load(tape, place + size))
        forget_gate = sigmoid(load(tape, place + 2 * size))
        candidate = tanh(load(tape, place + 3 * size))
        store(tape, place + 4 * size, sigmoid(load(tape, place + 4 * size)))
        carry = forget_gate * load(tape, place + 5 * size) + input_gate * candidate
        store(tape, place + size, input_gate)
        store(tape, place + 2 * size, forget_gate)
        store(tape, place + 3 * size, candidate)
        store(tape, after - now + place + 5 * size, carry)
    for place in range(now, now + size, WIDTH):
        carry = load(tape, after - now + place + 5 * size)
        store(tape, after - now + place, load(tape, place + 4 * size) * tanh(carry))


@compiled
def retreat_lstm(tape: Any, now: int, after: int, rows: int, states: Any, carries: Any) -> None:
    """Replaces an LSTM's gates by their gradients, and the carry's gradients by earlier ones."""
    size = rows * LANES
    for place in range(0, size, WIDTH):
        here = now + place
        input_gate = load(tape, here + size)
        forget_gate = load(tape, here + 2 * size)
        candidate = load(tape, here + 3 * size)
        output_gate = load(tape, here + 4 * size)
        squashed = tanh(load(tape, after + place + 5 * size))
        state = load(states, place) * output_gate
        carry = load(carries, place) + state * (ONE - squashed * squashed)
        entered = carry * input_gate
        kept = carry * forget_gate
        store(tape, here + size, entered * candidate * (ONE - input_gate))
        store(tape, here + 2 * size, kept * load(tape, here + 5 * size) * (ONE - forget_gate))
        store(tape, here + 3 * size, entered * (ONE - candidate * candidate))
        store(tape, here + 4 * size, state * squashed * (ONE - output_gate))
        store(carries, place, kept)
