"""Coverage is judged where intervals were not fitted, and tells when they do not hold."""

import numpy as np
import pandas as pd
import pytest

from jena_models.evaluation.coverage_gate import coverage_gate
from jena_models.evaluation.interval_scores import Hindcast, fit_on, half, score_crosswise, score_fitted
from jena_models.evaluation.seasons import season_numbers

NORTH, DAY = 51.0, 8
YEAR = 365 * 8  # three-hourly


def times(first: str, windows: int) -> np.ndarray:
    return np.datetime64(first, "s") + np.arange(windows) * np.timedelta64(3, "h")


def hindcast(first: str, size, seed: int = 1) -> Hindcast:
    """Forecasts and persistence that err independently, the forecasts by `size`, of shape (windows,)."""
    rng, windows = np.random.default_rng(seed), len(size)
    measured = rng.normal(10, 8, windows)
    forecasts = measured - size * rng.standard_normal(windows)
    return Hindcast(measured, forecasts, measured - 3 * rng.standard_normal(windows), times(first, windows))


TIMES = times("2013-01-01", 2 * YEAR)
TRAIN = hindcast("2010-01-01", np.ones(3 * YEAR), seed=2)


def by_level(scores, split="validation"):
    return {score.level: score for score in scores if score.split == split}


def test_steady_residuals_hold_on_the_other_half_and_open_the_gate():
    validation = hindcast("2013-01-01", np.full(2 * YEAR, 2.0))

    scores = score_crosswise(validation, TRAIN, NORTH, DAY)

    found = by_level(scores.intervals)
    assert {level: score.coverage for level, score in found.items()} == pytest.approx({0.8: 0.8, 0.9: 0.9}, abs=0.03)
    assert found[0.9].width == pytest.approx(2 * 1.645 * 2, rel=0.1)
    assert found[0.9].windows == 2 * YEAR
    assert set(found[0.9].seasons) == {"winter", "spring", "summer", "autumn"}
    assert coverage_gate(scores.intervals, 0.05).passed


def test_a_normal_error_has_the_crps_of_its_closed_form_and_even_ranks():
    validation = hindcast("2013-01-01", np.full(2 * YEAR, 2.0))

    (found,) = score_crosswise(validation, TRAIN, NORTH, DAY).distributions

    assert found.crps == pytest.approx(2 / np.sqrt(np.pi), rel=0.03)
    assert found.crps == pytest.approx(2 * np.mean(list(found.pinball.values())))
    assert found.unevenness < 0.01
    assert sum(found.ranks) == pytest.approx(1)


def test_a_distribution_that_is_too_narrow_for_what_comes_has_uneven_ranks():
    validation = hindcast("2013-01-01", np.repeat((1.0, 3.0), YEAR))
    (found,) = score_fitted(fit_on(validation.where(TIMES[YEAR] > TIMES), TRAIN, NORTH), validation, DAY).distributions

    assert found.ranks[0] > 0.15 < found.ranks[-1]
    assert found.unevenness > 0.02


@pytest.mark.parametrize("halves", [(1.0, 2.0), (2.0, 1.0)])
def test_residuals_twice_as_large_in_one_half_close_the_gate(halves):
    validation = hindcast("2013-01-01", np.repeat(halves, YEAR))

    verdict = coverage_gate(score_crosswise(validation, TRAIN, NORTH, DAY).intervals, 0.05)

    assert not verdict.passed
    assert f"of {2 * YEAR} targets" in verdict.evidence


def test_no_half_is_scored_with_intervals_that_saw_it():
    # Given
    validation = hindcast("2013-01-01", np.full(2 * YEAR, 2.0))
    first = half(validation.valid_times, NORTH)

    # When what came in the first half changes, persistence going along
    moved = validation.measured + np.where(first, 100.0, 0.0)
    changed = Hindcast(moved, validation.forecasts, validation.persistence + np.where(first, 100.0, 0.0), TIMES)

    # Then no target of the first half is held, whatever was fitted there
    assert by_level(score_crosswise(changed, TRAIN, NORTH, DAY).intervals)[0.9].coverage < 0.55


def test_test_scores_are_those_of_intervals_fitted_on_all_of_validation():
    validation = hindcast("2013-01-01", np.full(2 * YEAR, 2.0))
    test = hindcast("2015-01-01", np.full(YEAR, 4.0), seed=3)

    intervals = fit_on(validation, TRAIN, NORTH)
    scores = by_level(score_fitted(intervals, test, DAY).intervals, "test")

    lower, upper = intervals.bounds(test.forecasts, test.valid_times, 0.9)
    inside = (test.measured >= lower) & (test.measured <= upper)
    assert scores[0.9].coverage == inside.mean() < 0.7
    assert scores[0.9].width == pytest.approx((upper - lower).mean())
    summer = season_numbers(test.valid_times, NORTH) == 2
    assert scores[0.9].seasons["summer"] == pytest.approx(inside[summer].mean())


def test_two_years_are_halved_by_time_and_a_half_year_week_by_week():
    two_years, half_year = TIMES, times("2013-01-01", YEAR // 2)

    assert (half(two_years, NORTH) == (np.arange(2 * YEAR) < YEAR)).mean() > 0.99
    weeks = half(half_year, NORTH)
    assert 0.4 < weeks.mean() < 0.6
    seasons = season_numbers(half_year, NORTH)
    assert set(seasons[weeks]) == set(seasons[~weeks])
    assert half(two_years[:0], NORTH).size == 0


def test_a_validation_of_one_window_is_not_scored_and_leaves_the_gate_closed():
    validation = hindcast("2013-01-01", np.ones(2 * YEAR))
    one = validation.where(np.arange(2 * YEAR) == 5)

    assert score_crosswise(one, TRAIN, NORTH, DAY) == ((), ())
    assert "too short" in coverage_gate((), 0.05).evidence
    assert not coverage_gate((), 0.05).passed


def hourly(shared_data, first: float, end: float, weights=None):
    """Persistence or a regression on the station's hourly file, between two shares of its rows, and its inputs."""
    table = pd.read_csv(shared_data / "jena_hourly_2009_2016.csv")
    temperature = table["T (degC)"].to_numpy()
    time = pd.to_datetime(table["Date Time"], dayfirst=True).to_numpy().astype("datetime64[s]")
    issue = np.arange(int(first * len(table)) + 120, int(end * len(table)) - 24)
    issue = issue[time[issue + 24] - time[issue - 119] == np.timedelta64(143, "h")]
    measured, now = temperature[issue + 24], temperature[issue]
    day = (time[issue] - time[0]).astype(np.int64) / 86400 * 2 * np.pi / 365.25
    lags = [temperature[issue - lag] - now for lag in (1, 3, 6, 12, 18, 24, 48, 72)]
    inputs = np.stack([*lags, now, np.sin(day), np.cos(day), np.ones(issue.size)], axis=1)
    forecasts = now if weights is None else now + inputs @ weights
    return Hindcast(measured, forecasts, now, time[issue + 24]), inputs


@pytest.mark.parametrize("regression", [False, True])
def test_on_the_station_s_own_test_half_intervals_hold_what_they_say(shared_data, regression):
    train, inputs = hourly(shared_data, 0, 0.5)
    weights = np.linalg.lstsq(inputs, train.measured - train.persistence)[0] if regression else None
    validation, test = (hourly(shared_data, *part, weights)[0] for part in ((0.5, 0.75), (0.75, 1)))

    scores = score_fitted(fit_on(validation, train, NORTH), test, DAY).intervals

    assert [score.level for score in scores] == [0.8, 0.9]
    for score in scores:
        assert score.coverage == pytest.approx(score.level, abs=0.02)
        assert list(score.seasons.values()) == pytest.approx([score.level] * 4, abs=0.05)
    assert coverage_gate(score_crosswise(validation, train, NORTH, DAY).intervals, 0.05).passed
