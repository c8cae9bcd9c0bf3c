"""What is shown of the last days and the next: the newest word on each time, and nothing that came later."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from facts import ISSUED, facts, record

from jena_models.page.recent_forecasts import NOTHING, recent, with_newer

NOW = pd.Timestamp("2024-03-10T12:00")


def table(leads=(24,), hours=240, off=1.0, version=3):
    issued = pd.date_range(end=NOW, periods=hours + 1, freq="h")
    rows = [(time, time + pd.Timedelta(hours=lead), float(lead)) for time in issued for lead in leads]
    frame = pd.DataFrame(rows, columns=["issue_time", "valid_time", "horizon_hours"])
    truth = came(pd.DatetimeIndex(frame["valid_time"]))
    return frame.assign(
        forecast=truth + off,
        lower=truth + off - 2,
        upper=truth + off + 2,
        persistence=came(pd.DatetimeIndex(frame["issue_time"])),
        version=version,
        rung="champion",
        missing="",
    )


def came(times: pd.DatetimeIndex) -> np.ndarray:
    return 10 + 5 * np.sin(2 * np.pi * times.hour / 24) + times.day_of_year / 10


def readings(hours=720) -> pd.Series:
    times = pd.date_range(end=NOW, periods=hours, freq="h")
    return pd.Series(came(times), index=times)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_with_one_lead_the_next_day_is_what_the_last_day_said_of_it():
    found = recent(table(), readings(), 24, 60)

    assert [said.valid_time for said in found.upcoming] == [
        at("2024-03-10T12:00") + timedelta(hours=n) for n in range(1, 25)
    ]
    assert {said.lead_hours for said in found.upcoming} == {24.0}
    assert found.latest.issue_time == found.reading_time == at("2024-03-10T12:00")


def test_with_every_lead_the_newest_forecast_alone_speaks():
    found = recent(table(leads=range(1, 49), hours=60), readings(), 24, 60)

    assert {said.issue_time for said in found.upcoming} == {at("2024-03-10T12:00")}
    assert [said.lead_hours for said in found.upcoming] == list(range(1, 49))
    assert found.latest.lead_hours == 24


def test_a_lead_of_more_than_two_days_is_shown_too():
    found = recent(table(leads=(72,)), readings(), 72, 60)

    assert found.upcoming[-1].valid_time == at("2024-03-13T12:00")


def test_the_last_week_is_scored_at_the_horizon_that_counts_alone():
    other_leads_are_far_off = pd.concat([table(off=1.0), table(leads=(12,), off=50.0)])

    found = recent(other_leads_are_far_off, readings(), 24, 60)

    assert found.scores.mae == pytest.approx(1.0)
    assert found.scores.forecasts == 7 * 24
    assert found.scores.coverage == 1.0
    assert list(found.compared.said())[-1].valid_time == at("2024-03-10T12:00")


def test_skill_is_against_same_as_now_on_the_same_forecasts():
    found = recent(table(off=0.05), readings(), 24, 60)

    assert found.scores.persistence_mae == pytest.approx(0.1)
    assert found.scores.skill == pytest.approx(0.5)


def test_what_lies_outside_its_interval_is_not_held():
    found = recent(table(off=3.0), readings(), 24, 60)

    assert found.scores.coverage == 0.0


def test_without_readings_each_forecasts_own_now_stands_in_for_them():
    with_them, without = recent(table(), readings(), 24, 60), recent(table(), None, 24, 60)

    assert (with_them.measured_from, without.measured_from) == ("readings", "forecasts")
    assert without.scores.mae == pytest.approx(with_them.scores.mae)
    assert without.newest == with_them.newest


def test_nothing_that_came_after_the_newest_forecast_is_shown_or_scored():
    later = pd.Series([99.0], index=[NOW + pd.Timedelta(hours=1)])

    found = recent(table(), pd.concat([readings(), later]), 24, 60)

    assert max(each.time for each in found.measured.rows()) == at("2024-03-10T12:00")
    assert found.newest.value != 99.0


def test_a_value_that_did_not_come_is_not_scored_and_a_near_one_counts_for_half_a_step():
    holed = readings().drop(NOW)
    moved = readings().copy()
    moved.index = moved.index - pd.Timedelta(minutes=20)

    assert recent(table(), holed, 24, 60).scores.forecasts == 7 * 24 - 1
    assert recent(table(), moved, 24, 60).scores.forecasts == 7 * 24
    assert recent(table(), moved, 24, 10).scores is None


def test_a_dead_sensor_has_the_time_of_its_last_value():
    dead = readings()
    dead.iloc[-5:] = np.nan

    found = recent(table(), dead, 24, 60)

    assert found.newest.time == at("2024-03-10T07:00")
    assert found.reading_time == at("2024-03-10T12:00")


def test_of_two_versions_the_newer_one_is_shown():
    found = recent(pd.concat([table(version=4, off=2.0), table(version=3, off=1.0)]), readings(), 24, 60)

    assert {said.version for said in found.upcoming} == {4}
    assert found.scores.forecasts == 7 * 24


def test_after_a_rollback_the_champion_is_shown_and_not_the_newer_version_that_spoke_before_it():
    both = pd.concat([table(version=4, off=2.0), table(version=3, off=1.0)])

    found = recent(both, readings(), 24, 60, champion=3)

    assert {said.version for said in found.upcoming} == {3}
    assert (found.latest.version, found.scores.mae) == (3, pytest.approx(1.0))


def test_bounds_and_same_as_now_are_none_where_the_table_has_none():
    bare = table().assign(lower=np.nan, upper=np.nan, persistence=np.nan)

    found = recent(bare, readings(), 24, 60)

    assert (found.latest.lower, found.latest.persistence) == (None, None)
    assert (found.scores.coverage, found.scores.skill) == (None, None)


def test_where_nothing_was_forecast_there_is_nothing():
    assert recent(pd.DataFrame(), None, 24, 60) is NOTHING


def test_what_came_after_the_newest_forecast_is_put_behind_and_nothing_of_later_times():
    before = record()
    times = pd.date_range(NOW - pd.Timedelta(hours=2), periods=9, freq="h")
    newer = pd.Series(np.arange(9.0), index=times)

    found = with_newer(before, newer, at("2024-03-10T15:30"))

    assert found.measured.value[-4:].tolist() == [before.measured.value[-1], 3.0, 4.0, 5.0]
    assert (found.facts.newest.time, found.facts.newest.value) == (at("2024-03-10T15:00"), 5.0)
    assert found.facts.reading_time == ISSUED, "the forecast was made from no newer one"
    assert found.facts.has_newer
    assert not before.facts.has_newer
    assert with_newer(before, newer, at("2024-03-10T12:30")) is before


def test_a_station_without_a_forecast_shows_what_it_measures():
    empty = record(facts(reading_time=None, newest=None, latest=None, upcoming=()), bare=True)

    found = with_newer(empty, pd.Series([7.0], index=[NOW]), at("2024-03-10T12:30"))

    assert found.facts.newest.value == 7.0
    assert found.facts.newest_time == at("2024-03-10T12:00")


def test_the_last_value_of_a_dead_sensor_is_no_reading_of_later():
    # Given forecasts whose readings are gone, and a sensor that died five hours before the last of them
    rows = table()
    late = rows["issue_time"] > NOW - pd.Timedelta(hours=5)
    rows.loc[late, ["persistence", "rung", "missing"]] = [99.0, "persistence", "T (degC), p (mbar)"]

    found = recent(rows, None, 24, 60, target="T (degC)")

    assert found.newest.time == at("2024-03-10T07:00")
    assert found.measured.value.max() < 99.0
    assert found.reading_time == at("2024-03-10T12:00")
