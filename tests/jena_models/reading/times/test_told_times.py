"""Several columns that tell the time together: each way to write them is read as the time that was meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from jena_models.errors import SourceUnreadableError
from jena_models.reading.times.time_columns import time_columns
from jena_models.reading.times.told_times import times_of
from jena_models.stations import StationSchema

Told = Callable[[str, Sequence[str]], list[datetime]]


@pytest.fixture
def told(jena: StationSchema) -> Told:
    """What columns tell, found by their names and read back by the names that the station file keeps."""
    station = jena.model_copy(update={"clock": "UTC", "time_columns": ()})

    def times(header: str, rows: Sequence[str]) -> list[datetime]:
        names, values = header.split(";"), [row.split(";") for row in rows]
        columns = [pa.chunked_array([pa.array(each, pa.string())]) for each in zip(*values, strict=True)]
        found = time_columns(names, values, station)
        assert found is not None
        kept = station.model_copy(update={"time_columns": tuple(names[position] for position in found.positions)})
        assert time_columns(names, values, kept) == found
        return list(times_of(found, columns.__getitem__, station, "The file file.csv", 2).tolist())

    return times


def every(minutes: int) -> list[datetime]:
    return [datetime(2021, 3, 1) + timedelta(minutes=step) for step in range(0, 2 * 24 * 60, minutes)]


def parts_of_hours(time: datetime) -> str:
    return f"{time.hour + time.minute / 60:.2f}"


@pytest.mark.parametrize("minutes", [5, 10, 15, 20, 30, 60])
@pytest.mark.parametrize(
    "written",
    [
        parts_of_hours,
        lambda time: parts_of_hours(time).replace(".", ","),
        lambda time: f"{time:%H.%M}",
        lambda time: f"{float(f'{time:%H.%M}'):g}",
        lambda time: f"{time:%H:%M}",
    ],
)
def test_hours_with_points_hold_what_is_evenly_spaced(
    told: Told, minutes: int, written: Callable[[datetime], str]
) -> None:
    times = every(minutes)

    assert told("date;hour;T", [f"{time:%Y-%m-%d};{written(time)};1" for time in times]) == times
    assert told("year;month;day;time;T", [f"{time:%Y;%m;%d};{written(time)};1" for time in times]) == times


def test_hours_with_points_that_may_hold_minutes_or_parts_are_refused(told: Told) -> None:
    with pytest.raises(SourceUnreadableError, match=r"'0\.50' in which minutes and parts of an hour cannot be told"):
        told("date;hour;T", [f"2021-03-01;{hour}.50;1" for hour in range(24)])


@pytest.mark.parametrize(
    ("header", "written"),
    [
        ("date;hour;minute;T", "%Y-%m-%d;%H;%M;1"),
        ("T;Date;HH;MM", "1;%d.%m.%Y;%H;%M"),
        ("date;hr;min;sec;T", "%Y%m%d;%H;%M;%S;1"),
        ("timestamp;hour;minute;T", "%Y-%m-%d 00:00:00;%H;%M;1"),
        ("year;month;day;hour;minute;T", "%Y;%b;%d;%H;%M;1"),
        ("year;month;day;time;T", "%Y;%B;%d;%H:%M;1"),
        ("year;doy;hour;minute;second;T", "%Y;%j;%H;%M;%S;1"),
    ],
)
def test_parts_of_the_time_may_be_numbers_and_months_names(told: Told, header: str, written: str) -> None:
    times = every(30)

    assert told(header, [time.strftime(written) for time in times]) == times


def test_what_is_called_minute_and_holds_none_is_no_part_of_the_time(told: Told) -> None:
    times = every(60)

    assert told("date;hour;min;T", [f"{time:%Y-%m-%d;%H};-3.5;1" for time in times]) == times


@pytest.mark.parametrize("minutes", [5, 10, 30, 60])
def test_parts_of_days_and_hours_with_few_decimals_are_evenly_spaced(told: Told, minutes: int) -> None:
    times = every(minutes)

    days = [f"2021;{time.timetuple().tm_yday + (time.hour * 60 + time.minute) / 1440:.4f};1" for time in times]
    assert told("year;doy;T", days) == times
    assert told("year;month;day;hour;T", [f"{time:%Y;%m;%d};{parts_of_hours(time)};1" for time in times]) == times
