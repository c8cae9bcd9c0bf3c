"""Climatologies: what is usual, and nothing that a record cannot tell."""

import numpy as np
import pytest

from jena_models.errors import TooFewReadingsError
from jena_models.features.almanac.seasonal_waves import Waves, fit_climatology

HOURS = 1_230_768_000 + np.arange(3 * 8766) * 3600


def usual(seconds):
    year = 2 * np.pi * seconds / 86_400 / 365.2425
    day = 2 * np.pi * (seconds % 86_400) / 86_400
    return 9 - 10 * np.cos(year - 0.3) - (3 - 2 * np.cos(year)) * np.cos(day - 0.7)


def test_waves_of_year_and_day_are_found_under_noise():
    noisy = usual(HOURS) + np.random.default_rng(1).normal(0, 3, len(HOURS))
    noisy[::7] = np.nan

    fitted = fit_climatology(noisy, HOURS, yearly=2, daily=2, name="T")

    later = HOURS[-1] + np.arange(1, 500) * 3600 * 17
    np.testing.assert_allclose(fitted.at(later), usual(later), atol=0.4)


def test_a_record_of_weeks_says_nothing_of_the_year():
    weeks = HOURS[:1000]

    fitted = fit_climatology(usual(weeks), weeks, yearly=3, daily=2, name="T")

    half_a_year_on = fitted.at(weeks + 183 * 86_400)
    assert fitted.yearly == 0
    assert np.abs(half_a_year_on - usual(weeks).mean()).max() < 8


def test_the_shape_of_the_times_is_kept():
    fitted = fit_climatology(usual(HOURS), HOURS, yearly=1, daily=1, name="T")

    assert fitted.at(HOURS[:12].reshape(3, 4)).shape == (3, 4)


def test_columns_that_share_waves_have_the_same_values_to_the_digit():
    shared = Waves(HOURS)
    columns = [fit_climatology(usual(HOURS) * scale, HOURS, yearly=2, daily=3, name="T") for scale in (1, 2)]

    for fitted in columns:
        np.testing.assert_array_equal(fitted.of(shared), fitted.at(HOURS))
    assert shared.terms(2, 3) is shared.terms(2, 3)


def test_a_column_without_a_value_is_named():
    with pytest.raises(TooFewReadingsError, match="'wv' has no training value"):
        fit_climatology(np.full(9, np.nan), HOURS[:9], yearly=1, daily=1, name="wv")
