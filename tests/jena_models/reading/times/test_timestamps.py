from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jena_models.errors import SourceUnreadableError
from jena_models.reading.times.timestamps import times_of_column, times_of_texts
from jena_models.stations.clock import Clock, clock_named

UTC = clock_named("UTC")
FORMATS = ("%d.%m.%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y%m%d %H%M%S")


def parsed(*texts: str | None, clock: Clock = UTC) -> np.ndarray:
    return times_of_texts(pa.chunked_array([pa.array(texts, pa.string())]), (), clock, "The file file.csv")


@given(
    st.lists(st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31)), min_size=1, max_size=20),
    st.sampled_from(FORMATS),
)
def test_every_format_gives_the_time_that_was_written(times: list[datetime], time_format: str) -> None:
    times = [time.replace(microsecond=0) for time in times]

    assert parsed(*(time.strftime(time_format) for time in times)).tolist() == times


def test_formats_may_be_mixed_and_padded() -> None:
    assert parsed("01.02.2009 00:10:00", " 2009-02-01 00:20:00 ", "1.2.2009 00:30").tolist() == [
        datetime(2009, 2, 1, 0, minute) for minute in (10, 20, 30)
    ]


def test_a_single_space_behind_a_stamp_says_nothing() -> None:
    assert parsed("2009-02-01 00:10", "2009-02-01 00:20 ").tolist() == [datetime(2009, 2, 1, 0, m) for m in (10, 20)]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2023.04.01. 06:00", "2023.04.30. 18:30"),  # Hungary
        ("01.04.2023. 06:00", "30.04.2023. 18:30"),  # Croatia
        ("1. 4. 2023 6:00", "30. 4. 2023 18:30"),  # Slovenia
        ("2023. 4. 1. 6:00", "2023. 4. 30. 18:30"),
        ("2023-04-01 06h00", "2023-04-30 18h30"),
        ("2023年4月1日 6:00", "2023年4月30日 18:30"),
        ("2023年4月1日6時00分", "2023年4月30日18時30分"),
        ("2023年04月01日 06时00分", "2023年04月30日 18时30分"),
        ("2023년 4월 1일 6시 00분", "2023년 4월 30일 18시 30분"),
        ("2023-04-01 06:00:00 +0000 UTC", "2023-04-30 20:30:00 +0200 CEST"),
        ("01Apr2023 06:00", "30Apr2023 18:30"),
        ("01APR2023:06:00:00", "30APR2023:18:30:00"),
        ("Sat Apr  1 06:00:00 2023", "Sun Apr 30 18:30:00 2023"),  # C's ctime
        ("Apr  1 06:00 2023", "Apr 30 18:30 2023"),
        ("Sat Apr  1 06:00:00 UTC 2023", "Sun Apr 30 20:30:00 CEST 2023"),  # the command `date`
    ],
)
def test_a_time_is_read_as_countries_and_programs_write_it(first: str, last: str) -> None:
    assert parsed(first, last).tolist() == [datetime(2023, 4, 1, 6), datetime(2023, 4, 30, 18, 30)]


@pytest.mark.parametrize(
    ("first", "last"), [("01/04/2023 6h", "30/04/2023 18h"), ("2023/4/1 6時", "2023/4/30 18時"), ("2023. 4. 1.", "")]
)
def test_hours_and_days_alone_are_read_as_they_are_written(first: str, last: str) -> None:
    assert parsed(first, last or "2023. 4. 30.").tolist() == [
        datetime(2023, 4, 1, 6 if last else 0),
        datetime(2023, 4, 30, 18 if last else 0),
    ]


@pytest.mark.parametrize(
    "wrong", ["yesterday", "31.02.2009 00:10:00", "29.02.2010 00:10:00", "01.13.2009 00:10:00", ""]
)
def test_unreadable_time_stamps_are_counted_and_the_first_is_named(wrong: str) -> None:
    with pytest.raises(
        SourceUnreadableError,
        match=rf"^The file file\.csv has 2 unreadable time stamps, the first in line 3: '{wrong}'; .*31\.01\.2009",
    ):
        parsed("01.01.2009 00:10:00", wrong, "01.01.2009 00:20:00", wrong)


@pytest.mark.parametrize(
    ("stamp", "way"),
    [("2009-01-31 00:10 EST", "%Y-%m-%d %H:%M EST"), ("31.01.2009 00:10 Uhr", "%d.%m.%Y %H:%M Uhr")],
)
def test_letters_behind_a_stamp_are_told_how_to_be_read(stamp: str, way: str) -> None:
    with pytest.raises(SourceUnreadableError, match=rf"write 'time_formats: \[\"{way}\"\]' into the station file"):
        parsed(stamp)
    told = times_of_texts(pa.chunked_array([pa.array([stamp])]), (way,), UTC, "The file file.csv")
    assert told.tolist() == [datetime(2009, 1, 31, 0, 10)]
    with pytest.raises(SourceUnreadableError) as refused:
        parsed("31.02.2009 01:10 PM")
    assert "time_formats" not in str(refused.value)


def test_a_missing_time_stamp_is_unreadable() -> None:
    with pytest.raises(SourceUnreadableError, match="1 unreadable time stamp, the first in line 2: ''"):
        parsed(None, "01.01.2009 00:20:00")


@given(
    st.datetimes(datetime(2001, 1, 1), datetime(2031, 11, 1)),
    st.sampled_from(("%y-%m-%d %H:%M", "%y/%m/%d %H:%M", "%y.%m.%d %H:%M", "%d-%m-%y %H:%M", "%d.%m.%y %H:%M")),
    st.booleans(),
)
def test_the_order_of_the_rows_tells_a_year_of_two_digits_from_a_day(
    start: datetime, time_format: str, newest_first: bool
) -> None:
    times = [start.replace(second=0, microsecond=0) + timedelta(hours=6) * step for step in range(4 * 40)]
    times = times[::-1] if newest_first else times

    assert parsed(*(time.strftime(time_format) for time in times)).tolist() == times


def test_a_year_of_two_digits_that_may_be_a_day_is_asked_for() -> None:
    with pytest.raises(SourceUnreadableError, match=r"year and day cannot be told apart.*%y-%m-%d %H.*%d-%m-%y %H"):
        parsed("21-03-01 00:00", "21-03-01 01:00")


@pytest.mark.parametrize("day_first", [True, False])
def test_dates_that_excel_turned_round_up_to_the_twelfth_are_refused(day_first: bool) -> None:
    hours = [datetime(2021, 3, 1) + timedelta(hours=step) for step in range(24 * 20)]
    plain, turned = ("%d/%m/%Y", "%m/%d/%Y") if day_first else ("%m/%d/%Y", "%d/%m/%Y")

    assert parsed(*(f"{time.strftime(plain)} {time:%H:%M}" for time in hours)).tolist() == hours
    with pytest.raises(SourceUnreadableError, match="writes the day first in some dates and the month first in others"):
        parsed(*(f"{time.strftime(turned if time.day <= 12 else plain)} {time:%H:%M}" for time in hours))


def test_dates_out_of_order_are_not_taken_for_dates_turned_round() -> None:
    hours = [datetime(2021, 3, 1) + timedelta(hours=step) for step in range(24 * 60)]
    shuffled = [hours[place] for place in np.random.default_rng(1).permutation(len(hours))]

    assert parsed(*(f"{time:%d/%m/%Y %H:%M}" for time in shuffled)).tolist() == shuffled


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31)),
    st.sampled_from([("excel", 25_569), ("matlab", 719_529), ("julian", 2_440_587.5), ("modified julian", 40_587)]),
)
def test_days_with_parts_of_them_in_a_column_of_numbers_keep_their_parts(
    start: datetime, counted: tuple[str, float]
) -> None:
    times = [start.replace(microsecond=0) + timedelta(minutes=10) * step for step in range(20)]
    days = pd.Series([(time - datetime(1970, 1, 1)) / timedelta(days=1) + counted[1] for time in times])

    read = times_of_column(days, (counted[0],), UTC, "The table")

    assert read.tolist() == times


@given(
    # From 2030 on, seconds such as 2043100800 may be a date with an hour as well.
    st.datetimes(datetime(2001, 9, 10), datetime(2029, 12, 31)),
    st.sampled_from([1, 1_000, 1_000_000, 1_000_000_000]),
    st.sampled_from(["", ".", ".0", ",0"]),
)
def test_any_parts_of_seconds_since_1970_are_known_by_their_size(start: datetime, parts: int, behind: str) -> None:
    times = [start.replace(microsecond=0) + timedelta(minutes=10) * step for step in range(20)]
    seconds = [(time - datetime(1970, 1, 1)) // timedelta(seconds=1) for time in times]

    assert parsed(*(f"{each * parts}{behind}" for each in seconds)).tolist() == times


def test_days_may_have_a_decimal_comma() -> None:
    column = pa.chunked_array([pa.array(["44256,041667", "44256,5"])])

    read = times_of_texts(column, ("excel",), UTC, "The file file.csv")

    assert read.tolist() == [datetime(2021, 3, 1, 1), datetime(2021, 3, 1, 12)]


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2099, 12, 31)),
    st.sampled_from(
        (
            *("%Y%m%d%H%M", "%Y%m%d%H", "%Y%m%d %H%M", "%Y%m%d%H%M%S", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M:%S"),
            *("%Y-%m-%dT%H:%M:%S", "%b %d %Y %H:%M", "%d/%b/%Y:%H:%M", "%H:%M %d.%m.%Y"),
        )
    ),
    st.booleans(),
)
def test_the_midnight_that_ends_a_day_may_be_its_hour_24(start: datetime, time_format: str, is_told: bool) -> None:
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    times = [
        midnight + timedelta(minutes=step) for step in ((0, 24, 60, 1440) if "%M" in time_format else (0, 60, 1440))
    ]
    hour_24 = time_format.replace("%H", "24")
    texts = [
        (time - timedelta(days=1)).strftime(hour_24)
        if time == time.replace(hour=0, minute=0)
        else time.strftime(time_format)
        for time in times
    ]
    assume(is_told or time_format not in {"%d/%b/%Y:%H:%M", "%H:%M %d.%m.%Y"})

    column = pa.chunked_array([pa.array(texts)])

    assert times_of_texts(column, (time_format,) if is_told else (), UTC, "The file file.csv").tolist() == times


@pytest.mark.parametrize("time_format", ["%d-%b-%y %H:%M", "%d %b %y %H:%M", "%y-%b-%d %H:%M"])
def test_a_month_by_name_may_stand_beside_a_year_of_two_digits(time_format: str) -> None:
    times = [datetime(2021, 3, 1) + timedelta(hours=step) for step in range(24 * 20)]

    assert parsed(*(time.strftime(time_format) for time in times)).tolist() == times


def test_a_month_by_name_between_two_numbers_stands_behind_the_day_where_nothing_tells() -> None:
    assert parsed("01-Mar-21 00:00").tolist() == [datetime(2021, 3, 1)]


def test_the_hour_after_midnight_and_noon_may_be_0_or_12() -> None:
    texts = ("0:30 AM", "00:30:00 AM", "12:30 am", "1:00:30 AM", "0:30 PM", "12:30 p.m.", "11:30 PM")

    assert [time.strftime("%H:%M:%S") for time in parsed(*(f"2021-03-01 {text}" for text in texts)).tolist()] == [
        *("00:30:00", "00:30:00", "00:30:00", "01:00:30", "12:30:00", "12:30:00", "23:30:00")
    ]


ZONED = {
    "Z": 0, " UTC": 0, " GMT": 0, "+02:00": 2, "-0530": -5.5, "+01": 1, " UTC+2": 2, " UTC-05:00": -5, " GMT+02:00": 2,
    "GMT+0530": 5.5, " UTC +2": 2, " CET": 1, " CEST": 2, " MEZ": 1, " EEST": 3,
}  # fmt: skip


@pytest.mark.parametrize("zone", ZONED)
@pytest.mark.parametrize("time_format", ["%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M:%S", "%Y%m%dT%H%M", "%Y-%m-%d %H:%M:%S.5"])
def test_a_zone_behind_a_stamp_says_how_far_it_is_from_utc(zone: str, time_format: str) -> None:
    times = [datetime(2021, 3, 1) + timedelta(hours=step) for step in range(24 * 20)]
    texts = [time.strftime(time_format) + zone for time in times]
    ahead = timedelta(hours=ZONED[zone])

    assert parsed(*texts, clock=clock_named("Asia/Tokyo")).tolist() == [time - ahead for time in times]
    assert parsed(*texts, f"{times[0]:{time_format}} UTC+1").tolist()[-1] == times[0] - timedelta(hours=1)


@pytest.mark.parametrize(("zone", "ahead"), [("Z", 0), (" UTC", 0), ("GMT", 0), (" CET", 1)])
@pytest.mark.parametrize("time_format", ["%Y-%m-%d %H", "%Y%m%dT%H", "%d.%m.%Y %H"])
def test_a_zone_in_letters_may_stand_behind_an_hour_alone(time_format: str, zone: str, ahead: int) -> None:
    times = [datetime(2020, 1, 13, hour) for hour in (0, 6, 18)]

    found = parsed(*(time.strftime(time_format) + zone for time in times), clock=clock_named("America/Chicago"))

    assert found.tolist() == [time - timedelta(hours=ahead) for time in times]


def test_digits_behind_an_hour_alone_are_refused() -> None:
    with pytest.raises(SourceUnreadableError, match="2 unreadable time stamps"):
        parsed("2020-01-01 06-05", "2020-01-01 07-05")


def test_letters_that_stand_for_several_zones_are_refused() -> None:
    with pytest.raises(SourceUnreadableError, match="2021-03-01 00:00 CST"):
        parsed("2021-03-01 00:00 CST")


@pytest.mark.parametrize("start", ["2012-02-01", "2015-01-01", "2021-03-01"])
@pytest.mark.parametrize("time_format", ["%y%m%d%H%M", "%d%m%Y%H%M"])
def test_digits_of_a_date_and_a_clock_are_no_seconds_since_1970(start: str, time_format: str) -> None:
    times = [datetime.fromisoformat(start) + timedelta(hours=hour) for hour in range(24 * 40)]

    assert parsed(*(time.strftime(time_format) for time in times)).tolist() == times


@pytest.mark.parametrize("seconds", [10, 60, 300, 600, 3600, 86_400])
def test_seconds_since_1970_are_no_digits_of_a_date(seconds: int) -> None:
    for rows in (1, 9):
        for begin in range(1_009_000_000, 1_900_000_000, 5_001_000):
            counts = [begin + seconds * step for step in range(rows)]
            assert parsed(*map(str, counts)).astype(np.int64).tolist() == counts
