"""The CRPS in closed form and from quantiles, against its definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from jena_models.evaluation.probability_scores import crps_normal, crps_quantiles


@settings(max_examples=20, deadline=None)
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
