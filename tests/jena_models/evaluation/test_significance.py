import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jena_models.evaluation.significance import best_set_p_values, lags_allowed_for, paired_test

LEVEL = 0.05


def series(rng: np.random.Generator, windows: int, correlation: float) -> np.ndarray:
    """Errors of variance 1, each correlated with the one before."""
    shocks = rng.standard_normal(windows) * np.sqrt(1 - correlation**2)
    errors = np.empty(windows)
    errors[0] = rng.standard_normal()
    for k in range(1, windows):
        errors[k] = correlation * errors[k - 1] + shocks[k]
    return errors


def naive_p_value(challenger: np.ndarray, champion: np.ndarray) -> float:
    from scipy.stats import ttest_rel

    return float(ttest_rel(np.abs(champion), np.abs(challenger), alternative="greater").pvalue)


def newey_west_standard_error(difference: np.ndarray, lags: int) -> float:
    """The formula of Newey and West (1987), term by term."""
    windows, centred = difference.size, difference - difference.mean()
    total = float(centred @ centred)
    for lag in range(1, lags + 1):
        total += 2 * (1 - lag / (lags + 1)) * float(centred[lag:] @ centred[:-lag])
    return float(np.sqrt(total / windows / (windows - 1)))


def test_equally_good_forecasts_with_autocorrelated_errors_seldom_differ_by_accident():
    rng = np.random.default_rng(5)
    pairs = [(series(rng, 800, 0.9), series(rng, 800, 0.9)) for _ in range(250)]

    rejected = np.mean([paired_test(a, b, 24).p_value <= LEVEL for a, b in pairs])
    naively_rejected = np.mean([naive_p_value(a, b) <= LEVEL for a, b in pairs])

    # Three standard errors of the share above the level, and a test that forgets autocorrelation far beyond.
    assert rejected <= LEVEL + 3 * np.sqrt(LEVEL * (1 - LEVEL) / len(pairs))
    assert naively_rejected > 0.2


def test_power_grows_with_the_number_of_windows_and_with_the_difference():
    rng = np.random.default_rng(6)

    def power(windows: int, ratio: float) -> float:
        pairs = [(series(rng, windows, 0.8), ratio * series(rng, windows, 0.8)) for _ in range(60)]
        return float(np.mean([paired_test(a, b, 8).p_value <= LEVEL for a, b in pairs]))

    few, many, much_worse = power(200, 1.2), power(1500, 1.2), power(200, 1.8)

    assert few < many
    assert few < much_worse
    assert min(many, much_worse) > 0.8


def test_variance_is_that_of_newey_and_west():
    rng = np.random.default_rng(7)
    challenger, champion = series(rng, 500, 0.7), series(rng, 500, 0.7)

    test = paired_test(challenger, champion, 40)

    assert test.lags == 39
    difference = np.abs(champion) - np.abs(challenger)
    assert test.improvement == pytest.approx(difference.mean())
    assert test.standard_error == pytest.approx(newey_west_standard_error(difference, 39), rel=1e-9)


@pytest.mark.parametrize(("champion_is_worse_by", "p_value"), [(0.0, 1.0), (-0.5, 1.0), (0.5, 0.0)])
def test_constant_differences_have_a_p_value_too(champion_is_worse_by, p_value):
    challenger = np.full(300, 2.0)

    test = paired_test(challenger, challenger + champion_is_worse_by, 24)

    assert (test.p_value, test.improvement) == (p_value, champion_is_worse_by)


def test_same_errors_with_other_signs_are_equally_good():
    errors = np.random.default_rng(8).standard_normal(300)

    assert paired_test(errors, -errors, 24).p_value == 1.0


@given(st.integers(2, 200_000), st.integers(1, 500))
def test_lags_span_the_overlap_of_horizons_and_stay_within_the_series(windows, horizon):
    lags = lags_allowed_for(windows, horizon)

    assert min(horizon - 1, windows - 1) <= lags <= windows - 1


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_what_is_better_one_way_is_worse_the_other_way(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal(150), rng.standard_normal(150)

    there, back = paired_test(a, b, 10), paired_test(b, a, 10)

    assert there.improvement == pytest.approx(-back.improvement)
    assert there.p_value + back.p_value == pytest.approx(1.0)


def test_errors_of_different_windows_are_refused():
    with pytest.raises(ValueError, match="same"):
        paired_test(np.zeros(10), np.zeros(11), 1)


@pytest.mark.slow
def test_set_of_the_best_holds_the_best_and_leaves_out_what_is_worse():
    rng, held, kept_worse = np.random.default_rng(9), 0, 0
    for _ in range(30):
        weather = series(rng, 1200, 0.9)
        sizes = [1.0, 1.0, 1.0, 1.5, 2.0]
        losses = np.abs(np.column_stack([weather + size * series(rng, 1200, 0.5) for size in sizes]))
        inside = best_set_p_values(losses, 12) > LEVEL
        held += inside[:3].all()
        kept_worse += inside[3:].any()

    # All three of the best together, as often as the level says, by three standard errors.
    assert held / 30 >= 1 - LEVEL - 3 * np.sqrt(LEVEL * (1 - LEVEL) / 30)
    assert kept_worse <= 1


def test_the_same_losses_are_judged_alike_and_the_same_way_again():
    rng = np.random.default_rng(10)
    best, worse = np.abs(series(rng, 900, 0.8)), 3 + np.abs(series(rng, 900, 0.8))

    found = best_set_p_values(np.column_stack([worse, best, worse, best]), 24)

    assert list(found > LEVEL) == [False, True, False, True]
    assert list(found) == list(best_set_p_values(np.column_stack([worse, best, worse, best]), 24))
    assert list(best_set_p_values(np.column_stack([best, best]), 24)) == [1, 1]
    assert list(best_set_p_values(best[:, None], 24)) == [1]


@pytest.mark.parametrize("windows", [2, 3, 100, 17_001])
def test_set_of_the_best_is_found_among_few_windows_and_many(windows):
    losses = np.abs(np.random.default_rng(11).standard_normal((windows, 12)))

    found = best_set_p_values(losses, 24)

    assert found.shape == (12,)
    assert found[losses.mean(axis=0).argmin()] > LEVEL
