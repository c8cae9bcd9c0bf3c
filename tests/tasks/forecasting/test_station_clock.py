"""The moment of a forecast is told in the station's own clock."""

from datetime import UTC, datetime

import pytest

from jena_models.errors import RequestError
from jena_models.stations.clock import clock_named
from tasks.forecasting.station_clock import begun_day, midnight, moment

JENA = clock_named("UTC+01:00")


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("2016-12-31T23:10", datetime(2016, 12, 31, 22, 10)),
        ("2016-12-31 23:10:05", datetime(2016, 12, 31, 22, 10, 5)),
        ("2016-12-31", datetime(2016, 12, 30, 23)),
        ("2016-12-31T23:10Z", datetime(2016, 12, 31, 23, 10)),
        ("2016-12-31T23:10+05:00", datetime(2016, 12, 31, 18, 10)),
    ],
)
def test_a_time_is_the_stations_unless_it_names_a_zone(named, meant):
    assert moment(named, JENA) == meant


def test_now_is_the_same_moment_at_every_station():
    now = datetime(2026, 7, 1, 12, 30, 45, 999, UTC)

    assert (
        moment(None, JENA, now=now)
        == moment(None, clock_named("Asia/Tokyo"), now=now)
        == datetime(2026, 7, 1, 12, 30, 45)
    )


def test_a_day_begins_at_the_midnight_of_the_station():
    evening = datetime(2026, 7, 1, 23, 30)

    assert midnight(evening, JENA) == datetime(2026, 7, 2)
    assert midnight(evening, clock_named("America/Denver")) == datetime(2026, 7, 1)


def test_a_day_that_has_not_begun_is_refused():
    now = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # the second of July in Jena

    assert begun_day(None, JENA, now) == begun_day("2026-07-02T20:00", JENA, now) == datetime(2026, 7, 2)
    with pytest.raises(RequestError, match=r"The day of '2026-07-03' has not begun yet; name one up to 2026-07-02"):
        begun_day("2026-07-03", JENA, now)


def test_a_time_that_the_clock_showed_twice_is_asked_for_again():
    with pytest.raises(
        RequestError, match=r"showed 2026-10-25 02:30 twice; name the offset .* 2026-10-25T02:30\+02:00"
    ):
        moment("2026-10-25T02:30", clock_named("Europe/Berlin"))


@pytest.mark.parametrize("named", ["", "yesterday", "31.12.2016", "2016-13-01", "0001-01-01T00:00+23:00"])
def test_what_is_no_time_is_refused_in_a_sentence(named):
    with pytest.raises(RequestError, match=r"cannot be read; write it like 2016-12-31T23:10, in"):
        moment(named, JENA)


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Europe/Berlin", "2016-09-05"), ("Europe/Berlin", "2016-09-05T00:30"), ("America/Sao_Paulo", "2016-10-16")],
)
def test_the_day_that_is_named_is_the_day_that_is_begun_whatever_daylight_saving_does(zone, day):
    assert begun_day(day, clock_named(zone)) == datetime.fromisoformat(day[:10])


def test_a_time_with_a_zone_belongs_to_the_stations_day():
    assert begun_day("2016-09-04T23:30+00:00", clock_named("Europe/Berlin")) == datetime(2016, 9, 5)
