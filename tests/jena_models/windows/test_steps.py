"""Readings come to stand on the station's own steps, and what is not there is a row of missing values."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_models.errors import DataInvalidError
from jena_models.windows.steps import on_steps, steps_of

START = pd.Timestamp("2014-07-30 06:40:00")


def readings(minutes: list[float]) -> pd.DataFrame:
    times = pd.DatetimeIndex([START + pd.Timedelta(minutes=each) for each in minutes], name="time").as_unit("s")
    return pd.DataFrame({"T": np.arange(len(minutes), dtype=float), "p": 990.0}, index=times)


def test_a_record_without_holes_is_given_back_as_it_is():
    table = readings([0, 60, 120, 180])

    assert on_steps(table, 60) is table


@given(gone=st.sets(st.integers(1, 38), max_size=30))
def test_each_reading_keeps_its_values_and_each_hole_has_a_row(gone):
    whole = readings([60 * step for step in range(40)])

    placed = on_steps(whole.drop(index=whole.index[list(gone)]), 60)

    expected = whole.copy()
    expected.iloc[list(gone)] = np.nan
    pd.testing.assert_frame_equal(placed, expected, check_freq=False, check_index_type=False)


def test_a_clock_that_slips_goes_on_at_the_next_step():
    placed = on_steps(readings([0, 60, 130, 190, 320]), 60)

    assert placed["T"].tolist()[:4] == [0, 1, 2, 3]
    assert placed["T"].isna().tolist() == [False] * 4 + [True, False]
    assert ((placed.index - START) / pd.Timedelta(minutes=1)).tolist() == [0, 60, 130, 190, 250, 320]


@pytest.mark.parametrize(("before", "after"), [(60, 30), (60, 90), (10, 5), (10, 15), (180, 120), (60, 40), (60, 100)])
def test_steps_keep_to_the_time_where_readings_come_at_other_distances_for_a_while(before, after):
    minutes = np.cumsum([0, *[before] * 60, *[after] * 50, *[before] * 20])

    placed = on_steps(readings(minutes.tolist()), before)

    assert len(placed) - 1 == pytest.approx(minutes[-1] / before, abs=1)
    apart = np.diff(placed.index.to_numpy()) / np.timedelta64(1, "m")
    assert apart.mean() == pytest.approx(before, rel=0.01)


@pytest.mark.parametrize("hours", [(7, 14, 21), (7, 13, 21), (7, 14, 19)])
def test_hours_that_are_not_evenly_apart_are_no_steps(hours):
    minutes = [60 * (24 * day + hour) for day in range(90) for hour in hours]
    steps, counts = np.unique(np.diff(minutes), return_counts=True)

    with pytest.raises(DataInvalidError, match=r"are not evenly \d+ minutes apart: .* 'resample_minutes: 1440'"):
        on_steps(readings(minutes), float(steps[counts.argmax()]))


@pytest.mark.parametrize("hours", [(6, 12, 18), (9, 21), (7, 13, 19), (9, 12, 18)])
def test_hours_some_of_which_are_left_out_are_steps(hours):
    minutes = [60 * (24 * day + hour) for day in range(90) for hour in hours]
    apart = float(np.diff(minutes).min())

    placed = on_steps(readings(minutes), apart)

    assert len(placed) - 1 == (minutes[-1] - minutes[0]) / apart


def test_days_that_are_read_two_hours_late_are_days():
    late = np.tile([0, 120, 0, 60, 0], 20)

    assert len(on_steps(readings((1440 * np.arange(100) + late).tolist()), 1440)) == 100


def test_one_reading_between_two_steps_moves_none_of_those_that_follow():
    placed = on_steps(readings([0, 60, 90, 120, 180, 240]), 60)

    assert placed["T"].tolist() == [0, 1, 3, 4, 5]


def test_seconds_beside_the_full_minute_are_no_steps_of_their_own():
    placed = on_steps(readings([0, 10.05, 19.9, 40.1, 50]), 10)

    assert placed["T"].isna().tolist() == [False, False, False, True, False, False]


def test_of_readings_at_one_step_the_nearest_stays():
    placed = on_steps(readings([0, 10, 14, 20, 27, 30, 40]), 10)

    assert placed["T"].tolist() == [0, 1, 3, 5, 6]


def test_times_between_readings_belong_to_the_nearest_step():
    start = np.int64(1_000_000_200)
    steps = steps_of(start + 600 * np.array([0, 1, 4]), 10)

    assert steps.number_at(start + 600 * np.array([-1, 0, 1, 2, 3, 4, 6]) + 200).tolist() == [-1, 0, 1, 2, 3, 4, 6]
    assert steps.number_at(start + 600 * np.array([0, 1]) + 300).tolist() == [1, 2]


def test_a_time_stamp_that_is_wrong_by_centuries_is_told_of_before_it_fills_the_memory():
    wrong = readings([0, 10, 20])
    wrong.index = wrong.index[:2].append(pd.DatetimeIndex(["9999-01-01"]).as_unit("s"))

    with pytest.raises(DataInvalidError, match=r"steps of 10 minutes, of which 3 are there.*the last of 9999-01-01"):
        on_steps(wrong, 10)
