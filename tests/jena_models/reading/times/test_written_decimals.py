"""Times that were rounded to a few decimals of days and hours: they are the ones that were meant."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_models.reading.times.shaped_times import rounded_seconds
from jena_models.reading.times.timestamps import times_of_texts
from jena_models.stations.clock import clock_named


@given(
    st.sampled_from([(86_400, 3, 5), (86_400, 4, 1), (86_400, 5, 1), (86_400, 8, 1), (3_600, 2, 1), (3_600, 3, 1)]),
    st.lists(st.integers(0, 30_000), min_size=1, max_size=50),
)
def test_whole_minutes_come_back_from_as_many_decimals_as_tell_them(
    written: tuple[int, int, int], steps: list[int]
) -> None:
    unit, decimals, minutes = written
    seconds = np.array(steps, dtype=np.float64) * minutes * 60
    texts = [f"{each / unit:.{decimals}f}" for each in seconds]

    rounded = rounded_seconds(np.array([float(text) for text in texts]), pa.array(texts), unit)

    assert rounded.tolist() == seconds.tolist()


@given(st.integers(0, 86_399), st.sampled_from([6, 7, 8]))
def test_seconds_come_back_from_as_many_decimals_as_tell_them(second: int, decimals: int) -> None:
    text = f"{second / 86_400:.{decimals}f}"

    assert rounded_seconds(np.array([float(text)]), pa.array([text]), 86_400).tolist() == [second]


@pytest.mark.parametrize("minutes", [1, 5, 10, 15, 30, 60])
@pytest.mark.parametrize(("counted", "first"), [("excel", 44_256.0), ("julian", 2_459_274.5), ("matlab", 738_216.0)])
def test_days_with_four_decimals_are_evenly_spaced(minutes: int, counted: str, first: float) -> None:
    steps = range(0, 3 * 24 * 60, minutes)
    column = pa.chunked_array([pa.array([f"{first + step / 1440:.4f}" for step in steps])])

    read = times_of_texts(column, (counted,), clock_named("UTC"), "The file file.csv")

    assert read.tolist() == [datetime(2021, 3, 1) + timedelta(minutes=step) for step in steps]
