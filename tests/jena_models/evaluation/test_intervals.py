"""Intervals hold what they say, where they say it."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jena_models.errors import RequestError, TooFewReadingsError
from jena_models.evaluation.intervals import (
    Intervals,
    Weather,
    coverage,
    fit_intervals,
    interval_score,
    mean_width,
    percent,
)
from jena_models.evaluation.seasons import SEASONS, season_numbers

NORTH = 51.0
TWO_YEARS = np.datetime64("2013-01-01T00:10:00", "s") + np.arange(2 * 365 * 24) * np.timedelta64(1, "h")
HOURS = np.arange(TWO_YEARS.size) % 24
SUMMER = season_numbers(TWO_YEARS, NORTH) == SEASONS.index("summer")


def held(intervals: Intervals, residuals: np.ndarray, times: np.ndarray, level: float) -> float:
    return coverage(residuals, *intervals.bounds(np.zeros(residuals.size), times, level))


@pytest.mark.slow
@given(
    seed=st.integers(0, 10_000),
    skew=st.sampled_from(["normal", "exponential", "standard_t"]),
    levels=st.sampled_from([(0.8, 0.9), (0.5,), (0.7, 0.95)]),
)
@settings(max_examples=20)
def test_what_is_drawn_alike_is_held_as_often_as_the_level_says(seed, skew, levels):
    # Given residuals that are exchangeable
    rng = np.random.default_rng(seed)
    draw = {
        "normal": lambda: rng.normal(0.5, 2, TWO_YEARS.size),
        "exponential": lambda: rng.exponential(2, TWO_YEARS.size) - 1,
        "standard_t": lambda: rng.standard_t(3, TWO_YEARS.size),
    }[skew]

    # When
    intervals = fit_intervals(draw(), TWO_YEARS, NORTH, levels)

    # Then
    later = draw()
    for level in levels:
        assert held(intervals, later, TWO_YEARS, level) == pytest.approx(level, abs=0.03)
        for season in range(4):
            of_season = season_numbers(TWO_YEARS, NORTH) == season
            assert held(intervals, later[of_season], TWO_YEARS[of_season], level) == pytest.approx(level, abs=0.05)


@pytest.mark.slow
@given(count=st.integers(1, 60), level=st.sampled_from([0.5, 0.8, 0.9]), seed=st.integers(0, 10_000))
@settings(max_examples=60)
def test_with_few_residuals_the_share_is_the_level_at_least_or_all_of_them(count, level, seed):
    """The conformal promise: a bound's tail holds at most α/2 of count + 1, so of count no more."""
    residuals = np.random.default_rng(seed).permutation(count) - count / 2

    intervals = fit_intervals(residuals, TWO_YEARS[:count], NORTH, (level,))

    assert held(intervals, residuals, TWO_YEARS[:count], level) >= min(level, 1 - 2 / (count + 1))


@pytest.mark.slow
@given(
    residuals=st.lists(st.floats(-40, 40), min_size=1, max_size=60),
    forecasts=st.lists(st.floats(-40, 40), min_size=1, max_size=9),
    start=st.integers(0, 364 * 2),
    latitude=st.sampled_from([51.0, -34.0]),
)
@settings(max_examples=60)
def test_bounds_lie_around_the_forecast_and_a_higher_level_is_wider(residuals, forecasts, start, latitude):
    times = TWO_YEARS[24 * start :][: len(residuals)]
    intervals = fit_intervals(np.array(residuals), times, latitude, (0.5, 0.8, 0.9))

    given_at, values = TWO_YEARS[1000 : 1000 + len(forecasts)], np.array(forecasts)
    bounds = [intervals.bounds(values, given_at, level) for level in (0.9, 0.8, 0.5)]

    nested = np.stack([lower for lower, _ in bounds] + [values] + [upper for _, upper in reversed(bounds)])
    assert (np.diff(nested, axis=0) >= 0).all()


@pytest.mark.slow
@given(shift=st.floats(-30, 30), factor=st.floats(0.1, 10))
@settings(max_examples=20)
def test_intervals_go_with_the_unit_and_do_not_depend_on_the_forecast(shift, factor):
    residuals = np.random.default_rng(1).standard_t(4, 4000)
    times = TWO_YEARS[::4][: residuals.size]
    one, other = (fit_intervals(r, times, NORTH) for r in (residuals, residuals * factor))

    lower, upper = one.bounds(np.full(9, shift), times[:9], 0.9)
    lower_other, upper_other = other.bounds(np.zeros(9), times[:9], 0.9)

    np.testing.assert_allclose(lower_other, (lower - shift) * factor, atol=1e-9)
    np.testing.assert_allclose(upper_other, (upper - shift) * factor, atol=1e-9)


def test_hours_and_seasons_that_are_harder_have_wider_intervals_of_the_same_coverage():
    # Given residuals twice as large by day, and three times as large in summer
    size = np.where((HOURS >= 8) & (HOURS < 20), 2.0, 1.0) * np.where(SUMMER, 3.0, 1.0)
    first, second = (size * np.random.default_rng(seed).standard_normal(size.size) for seed in (1, 2))

    # When
    intervals = fit_intervals(first, TWO_YEARS, NORTH)

    # Then
    lower, upper = intervals.bounds(np.zeros(size.size), TWO_YEARS, 0.9)
    for where in (HOURS == 13, HOURS == 1, SUMMER, ~SUMMER):
        assert coverage(second[where], lower[where], upper[where]) == pytest.approx(0.9, abs=0.03)
    day, night = HOURS == 13, HOURS == 1
    assert mean_width(lower[day], upper[day]) == pytest.approx(2 * mean_width(lower[night], upper[night]), rel=0.1)
    assert mean_width(lower[SUMMER], upper[SUMMER]) > 2.5 * mean_width(lower[~SUMMER], upper[~SUMMER])


def test_each_side_has_the_tail_that_its_residuals_have():
    residuals = np.random.default_rng(3).exponential(1, TWO_YEARS.size) - 1

    lower, upper = fit_intervals(residuals, TWO_YEARS, NORTH).bounds(np.zeros(1), TWO_YEARS[:1], 0.9)

    assert lower[0] == pytest.approx(np.log(1 / 0.95) - 1, abs=0.1)
    assert upper[0] == pytest.approx(np.log(1 / 0.05) - 1, abs=0.5)


def test_hours_around_midnight_are_neighbours():
    residuals = np.where(HOURS >= 22, 5.0, 1.0)
    signs = np.where(np.arange(residuals.size) // 24 % 2, 1, -1)

    lower, upper = fit_intervals(residuals * signs, TWO_YEARS, NORTH).bounds(np.zeros(24), TWO_YEARS[:24], 0.9)

    assert (lower[0], upper[0]) == (-5.0, 5.0)
    assert (lower[12], upper[12]) == (-1.0, 1.0)


def test_a_season_that_was_not_seen_takes_the_residuals_of_all_others():
    residuals = np.random.default_rng(4).standard_normal(TWO_YEARS.size)
    seen = ~SUMMER

    lower, upper = fit_intervals(residuals[seen], TWO_YEARS[seen], NORTH).bounds(
        np.zeros(SUMMER.sum()), TWO_YEARS[SUMMER], 0.8
    )

    assert coverage(residuals[SUMMER], lower, upper) == pytest.approx(0.8, abs=0.02)


def test_what_is_certain_at_night_is_so_in_a_season_that_was_hardly_seen():
    seen = ~SUMMER & (TWO_YEARS[0] + np.timedelta64(365, "D") > TWO_YEARS)
    by_day = np.random.default_rng(1).normal(0, 50, TWO_YEARS.size)
    residuals = np.where((HOURS >= 8) & (HOURS < 17), by_day, 0.0)

    intervals = fit_intervals(residuals[seen], TWO_YEARS[seen], NORTH)

    noon, night = (SUMMER & (hour == HOURS) for hour in (12, 0))
    assert held(intervals, residuals[noon], TWO_YEARS[noon], 0.9) == pytest.approx(0.9, abs=0.05)
    lower, upper = intervals.bounds(np.zeros(night.sum()), TWO_YEARS[night], 0.9)
    assert mean_width(lower, upper) == 0


def test_seasons_are_those_of_the_hemisphere():
    size = np.where(SUMMER, 3.0, 1.0)  # June to August
    residuals = size * np.random.default_rng(5).standard_normal(size.size)

    south = fit_intervals(residuals, TWO_YEARS, -34.0)

    lower, upper = south.bounds(np.zeros(size.size), TWO_YEARS, 0.9)
    assert mean_width(lower[SUMMER], upper[SUMMER]) > 2.5 * mean_width(lower[~SUMMER], upper[~SUMMER])


def test_residuals_of_a_mild_winter_are_widened_to_what_winters_are():
    # Given a record whose winters are twice as changeable as the one that the residuals are from
    winter = season_numbers(TWO_YEARS, NORTH) == SEASONS.index("winter")
    rng = np.random.default_rng(6)
    residuals, changes = rng.standard_normal((2, TWO_YEARS.size))
    record = rng.standard_normal(TWO_YEARS.size) * np.where(winter, 2, 1)

    # When
    weather = Weather(errors=changes, record_errors=record, record_times=TWO_YEARS)
    plain, scaled = (fit_intervals(residuals, TWO_YEARS, NORTH, weather=given) for given in (None, weather))

    # Then
    widths = [
        [mean_width(*each.bounds(np.zeros(mask.sum()), TWO_YEARS[mask], 0.9)) for mask in (winter, ~winter)]
        for each in (plain, scaled)
    ]
    assert widths[1][0] == pytest.approx(2 * widths[0][0], rel=0.05)
    assert widths[1][1] == pytest.approx(widths[0][1], rel=0.05)


def test_weather_without_any_change_scales_nothing():
    residuals, still = np.random.default_rng(7).standard_normal(2000), np.zeros(2000)
    weather = Weather(errors=still, record_errors=still, record_times=TWO_YEARS[:2000])

    assert fit_intervals(residuals, TWO_YEARS[:2000], NORTH, weather=weather) == fit_intervals(
        residuals, TWO_YEARS[:2000], NORTH
    )


def test_intervals_travel_as_json_unchanged():
    intervals = fit_intervals(np.random.default_rng(8).standard_normal(5000), TWO_YEARS[:5000], NORTH)

    text = intervals.model_dump_json()

    assert Intervals.model_validate_json(text) == intervals
    assert np.array(json.loads(text)["below"]).shape == (2, 4, 24)


def test_residuals_that_are_no_numbers_do_not_count():
    residuals = np.random.default_rng(9).standard_normal(3000)
    holes = residuals.copy()
    holes[::3] = np.nan

    expected = fit_intervals(residuals[~np.isnan(holes)], TWO_YEARS[:3000][~np.isnan(holes)], NORTH)
    assert fit_intervals(holes, TWO_YEARS[:3000], NORTH) == expected
    with pytest.raises(TooFewReadingsError, match="No validation forecast"):
        fit_intervals(np.full(9, np.nan), TWO_YEARS[:9], NORTH)


def test_a_level_that_was_not_fitted_is_refused_with_those_that_were():
    intervals = fit_intervals(np.arange(50.0), TWO_YEARS[:50], NORTH)

    with pytest.raises(RequestError, match=r"level 0.95; ask for 0.8 and 0.9"):
        intervals.bounds(np.zeros(1), TWO_YEARS[:1], 0.95)


def test_levels_are_named_by_their_percentage():
    assert [percent(level) for level in (0.8, 0.9, 0.95, 0.995)] == ["80", "90", "95", "99.5"]


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9])
def test_interval_score_is_that_of_an_independent_implementation(level):
    from sklearn.metrics import mean_pinball_loss

    rng = np.random.default_rng(3)
    measured, middle, half = rng.normal(5, 4, 500), rng.normal(5, 4, 500), rng.uniform(0, 5, 500)

    found = interval_score(measured, middle - half, middle + half, level)

    tail = (1 - level) / 2
    below = mean_pinball_loss(measured, middle - half, alpha=tail)
    above = mean_pinball_loss(measured, middle + half, alpha=1 - tail)
    assert found == pytest.approx(2 / (1 - level) * (below + above))


def test_interval_score_punishes_intervals_that_are_too_wide_and_too_narrow():
    rng = np.random.default_rng(4)
    measured = rng.standard_normal(20_000)
    right = np.full(20_000, 1.645)

    narrow, just_right, wide = (
        interval_score(measured, -factor * right, factor * right, 0.9) for factor in (0.6, 1, 1.6)
    )

    assert just_right < min(narrow, wide)
