"""Leads that are asked for are given, and those that are not there are refused in a sentence."""

import pandas as pd
import pytest

from jena_models.curves.asked_leads import with_leads
from jena_models.errors import RequestError

CURVES = pd.DataFrame({"horizon_hours": [1.0, 6.0, 24.0] * 2, "forecast": range(6)})


@pytest.mark.parametrize(
    ("asked", "expected"), [("all", [0, 1, 2, 3, 4, 5]), ("24", [2, 5]), ("24, 1", [0, 2, 3, 5]), ("6.0", [1, 4])]
)
def test_leads_are_chosen_in_the_order_that_they_have(asked, expected):
    assert with_leads(CURVES, asked)["forecast"].tolist() == expected


@pytest.mark.parametrize(
    ("curves", "asked", "sentence"),
    [
        (CURVES, "5", "There is no forecast 5 hours ahead; there are 3 leads from 1 to 24 hours"),
        (CURVES[2:3], "6", "this version has one for 24 hours alone"),
        (CURVES, "1,tomorrow", "The lead 'tomorrow' cannot be read"),
        (CURVES, "", "cannot be read"),
    ],
)
def test_what_is_not_there_is_refused(curves, asked, sentence):
    with pytest.raises(RequestError, match=sentence):
        with_leads(curves, asked)
