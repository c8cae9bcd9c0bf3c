"""The ensemble's weights: nowhere negative, of sum 1, and honest about what they have seen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jena_models.architectures.ensemble import crosswise, fit_weights

RNG = np.random.default_rng(5)
TARGET = RNG.normal(10, 8, 800)
GOOD, FAIR, POOR = (TARGET + RNG.normal(0, size, 800) for size in (1.0, 1.5, 2.5))


@settings(max_examples=30)
@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_weights_are_a_mean(members, seed):
    rng = np.random.default_rng(seed)
    weights = fit_weights([rng.normal(0, 5, 100) for _ in range(members)], rng.normal(0, 5, 100))

    assert weights.sum() == pytest.approx(1)
    assert weights.min() >= 0


def test_no_other_weights_have_a_smaller_error():
    """The oracle is a search over all weights in steps of one hundredth."""
    weights = fit_weights([GOOD, FAIR, POOR], TARGET)

    def error(*chosen):
        return np.mean((np.stack([GOOD, FAIR, POOR], 1) @ np.array(chosen) - TARGET) ** 2)

    steps = np.linspace(0, 1, 101)
    best = min(error(a, b, 1 - a - b) for a in steps for b in steps if a + b <= 1)
    assert error(*weights) <= best + 1e-9


def test_a_member_that_hardly_counts_is_left_out():
    useless = TARGET + np.random.default_rng(9).normal(0, 12, 800)

    weights = fit_weights([GOOD, useless, FAIR], TARGET)

    assert weights[1] == 0
    assert weights[[0, 2]] == pytest.approx(fit_weights([GOOD, FAIR], TARGET))


def test_two_equal_errors_that_are_independent_weigh_the_same():
    members = [TARGET + np.random.default_rng(seed).normal(0, 1, 800) for seed in (1, 2)]

    assert fit_weights(members, TARGET) == pytest.approx([0.5, 0.5], abs=0.06)


def test_each_stretch_is_forecast_by_weights_that_have_not_seen_it():
    # Given a target that is wildly off in one stretch, where only the poor member is right
    target, lucky = TARGET.copy(), POOR.copy()
    target[:100] = lucky[:100] = 1000.0

    held_out = crosswise([GOOD, lucky], target)

    # Then the weights for that stretch know nothing of it
    others = fit_weights([GOOD[100:], lucky[100:]], target[100:])
    np.testing.assert_allclose(held_out[:100], GOOD[:100] * others[0] + lucky[:100] * others[1], rtol=1e-5)
