"""The CRPS in closed form and from quantiles, against its definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest, norm
from sklearn.metrics import mean_pinball_loss

from jena_models.evaluation.probability_scores import (
    crps_normal,
    crps_quantiles,
    pinball,
    probability_integral_transform,
)


@settings(max_examples=20)
@given(st.floats(-3, 3), st.floats(0.2, 3), st.floats(-5, 5))
def test_the_closed_form_is_the_integral_of_squared_distances_of_distributions(mean, deviation, measured):
    at = np.linspace(-30, 30, 200_001)
    integral = np.trapezoid((norm.cdf(at, mean, deviation) - (at >= measured)) ** 2, at)

    assert crps_normal(np.array(mean), np.array(deviation), np.array(measured)) == pytest.approx(integral, abs=1e-3)


def test_many_quantiles_come_to_the_same():
    levels = np.arange(0.005, 1, 0.01)
    measured = np.array([-1.0, 0.0, 2.5])
    quantiles = np.tile(norm.ppf(levels), (3, 1))

    exact = crps_normal(np.zeros(3), np.ones(3), measured)
    np.testing.assert_allclose(crps_quantiles(quantiles, levels, measured), exact, atol=5e-3)


def test_pinball_losses_are_those_of_an_independent_implementation():
    rng, levels = np.random.default_rng(4), np.array([0.1, 0.5, 0.95])
    measured, quantiles = rng.normal(size=80), np.sort(rng.normal(size=(80, 3)))

    expected = [mean_pinball_loss(measured, quantiles[:, n], alpha=level) for n, level in enumerate(levels)]
    np.testing.assert_allclose(pinball(quantiles, levels, measured).mean(axis=0), expected)


def test_targets_of_a_true_distribution_come_evenly_and_those_of_a_narrow_one_at_its_ends():
    rng, levels = np.random.default_rng(5), np.arange(0.02, 1, 0.04)
    measured = rng.normal(size=4000)

    true, narrow = (
        probability_integral_transform(np.tile(width * norm.ppf(levels), (4000, 1)), levels, measured)
        for width in (1, 0.5)
    )

    assert kstest(true, "uniform").statistic < 0.03
    assert np.mean((narrow < 0.1) | (narrow > 0.9)) > 0.4


def test_a_target_on_quantiles_that_are_all_alike_is_given_a_place():
    levels = np.array([0.25, 0.5, 0.75])

    found = probability_integral_transform(np.zeros((3, 3)), levels, np.array([-1.0, 0.0, 1.0]))

    np.testing.assert_allclose(found, [0.125, 0.125, 0.875])
