"""A logger whose clock was set anew is noticed within days, and the day is named."""

from datetime import datetime, timedelta

import pandas as pd
import pytest
from measured_light import LIGHT, later, measured, station_at

from jena_models.monitoring.check import Check
from jena_models.monitoring.clock_watch import clock_checks
from jena_models.monitoring.day import examine, past_of
from jena_models.monitoring.live import Live
from jena_models.monitoring.live_scores import verified
from jena_models.options.production_options import Monitoring

PLACE = (50.91, 11.569)
STATION = station_at(*PLACE, clock="UTC+01:00")
CHANGED = datetime(2015, 6, 1)


@pytest.fixture(scope="module")
def right() -> pd.DataFrame:
    readings = measured(*PLACE, days=200, start="2015-02-01")
    return readings.set_axis(readings.index + pd.Timedelta(hours=1))


def judged(readings: pd.DataFrame, end: datetime, step: float = 10) -> list[Check]:
    return clock_checks(Live(readings.loc[:end], (LIGHT,), step, pd.DataFrame(), end), STATION)


@pytest.mark.parametrize("minutes", [-60, 60, 45, -600])
def test_a_clock_that_was_set_anew_is_noticed_within_a_week_and_the_day_is_named(right, minutes):
    changed = later(right, minutes, str(CHANGED))

    (check,) = judged(changed, CHANGED + timedelta(days=7))

    assert check.past_limit
    assert check.name == "sensors/radiation_W_m_2/shift_of_the_clock_30d"
    assert check.value == pytest.approx(abs(minutes), abs=6)
    side = "later" if minutes > 0 else "earlier"
    named = {f"min {side} since about 2015-0{day} than before" for day in ("5-31", "6-01", "6-02")}
    assert any(words in check.sentence() for words in named), check.sentence()


def test_a_month_later_it_is_no_news(right):
    changed = later(right, 60, str(CHANGED))

    (check,) = judged(changed, CHANGED + timedelta(days=40))

    assert (check.value, check.past_limit) == (0, False)


def test_a_clock_that_is_always_as_wrong_was_not_set_anew(right):
    for readings in (right, later(right, 120)):
        assert not any(check.past_limit for day in range(20, 190, 10) for check in judged(readings, begun(day)))


def begun(days: int) -> datetime:
    return datetime(2015, 2, 1) + timedelta(days=days)


def test_hourly_readings_tell_it_too(right):
    hourly = later(right, -60, str(CHANGED)).resample("1h", label="right", closed="right").mean()

    (check,) = judged(hourly, CHANGED + timedelta(days=10), 60)

    assert check.past_limit


def test_a_station_without_light_has_no_such_figure(right):
    assert judged(right[["T (degC)"]], CHANGED) == []
    assert judged(right.iloc[:0], CHANGED) == []


def test_a_day_under_watch_has_it(right):
    changed, end = later(right, 60, str(CHANGED)), CHANGED + timedelta(days=10)
    said = pd.DataFrame(columns=["issue_time", "valid_time", "forecast", "persistence", "lower", "upper"], dtype=float)
    said = said.astype({"issue_time": "datetime64[us]", "valid_time": "datetime64[us]"})
    live, past = Live(changed, (LIGHT,), 10, said, end), past_of(right[["T (degC)"]], verified(said, right["T (degC)"]))

    beyond = [check.figure for check in examine(live, past, STATION, Monitoring(), 168) if check.past_limit]

    assert beyond == ["shift of the clock"]
