import gc

import numpy as np
import pytest

from jena_models.evaluation import significance
from jena_models.evaluation.comparisons import Comparison, compare_all, corrected_for_many, is_tie
from jena_models.evaluation.significance import (
    LEVEL,
    lags_allowed_for,
    mean_interval,
    newey_west_standard_error,
    paired_test,
)

STUDIES = 20


def weather(rng: np.random.Generator, windows: int, correlation: float = 0.9) -> np.ndarray:
    """Errors of variance 1, each correlated with the one before."""
    shocks = rng.standard_normal(windows) * np.sqrt(1 - correlation**2)
    for k in range(1, windows):
        shocks[k] += correlation * shocks[k - 1]
    return shocks


def statsmodels_fit(difference: np.ndarray, lags: int):
    from statsmodels.regression.linear_model import OLS

    constant = np.ones(difference.size)
    return OLS(difference, constant).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})


def comparison(difference: float, p_value: float) -> Comparison:
    return Comparison(
        split="validation",
        first="a",
        second="b",
        difference=difference,
        standard_error=0.01,
        p_value=p_value,
        windows=9,
    )


@pytest.mark.slow
@pytest.mark.parametrize(("windows", "lags"), [(2, 1), (50, 7), (2000, 1999), (5000, 130)])
def test_standard_error_is_that_of_an_independent_implementation(windows, lags):
    series = weather(np.random.default_rng(windows), windows) + 3

    assert newey_west_standard_error(series, lags) == pytest.approx(statsmodels_fit(series, lags).bse[0], rel=1e-9)


@pytest.mark.slow
def test_every_pair_is_told_as_diebold_and_mariano_do():
    rng = np.random.default_rng(1)
    errors = {name: size * weather(rng, 3000) for name, size in (("a", 1.0), ("b", 1.05), ("c", 2.0))}

    found = compare_all("test", errors, 24)

    assert {(each.first, each.second) for each in found.comparisons} == {("a", "b"), ("a", "c"), ("b", "c")}
    for each in found.comparisons:
        difference = np.abs(errors[each.first]) - np.abs(errors[each.second])
        oracle = statsmodels_fit(difference, lags_allowed_for(3000, 24))
        assert each.difference == pytest.approx(oracle.params[0])
        assert each.standard_error == pytest.approx(oracle.bse[0], rel=1e-9)
    assert is_tie(found.comparison("test", "a", "b"))
    assert not is_tie(found.comparison("test", "a", "c"))


@pytest.mark.slow
def test_of_many_pairs_of_equals_hardly_one_is_told_apart(monkeypatch):
    monkeypatch.setattr(significance, "RESAMPLES", 10)  # of the set of the best, which is not asked about
    rng = np.random.default_rng(5)
    told_apart = alone = 0
    for _ in range(STUDIES):
        errors = {name: weather(rng, 600, 0.5) for name in "abcdefg"}
        found = compare_all("test", errors, 4)
        told_apart += any(not is_tie(each) for each in found.comparisons)
        tests = [paired_test(errors[each.first], errors[each.second], 4) for each in found.comparisons]
        alone += any(test.two_sided_p_value <= LEVEL for test in tests)
        for each, test in zip(found.comparisons, tests, strict=True):
            assert test.two_sided_p_value <= each.p_value <= 1

    # Three standard errors above one study in twenty; by uncorrected tests it is every other.
    assert told_apart / STUDIES <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / STUDIES)
    assert alone / STUDIES > 0.35


def test_pairs_are_corrected_as_holm_did():
    assert corrected_for_many([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert corrected_for_many([]) == []


def test_the_other_way_round_a_difference_has_the_other_sign():
    rng = np.random.default_rng(2)
    found = compare_all("test", {"a": weather(rng, 500), "b": weather(rng, 500)}, 24)

    there, back = found.comparison("test", "a", "b"), found.comparison("test", "b", "a")

    assert (back.difference, back.p_value, back.first) == (-there.difference, there.p_value, "b")
    assert found.comparison("validation", "a", "b") is None


def test_forecasts_that_are_the_same_are_a_tie():
    errors = weather(np.random.default_rng(3), 300)

    found = compare_all("test", {"a": errors, "b": -errors}, 24)

    assert found.comparisons[0].p_value == 1.0
    assert is_tie(found.comparisons[0])
    assert all(each.may_be_best for each in found.uncertainties)


def test_interval_holds_the_true_mean_as_often_as_it_says_in_spite_of_autocorrelation():
    rng, truth, held, naive = np.random.default_rng(4), np.sqrt(2 / np.pi), 0, 0
    for _ in range(200):
        size = np.abs(weather(rng, 1000))
        lower, upper = mean_interval(size, 24)
        held += lower <= truth <= upper
        naive += abs(size.mean() - truth) <= 1.96 * size.std() / np.sqrt(size.size)

    # Three standard errors of the share below 95 %, and a formula that forgets autocorrelation far below.
    assert held / 200 >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / 200)
    assert naive / 200 < 0.75


def test_a_difference_that_another_seed_would_make_is_a_tie_however_sure_it_is():
    sure = comparison(-0.03, p_value=1e-6)

    assert not is_tie(sure)
    assert not is_tie(sure, first_spread=0.005, second_spread=0.005)
    assert is_tie(sure, first_spread=0.02, second_spread=0.01)
    assert is_tie(sure, first_spread=0.02)
    assert is_tie(comparison(-0.03, p_value=0.06))


def test_a_correction_leaves_all_that_is_loaded_out_of_its_search_for_garbage():
    left_out = []

    def noting(*_):
        left_out.append(gc.get_freeze_count())

    gc.callbacks.append(noting)
    try:
        corrected_for_many([0.01, 0.04])
    finally:
        gc.callbacks.remove(noting)

    assert left_out
    assert min(left_out) > 1000
    assert gc.get_freeze_count() == 0
