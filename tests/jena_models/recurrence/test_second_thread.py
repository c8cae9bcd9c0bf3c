"""With a second thread the kernels compute the same, to the digit."""

import threading

import numpy as np
import pytest

from jena_models.recurrence import operation
from jena_models.recurrence.kernels.cells import GRU, LSTM, SIMPLE_RNN
from jena_models.recurrence.kernels.packing import Weights
from jena_models.recurrence.operation import Recurrence
from jena_models.recurrence.second_thread import SecondThread, second_thread
from jena_models.recurrence.vectors.lanes import LANES

pytestmark = pytest.mark.slow

STEPS = 40
"""Some stretches of weights' gradients."""
CELLS = {"simple_rnn": SIMPLE_RNN, "gru": GRU, "lstm": LSTM}


def computed(recurrence, features, units, dropout, batch):
    """What a layer with drawn weights gives forward, back and without a tape."""
    draw, cell = np.random.default_rng(5), recurrence.cell

    def drawn(*shape):
        return draw.normal(0, 0.3, shape).astype(np.float32)

    columns = len(cell.kernel_gates) * units
    weights = Weights(drawn(features, columns), drawn(units, columns), drawn(*([2] if cell is GRU else []), columns))
    inputs = drawn(batch, STEPS, features)
    masks = draw.random((len(cell.recurrent_gates), batch, units)) > dropout
    masks[:, :LANES] = masks[:, :1]  # the first block's windows share theirs
    masks = masks.astype(np.float32) if dropout else np.zeros((0, 1, 1), np.float32)
    outputs, tape = recurrence.forward(inputs, weights, masks, keep=True)
    input_gradients, weight_gradients = recurrence.backward(np.cos(outputs), tape, weights, masks, STEPS)
    untaped, _ = recurrence.forward(inputs, weights, masks, keep=False)
    return [each.copy() for each in (outputs, input_gradients, *weight_gradients, untaped)]


@pytest.mark.parametrize("batch", [2 * LANES, 7 * LANES + 3])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("shape", [(14, 16, False), (32, 32, True), (5, 7, True)])
@pytest.mark.parametrize("cell", CELLS)
def test_all_is_the_same_to_the_digit(cell, shape, dropout, batch, monkeypatch):
    features, units, sequences = shape
    recurrence = Recurrence(CELLS[cell], return_sequences=sequences, backwards=units == 7)
    alone = computed(recurrence, features, units, dropout, batch)
    monkeypatch.setattr(second_thread, "is_wanted", lambda: True)

    together = computed(recurrence, features, units, dropout, batch)

    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_it_is_asked_before_each_piece_of_work_and_has_a_half_of_it(monkeypatch):
    threads, wanted = [], iter([False, True, True])

    def noting(kernel):
        def noted(*arguments):
            threads.append((kernel.__name__, threading.current_thread().name.split("_")[0]))
            kernel(*arguments)

        return noted

    for kernel in ("run_forward", "run_backward"):
        monkeypatch.setattr(operation, kernel, noting(getattr(operation, kernel)))
    monkeypatch.setattr(second_thread, "is_wanted", lambda: next(wanted))

    computed(Recurrence(LSTM), 3, 4, 0.0, 2 * LANES)

    here = threading.current_thread().name.split("_")[0]
    assert threads[0] == ("run_forward", here)
    assert sorted(threads[1:5]) == sorted([("run_backward", "kernels"), ("run_backward", here)] * 2)
    assert sorted(threads[5:]) == sorted([("run_forward", "kernels"), ("run_forward", here)])


def test_one_block_is_not_divided(monkeypatch):
    monkeypatch.setattr(second_thread, "is_wanted", lambda: True)
    monkeypatch.setattr(SecondThread, "does", lambda *_: pytest.fail("there is nothing to divide"))

    computed(Recurrence(LSTM), 3, 4, 0.0, LANES + 1)


def test_what_fails_in_it_fails(monkeypatch):
    with pytest.raises(ZeroDivisionError):
        second_thread.does(lambda: 1 / 0, lambda: None)
