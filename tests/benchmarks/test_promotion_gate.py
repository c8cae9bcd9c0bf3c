"""The champion gate opens for challengers that are no better at most as often as its significance says."""

import math

from benchmarks.operation.promotion_gate import opened
from jena_models.options.promotion_options import Promotion

ROUNDS = 200
CHANCE = 2.33 * math.sqrt(0.05 * 0.95 / ROUNDS)
"""What 200 rounds may be off by, in 99 of 100 cases."""


def test_the_best_of_twenty_that_are_no_better_gets_in_no_more_often_than_asked_for():
    found = opened(ROUNDS, challengers=20, seed=3)

    assert found.where_judged <= Promotion().significance + CHANCE
    assert found.where_chosen > 3 * Promotion().significance  # what the windows that chose it would say
