"""A station's clock: every stamp has one time in UTC, or is refused."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_models.errors import SourceUnreadableError
from jena_models.stations.clock import clock_named, latest_utc

ZONES = ("UTC", "UTC+01:00", "UTC-05:30", "Europe/Berlin", "America/Chicago", "Australia/Sydney", "Asia/Kolkata")


def stamps(*texts: str) -> np.ndarray:
    return np.array(texts, "datetime64[s]")


@given(st.sampled_from(ZONES), st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)), st.booleans())
def test_a_day_of_stamps_comes_back_as_the_times_that_wrote_them(
    zone: str, start: datetime, newest_first: bool
) -> None:
    clock = clock_named(zone)
    times = np.datetime64(start.replace(microsecond=0, second=0), "s") + np.arange(0, 72 * 60, 20) * np.timedelta64(
        1, "m"
    )
    times = times[::-1] if newest_first else times
    local = np.array([clock.shown(time).replace(tzinfo=None) for time in times], "datetime64[s]")

    np.testing.assert_array_equal(clock.column_to_utc(local), times)


def test_an_hour_that_is_shown_twice_is_told_apart_by_the_order() -> None:
    clock = clock_named("Europe/Berlin")
    local = stamps(
        *(
            f"2023-10-29T0{hour}:{minute}"
            for hour, minute in ((1, 30), (2, "00"), (2, 30), (2, "00"), (2, 30), (3, "00"))
        )
    )

    assert np.diff(clock.column_to_utc(local)).tolist() == [timedelta(minutes=30)] * 5


@pytest.mark.parametrize(
    ("local", "why"),
    [
        (("2023-10-29T01:00", "2023-10-29T02:00", "2023-10-29T03:00"), "only once"),
        (("2023-03-26T01:00", "2023-03-26T02:00", "2023-03-26T03:00"), "never shows 2023-03-26 02:00"),
    ],
)
def test_what_the_order_does_not_tell_is_refused_with_the_clock_that_would_fit(
    local: tuple[str, ...], why: str
) -> None:
    with pytest.raises(SourceUnreadableError, match=f"{why}.*'clock: UTC\\+01:00'"):
        clock_named("Europe/Berlin").column_to_utc(stamps(*local))


def test_an_hour_that_is_shown_twice_is_told_apart_where_several_series_take_turns() -> None:
    clock = clock_named("Europe/Berlin")
    times = np.datetime64("2023-10-28T22:00", "s") + np.arange(0, 360, 5) * np.timedelta64(1, "m")
    local = np.array([clock.shown(time).replace(tzinfo=None) for time in times], "datetime64[s]")

    for newest_first in (False, True):
        order = slice(None, None, -1 if newest_first else 1)
        np.testing.assert_array_equal(clock.column_to_utc(local[order].repeat(3)), times[order].repeat(3))


def test_a_file_that_ends_within_the_hour_that_comes_twice_is_in_the_first() -> None:
    times = clock_named("Europe/Berlin").column_to_utc(
        stamps("2023-10-29T01:30", "2023-10-29T02:00", "2023-10-29T02:30")
    )

    assert str(times[-1]) == "2023-10-29T00:30:00"


@pytest.mark.parametrize("hours", [2, 3, 6, 12])
@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("begins", ["2023-10-28T21:00", "2023-10-29T00:00", "2023-10-29T01:00"])
def test_of_steps_longer_than_an_hour_the_distance_tells_which_it_is(hours: int, first: int, begins: str) -> None:
    clock = clock_named("Europe/Berlin")
    times = np.datetime64(begins, "s") + np.arange(8) * np.timedelta64(hours, "h")
    times = times[: 8 - first][:: 1 if first % 2 else -1]
    local = np.array([clock.shown(time).replace(tzinfo=None) for time in times], "datetime64[s]")

    np.testing.assert_array_equal(clock.column_to_utc(local), times)


def test_one_of_long_steps_that_fits_neither_hour_is_refused() -> None:
    local = stamps("2023-10-28T14:00", "2023-10-28T20:00", "2023-10-29T02:30", "2023-10-29T07:00", "2023-10-29T13:00")

    with pytest.raises(SourceUnreadableError, match="only once"):
        clock_named("Europe/Berlin").column_to_utc(local)


@pytest.mark.parametrize("name", ["", "Berlin", "UTC+25:00", "+1 hour", "../zone"])
def test_what_is_no_clock_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(ValueError, match="no clock"):
        clock_named(name)


def test_the_sun_follows_standard_time_on_both_sides_of_the_equator() -> None:
    assert [clock_named(zone).standard_hours for zone in ZONES] == [0, 1, -5.5, 1, -6, 10, 5.5]


def test_a_time_of_an_unknown_clock_is_the_latest_that_it_can_be() -> None:
    assert latest_utc("2017-01-01T00:00:00Z") == datetime(2017, 1, 1)
    assert latest_utc("2017-01-01T00:00:00") == datetime(2017, 1, 1, 12)
    assert clock_named("UTC+01:00").shown(datetime(2017, 1, 1)) == datetime(2017, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("zone", ZONES)
def test_a_stamp_at_the_end_of_the_calendar_is_still_one_that_cannot_have_been_measured(zone: str) -> None:
    times = clock_named(zone).column_to_utc(stamps("2021-03-01T00:00", "9999-12-31T23:30", "NaT"))

    assert times[0] == clock_named(zone).column_to_utc(stamps("2021-03-01T00:00"))[0]
    assert times[1] > np.datetime64("9999-01-01")
    assert np.isnat(times[2])
