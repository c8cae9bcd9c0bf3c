"""What is noticed of a neighbour that no longer speaks, and since when."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from two_stations import write_station

from jena_models.monitoring.neighbour_watch import columns_in_trouble, neighbour_troubles
from jena_models.options.production_options import Monitoring
from jena_models.stations import load_station

PRESSURE = {"name": "p (mbar)", "quantity": "p", "kind": "optional", "minimum": 800, "maximum": 1100}
END = pd.Timestamp("2015-02-01")
OURS, THEIRS, AIR = "T (degC)", "west: T (degC)", "west: p (mbar)"


@pytest.fixture
def station(tmp_path):
    """A station two hours ahead of UTC, with one neighbour that is three hours late."""
    temperature = {"name": OURS, "quantity": "T", "kind": "required", "minimum": -60, "maximum": 60}
    write_station(tmp_path, "west", columns=[temperature, PRESSURE])
    named = [{"station": "west.yaml", "available_after": 3}]
    return load_station(str(write_station(tmp_path, "east", neighbours=named, clock="UTC+02:00")))


@pytest.fixture
def month():
    """Hourly readings beyond the day's end, in UTC."""
    times = pd.date_range("2015-01-01", END + timedelta(days=3), freq="h")
    values = np.random.default_rng(5).normal(8, 3, (len(times), 3))
    return pd.DataFrame(values, index=times, columns=[OURS, THEIRS, AIR])


def troubles(readings, station, before=(), end=END, cadence_minutes=60, **reasons):
    return neighbour_troubles(
        readings,
        station,
        Monitoring(max_age_hours=6),
        end=end.to_pydatetime(),
        cadence_minutes=cadence_minutes,
        resting_hours=168,
        reasons=reasons,
        before=before,
    )


def told(found):
    return [each.sentence() for each in found]


def until(readings, time, *columns, value=np.nan):
    changed = readings.copy()
    changed.loc[pd.Timestamp(time) + timedelta(hours=1) :, list(columns)] = value
    return changed


def test_a_neighbour_that_speaks_is_no_trouble_and_neither_is_what_comes_later(month, station):
    assert troubles(month, station) == ()
    assert troubles(until(month, END, THEIRS, AIR), station) == ()


def test_a_neighbours_mean_of_a_day_may_be_as_much_older(month, station):
    days = month.resample("D").mean()

    assert troubles(until(days, END - timedelta(days=1), THEIRS, AIR), station, cadence_minutes=1440) == ()
    found = troubles(until(days, END - timedelta(days=2), THEIRS, AIR), station, cadence_minutes=1440)

    assert [each.what for each in found] == ["late"]


def test_one_that_is_silent_for_longer_than_its_delay_and_the_limit_is_named_with_its_last_reading(month, station):
    assert troubles(until(month, "2015-01-31 15:00", THEIRS, AIR), station) == ()

    found = troubles(until(month, "2015-01-31 14:00", THEIRS, AIR), station)

    assert told(found) == ["The neighbour west is silent since 2015-01-31 16:00."]
    assert columns_in_trouble(found, station) == [THEIRS, AIR]


def test_one_that_was_never_there_is_missing_since_it_was_first_found_to_be(month, station):
    gone = month.drop(columns=[THEIRS, AIR])

    first = troubles(gone, station, west="There is no file west.csv.")
    second = troubles(gone, station, first, END + timedelta(days=1), west="It is empty.")

    assert told(first) == ["The neighbour west is missing since 2015-02-01 02:00: There is no file west.csv."]
    assert told(second) == ["The neighbour west is missing since 2015-02-01 02:00: It is empty."]


def test_a_dead_sensor_of_it_leaves_its_others_alone(month, station):
    found = troubles(until(month, "2015-01-10 05:00", AIR), station)

    assert told(found) == ["west: p (mbar) is dead since 2015-01-10 07:00."]
    assert columns_in_trouble(found, station) == [AIR]
    assert troubles(month.assign(**{AIR: np.nan}), station) == (), "one that it never had"


def test_a_stuck_sensor_is_stuck_since_its_value_came_however_long_ago(month, station):
    stuck = until(month, "2015-01-31 03:00", THEIRS, value=7.25)

    found = troubles(stuck, station)
    assert told(found) == ["west: T (degC) is stuck at 7.25 since 2015-01-31 06:00."]
    assert troubles(until(month, "2015-01-31 15:00", THEIRS, value=7.25), station) == ()

    days = [*pd.date_range(END, periods=3, freq="D")]
    for day in days:
        found = troubles(stuck, station, found, day)
    assert found[0].since.isoformat() == "2015-01-31T06:00:00+02:00"


def test_the_stations_own_sensors_are_not_its_neighbours_trouble(month, station):
    assert troubles(until(month, "2015-01-10", OURS), station) == ()
