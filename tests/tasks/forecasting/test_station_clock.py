"""The moment of a forecast is told in the station's own clock."""

from datetime import UTC, datetime

import pytest

from jena_models.errors import RequestError
from tasks.forecasting.station_clock import moment


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("2016-12-31T23:10", datetime(2016, 12, 31, 23, 10)),
        ("2016-12-31 23:10:05", datetime(2016, 12, 31, 23, 10, 5)),
        ("2016-12-31", datetime(2016, 12, 31)),
        ("2016-12-31T23:10Z", datetime(2017, 1, 1, 0, 10)),
        ("2016-12-31T23:10+05:00", datetime(2016, 12, 31, 19, 10)),
    ],
)
def test_a_time_is_the_stations_unless_it_names_a_zone(named, meant):
    assert moment(named, utc_offset_hours=1) == meant


def test_now_is_what_the_stations_clock_shows():
    now = datetime(2026, 7, 1, 12, 30, 45, 999, UTC)

    assert moment(None, utc_offset_hours=1, now=now) == datetime(2026, 7, 1, 13, 30, 45)
    assert moment(None, utc_offset_hours=-2.5, now=now) == datetime(2026, 7, 1, 10, 0, 45)


@pytest.mark.parametrize("named", ["", "yesterday", "31.12.2016", "2016-13-01", "0001-01-01T00:00+23:00"])
def test_what_is_no_time_is_refused_in_a_sentence(named):
    with pytest.raises(RequestError, match=r"cannot be read; write it like 2016-12-31T23:10\.$"):
        moment(named, utc_offset_hours=1)
