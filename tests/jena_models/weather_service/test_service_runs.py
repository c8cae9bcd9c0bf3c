"""As known then: nothing of a run before it could be had, and the newest of those that could."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jena_models.weather_service.service_runs import NO_RUN, Runs, known_runs, known_then

HOUR = 3600
START = 1_577_836_800


def service(*, runs=40, every_hours=6, leads=24, step_hours=1, after_hours=5, columns=2, seed=0, **more) -> Runs:
    generator = np.random.default_rng(seed)
    issued = START + np.arange(runs) * every_hours * HOUR
    shape = (runs, leads, columns)
    return Runs(
        name="service",
        columns=tuple(f"c{number}" for number in range(columns)),
        of=("",) * columns,
        issue_seconds=issued,
        available_seconds=issued + after_hours * HOUR,
        lead_seconds=np.arange(1, leads + 1) * step_hours * HOUR,
        values=generator.normal(size=shape),
        spread=np.abs(generator.normal(size=shape)),
        **more,
    )


def asked(count=200, seed=1):
    generator = np.random.default_rng(seed)
    issued = START + generator.integers(0, 240, count) * HOUR
    return issued, issued + generator.integers(0, 30, count) * HOUR


def by_valid_time_alone(runs, issue_seconds, valid_seconds):
    """The leak that a table reshaped by hand has: the newest run of a valid time, whether it was there or not."""
    return known_then(replace(runs, available_seconds=runs.issue_seconds * 0), valid_seconds, valid_seconds)


def one_by_one(runs, issued, valid):
    """The same in the plainest way, for one time and column."""
    found = np.full(len(runs.columns), np.nan)
    for run in np.argsort(runs.issue_seconds):
        if runs.issue_seconds[run] <= issued and runs.available_seconds[run] <= issued:
            for lead, seconds in enumerate(runs.lead_seconds):
                if runs.issue_seconds[run] + seconds == valid:
                    found = np.where(np.isfinite(runs.values[run, lead]), runs.values[run, lead], found)
    return found


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.floats(0, 0.8))
def test_it_is_what_the_plainest_way_gives_whatever_is_late_or_missing(seed, share):
    generator = np.random.default_rng(seed)
    runs = service(runs=12, leads=10, seed=seed)
    values = np.where(generator.random(runs.values.shape) < share, np.nan, runs.values)
    late = runs.available_seconds + generator.integers(0, 30, len(runs)) * HOUR
    runs = replace(runs, values=values, available_seconds=late, interpolate_seconds=0)
    issued, valid = asked(40, seed)

    known = known_then(runs, issued, valid)

    np.testing.assert_array_equal(known.values, [one_by_one(runs, *pair) for pair in zip(issued, valid, strict=True)])


def assert_no_run_before_its_time(look, seed):
    runs, (issued, valid) = service(seed=seed), asked(seed=seed)
    before = look(runs, issued, valid)
    moment = START + int(np.random.default_rng(seed).integers(20, 200)) * HOUR
    later = runs.available_seconds > moment
    changed = replace(runs, values=np.where(later[:, None, None], 99.0, runs.values))
    after = look(changed, issued, valid)
    np.testing.assert_array_equal(before.values[issued <= moment], after.values[issued <= moment])


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_changing_any_run_that_was_not_there_yet_changes_no_digit(seed):
    assert_no_run_before_its_time(known_then, seed)


def test_a_leak_by_valid_time_is_found():
    with pytest.raises(AssertionError, match="not equal"):
        assert_no_run_before_its_time(by_valid_time_alone, 1)


@settings(max_examples=30)
@given(st.integers(0, 39), st.integers(1, 12))
def test_a_run_that_is_late_is_used_so_much_later(number, hours):
    runs = service(leads=60)
    late = runs.available_seconds.copy()
    late[number] += hours * HOUR
    valid = np.array([runs.issue_seconds[number] + 40 * HOUR])
    whole = replace(runs, available_seconds=late)

    for run, first in ((runs, runs.available_seconds[number]), (whole, late[number])):
        used = [int(known_then(run, np.array([at]), valid).run_seconds[0, 0]) for at in (first - 1, first)]
        newer = runs.issue_seconds[(run.available_seconds <= first) & (runs.issue_seconds <= first)].max()
        assert used[0] < runs.issue_seconds[number] or used[0] > runs.issue_seconds[number]
        assert used[1] == newer >= runs.issue_seconds[number]


def test_older_runs_fill_what_the_newest_lacks_column_by_column():
    runs = service(runs=2, leads=12)
    runs.values[1, :6, 0] = np.nan
    issued = np.array([runs.available_seconds[1]])

    known = known_then(runs, issued, runs.issue_seconds[1:] + 2 * HOUR)

    assert known.run_seconds[0].tolist() == runs.issue_seconds[:2].tolist()
    assert known.values[0].tolist() == [runs.values[0, 7, 0], runs.values[1, 1, 1]]


def test_between_three_hourly_steps_lies_the_line_and_between_far_ones_nothing():
    runs = service(runs=1, leads=4, step_hours=3, columns=1)
    issued, valid = np.array([START + 6 * HOUR]), np.array([START + 7 * HOUR])
    said = runs.values[0, :, 0]

    known = known_then(runs, issued, valid)
    assert known.values[0, 0] == pytest.approx(said[1] + (said[2] - said[1]) / 3)

    far = replace(runs, interpolate_seconds=2 * HOUR)
    assert np.isnan(known_then(far, issued, valid).values).all()
    assert known_then(far, issued, valid).run_seconds[0, 0] == NO_RUN


def test_a_step_that_a_run_lacks_lies_on_the_line_between_its_neighbours():
    runs = service(runs=1, leads=3, columns=1)
    runs.values[0, 1] = np.nan

    known = known_then(runs, np.array([START + 6 * HOUR]), np.array([START + 2 * HOUR]))

    assert known.values[0, 0] == pytest.approx(runs.values[0, [0, 2], 0].mean())


def test_the_run_before_the_newest_is_the_next_that_says_something():
    runs = service()
    issued, valid = np.array([runs.available_seconds[10]]), np.array([runs.issue_seconds[10] + 8 * HOUR])

    newest, before = known_runs(runs, issued, valid, 2)

    assert newest.run_seconds[0, 0] == runs.issue_seconds[10]
    assert before.run_seconds[0, 0] == runs.issue_seconds[9]
    assert before.values[0, 0] == runs.values[9, 13, 0]


def test_another_clock_moves_all_times_alike():
    runs, (issued, valid) = service(), asked()

    moved = known_then(runs.shifted(7200), issued + 7200, valid + 7200)

    np.testing.assert_array_equal(moved.values, known_then(runs, issued, valid).values)
