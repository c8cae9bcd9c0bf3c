"""Up to which age a run is used: as long as it is worth more than history alone, and no longer."""

import math

import numpy as np
import pytest

from jena_models.weather_service.oldest_run import ages_hours, are_worth_it, oldest_worth_hours
from jena_models.weather_service.service_runs import NO_RUN

AGES = np.repeat(np.arange(0.0, 48.0, 6.0), 60)


@pytest.mark.parametrize(("worse_from", "oldest"), [(24.0, 24.0), (0.0, 0.0), (math.inf, math.inf)])
def test_the_first_age_at_which_history_alone_is_nearer_ends_it(worse_from, oldest):
    with_run = np.where(worse_from <= AGES, 3.0, 1.0)

    assert oldest_worth_hours(AGES, with_run, np.full(len(AGES), 2.0)) == oldest


def test_an_older_age_that_happens_to_do_well_is_not_trusted_again():
    with_run = np.where((AGES >= 12) & (AGES < 24), 3.0, 1.0)

    assert oldest_worth_hours(AGES, with_run, np.full(len(AGES), 2.0)) == 12.0


def test_few_forecasts_and_those_that_are_not_known_say_nothing():
    few, alone = np.repeat([0.0, 30.0], [60, 49]), np.full(109, 2.0)
    unknown = np.where(np.arange(109) < 60, 1.0, np.nan)

    assert oldest_worth_hours(few, np.where(few > 0, 9.0, 1.0), alone) == math.inf
    assert oldest_worth_hours(few, unknown, alone) == math.inf


def test_no_run_is_infinitely_old():
    assert ages_hours(np.array([7200, 7200]), np.array([0, NO_RUN])).tolist() == [2.0, math.inf]


@pytest.mark.parametrize("worse_from", [0.0, 24.0])
def test_no_run_is_used_that_is_as_old_as_those_that_history_alone_was_nearer_than(worse_from):
    """Runs of an even age, as of one a day that is there at once, have no younger one within its step."""
    with_run = np.where(worse_from <= AGES, 3.0, 1.0)

    used = are_worth_it(AGES, oldest_worth_hours(AGES, with_run, np.full(len(AGES), 2.0)))

    assert used.tolist() == (worse_from > AGES).tolist()
    assert are_worth_it(np.array([0.0, math.inf]), math.inf).tolist() == [True, False]
