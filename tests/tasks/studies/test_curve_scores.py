"""Which leads of a curve a leaderboard tells of."""

import numpy as np
import pytest

from tasks.studies.curve_scores import told_leads


@pytest.mark.parametrize(
    ("leads", "headline", "told"),
    [
        ([24, 48, 72, 96, 120], 24, [24, 48, 72, 96, 120]),
        (range(1, 49), 24, [1, 3, 6, 12, 18, 24, 36, 48]),
        (range(1, 49), 30, [1, 3, 6, 12, 18, 24, 30, 36, 48]),
        (range(1, 181), 24, [1, 6, 12, 24, 48, 72, 120, 168, 180]),
        (range(24, 361, 24), 72, [24, 48, 72, 120, 168, 240, 360]),
    ],
)
def test_few_leads_are_told_of_all_and_many_at_usual_hours(leads, headline, told):
    hours = np.array(leads, dtype=float)

    assert hours[told_leads(hours, headline)].tolist() == told
