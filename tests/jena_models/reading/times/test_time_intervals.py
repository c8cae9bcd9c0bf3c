from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_models.errors import SourceUnreadableError
from jena_models.reading.times.named_clocks import clock_in_names
from jena_models.reading.times.timestamps import times_of_texts
from jena_models.stations.clock import Clock, clock_named

HOUR = timedelta(hours=1)
BRUSSELS = "Europe/Brussels"


def parsed(texts: list[str], clock: Clock | None = None, formats: tuple[str, ...] = ()) -> list[datetime]:
    column = pa.chunked_array([pa.array(texts, pa.string())])
    return times_of_texts(column, formats, clock or clock_named("UTC"), "The file file.csv").tolist()


def hours_from(start: datetime, count: int) -> list[datetime]:
    return [start + number * HOUR for number in range(count)]


@pytest.mark.parametrize(
    ("way", "between"),
    [
        ("%d.%m.%Y %H:%M", " - "),
        ("%d/%m/%Y %H:%M:%S", " - "),
        ("%Y-%m-%d %H:%M", " – "),
        ("%Y-%m-%d %H:%M", " to "),
        ("%Y-%m-%dT%H:%M:%SZ", "/"),
        ("%Y-%m-%dT%H:%M:%S.0", "/"),
    ],
)
def test_of_two_stamps_the_end_counts(way: str, between: str) -> None:
    begun = hours_from(datetime(2019, 3, 14), 30)

    texts = [f"{each.strftime(way)}{between}{(each + HOUR).strftime(way)}" for each in begun]

    assert parsed(texts) == [each + HOUR for each in begun]


@given(st.datetimes(datetime(1980, 1, 1), datetime(2080, 1, 1)), st.integers(1, 24), st.sampled_from(["%H:%M", "%H"]))
def test_of_two_hours_behind_a_date_the_end_counts(start: datetime, length: int, way: str) -> None:
    begun = [start.replace(minute=0, second=0, microsecond=0) + number * length * HOUR for number in range(40)]
    texts = [f"{each:%Y-%m-%d} {each.strftime(way)}-{(each + length * HOUR).strftime(way)}" for each in begun]
    if len({each.hour for each in begun}) < 3:  # as many could be offsets
        return

    assert parsed(texts) == [each + length * HOUR for each in begun]


@given(st.integers(1, 12), st.integers(1, 6))
def test_an_offset_behind_a_time_is_one(behind: int, step: int) -> None:
    local = [datetime(2019, 3, 1) + number * step * HOUR for number in range(24)]

    assert parsed([f"{each:%Y-%m-%d %H:%M}-{behind:02}:00" for each in local]) == [
        each + behind * HOUR for each in local
    ]


@pytest.mark.parametrize("day", [datetime(2019, 3, 30), datetime(2019, 10, 26)])
def test_intervals_of_a_clock_that_is_changed_are_an_hour_each(day: datetime) -> None:
    zone = ZoneInfo(BRUSSELS)
    ends = [each + HOUR for each in hours_from(day, 48)]
    shown = [each.replace(tzinfo=UTC).astimezone(zone) for each in [ends[0] - HOUR, *ends]]

    texts = [f"{a:%d.%m.%Y %H:%M} - {b:%d.%m.%Y %H:%M}" for a, b in pairwise(shown)]

    assert parsed(texts, clock_named(BRUSSELS)) == ends


@pytest.mark.parametrize("day", [datetime(2024, 3, 30), datetime(2024, 10, 26)])
def test_a_zone_in_brackets_about_where_the_clock_is_changed_is_read(day: datetime) -> None:
    """As ENTSO-E's newer exports have it: the zone on the day that is changed, nothing on others."""
    zone = ZoneInfo(BRUSSELS)
    quarter = HOUR / 4
    begun = [day - HOUR + number * quarter for number in range(4 * 48)]
    changed = (day + 24 * HOUR).date()

    def shown(moment: datetime) -> str:
        local = moment.replace(tzinfo=UTC).astimezone(zone)
        return f"{local:%d/%m/%Y %H:%M}" + (f" ({local:%Z})" if local.date() == changed else "")

    texts = [f"{shown(each)} - {shown(each + quarter)}" for each in begun]

    assert parsed(texts, clock_named(BRUSSELS)) == [each + quarter for each in begun]


def test_a_format_that_is_named_is_that_of_each_stamp() -> None:
    texts = [f"0{day}/02/2019 00:00 - 0{day}/02/2019 01:00" for day in (1, 2, 3)]

    assert parsed(texts, formats=("%d/%m/%Y %H:%M",)) == [datetime(2019, 2, day, 1) for day in (1, 2, 3)]


def test_intervals_of_many_lengths_are_refused() -> None:
    texts = [f"2019-03-01 00:00 - 2019-03-{day:02} 00:00" for day in (2, 9, 20)]

    with pytest.raises(SourceUnreadableError, match="not all are as long"):
        parsed(texts)


@pytest.mark.parametrize(
    ("header", "clock"),
    [("MTU (CET/CEST)", BRUSSELS), ("Time (EET/EEST)", "Europe/Athens"), ("Zeit (MEZ/MESZ)", BRUSSELS), ("MTU", "")],
)
def test_zones_that_take_turns_are_the_clock_that_shows_them(header: str, clock: str) -> None:
    assert clock_in_names([header]) == clock
