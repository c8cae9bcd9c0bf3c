"""What a history must have is told column by column, as a search through its steps would find it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from jena_models.options.readings_options import History
from jena_models.windows.history_rule import look_at


@given(
    rows=st.integers(1, 80),
    stride=st.integers(1, 4),
    steps=st.integers(1, 12),
    gone=st.floats(0, 1),
    least_share=st.floats(0, 1),
    newest=st.integers(1, 5),
    seed=st.integers(0, 2**16),
)
def test_columns_that_are_missing_are_those_that_a_search_finds(  # noqa: PLR0917  (hypothesis names them)
    rows, stride, steps, gone, least_share, newest, seed
):
    rows += steps * stride
    rng = np.random.default_rng(seed)
    values = np.where(rng.random((rows, 3)) < gone, np.nan, 1.0)
    rule = History(newest_hours=newest, carried_hours=6, least_share=least_share)
    last_rows = np.arange((steps - 1) * stride, rows)

    found = look_at(values, 1, last_rows, steps, stride, 60, rule)

    def known(row: int, column: int) -> bool:
        return not np.isnan(values[max(0, row - 6) : row + 1, column]).all()

    for place, last in enumerate(last_rows):
        measured = np.flatnonzero(~np.isnan(values[: last + 1, 1]))
        assert found.is_fresh[place] == (len(measured) > 0 and last - measured[-1] <= newest)
        for column in range(3):
            share = np.mean([known(last - step * stride, column) for step in range(steps)])
            assert found.missing[place, column] == (share < least_share or not known(last, column))


def test_what_may_be_newest_must_be_carried():
    with pytest.raises(ValidationError, match="carried_hours must be at least newest_hours"):
        History(newest_hours=5, carried_hours=4)
