"""A file a year or a month: which are brought, which again, and which need not be there."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from jena_models.errors import DownloadError, NothingThereError, RequestError
from jena_models.sources.dated_addresses import fetch_dated

MONTHS = "https://station.example/{year:2016}/{month}.csv"


class Server:
    """Has some files, and remembers what it was asked for."""

    def __init__(self, *there: str) -> None:
        self.there, self.asked = there, []

    def __call__(self, address: str, file: Path) -> None:
        name = address.partition("example/")[2]
        self.asked.append(name)
        if name not in self.there:
            raise NothingThereError(f"Nothing is at {address}.")
        file.write_text(name)


def brought_on(file: Path, day: date) -> None:
    seconds = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()
    os.utime(file, (seconds, seconds))


def test_only_a_file_that_still_changed_when_it_was_brought_is_brought_again(tmp_path: Path) -> None:
    server = Server(*(f"2016/{month:02d}.csv" for month in (1, 2, 3)))
    fetch_dated(MONTHS, tmp_path, ".csv", server, now=datetime(2016, 3, 10, tzinfo=UTC))
    assert server.asked == ["2016/03.csv", "2016/02.csv", "2016/01.csv"]
    for month, day in ((1, date(2016, 4, 15)), (2, date(2016, 4, 15)), (3, date(2016, 3, 10))):
        brought_on(tmp_path / f"2016-{month:02d}.csv", day)
    server.asked.clear()

    fetch_dated(MONTHS, tmp_path, ".csv", server, now=datetime(2016, 3, 31, tzinfo=UTC))

    # January ended on the 31st, and 60 days after it nothing comes any more; February's days are not over by then.
    assert server.asked == ["2016/03.csv", "2016/02.csv"]


def test_of_years_that_are_named_each_that_has_ended_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="Its years say that it is there"):
        fetch_dated(
            MONTHS, tmp_path, ".csv", Server("2016/03.csv", "2016/01.csv"), now=datetime(2016, 3, 10, tzinfo=UTC)
        )


def test_years_that_are_not_named_end_at_the_first_that_is_not_there(tmp_path: Path) -> None:
    server = Server("2013.csv", "2015.csv")

    fetch_dated("https://station.example/{year}.csv", tmp_path, ".csv", server, now=datetime(2016, 1, 2, tzinfo=UTC))

    assert server.asked == ["2016.csv", "2015.csv", "2014.csv"]
    assert [file.name for file in tmp_path.iterdir()] == ["2015.csv"]


@pytest.mark.parametrize("address", ["https://a.example/{month}.csv", "https://a.example/{year:2016-2009}.csv"])
def test_years_that_cannot_be_are_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(RequestError, match="year"):
        fetch_dated(address, tmp_path, ".csv", Server(), now=datetime(2016, 1, 2, tzinfo=UTC))


@pytest.mark.parametrize(("now", "asked"), [("2016-12-31T09:59", "2016.csv"), ("2016-12-31T10:00", "2017.csv")])
def test_a_year_begins_where_it_begins_first(tmp_path: Path, now: str, asked: str) -> None:
    """In New Zealand the new year's file was passed over for half a day, and no forecast was made from the old one."""
    server = Server("2017.csv", "2016.csv")

    fetch_dated("https://station.example/{year}.csv", tmp_path, ".csv", server, now=datetime.fromisoformat(f"{now}Z"))

    assert server.asked[0] == asked


def test_a_month_that_has_not_begun_in_utc_does_not_count_among_those_that_may_be_absent(tmp_path: Path) -> None:
    server = Server("2016-01.csv")

    fetch_dated(
        "https://station.example/{year}-{month}.csv",
        tmp_path,
        ".csv",
        server,
        now=datetime(2016, 3, 31, 12, tzinfo=UTC),
    )

    assert server.asked == ["2016-04.csv", "2016-03.csv", "2016-02.csv", "2016-01.csv", "2015-12.csv"]
