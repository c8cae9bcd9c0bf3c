"""A replay of later readings: good ones pass without alarm, and a sensor that goes wrong is noticed."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from benchmarks.operation.faults import FAULTS
from benchmarks.operation.replay import every_hour, first_alarms, replay, table_of
from jena_models.monitoring.day import past_of
from jena_models.settings import Settings
from jena_models.stations import load_station
from jena_models.stations.raw_readings import RawReadings
from jena_models.stations.simulated import simulate
from tasks.monitoring.champion_history import hindcast_of
from tasks.monitoring.promised_scores import Promise
from tasks.registry.champion import Champion

pytestmark = pytest.mark.slow

STATION = load_station("jena")
SETTINGS = Settings()
COLUMNS = ("p (mbar)", "T (degC)", "Tdew (degC)", "rh (%)", "VPmax (mbar)")
LATER = "2012-06-10 00:10"
BEGIN = datetime(2012, 7, 5)


class Damped:
    """Forecasts nearer the mean than now, from the last reading alone."""

    preparation = SimpleNamespace(columns=("T (degC)", "rh (%)"), steps=1, sampling_minutes=60.0)

    def forecasts_at(self, readings: pd.DataFrame, issue_times: pd.DatetimeIndex) -> pd.DataFrame:
        return pd.DataFrame({"forecast": 0.8 * readings["T (degC)"].reindex(issue_times).to_numpy() + 1.8})


@pytest.fixture(scope="module")
def champion() -> Champion:
    return Champion("jena-temperature-24h", 1, "damped", Damped())


@pytest.fixture(scope="module")
def readings() -> pd.DataFrame:
    return simulate(STATION, years=3.55, seed=8)


@pytest.fixture(scope="module")
def past(readings, champion):
    earlier = readings[readings.index.minute == 10].loc[:"2012-05-31"]
    known = Promise(trained_until=datetime(2009, 6, 1))
    hindcast = hindcast_of(champion, known, earlier, STATION, SETTINGS)
    return past_of(earlier[["T (degC)", "rh (%)"]], hindcast)


@pytest.fixture(scope="module")
def replayed(readings, champion, past):
    raw = every_hour(RawReadings(readings.loc[LATER:"2012-07-12"], (), "replayed"), COLUMNS)

    def run(fault: str):
        table = FAULTS[fault](raw.table, STATION, BEGIN)
        return replay(champion, past, RawReadings(table, (), "replayed"), STATION, SETTINGS)

    return {fault: run(fault) for fault in ("none", "drift", "stuck", "silent")}


def test_good_readings_pass_without_alarm(replayed):
    assert first_alarms(replayed["none"]) == {}
    assert len(replayed["none"]) == 33


@pytest.mark.parametrize(
    ("fault", "days", "by"),
    [
        ("drift", 4, "distance from its formula"),
        ("stuck", 1, "T (degC): unchanged"),
        ("silent", 1, "T (degC): age"),
    ],
)
def test_a_fault_is_noticed_within_days_and_not_before_it_begins(replayed, fault, days, by):
    day, sentence = next(iter(first_alarms(replayed[fault]).values()))

    assert BEGIN.date() < day <= BEGIN.date() + timedelta(days=days)
    assert by in sentence


def test_until_the_fault_begins_a_replay_is_the_same(replayed):
    before = [day for day in replayed["none"] if day.day <= BEGIN.date()]

    for fault in ("drift", "stuck", "silent"):
        assert replayed[fault][: len(before)] == before


def test_the_table_says_what_noticed_each_fault_when(replayed):
    text = table_of(replayed, BEGIN, STATION)

    assert "| none |  | no alarm in 33 days |  |  |" in text
    assert "| silent | 2012-07-05 | 2012-07-06 | 1 d | T (degC): age" in text
    assert STATION.credit in text


def test_hourly_readings_are_those_of_the_hour_and_of_the_columns_that_are_wanted(readings):
    hourly = every_hour(RawReadings(readings.loc["2012-06-01 00:10":"2012-06-01 05:00"], (), "replayed"), COLUMNS)

    assert list(hourly.table.index.minute.unique()) == [10]
    assert len(hourly.table) == 5
    assert tuple(hourly.table) == COLUMNS


def test_a_station_that_is_offline_loses_its_rows(readings):
    hourly = every_hour(RawReadings(readings.loc["2012-07-01 00:10":"2012-07-10"], (), "replayed"), COLUMNS)

    left = FAULTS["offline"](hourly.table, STATION, BEGIN).index

    assert hourly.table.index.difference(left)[[0, -1]].tolist() == [
        pd.Timestamp("2012-07-05 00:10"),
        pd.Timestamp("2012-07-06 23:10"),
    ]


def test_a_sensor_that_drifts_with_all_that_follows_from_it_keeps_to_every_formula(readings):
    from jena_models.stations.formulas import derive

    hourly = every_hour(RawReadings(readings.loc[LATER:"2012-07-12"], (), "replayed"), COLUMNS)

    drifted = FAULTS["drift-with-derived"](hourly.table, STATION, BEGIN)

    inputs = [drifted[name].to_numpy() for name in ("p (mbar)", "T (degC)", "rh (%)")]
    np.testing.assert_allclose(drifted["VPmax (mbar)"], derive("VPmax", *inputs), atol=0.006)
    off = drifted["T (degC)"] - hourly.table["T (degC)"]
    assert off.loc[: pd.Timestamp(BEGIN)].abs().max() == 0
    assert off.loc["2012-07-12 00:10"] == pytest.approx(0.05 * 7, abs=0.02)
