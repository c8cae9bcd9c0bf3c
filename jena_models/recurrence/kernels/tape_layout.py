"""Where a layer's numbers of one step lie on the tape that its gradients need.

A block of LANES sequences has one record a step, made of rows of LANES floats: the inputs, the
state before the step, the gates and, for an LSTM, the carry before the step. The inputs are
padded with zeros to whole tiles, their last row being ones, so that the bias's gradient is one
more row of the kernel's. The units are padded to whole tiles with units of zero weights: these
stay zero through all the steps and hand nothing on.
"""

from functools import lru_cache
from typing import NamedTuple

from jena_models.recurrence.kernels.cells import LSTM, Cell
from jena_models.recurrence.vectors.fetching import LINE_FLOATS
from jena_models.recurrence.vectors.lanes import LANES
from jena_models.recurrence.vectors.register_tiles import LEFT_ROWS
from jena_models.recurrence.vectors.tiles import TILE_ROWS


class Layout(NamedTuple):
    """The shape of a layer's records, as numbers that kernels can read.

    Attributes:
        cell: The code of the kind of cell.
        gates: Gates in a record.
        rows: Rows of the state and of each gate.
        input_rows: Rows of the inputs, the ones included.
        state_start: Floats of a record before its state.
        gates_start: Floats of a record before its gates.
        record: Floats from one record to the next.
        forward_share: Floats of the next record to fetch with each tile going forward.
        backward_share: Floats of the earlier record to fetch with each tile going back.
        masked_backward_share: The same with each gate of a tile.
    """

    cell: int
    gates: int
    rows: int
    input_rows: int
    state_start: int
    gates_start: int
    record: int
    forward_share: int
    backward_share: int
    masked_backward_share: int


@lru_cache(maxsize=64)
def layout_of(cell: Cell, features: int, units: int) -> Layout:
    """Returns the layout of a layer of `units` that reads `features` at each step."""
    rows = rounded_up(units, TILE_ROWS)
    input_rows = rounded_up(features + 1, LEFT_ROWS)
    states = 2 if cell is LSTM else 1
    # Odd, for were the record a multiple of a large power of two, the same row of successive
    # steps would fall on the same few places of the nearest cache and push one another out.
    record = ((input_rows + (states + cell.gates) * rows) | 1) * LANES
    tiles = rows // TILE_ROWS
    return Layout(
        cell=cell.code,
        gates=cell.gates,
        rows=rows,
        input_rows=input_rows,
        state_start=input_rows * LANES,
        gates_start=(input_rows + rows) * LANES,
        record=record,
        forward_share=_lines(record, tiles * cell.gates),
        backward_share=_lines(record, tiles),
        masked_backward_share=_lines(record, tiles * len(cell.recurrent_gates)),
    )


def _lines(floats: int, shares: int) -> int:
    return rounded_up(-(-floats // shares), LINE_FLOATS)


def rounded_up(count: int, multiple: int) -> int:
    """Returns the smallest multiple that is at least count."""
    return -(-count // multiple) * multiple
