import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_models.evaluation.permutation_importance import exchanged, increases, separate_windows

STEPS, WINDOWS = 12, 60


@pytest.fixture
def readings() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    index = pd.date_range("2014-01-01", periods=STEPS * WINDOWS, freq="h", name="time")
    return pd.DataFrame(
        {"useful": rng.standard_normal(len(index)), "idle": rng.standard_normal(len(index))}, index=index
    )


def histories() -> np.ndarray:
    return np.arange(STEPS * WINDOWS).reshape(WINDOWS, STEPS)


def mean_of_history(table: pd.DataFrame, issue_times) -> np.ndarray:
    ends = table.index.get_indexer(pd.DatetimeIndex(issue_times))
    return np.array([table["useful"].to_numpy()[end - STEPS + 1 : end + 1].mean() for end in ends])


def test_what_the_model_does_not_look_at_does_not_matter_and_the_rest_does(readings):
    issue_times = readings.index.to_numpy()[histories()[:, -1]]
    truth = mean_of_history(readings, issue_times)

    mae, found = increases(
        mean_of_history,
        readings,
        columns=["idle", "useful"],
        histories=histories(),
        issue_times=issue_times,
        measured=truth,
    )

    assert mae == 0
    assert [each.column for each in found] == ["useful", "idle"]
    useful, idle = found
    assert (idle.increase, idle.standard_error) == (0, 0)
    # Two means of twelve differ by a normal variable of variance 2 / 12.
    assert useful.increase == pytest.approx(np.sqrt(2 / np.pi * 2 / STEPS), abs=4 * useful.standard_error)


def test_every_history_tells_of_another_time_as_a_whole(readings):
    partners = np.roll(np.arange(WINDOWS), 1)

    table = exchanged(readings, ["useful"], histories(), partners)

    pd.testing.assert_series_equal(table["idle"], readings["idle"])
    values = readings["useful"].to_numpy().reshape(WINDOWS, STEPS)
    np.testing.assert_array_equal(table["useful"].to_numpy().reshape(WINDOWS, STEPS), values[partners])


@given(st.lists(st.integers(1, 5), min_size=1, max_size=60), st.integers(1, 12), st.integers(2, 20))
def test_picked_histories_share_no_row(steps, length, most):
    first = np.cumsum(steps)
    last = first + length

    picked = separate_windows(first, last, most)

    assert 1 <= len(picked) <= most
    assert (first[picked][1:] > last[picked][:-1]).all()


def test_histories_of_whole_days_are_issued_at_every_hour():
    first = np.arange(24 * 400)

    picked = separate_windows(first, first + 5 * 24 - 1)

    assert len(set(first[picked] % 24)) == 24
