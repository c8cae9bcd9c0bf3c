"""A weather service under watch: late, missing, drifting, and changed."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter

from jena_models.monitoring.service_checks import daily_errors, largest_step, service_checks
from jena_models.options.production_options import Monitoring
from jena_models.stations import load_station
from jena_models.weather_service.service import Service
from jena_models.weather_service.simulated_runs import simulate_runs, simulated_source

STATION = load_station("jena")
TARGET = STATION.target
END = datetime(2011, 6, 1)
HOUR, DAY = 3600, 86_400


@pytest.fixture(scope="module")
def readings() -> pd.DataFrame:
    """Three years of hours: the course of the year and the day, and weather that lasts for days."""
    times = pd.date_range("2009-01-01", periods=24 * 1095, freq="h", unit="s", name="time")
    hours, rng = np.arange(len(times)), np.random.default_rng(5)
    weather = lfilter([1], [1, -0.98], rng.normal(0, 0.6, (3, len(times))))
    courses = -9 * np.cos(2 * np.pi * hours / 8766) + 3 * np.sin(2 * np.pi * hours / 24)
    table = {TARGET: 9 + courses + weather[0], "p (mbar)": 990 + weather[1], "wv (m/s)": 3 + np.abs(weather[2])}
    return pd.DataFrame(table, index=times)


@pytest.fixture(scope="module")
def runs(readings):
    return simulate_runs(readings, simulated_source(STATION))


def seconds(time: datetime) -> int:
    return int(np.datetime64(time, "s").astype(np.int64))


def judged(runs, readings, end=END):
    service = None if runs is None else Service((runs,))
    return service_checks(service, ["simulated"], readings, end, 24.0, Monitoring(), TARGET)


def beyond(checks) -> set[str]:
    return {check.figure for check in checks if check.past_limit}


def warmer(runs, since: datetime, by: float):
    """A service that says so much more of the target in all runs from some time on."""
    values, place = runs.values.copy(), runs.place_of(TARGET)
    values[runs.issue_seconds >= seconds(since), :, place] += by
    return replace(runs, values=values)


@pytest.mark.slow
def test_a_service_that_does_as_before_keeps_to_its_limits_on_nearly_every_day(readings, runs):
    alarms = [beyond(judged(runs, readings, END + timedelta(days=17 * number))) for number in range(12)]

    assert sum(map(bool, alarms)) <= 1, alarms
    assert all(check.limit is not None for check in judged(runs, readings))


def test_a_service_that_ended_is_noticed_after_two_runs(readings, runs):
    ended = runs.part(runs.issue_seconds < seconds(END) - 40 * HOUR)
    late_now = runs.part(runs.issue_seconds < seconds(END) - 20 * HOUR)

    assert "age of the newest run" in beyond(judged(ended, readings))
    assert "age of the newest run" not in beyond(judged(late_now, readings))


def test_runs_that_go_on_without_the_target_have_not_come(readings, runs):
    ended = (runs.issue_seconds >= seconds(END) - 90 * HOUR)[:, None, None]
    without_target = ended & (np.arange(len(runs.columns)) == runs.place_of(TARGET))
    others_only = replace(runs, values=np.where(without_target, np.nan, runs.values))
    without_others = replace(runs, values=np.where(ended & ~without_target, np.nan, runs.values))

    (age,) = (check for check in judged(others_only, readings) if check.figure == "age of the newest run")
    assert age.past_limit
    assert "newer ones say nothing of what is forecast" in age.sentence()
    assert "age of the newest run" not in beyond(judged(without_others, readings))


def test_runs_that_are_lost_and_runs_that_come_late_are_told_apart(readings, runs):
    recent = runs.issue_seconds > seconds(END) - 7 * DAY
    every_other = np.arange(len(runs)) % 2 == 0
    lost = runs.part(~recent | every_other)
    late = replace(runs, available_seconds=runs.available_seconds + np.where(recent, 6 * HOUR, 0))

    assert beyond(judged(lost, readings)) == {"share of runs that came"}
    assert beyond(judged(late, readings)) == {"share of runs that came late"}


def test_what_cannot_be_read_or_holds_no_run_by_then_is_past_its_limit(readings, runs):
    assert beyond(judged(None, readings)) == {"readable"}
    assert beyond(judged(runs.part(runs.issue_seconds > seconds(END)), readings)) == {"runs"}


def test_a_change_of_the_services_model_is_named_with_its_day_and_its_size(readings, runs):
    changed = END - timedelta(days=20)

    checks = judged(warmer(runs, changed, 3.0), readings)

    (step,) = (check for check in checks if check.figure == "largest step" and check.past_limit)
    assert step.subject == "weather service 'simulated' T"
    named = datetime.fromisoformat(step.told.split("about ")[1][:10])
    assert abs(named - changed) <= timedelta(days=4)
    assert "bias from" in step.sentence()
    assert "distance from its usual bias" in beyond(checks)


def test_a_bias_that_creeps_in_is_noticed_as_drift(readings, runs):
    place, values = runs.place_of(TARGET), runs.values.copy()
    since = np.clip((runs.issue_seconds - seconds(END - timedelta(days=45))) / (45 * DAY), 0, 1)
    values[:, :, place] += 2.0 * since[:, None]

    drift = [c for c in judged(replace(runs, values=values), readings) if c.figure.startswith("distance")]

    assert any(check.past_limit and check.subject.endswith(" T") for check in drift)


def test_a_model_that_errs_more_without_a_bias_is_a_step_too(readings, runs):
    rng, values = np.random.default_rng(1), runs.values.copy()
    new = runs.issue_seconds >= seconds(END - timedelta(days=25))
    noise = rng.normal(0, 6, (new.sum(), 1)).repeat(values.shape[1], 1)
    values[new, :, runs.place_of(TARGET)] += noise

    steps = [c for c in judged(replace(runs, values=values), readings) if c.figure == "largest step" and c.past_limit]

    assert any("mean error from" in check.told for check in steps)


def test_nothing_that_came_later_than_the_day_is_looked_at(readings, runs):
    later = runs.available_seconds > seconds(END)
    tampered = replace(runs, values=np.where(later[:, None, None], 99.0, runs.values))
    wild = readings.copy()
    wild.loc[wild.index > END] = -99.0

    assert judged(tampered, wild) == judged(runs, readings)


def test_too_few_days_tell_of_no_step(readings, runs):
    daily = daily_errors(runs, runs.place_of(TARGET), readings[TARGET].iloc[: 24 * 20], 24.0)

    assert largest_step(daily, END) == (None, "")


@pytest.mark.parametrize("hours", [6, 12, 24])
def test_a_service_is_watched_at_a_station_of_longer_steps_too(readings, runs, hours):
    daily = daily_errors(runs, runs.place_of(TARGET), readings[TARGET].iloc[::hours], 24.0)

    assert len(daily.days) == pytest.approx(1095, abs=5)
