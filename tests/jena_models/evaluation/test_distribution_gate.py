"""The gate that compares CRPS, on distributions whose scores are known."""

import numpy as np
import pytest
from scipy.stats import norm

from jena_models.evaluation.distribution_gate import Quantiles, distribution_gate
from jena_models.evaluation.gates import Incumbent, SideBySide
from jena_models.evaluation.intervals import PROBABILITIES, fit_intervals

WINDOWS = 3000
CHAMPION = Incumbent(version=4, age_days=3.0)
MEASURED = np.random.default_rng(1).normal(size=WINDOWS)
SCORED = SideBySide(MEASURED, np.zeros(WINDOWS), np.zeros(WINDOWS), {}, 24, "°C", persistence_mae=1.0)


def quantiles(width: float, probabilities: tuple[float, ...] = PROBABILITIES) -> Quantiles:
    return Quantiles(np.tile(width * norm.ppf(probabilities), (WINDOWS, 1)), np.array(probabilities))


@pytest.mark.parametrize(("width", "passed"), [(1.0, True), (1.2, True), (0.4, False), (2.5, False)])
def test_a_challenger_that_is_too_sure_or_too_unsure_of_itself_does_not_pass(width, passed):
    verdict = distribution_gate(CHAMPION, SCORED, quantiles(width), quantiles(1.0), 0.02)

    assert verdict.passed is passed
    assert "that of the champion, version 4, 0.56" in verdict.evidence


def test_both_are_scored_from_the_quantiles_that_both_give():
    old = quantiles(1.0, (0.05, 0.1, 0.5, 0.9, 0.95))

    verdict = distribution_gate(CHAMPION, SCORED, quantiles(1.0), old, 0.0)

    assert verdict.passed
    assert "from 3 quantiles" in verdict.evidence


@pytest.mark.parametrize(("incumbent", "why"), [(None, "no champion yet"), (CHAMPION, "gives no intervals")])
def test_persistence_stands_in_where_there_is_nothing_to_compare_with(incumbent, why):
    good, bad = (distribution_gate(incumbent, SCORED, quantiles(width), None, 0.02) for width in (1.0, 6.0))

    assert (good.passed, bad.passed) == (True, False)
    assert why in good.evidence


@pytest.mark.parametrize(
    ("scored", "own"),
    [(None, quantiles(1.0)), (SCORED, None), (SideBySide(MEASURED[:9], *[MEASURED[:9]] * 2, {}, 1, "°C", 1.0), None)],
)
def test_what_cannot_be_seen_does_not_open_it(scored, own):
    assert not distribution_gate(CHAMPION, scored, own, quantiles(1.0), 0.02).passed


def test_quantiles_of_intervals_lie_in_their_order_and_bounds_stand_in_for_them_in_older_ones():
    times = np.arange("2020-01-01", "2021-01-01", dtype="datetime64[h]")
    residuals = np.random.default_rng(2).normal(0.5, 2, len(times))
    intervals = fit_intervals(residuals, times, 50.0)
    older = intervals.model_copy(update={"probabilities": (), "offsets": ()})

    told, probabilities = intervals.quantiles(np.full(9, 10.0), times[:9])
    fewer, coarse = older.quantiles(np.full(9, 10.0), times[:9])

    assert np.all(np.diff(told) >= 0)
    assert told[0, 12] == pytest.approx(10.5, abs=0.3)
    assert probabilities[12] == 0.5
    assert coarse.tolist() == [0.05, 0.1, 0.5, 0.9, 0.95]
    np.testing.assert_array_equal(fewer[:, 2], 10.0)
    np.testing.assert_allclose(fewer[:, 1], told[:, 2], atol=0.2)
