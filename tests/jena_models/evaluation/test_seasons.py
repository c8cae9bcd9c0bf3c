import numpy as np
import pandas as pd
import pytest

from jena_models.evaluation.seasons import SEASONS, TENTHS, groups

DAYS = np.arange("2010-01-01", "2012-01-01", dtype="datetime64[D]").astype("datetime64[s]")


NORTH = ["winter"] * 2 + ["spring"] * 3 + ["summer"] * 3 + ["autumn"] * 3 + ["winter"]
SOUTH = ["summer"] * 2 + ["autumn"] * 3 + ["winter"] * 3 + ["spring"] * 3 + ["summer"]


@pytest.mark.parametrize(("latitude", "of_month"), [(51, NORTH), (-34, SOUTH)])
def test_every_window_belongs_to_the_season_of_its_valid_time(latitude, of_month):
    masks = groups(DAYS, np.zeros(DAYS.size), latitude)

    for day, *belongs in zip(pd.DatetimeIndex(DAYS), *(masks[season] for season in SEASONS), strict=True):
        assert [season for season, does in zip(SEASONS, belongs, strict=True) if does] == [of_month[day.month - 1]]


def test_tenths_hold_the_lowest_and_highest_tenth_of_what_was_measured():
    measured = np.random.default_rng(1).permutation(DAYS.size).astype(float)

    coldest, warmest = (groups(DAYS, measured, 51)[tenth] for tenth in TENTHS)

    assert coldest.sum() == warmest.sum() == DAYS.size // 10
    assert measured[coldest].max() < measured[~coldest].min()
    assert measured[warmest].min() > measured[~warmest].max()


def test_no_windows_make_empty_groups():
    masks = groups(DAYS[:0], np.zeros(0), 51)

    assert {mask.size for mask in masks.values()} == {0}
