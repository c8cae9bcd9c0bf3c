from datetime import datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jena_models.windows.shared_windows import never_trained_on, unbroken_windows, windows_in

HOUR = timedelta(hours=1)
START = np.datetime64("2020-01-01T00:00:00", "s")


def hours(count: int, gaps: dict[int, int]) -> np.ndarray:
    """Hourly times in which some rows come so many hours late."""
    late = np.zeros(count, dtype=np.int64)
    for row, by in gaps.items():
        late[row:] += by
    return START + (np.arange(count) + late) * np.timedelta64(1, "h")


@given(st.dictionaries(st.integers(1, 79), st.integers(1, 50), max_size=4), st.integers(0, 10), st.integers(1, 20))
def test_windows_are_those_whose_rows_are_where_the_clock_says(gaps, issue_offset, horizon):
    times, target_offset = hours(80, gaps), issue_offset + horizon
    starts = np.arange(80 - target_offset)

    windows = unbroken_windows(times, HOUR, starts, issue_offset, target_offset)

    by_the_clock = [s for s in starts if times[s + target_offset] - times[s] == np.timedelta64(target_offset, "h")]
    assert windows.positions.tolist() == by_the_clock
    assert (windows.issue_times == times[windows.positions + issue_offset]).all()
    assert (windows.valid_times == times[windows.positions + target_offset]).all()


@given(st.integers(1, 500), st.integers(1, 60))
def test_thinned_windows_are_no_more_than_asked_for_and_evenly_spread(count, most):
    times = hours(count + 1, {})

    positions = unbroken_windows(times, HOUR, np.arange(count), 0, 1, most=most).positions

    assert 0 < positions.size <= most
    assert len(set(np.diff(positions))) <= 1
    assert count - positions[-1] <= -(-count // most)


def test_windows_whose_history_touches_the_training_are_left_out():
    windows = unbroken_windows(hours(40, {}), HOUR, np.arange(30), 3, 6)
    last_trained_on = datetime(2020, 1, 1, 10)

    kept = windows.where(never_trained_on(windows, 3 * HOUR, last_trained_on))

    assert kept.positions[0] == 11
    assert kept.positions.size == 19


def test_windows_in_a_horizon_follow_from_their_spacing_not_from_gaps():
    times = hours(60, {30: 100})

    hourly = unbroken_windows(times, HOUR, np.arange(50), 1, 2)
    three_hourly = unbroken_windows(times, HOUR, np.arange(0, 50, 3), 1, 2)

    assert (windows_in(hourly.issue_times, 24 * HOUR), windows_in(three_hourly.valid_times, 24 * HOUR)) == (24, 8)
    assert windows_in(hourly.issue_times[:1], 24 * HOUR) == 1
