"""What a month of readings tells: the same as pandas does, of the past alone."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jena_models.features.histories import Histories
from jena_models.pooling.memory import MEMORY_DAYS, NAMES, features_of_memory

TARGET, STEPS, DAYS = "T (degC)", 24, 60


def measured(seed: int, minutes: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Readings with holes, and their times in seconds."""
    rng = np.random.default_rng(seed)
    rows = DAYS * 24 * 60 // minutes
    values = rng.normal(8, 4, rows)
    values[rng.random(rows) < 0.1] = np.nan
    return values, 1_400_000_400 + np.arange(rows) * minutes * 60


def histories(values, seconds, issued, horizon_minutes=1440.0, stride=1) -> Histories:
    rows = np.asarray(issued)[:, None] + np.arange(1 - STEPS, 1) * stride
    return Histories(values[:, None], (TARGET,), seconds, rows, 60, horizon_minutes)


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32 - 1), horizon_hours=st.integers(1, 60), minutes=st.sampled_from([60, 10]))
def test_the_means_are_those_of_pandas(seed, horizon_hours, minutes):
    values, seconds = measured(seed, minutes)
    issued = np.array([len(values) - 1, len(values) // 2, STEPS * 60 // minutes])
    series = pd.Series(values, pd.to_datetime(seconds, unit="s"))

    found = features_of_memory(histories(values, seconds, issued, 60.0 * horizon_hours, 60 // minutes), TARGET)

    for place, row in enumerate(issued):
        now = series.index[row]
        past = series[(series.index > now - pd.Timedelta(days=MEMORY_DAYS)) & (series.index <= now)]
        valid = now + pd.Timedelta(hours=horizon_hours)
        at_hour = past[(past.index.hour == valid.hour) & (past.index.minute == valid.minute)]
        assert found[NAMES[0]][place] == pytest.approx(values[row] - past.mean(), nan_ok=True)
        assert found[NAMES[1]][place] == pytest.approx(values[row] - at_hour.mean(), nan_ok=True)


@settings(max_examples=20)
@given(row=st.integers(STEPS, 24 * DAYS - 2), seed=st.integers(0, 2**32 - 1))
def test_readings_after_the_issue_time_change_nothing(row, seed):
    values, seconds = measured(1)
    changed = values.copy()
    changed[row + 1 :] = np.random.default_rng(seed).normal(0, 100, len(values) - row - 1)

    before, after = (features_of_memory(histories(each, seconds, [row]), TARGET) for each in (values, changed))

    for name in NAMES:
        np.testing.assert_array_equal(before[name], after[name])


def test_a_shorter_memory_is_that_of_a_station_that_began_so_lately():
    values, seconds = measured(2)
    row, days = len(values) - 1, 7.0
    lately = slice(row + 1 - 24 * 7, None)

    asked = features_of_memory(histories(values, seconds, [row]), TARGET, np.array([days]))
    began = features_of_memory(histories(values[lately], seconds[lately], [24 * 7 - 1]), TARGET)

    for name in NAMES:
        assert asked[name] == pytest.approx(began[name])
        assert asked[name] != pytest.approx(features_of_memory(histories(values, seconds, [row]), TARGET)[name])


def test_where_nothing_was_measured_nothing_is_said():
    values, seconds = measured(3)
    found = features_of_memory(histories(np.full_like(values, np.nan), seconds, [500]), TARGET)

    assert all(np.isnan(found[name]).all() for name in NAMES)
