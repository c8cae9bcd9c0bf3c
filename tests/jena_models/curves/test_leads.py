"""Which leads a curve has: each hour of two days by default, whole readings apart, and the headline's always."""

import pytest

from jena_models.curves.leads import curve_leads
from jena_models.errors import SettingsError


@pytest.mark.parametrize(
    ("asked", "horizon", "cadence", "expected"),
    [
        (None, 24, 60, tuple(range(1, 49))),
        (None, 24, 10, tuple(range(1, 49))),
        (None, 48, 60, tuple(range(1, 49))),
        (None, 24, 1440, (24, 48)),
        (None, 24, 180, tuple(range(3, 49, 3))),
        (None, 24, 45, tuple(round(1.5 * n, 6) for n in range(1, 33))),
        (None, 96, 60, tuple(range(2, 97, 2))),
        (None, 0.5, 10, (0.5, *range(1, 49))),
        ((), 24, 60, (24,)),
        ((6, 1, 24), 24, 60, (1, 6, 24)),
    ],
)
def test_leads_follow_from_what_is_asked_and_how_far_readings_are_apart(asked, horizon, cadence, expected):
    assert curve_leads(asked, horizon, cadence) == expected


@pytest.mark.parametrize("lead", [1.5, 0.1])
def test_a_lead_between_two_readings_is_refused_where_it_was_asked_for(lead):
    with pytest.raises(SettingsError, match=f"lead of {lead} hours is no whole number of readings 60 minutes apart"):
        curve_leads((24, lead), 24, 60)
