"""Origins: they expand, follow one another without a hole, and keep their distance from what they trained on."""

import itertools
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import TimeSeriesSplit

from jena_models.backtesting.folds import fold_windows, rolling_folds
from jena_models.errors import SettingsError, TooFewReadingsError
from jena_models.options.readings_options import History
from jena_models.options.training_options import Backtest
from jena_models.windows.placement import WindowShape, usable

START = datetime(2012, 2, 20)
RULE = History()


def hourly(days: int) -> np.ndarray:
    return np.datetime64(START, "s") + np.arange(days * 24) * np.timedelta64(1, "h")


def folds_of(times: np.ndarray, how: Backtest, lead_hours: int):
    return rolling_folds(START, times[-1].item(), how, timedelta(hours=lead_hours))


@given(
    first=st.integers(20, 50),
    every=st.integers(1, 30),
    validation=st.integers(2, 8),
    days=st.integers(60, 90),
    leads=st.sets(st.integers(1, 48), min_size=1, max_size=3),
    steps=st.integers(1, 30),
    start_stride=st.integers(1, 4),
    gaps=st.lists(st.integers(0, 1000), max_size=3),
)
@settings(max_examples=40)
def test_what_is_tested_was_unknown_to_training_and_is_tested_once(  # noqa: PLR0917  (hypothesis names them)
    first, every, validation, days, leads, steps, start_stride, gaps
):
    # Given readings with gaps and a target that is missing now and then
    times = hourly(days)
    target = np.where(np.arange(len(times)) % 97 == 50, np.nan, 1.0)
    target[[gap % len(times) for gap in gaps]] = np.nan
    how = Backtest(first_training_days=first, retrain_days=every, validation_days=validation)
    embargo = np.timedelta64(max(leads), "h")

    # When
    folds = folds_of(times, how, max(leads))

    for lead in leads:
        shape = WindowShape(steps, 1, steps - 1 + lead, start_stride)
        windows = [fold_windows(fold, shape, times, target, 60.0, RULE) for fold in folds]

        def issued(starts, shape=shape):
            return times[starts + shape.last_step_row]

        def valid(starts, shape=shape):
            return times[starts + shape.target_offset_rows]

        for fold, found in zip(folds, windows, strict=True):
            train, chosen, tested = (found[split].starts for split in ("train", "validation", "test"))
            origin = np.datetime64(fold.origin, "s")
            # Then nothing that a training sees, target or input, lies at or after the origin less the embargo
            assert (valid(train) < origin - embargo).all()
            assert (valid(chosen) < origin - embargo).all()
            # and what chooses is not trained on, down to the last step
            if train.size and chosen.size:
                assert valid(train).max() < times[chosen].min()
            # and no forecast is issued before the origin
            assert (issued(tested) >= origin).all()

        # and trainings only ever grow
        trained = [set(found["train"].starts.tolist()) for found in windows]
        assert all(earlier <= later for earlier, later in itertools.pairwise(trained))

        # and every window that can be issued from the first origin to the end of the last is tested by exactly one fold
        tested = np.concatenate([found["test"].starts for found in windows])
        starts = np.arange(0, len(times) - shape.target_offset_rows, start_stride)
        possible = usable(starts, shape, target, 60.0, RULE).starts
        assert possible.size > 0.8 * starts.size
        begin, end = (np.datetime64(moment, "s") for moment in (folds[0].origin, folds[-1].until))
        expected = possible[(issued(possible) >= begin) & (issued(possible) < end)]
        np.testing.assert_array_equal(np.sort(tested), expected)


def test_borders_are_those_of_an_independent_splitter():
    # Given whole days from midnight on, of which the last origin's fill a whole cadence
    lead, every, first = 24, 7, 30
    how = Backtest(first_training_days=first, retrain_days=every, validation_days=5)
    times = np.datetime64("2012-02-20", "s") + np.arange((first + 4 * every) * 24) * np.timedelta64(1, "h")

    folds = rolling_folds(times[0].item(), times[-1].item(), how, timedelta(hours=lead))

    oracle = TimeSeriesSplit(n_splits=4, test_size=every * 24, gap=lead).split(times)
    for fold, (known, tested) in zip(folds, oracle, strict=True):
        np.testing.assert_array_equal(np.flatnonzero(times < np.datetime64(fold.embargo, "s")), known)
        within = (times >= np.datetime64(fold.origin, "s")) & (times < np.datetime64(fold.until, "s"))
        np.testing.assert_array_equal(np.flatnonzero(within), tested)


@given(st.integers(0, 60), st.integers(0, 60))
def test_later_readings_change_no_origin_that_was_there(days, more):
    how = Backtest(first_training_days=30, retrain_days=9, validation_days=10)
    end = START + timedelta(days=40 + days)

    before = rolling_folds(START, end, how, timedelta(hours=24))
    after = rolling_folds(START, end + timedelta(days=more), how, timedelta(hours=24))

    assert after[: len(before)] == before


def test_origins_are_midnights_and_numbered():
    folds = folds_of(hourly(60), Backtest(first_training_days=30, retrain_days=10.5, validation_days=10), 24)

    assert [fold.number for fold in folds] == [1, 2, 3]
    assert {fold.origin.time().isoformat() for fold in folds} == {"00:00:00"}
    assert all(one.until == other.origin for one, other in itertools.pairwise(folds))


def test_readings_that_end_before_the_first_origin_are_refused():
    with pytest.raises(TooFewReadingsError, match=r"cover 60 days.*lower backtest\.first_training_days"):
        folds_of(hourly(60), Backtest(), 24)


def test_a_validation_that_leaves_nothing_to_train_on_is_refused():
    with pytest.raises(SettingsError, match=r"embargo of \d+ hours; raise.*lower backtest\.validation_days"):
        folds_of(hourly(60), Backtest(first_training_days=30, validation_days=29), 24)
