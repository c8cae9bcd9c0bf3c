"""Scores by lead count what was measured alone, and their band says how far they depend on the weeks."""

import numpy as np

from jena_models.curves.lead_scores import group_of, skill_by_lead
from jena_models.curves.past_curves import Truth

WINDOWS = 2000
RNG = np.random.default_rng(2)
TIMES = np.datetime64("2014-01-01") + np.arange(WINDOWS) * np.timedelta64(5, "h")
VALID = TIMES[:, None].astype("datetime64[s]") + np.array([3600, 7200, 10800]).astype("timedelta64[s]")


def test_skill_is_that_of_the_targets_that_were_measured():
    measured = RNG.normal(0, 1, (WINDOWS, 3))
    measured[::3, 1] = np.nan
    measured[:, 2] = np.nan
    curves = measured + RNG.normal(0, 0.5, (WINDOWS, 3))
    last = np.zeros(WINDOWS)

    first, second, third = skill_by_lead(curves, Truth(measured, last, VALID))

    assert first.mae == np.abs(measured - curves)[:, 0].mean()
    assert second.persistence_mae == np.nanmean(np.abs(measured[:, 1]))
    assert abs(first.skill - 0.5) < 0.05
    assert first.lower < first.skill < first.upper < first.lower + 0.1
    assert np.isnan(third.mae)


def test_leads_have_groups():
    assert group_of([1, 6, 6.5, 24, 25, 96]) == ["1 to 6 h", "1 to 6 h", "7 to 24 h", "7 to 24 h", *["beyond 24 h"] * 2]
