"""How forecasts are scored once it is known what came."""

import numpy as np
import pandas as pd
import pytest

from jena_models.monitoring.live_scores import score, verified

ISSUED = pd.date_range("2017-07-01 00:10", periods=4, freq="h", unit="s")


def forecasts(**columns) -> pd.DataFrame:
    said = {
        "forecast": [10.0, 12.0, 14.0, 16.0],
        "persistence": [8.0, 8.0, 8.0, 8.0],
        "lower": [9.0, 9.0, 9.0, 9.0],
        "upper": [13.0, 13.0, 13.0, 13.0],
    }
    return pd.DataFrame({"issue_time": ISSUED, "valid_time": ISSUED + pd.Timedelta("24h"), **said, **columns})


def measured(values, shift: str = "24h") -> pd.Series:
    return pd.Series(values, index=ISSUED + pd.Timedelta(shift), dtype=float)


def test_scores_are_what_a_person_works_out_by_hand():
    found = score(verified(forecasts(), measured([11, 12, 12, 12])))

    assert found["forecasts/MAE"] == pytest.approx((1 + 0 + 2 + 4) / 4)
    assert found["forecasts/skill"] == pytest.approx(1 - (7 / 4) / (15 / 4))
    assert found["forecasts/coverage"] == 1.0


def test_only_forecasts_that_have_come_true_or_not_count():
    came = verified(forecasts(), measured([11, np.nan, 12, 13]).iloc[:3])

    assert list(came["forecast"]) == [10.0, 14.0]
    assert list(came["residual"]) == [1.0, -2.0]


def test_a_clock_whose_minute_slipped_still_verifies_and_another_hour_does_not():
    assert len(verified(forecasts(), measured([11, 12, 12, 12], "24h20min"))) == 4
    assert list(verified(forecasts(), measured([1, 2, 3, 4], "26h"))["measured"]) == [1.0, 2.0]


def test_at_a_station_of_ten_minutes_the_next_reading_does_not_stand_in_for_one_that_is_missing():
    times = pd.date_range(ISSUED[0] + pd.Timedelta("24h"), periods=19, freq="10min", unit="s")
    came = pd.Series(np.arange(19.0), index=times)
    came.iloc[6] = np.nan

    assert list(verified(forecasts(), came)["measured"]) == [0.0, 12.0, 18.0]


def test_without_intervals_coverage_is_unknown():
    found = score(verified(forecasts(lower=np.nan, upper=np.nan), measured([11, 12, 12, 12])))

    assert np.isnan(found["forecasts/coverage"])


def test_nothing_measured_verifies_nothing():
    assert verified(forecasts(), measured([np.nan] * 4)).empty
    assert verified(forecasts().iloc[:0], measured([1, 2, 3, 4])).empty
