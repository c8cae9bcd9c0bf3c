"""What earlier years lead to expect."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jena_models.monitoring.earlier_years import (
    Expected,
    earlier_figures,
    expected,
    same_weeks,
    thinned,
    window_before,
)
from jena_models.monitoring.live_scores import distances

START = datetime(2009, 1, 1)


def seasons(years: int, seed: int = 3, spread: float = 3.0) -> pd.DataFrame:
    """Three-hourly temperatures with a season and weather that lasts for days."""
    times = pd.date_range(START, periods=round(years * 365.25 * 8), freq="3h", unit="s", name="time")
    rng, weather = np.random.default_rng(seed), 0.0
    values = np.empty(len(times))
    for row, shock in enumerate(rng.standard_normal(len(times))):
        weather = 0.96 * weather + spread * np.sqrt(1 - 0.96**2) * shock
        values[row] = weather
    days = np.arange(len(times)) / 8
    return pd.DataFrame({"T (degC)": 9 - 10 * np.cos(2 * np.pi * (days - 17) / 365.25) + values}, index=times)


@pytest.fixture(scope="module")
def past():
    table = seasons(6)
    return table, earlier_figures(table, distances, (30,))


def passes(past, current: pd.DataFrame, end: datetime) -> bool:
    table, figures = past
    window = window_before(current, end, 30)
    value = distances(window, same_weeks(table, end, 30))["T (degC)/distance"]
    usual = expected(figures, "T (degC)/distance", 30, end, 45)
    assert usual is not None
    return value > usual.limit(0.001, above=True)


@pytest.mark.slow
@pytest.mark.parametrize("month", [1, 4, 7, 10])
def test_a_normal_season_of_a_new_year_is_no_drift(past, month):
    other_weather = seasons(8, seed=11)

    assert not passes(past, other_weather, datetime(2016, month, 15))


@pytest.mark.parametrize("month", [1, 4, 7, 10])
def test_readings_that_are_far_off_are_a_drift_in_every_season(past, month):
    far_off = seasons(8, seed=11) + 12

    assert passes(past, far_off, datetime(2016, month, 15))


def test_the_limit_is_passed_as_often_as_was_asked_for():
    rng = np.random.default_rng(1)
    draws = rng.normal(5, 2, (4000, 13))
    known, new = draws[:, :12], draws[:, 12]
    limits = [Expected("bias", row.mean(), row.std(ddof=1), 12).limit(0.05, above=True) for row in known]

    assert (new > limits).mean() == pytest.approx(0.05, abs=0.012)


def test_a_limit_from_below_mirrors_that_from_above():
    usual = Expected("bias", 0.0, 1.0, 20)

    assert usual.limit(0.01, above=False) == pytest.approx(-usual.limit(0.01, above=True))


def test_skill_has_no_limit_above_one_and_distances_none_below_zero():
    assert Expected("skill", np.log(0.9), 3.0, 20).limit(0.001, above=True) < 1
    assert Expected("distance", 0.1, 3.0, 20).limit(0.001, above=False) == 0


@settings(max_examples=30)
@given(day=st.integers(0, 5 * 365), days=st.sampled_from([7, 30]))
def test_a_window_is_never_compared_with_itself(day, days):
    table = pd.DataFrame({"x": 0.0}, index=pd.date_range(START, periods=5 * 365, freq="D"))
    end = START + timedelta(days=day)

    others = same_weeks(table, end, days)

    assert not others.index.isin(window_before(table, end, days).index).any()
    apart = np.abs(((others.index - pd.Timestamp(end)) / timedelta(days=1)).to_numpy())
    assert (np.abs(apart - 365.25 * np.round(apart / 365.25)) <= days + 16).all()


def test_one_earlier_year_leads_to_expect_nothing():
    table = seasons(1.2)

    assert expected(earlier_figures(table, distances, (30,)), "T (degC)/distance", 30, datetime(2010, 2, 1), 45) is None


def test_no_earlier_year_leads_to_expect_nothing():
    figures = earlier_figures(seasons(1).iloc[:0], distances)

    assert figures.empty
    assert expected(figures, "T (degC)/distance", 30, datetime(2010, 2, 1), 45) is None


def test_thinned_readings_are_readings_at_most_one_every_three_hours():
    dense = pd.DataFrame({"x": range(145)}, index=pd.date_range("2017-07-01 00:10", periods=145, freq="10min"))

    kept = thinned(dense)

    assert list(kept["x"]) == [0, 17, 35, 53, 71, 89, 107, 125, 143]
