"""Windows: the chapter's, window for window, or only those without gaps; never one without a target."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_models.errors import SettingsError, TooFewReadingsError
from jena_models.options.readings_options import History
from jena_models.windows.placement import (
    WindowShape,
    WindowStarts,
    contiguous_starts,
    indexed_starts,
    require_windows,
    window_shape,
)

BOOK = {"history_hours": 120, "sampling_minutes": 60, "horizon_hours": 24, "window_stride_minutes": 0}


@pytest.mark.parametrize(
    ("cadence_minutes", "expected"),
    [(10, WindowShape(120, 6, 858)), (60, WindowShape(120, 1, 143)), (20, WindowShape(120, 3, 429))],
)
def test_how_many_rows_a_window_takes_follows_from_the_cadence(cadence_minutes, expected):
    assert window_shape(**BOOK, cadence_minutes=cadence_minutes) == expected


def test_windows_an_hour_apart_start_at_every_sixth_ten_minute_reading():
    shape = window_shape(**{**BOOK, "window_stride_minutes": 60}, cadence_minutes=10)

    assert shape.start_stride_rows == 6


def test_windows_closer_than_the_readings_start_at_each_of_them():
    shape = window_shape(**{**BOOK, "window_stride_minutes": 10}, cadence_minutes=60)

    assert shape.start_stride_rows == 1


@pytest.mark.parametrize(
    ("change", "cadence_minutes", "sentence"),
    [
        ({}, 45, "Steps 60 minutes apart cannot be had from readings 45 minutes apart; set sampling_minutes"),
        ({}, 120, "Steps 60 minutes apart cannot be had from readings 120 minutes apart"),
        ({"history_hours": 0.5}, 10, "A history of 0.5 hours is no whole number of steps"),
        ({"horizon_hours": 0.25, "horizon_setting": "backtest.leads_hours"}, 10, "change backtest.leads_hours"),
        ({"horizon_hours": 0.25}, 10, "A horizon of 0.25 hours is no whole number of readings"),
        ({"horizon_hours": 0.33}, 10, "change horizon_hours, as to 0.3333333333."),
        ({"window_stride_minutes": 25}, 10, "Windows cannot start 25 minutes apart"),
    ],
)
def test_durations_that_are_no_whole_number_of_readings_are_refused(change, cadence_minutes, sentence):
    with pytest.raises(SettingsError, match=sentence):
        window_shape(**{**BOOK, **change}, cadence_minutes=cadence_minutes)


@pytest.mark.parametrize(
    ("rows", "steps", "stride", "horizon", "start_stride"),
    [(800, 12, 6, 24, 1), (200, 12, 1, 3, 1), (333, 7, 3, 10, 5), (300, 5, 2, 1, 4), (260, 12, 1, 24, 7)],
)
def test_indexed_windows_are_those_of_keras_window_for_window(rows, steps, stride, horizon, start_stride):
    import keras

    # Given readings of which each value is different, and the chapter's splits and delay
    data = np.arange(rows * 2, dtype=np.float32).reshape(rows, 2)
    target = np.arange(rows, dtype=np.float32) * 10
    delay = stride * (steps - 1) + horizon
    shape = WindowShape(steps, stride, delay, start_stride)
    spans = [(0, rows // 2), (rows // 2, rows // 2 + rows // 4), (rows // 2 + rows // 4, rows)]

    for first, end in spans:
        is_last = end == rows
        oracle = keras.utils.timeseries_dataset_from_array(
            data[:-delay],
            targets=target[delay:],
            sampling_rate=stride,
            sequence_length=steps,
            sequence_stride=start_stride,
            batch_size=4,
            start_index=first,
            end_index=None if is_last else end,
        )
        batches = [(np.asarray(windows), np.asarray(targets)) for windows, targets in oracle]

        # When
        found = indexed_starts(shape, first, end, target)

        # Then, with the last partial batch
        assert len(found.starts)
        gathered = data[found.starts[:, None] + stride * np.arange(steps)]
        np.testing.assert_array_equal(gathered, np.concatenate([b[0] for b in batches]))
        np.testing.assert_array_equal(target[found.starts + delay], np.concatenate([b[1] for b in batches]))


def test_the_chapter_trains_on_819_batches_of_ten_minute_windows():
    shape = window_shape(**BOOK, cadence_minutes=10)

    found = indexed_starts(shape, 0, 210_225, np.zeros(420_451, np.float32))

    assert -(-len(found.starts) // 256) == 819


@st.composite
def broken_series(draw):
    rows = draw(st.integers(10, 120))
    shape = WindowShape(draw(st.integers(1, 9)), draw(st.integers(1, 3)), 0, draw(st.integers(1, 3)))
    shape = WindowShape(
        shape.steps, shape.stride_rows, shape.last_step_row + draw(st.integers(1, 6)), shape.start_stride_rows
    )
    target = np.where(np.array(draw(st.lists(st.integers(0, 3), min_size=rows, max_size=rows))) == 0, np.nan, 1.0)
    first = draw(st.integers(0, rows - 1))
    rule = History(newest_hours=draw(st.integers(1, 3)), carried_hours=3, least_share=draw(st.floats(0, 1)))
    return shape, rule, target, first, draw(st.integers(first, rows))


@given(series=broken_series())
def test_contiguous_windows_are_those_a_reading_by_reading_search_finds(series):
    shape, rule, target, first, end = series

    found = contiguous_starts(shape, first, end, target, 60, rule)

    expected, candidates = [], 0
    for start in range(first, end, shape.start_stride_rows):
        if start + (shape.steps - 1) * shape.stride_rows >= end:
            break
        candidates += 1
        last = start + shape.target_offset_rows
        steps = [start + step * shape.stride_rows for step in range(shape.steps)]
        known = [not np.isnan(target[max(0, row - 3) : row + 1]).all() for row in steps]
        newest = target[max(0, int(steps[-1] - rule.newest_hours)) : steps[-1] + 1]
        enough = sum(known) / len(known) >= rule.least_share and known[-1] and not np.isnan(newest).all()
        if last < end and enough and not np.isnan(target[last]):
            expected.append(start)
    assert found.starts.tolist() == expected
    assert sum(found.causes.values()) == found.left_out == candidates - len(expected)


@given(series=broken_series())
def test_no_window_is_without_a_target_however_windows_are_counted(series):
    shape, _, target, first, end = series

    found = indexed_starts(shape, first, end, target)

    assert not np.isnan(target[found.starts + shape.target_offset_rows]).any()
    assert (found.starts + shape.last_step_row < end).all()


def test_a_split_that_is_too_short_is_named_with_what_it_has_and_needs():
    shape = WindowShape(120, 6, 858)

    with pytest.raises(TooFewReadingsError, match="The test split has 500 readings, and one window needs 859"):
        require_windows("test", WindowStarts(np.array([], np.int64), {}), shape, 500)


def test_a_split_with_nothing_but_gaps_is_named():
    shape = WindowShape(12, 1, 14)

    with pytest.raises(
        TooFewReadingsError, match=r"not one window of 15 that can be used \(489: the target was not measured\)"
    ):
        require_windows(
            "train", WindowStarts(np.array([], np.int64), {"the target was not measured": 489, "other": 0}), shape, 500
        )
