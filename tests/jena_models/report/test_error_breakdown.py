import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from study_page import forecasts

from jena_models.report.error_breakdown import best_and_worst_week, by_hour, by_season, by_tenth


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return forecasts(2.0, seed=3)


def absolute_by(table: pd.DataFrame, key) -> pd.Series:
    return (table["forecast"] - table["measured"]).abs().groupby(key).mean()


def test_errors_by_hour_are_those_of_the_hour_the_forecast_is_for(table):
    expected = absolute_by(table, table["valid_time"].dt.hour)

    np.testing.assert_allclose(by_hour(table).mean_absolute, expected)


def test_errors_by_season_go_by_the_meteorological_seasons(table):
    winter = table["valid_time"].dt.month.isin([12, 1, 2])
    errors = (table["forecast"] - table["measured"])[winter]

    found = by_season(table, latitude=50)

    assert found.mean_absolute[0] == pytest.approx(errors.abs().mean())
    assert found.bias[0] == pytest.approx(errors.mean())
    assert by_season(table, latitude=-34).mean_absolute[2] == pytest.approx(errors.abs().mean())


def test_tenths_are_as_many_windows_each_from_the_coldest_on(table):
    centres, found = by_tenth(table)

    assert found.windows.tolist() == [len(table) / 10] * 10
    assert (np.diff(centres) > 0).all()
    coldest = table["measured"].nsmallest(len(table) // 10).index
    assert found.mean_absolute[0] == pytest.approx(absolute_by(table.loc[coldest], np.zeros(len(coldest))).iloc[0])


@given(st.integers(10, 200), st.integers(0, 2**32 - 1))
def test_tenths_keep_the_mean_error_of_all(windows, seed):
    table = forecasts(1.0, seed, windows)
    found = by_tenth(table)[1]

    whole = (table["forecast"] - table["measured"]).abs().mean()
    assert np.average(found.mean_absolute, weights=found.windows) == pytest.approx(whole)


def test_weeks_are_seven_days_from_midnight_and_none_is_better_or_worse(table):
    best, worst = best_and_worst_week(table)
    days = table["valid_time"].dt.floor("D")

    def error(rows: pd.DataFrame) -> float:
        return float((rows["forecast"] - rows["measured"]).abs().mean())

    every = [
        error(table[(days >= first) & (days < first + pd.Timedelta(days=7))])
        for first in days.unique()
        if first + pd.Timedelta(days=6) <= days.max()
    ]
    assert len(best) == len(worst) == 7 * 24
    assert best["valid_time"].iloc[0].hour == 0
    assert (error(best), error(worst)) == (pytest.approx(min(every)), pytest.approx(max(every)))


def test_a_week_with_a_gap_is_not_judged_by():
    table = forecasts(1.0, 5, hours=24 * 30)
    table["forecast"] = table["measured"] + 1.0
    gap = (table["valid_time"] >= "2014-01-10") & (table["valid_time"] < "2014-01-13")
    table.loc[table["valid_time"].dt.floor("D") == "2014-01-13", "forecast"] += 50

    _, worst = best_and_worst_week(table[~gap])

    # Every week with the 13th and without a gap begins on the 13th.
    assert str(worst["valid_time"].iloc[0]) == "2014-01-13 00:00:00"


def test_less_than_a_week_has_no_week():
    assert best_and_worst_week(forecasts(1.0, 1, hours=24 * 5)) is None
