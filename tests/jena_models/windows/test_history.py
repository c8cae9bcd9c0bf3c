"""Forecasts from every issue time of a table are those that each would have given alone."""

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import STEPS, small_forecaster, small_readings

from jena_models.errors import HistoryIncompleteError

READINGS = small_readings(48)


@pytest.fixture(scope="module")
def forecaster(tmp_path_factory):
    return small_forecaster(tmp_path_factory.mktemp("forecaster"))


@pytest.mark.slow
@settings(max_examples=15)
@given(
    gone=st.sets(st.integers(0, 47), max_size=20),
    empty=st.tuples(st.integers(0, 40), st.integers(0, 20)),
    column=st.sampled_from(["T (degC)", "wv (m/s)"]),
)
def test_a_table_is_forecast_from_where_one_that_is_cut_there_is(forecaster, gone, empty, column):
    readings = READINGS.copy()
    readings.iloc[empty[0] : sum(empty), readings.columns.get_loc(column)] = float("nan")
    readings = readings.drop(index=readings.index[list(gone)])

    alone = {}
    for time in readings.index:
        with suppress(HistoryIncompleteError):
            row = forecaster.forecast(readings.loc[:time]).iloc[0]
            alone[row["issue_time"]] = row["forecast"]

    if not alone:
        with pytest.raises(HistoryIncompleteError):
            forecaster.forecast_all(readings)
        return
    together = forecaster.forecast_all(readings)
    assert list(together["issue_time"]) == list(alone)
    assert together["forecast"].to_numpy() == pytest.approx(list(alone.values()), abs=1e-4)
    at = forecaster.forecast_at(readings, readings.index)
    assert [time for time, said in zip(readings.index, at, strict=True) if np.isfinite(said)] == list(alone)


@pytest.mark.parametrize("hours", [STEPS, STEPS + 1, STEPS + 63, STEPS + 64])
def test_each_row_is_what_its_own_history_gives(forecaster, hours):
    readings = small_readings(hours)

    rows = forecaster.forecast_all(readings)

    assert len(rows) == hours - STEPS + 2, "one step of twelve may be missing"
    for place in {1, len(rows) // 2, len(rows) - 1}:
        alone = forecaster.forecast(readings.iloc[place - 1 : place - 1 + STEPS])
        pd.testing.assert_frame_equal(
            rows.iloc[[place]].reset_index(drop=True), alone, rtol=1e-5, atol=1e-4, check_dtype=False
        )


def test_ten_minute_readings_give_a_forecast_every_ten_minutes(forecaster):
    readings = small_readings(STEPS + 2).resample("10min").interpolate()

    rows = forecaster.forecast_all(readings)

    assert rows["issue_time"].diff().dropna().unique().tolist() == [pd.Timedelta(minutes=10)]
    assert rows["issue_time"].iloc[-1] == readings.index[-1]


def test_readings_of_a_station_that_learnt_from_means_are_brought_to_its_steps(forecaster):
    of_means = replace(forecaster, station=forecaster.station.model_copy(update={"resample_minutes": 60.0}))
    steps = small_readings(STEPS + 2)
    steps = steps.set_axis(steps.index.ceil("h"))
    minutes = pd.date_range(
        steps.index[0] - pd.Timedelta("50min"), steps.index[-1] + pd.Timedelta("20min"), freq="10min"
    )
    dense = steps.reindex(minutes.ceil("h"), method="ffill").set_axis(minutes)
    dense["T (degC)"] += np.where(minutes.minute == 0, 5.0, -1.0)  # the same mean

    whole, posted = of_means.forecast(steps), of_means.forecast(dense)

    assert posted["issue_time"].item() == steps.index[-1]
    assert posted["forecast"].item() == pytest.approx(whole["forecast"].item(), abs=1e-4)


def test_what_cannot_be_measured_is_missing_and_told_whoever_loads_the_version(forecaster, caplog):
    """As a study, a served version and `jena forecast` have it: no forecast of 9,997 °C from a sensor's error code."""
    readings = small_readings(STEPS)
    readings.loc[readings.index[-1], "T (degC)"] = 9999.0
    gone = readings.assign(**{"T (degC)": readings["T (degC)"].where(readings["T (degC)"] < 9999)})

    assert forecaster.forecast(readings)["forecast"].item() == forecaster.forecast(gone)["forecast"].item()
    assert f"1 of {STEPS} values of 'T (degC)' lie outside" in caplog.text


def test_without_a_single_history_it_says_what_is_missing(forecaster):
    with pytest.raises(HistoryIncompleteError, match=r"needs .* at 90% of the 12 steps of the last 12 hours"):
        forecaster.forecast_all(small_readings(STEPS - 2))
