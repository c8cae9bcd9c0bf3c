"""Forecasts from every issue time of a table are those that each would have given alone."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import COLUMNS, STATION, STEPS, small_fit, small_prepared, small_readings, with_model

from jena_models.errors import HistoryIncompleteError
from jena_models.forecaster import Forecaster
from jena_models.windows.history import history_table, issue_times, newest_issue_time, require_values
from jena_models.windows.preparation import Preparation

PREPARATION = Preparation(
    station="jena",
    target="T (degC)",
    columns=COLUMNS,
    mean=(0.0,) * len(COLUMNS),
    standard_deviation=(1.0,) * len(COLUMNS),
    steps=STEPS,
    sampling_minutes=60,
    horizon_minutes=1440,
)
READINGS = small_readings(48)


@pytest.fixture(scope="module")
def forecaster(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forecaster")
    prepared = small_prepared(folder / "prepared")
    fit = with_model(small_fit(folder / "fit", prepared), prepared)
    (fit.folder / "preparation.json").write_text(prepared.preparation.model_dump_json())
    (fit.folder / "station.json").write_text(STATION.model_dump_json())
    return Forecaster.load(fit.folder)


@settings(max_examples=40, deadline=None)
@given(
    gone=st.sets(st.integers(0, 47), max_size=6),
    empty=st.tuples(st.integers(0, 40), st.integers(0, 20)),
    column=st.sampled_from(["T (degC)", "wv (m/s)"]),
)
def test_issue_times_are_those_that_a_table_cut_there_would_be_forecast_from(gone, empty, column):
    readings = READINGS.copy()
    readings.iloc[empty[0] : sum(empty), readings.columns.get_loc(column)] = float("nan")
    table = history_table(readings.drop(index=readings.index[list(gone)]), PREPARATION, STATION)

    def alone(time: pd.Timestamp) -> bool:
        try:
            newest = newest_issue_time(pd.DatetimeIndex(table.loc[:time].index), PREPARATION)
            require_values(table.loc[newest - pd.Timedelta(hours=STEPS - 1) : newest])
        except HistoryIncompleteError:
            return False
        return newest == time

    expected = [time for time in table.index if alone(time)]
    if expected:
        assert list(issue_times(table, PREPARATION)) == expected
    else:
        with pytest.raises(HistoryIncompleteError):
            issue_times(table, PREPARATION)


@pytest.mark.parametrize("hours", [STEPS, STEPS + 1, STEPS + 63, STEPS + 64])
def test_each_row_is_what_its_own_history_gives(forecaster, hours):
    readings = small_readings(hours)

    rows = forecaster.forecast_all(readings)

    assert len(rows) == hours - STEPS + 1
    for place in {0, len(rows) // 2, len(rows) - 1}:
        alone = forecaster.forecast(readings.iloc[place : place + STEPS])
        pd.testing.assert_frame_equal(rows.iloc[[place]].reset_index(drop=True), alone, rtol=1e-5, atol=1e-4)


def test_ten_minute_readings_give_a_forecast_every_ten_minutes(forecaster):
    readings = small_readings(STEPS + 2).resample("10min").interpolate()

    rows = forecaster.forecast_all(readings)

    assert rows["issue_time"].diff().dropna().unique().tolist() == [pd.Timedelta(minutes=10)]
    assert rows["issue_time"].iloc[-1] == readings.index[-1]


def test_without_a_single_history_it_says_what_is_missing(forecaster):
    with pytest.raises(HistoryIncompleteError, match="the model needs the last 12 hours"):
        forecaster.forecast_all(small_readings(STEPS - 1))
