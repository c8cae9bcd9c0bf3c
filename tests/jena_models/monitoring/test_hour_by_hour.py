"""A day's forecasts in one go are those that would have been made hour by hour."""

import numpy as np
import pandas as pd
import pytest
from small_study import COLUMNS, STEPS, small_forecaster, small_readings

from jena_models.errors import HistoryIncompleteError
from jena_models.forecaster import Forecaster


@pytest.fixture(scope="module")
def forecaster(tmp_path_factory) -> Forecaster:
    return small_forecaster(tmp_path_factory.mktemp("forecaster"))


def test_forecasts_of_many_hours_at_once_are_those_made_one_after_the_other(forecaster):
    readings = small_readings(140)
    readings.iloc[60:66, readings.columns.get_loc("T (degC)")] = np.nan
    readings = readings.drop(readings.index[90:93])
    issued = readings.index[STEPS:]

    at_once = pd.Series(forecaster.forecast_at(readings, issued), index=issued)

    for time in issued[::3]:
        known = readings.loc[:time]
        if np.isnan(at_once[time]):
            with pytest.raises(HistoryIncompleteError):
                forecaster.forecast(known)
        else:
            assert forecaster.forecast(known)["forecast"].iloc[0] == pytest.approx(at_once[time], abs=1e-4)
    assert at_once.isna().any()
    assert at_once.notna().sum() > len(COLUMNS) * 10
