"""What is noticed of a sensor that no longer measures."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from jena_models.monitoring.live import Live
from jena_models.monitoring.sensors import sensor_checks, source_checks
from jena_models.options.production_options import Monitoring
from jena_models.stations import load_station
from jena_models.stations.simulated import simulate

STATION = load_station("jena")
END = datetime(2009, 1, 20)
LIMITS = Monitoring()


@pytest.fixture(scope="module")
def month() -> pd.DataFrame:
    readings = simulate(STATION, years=0.1, seed=4)
    return readings[readings.index.minute == 10]


def past_limit(readings: pd.DataFrame, end: datetime = END, measured=None) -> set[str]:
    live = Live(readings.loc[:end], measured or tuple(readings), 60, pd.DataFrame(), end)
    checks = source_checks(live, LIMITS) + sensor_checks(live, STATION, LIMITS, resting_hours=168)
    return {check.name for check in checks if check.past_limit}


def test_good_readings_pass_no_limit(month):
    assert past_limit(month) == set()


def test_a_stuck_sensor_is_noticed_within_a_day(month):
    stuck = month.assign(**{"wv (m/s)": month["wv (m/s)"].where(month.index < "2009-01-19", 3.21)})

    assert past_limit(stuck) == {"sensors/wv_m_s/unchanged"}


def test_a_calm_is_not_a_stuck_sensor(month):
    calm = month.assign(**{"wv (m/s)": month["wv (m/s)"].where(month.index < "2009-01-18", 0.0)})

    assert past_limit(calm) == set()


def test_a_silent_sensor_is_noticed_and_named(month):
    silent = month.assign(**{"T (degC)": month["T (degC)"].where(month.index < "2009-01-18")})

    assert past_limit(silent) == {"source/T_degC/age", "source/T_degC/completeness_7d"}


def test_a_silent_station_is_noticed_by_every_column(month):
    silent = month[month.index < "2009-01-18"]

    assert {f"source/{name}/age" for name in ("p_mbar", "T_degC", "wv_m_s")} <= past_limit(silent)


@pytest.mark.parametrize(("days_old", "is_late"), [(1, False), (2, True)])
def test_a_days_mean_is_late_when_the_next_one_should_be_there(month, days_old, is_late):
    days = month[["T (degC)"]].resample("D").mean().loc[: END - timedelta(days=days_old)]
    live = Live(days, tuple(days), 1440, pd.DataFrame(), END)

    assert [check.past_limit for check in source_checks(live, LIMITS) if check.figure == "age"] == [is_late]


def test_a_sensor_that_drifts_away_from_what_follows_from_it_is_noticed_before_it_is_off_by_a_fifth_of_a_degree(month):
    days = np.maximum((month.index - pd.Timestamp("2009-01-16")) / pd.Timedelta("1D"), 0)
    drifting = month.assign(**{"T (degC)": month["T (degC)"] + 0.05 * days})

    assert "sensors/Tpot_K/distance_from_its_formula" in past_limit(drifting)


def test_a_column_that_leaves_its_formula_is_told_with_those_that_may_be_the_wrong_ones(month):
    warmer = month.assign(**{"T (degC)": month["T (degC)"] + 3 * (month.index >= "2009-01-16")})
    live = Live(warmer.loc[:END], tuple(warmer), 60, pd.DataFrame(), END)

    told = {check.subject: check.told for check in sensor_checks(live, STATION, LIMITS, 168) if check.past_limit}

    assert told["VPmax (mbar)"] == "it or T (degC) is wrong"
    assert told["Tdew (degC)"] == "it or T (degC) or rh (%) is wrong"


def test_columns_that_the_source_does_not_measure_say_nothing(month):
    drifting = month.assign(**{"T (degC)": month["T (degC)"] + 1})

    assert past_limit(drifting, measured=("p (mbar)", "T (degC)", "rh (%)")) == set()


def test_a_source_that_has_only_begun_is_complete(month):
    assert past_limit(month.loc["2009-01-18":]) == set()
