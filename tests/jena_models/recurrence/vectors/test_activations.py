import numba
import numpy as np
import pytest

from jena_models.recurrence.vectors.activations import sigmoid, tanh
from jena_models.recurrence.vectors.lanes import LANES, WIDTH, load, store


@numba.njit
def _over(function, values, results):
    for place in range(0, values.size, WIDTH):
        store(results, place, function(load(values, place)))


def _of(function, values):
    results = np.empty_like(values)
    _over(function, values, results)
    return results


@pytest.mark.parametrize(
    ("function", "exact", "tolerance"),
    [(sigmoid, lambda x: 1 / (1 + np.exp(-x)), 1.5e-7), (tanh, np.tanh, 3e-7)],
)
def test_activations_are_exact_to_single_precision_and_within_their_bounds(function, exact, tolerance):
    values = np.linspace(-30, 30, 512 * LANES).astype(np.float32)
    results = _of(function, values)
    np.testing.assert_allclose(results, exact(values.astype(np.float64)), rtol=0, atol=tolerance)
    assert np.abs(results).max() <= 1


@pytest.mark.parametrize(("function", "at_least", "at_zero"), [(sigmoid, 0.0, 0.5), (tanh, -1.0, 0.0)])
def test_activations_of_nothing_and_of_huge_values(function, at_least, at_zero):
    values = np.resize(np.float32([0, 1e2, -1e2, 1e30, -1e30, np.nan]), 6 * LANES)
    results = _of(function, values)[:6]
    np.testing.assert_allclose(results, [at_zero, 1, at_least, 1, at_least, np.nan], atol=1e-37)
