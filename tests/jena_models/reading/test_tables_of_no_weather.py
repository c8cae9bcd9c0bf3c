"""Tables of power, its prices and the air's quality, as their publishers lay them out: each value at its time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jena_models.errors import SourceUnreadableError
from jena_models.proposals import propose
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import read
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.raw_readings import RawReadings
from jena_models.stations.schema import StationSchema

HOUR = pd.Timedelta(hours=1)
PLACE = {"latitude": "50", "longitude": "10"}

Line = Callable[[int, pd.Timestamp], str]


def hours(zone: str, days: int = 50) -> pd.DatetimeIndex:
    """Give the hours about the day on which the clock is put back."""
    return pd.date_range("2021-10-01", periods=24 * days, freq="h", tz=zone)


def loads(times: pd.DatetimeIndex) -> np.ndarray:
    rng = np.random.default_rng(5)
    return 5000 + np.round(900 * np.sin(times.hour.to_numpy() / 24 * 2 * np.pi) + rng.normal(0, 20, len(times)))


def lines(path: Path, head: str, times: pd.DatetimeIndex, line: Line) -> Path:
    path.write_text("\n".join([head, *map(line, range(len(times)), times), ""]), encoding="utf-8")
    return path


def read_raw(path: Path, **answers: str) -> tuple[RawReadings, StationSchema]:
    given = {key.replace("__", ":"): value for key, value in answers.items()}
    proposal = propose(open_source(str(path)), "station", PLACE | given)
    assert proposal.questions == ()
    schema = StationSchema.model_validate(proposal.station)
    return read(path, schema), schema


def assert_read(path: Path, column: str, values: np.ndarray, times: pd.DatetimeIndex, **answers: str) -> None:
    readings = clean(*read_raw(path, target=column, **answers))[0]
    assert list(readings.index) == list(times.tz_convert(None))
    np.testing.assert_allclose(readings[column], values)


@pytest.mark.parametrize("space", [" ", "\u00a0"])
def test_nord_pools_hours_from_when_to_when_are_times(tmp_path: Path, space: str) -> None:
    times = hours("Europe/Oslo")
    load = loads(times)

    def line(i: int, time: pd.Timestamp) -> str:
        return f"{time:%d-%m-%Y};{time.hour:02}{space}-{space}{(time.hour + 1) % 24:02};{load[i] / 100:.2f}"

    path = lines(tmp_path / "a.csv", ";Hours;SYS", times, lambda i, time: line(i, time).replace(".", ","))

    assert_read(path, "SYS", load / 100, times + HOUR, clock="Europe/Oslo")


def test_the_hour_that_comes_twice_is_told_apart_in_new_yorks_zones_that_take_turns(tmp_path: Path) -> None:
    times = pd.date_range("2021-10-25", periods=288 * 20, freq="5min", tz="America/New_York")
    load = loads(times)

    def line(i: int, time: pd.Timestamp) -> str:
        return "\n".join(f'"{time:%m/%d/%Y %H:%M:%S}","{time:%Z}","{name}",{load[i]}' for name in ("CAPITL", "WEST"))

    path = lines(tmp_path / "a.csv", '"Time Stamp","Time Zone","Name","Load"', times, line)

    assert_read(path, "Load", load, times, clock="America/New_York", select__Name="WEST")


def test_a_datum_that_is_no_date_is_passed_over_for_the_date_and_the_clock_in_utc(tmp_path: Path) -> None:
    times = hours("America/Chicago")
    load = loads(times)
    head = "State,County,Site,Code,POC,Latitude,Datum,Date Local,Time Local,Date GMT,Time GMT,Sample Measurement"

    def line(i: int, time: pd.Timestamp) -> str:
        utc = time.tz_convert("UTC")
        return f"1,73,23,88101,3,33.55,WGS84,{time:%F},{time:%R},{utc:%F},{utc:%R},{load[i]}"

    path = lines(tmp_path / "a.csv", head, times, line)

    assert_read(path, "Sample Measurement", load, times)
    assert_read(path, "Sample Measurement", load, times, time="Date Local,Time Local", clock="America/Chicago")


@pytest.mark.parametrize("way", ["%H:%M", "%H:%M:%S", "%H", "%H%M", "%I:%M %p", "%I:%M%p"])
@pytest.mark.parametrize("newest_first", [False, True])
def test_a_midnight_that_stands_last_of_its_day_is_the_days_end(tmp_path: Path, way: str, newest_first: bool) -> None:
    times = hours("Europe/Berlin")
    load = loads(times)
    rows = [f"{time:%d.%m.%Y};{time + HOUR:{way}};{load[i]:.0f}" for i, time in enumerate(times)]

    path = tmp_path / "a.csv"
    path.write_text("\n".join(["Datum;Ende;Netzlast [MWh]", *(rows[::-1] if newest_first else rows), ""]))

    assert_read(path, "Netzlast [MWh]", load, times + HOUR, time="Datum,Ende", clock="Europe/Berlin")


@pytest.mark.parametrize("step", [1, 12])
@pytest.mark.parametrize("newest_first", [False, True])
def test_a_midnight_that_stands_first_of_its_day_is_the_days_beginning(
    tmp_path: Path, step: int, newest_first: bool
) -> None:
    times = hours("UTC")[::step][:24]
    load = loads(times)
    rows = [f"{time:%d.%m.%Y};{time:%H:%M};{load[i]:.0f}" for i, time in enumerate(times)]

    path = tmp_path / "a.csv"
    path.write_text("\n".join(["Datum;Zeit;Netzlast [MWh]", *(rows[::-1] if newest_first else rows), ""]))

    assert_read(path, "Netzlast [MWh]", load, times, clock="UTC")


@pytest.mark.parametrize("head", ["Datum;Anfang;Ende;Netzlast [MWh]", "DATE;START TIME;END TIME;Netzlast [MWh]"])
def test_of_a_beginning_and_an_end_beside_a_date_the_beginning_is_taken_and_told(tmp_path: Path, head: str) -> None:
    times = hours("Europe/Berlin")
    load = loads(times)

    def line(i: int, time: pd.Timestamp) -> str:
        return f"{time:%d.%m.%Y};{time:%H:%M};{time + HOUR:%H:%M};{load[i]:.0f}"

    path = lines(tmp_path / "a.csv", head, times, line)
    date, begin, end, target = head.split(";")
    answers = PLACE | {"clock": "Europe/Berlin", "target": target}

    remark = next(each for each in propose(open_source(str(path)), "a", answers).remarks if "beginning" in each)

    assert f"beginning, in '{begin}'" in remark
    assert f"--answer 'time={date},{end}' takes the ends" in remark
    assert_read(path, target, load, times, clock="Europe/Berlin")
    assert_read(path, target, load, times + HOUR, clock="Europe/Berlin", time=f"{date},{end}")


@pytest.mark.parametrize(("unit", "is_told"), [(1, True), (10, False)])
def test_points_that_may_stand_between_thousands_in_every_number_are_told(
    tmp_path: Path, unit: int, is_told: bool
) -> None:
    times = hours("UTC")
    load = loads(times) / 1000 * unit  # 5.080 may be 5080; 50.08 is as it stands

    def line(i: int, time: pd.Timestamp) -> str:
        return f"{time:%d.%m.%Y};{time:%H:%M};{load[i]:.{3 if unit == 1 else 2}f}"

    raw, _ = read_raw(lines(tmp_path / "a.csv", "Datum;Anfang;Netzlast [MWh]", times, line), clock="UTC")

    np.testing.assert_allclose(raw.table["Netzlast [MWh]"], load, atol=0.01)
    assert any("three digits behind it" in note and "thousands" in note for note in raw.notes) == is_told


@pytest.mark.parametrize("way", ["{:02}:00", "{}"])
@pytest.mark.parametrize("start", ["2021-03-01", "2021-10-15"])
def test_hours_from_1_to_24_begin_by_the_clock_where_it_is_changed(tmp_path: Path, way: str, start: str) -> None:
    """As ERCOT and Spanish meters count: where the clock is put forward there is an hour 2 and no hour 3."""
    times = pd.date_range(start, periods=24 * 40, freq="h", tz="America/Chicago")
    load = loads(times)

    path = lines(
        tmp_path / "a.csv",
        "DeliveryDate,HourEnding,Load",
        times,
        lambda i, time: f"{time:%m/%d/%Y},{way.format(time.hour + 1)},{load[i]:.0f}",
    )

    assert_read(path, "Load", load, times + HOUR, clock="America/Chicago")


def test_hours_of_standard_time_from_1_to_24_are_refused_for_a_clock_that_is_changed(tmp_path: Path) -> None:
    times = pd.date_range("2021-03-01", periods=24 * 40, freq="h", tz="UTC")
    path = lines(tmp_path / "a.csv", "Date,Hour,Load", times, lambda i, time: f"{time:%F},{time.hour + 1},{i % 24}")

    with pytest.raises(SourceUnreadableError, match=r"never shows 2021-03-14 02:00.*UTC-06:00"):
        read_raw(path, clock="America/Chicago")


def counted(times: pd.DatetimeIndex) -> list[int]:
    """Give the numbers of times through each day by a clock."""
    return (times.to_series().groupby(times.date).cumcount() + 1).tolist()


@pytest.mark.parametrize("start", ["2021-03-01", "2021-10-01"])
@pytest.mark.parametrize(
    ("minutes", "head"), [(60, "fecha;hora;price"), (30, "SETTLEMENT_DATE;SETTLEMENT_PERIOD;price")]
)
def test_periods_that_are_counted_through_each_day_are_read_where_the_clock_is_changed(
    tmp_path: Path, start: str, minutes: int, head: str
) -> None:
    times = pd.date_range(start, periods=50 * 1440 // minutes, freq=f"{minutes}min", tz="Europe/Madrid")
    values, number = loads(times), counted(times)

    path = lines(tmp_path / "a.csv", head, times, lambda i, time: f"{time:%d/%m/%Y};{number[i]};{values[i]:.0f}")

    assert_read(path, "price", values, times + pd.Timedelta(minutes=minutes), clock="Europe/Madrid")


def test_a_count_beyond_the_clocks_day_asks_for_the_clock_and_is_refused_for_another(tmp_path: Path) -> None:
    times = hours("Europe/Madrid")
    number = counted(times)
    path = lines(tmp_path / "a.csv", "fecha;hora;price", times, lambda i, time: f"{time:%d/%m/%Y};{number[i]};{i % 24}")

    assert [question.key for question in propose(open_source(str(path)), "a", PLACE).questions] == ["clock"]
    with pytest.raises(SourceUnreadableError, match=r"25 periods of 60 minutes on 2021-10-31, which has 24 by.*UTC"):
        read_raw(path, clock="UTC")


def test_of_a_beginning_and_an_end_that_are_whole_times_the_beginning_is_taken_and_told(tmp_path: Path) -> None:
    times = hours("Europe/Berlin")
    values = loads(times)

    path = lines(
        tmp_path / "a.csv",
        "Datum von;Datum bis;Netzlast [MWh]",
        times,
        lambda i, time: f"{time:%d.%m.%Y %H:%M};{time + HOUR:%d.%m.%Y %H:%M};{values[i]:.0f}",
    )

    assert_read(path, "Netzlast [MWh]", values, times, clock="Europe/Berlin")
    told = propose(open_source(str(path)), "a", PLACE | {"clock": "Europe/Berlin"}).remarks
    assert any("--answer 'time=Datum bis' takes the ends" in remark for remark in told)


@pytest.mark.parametrize("told", ["Delivery Start (UTC);Delivery End (UTC);Start (CET);End (CET)", "a;until UTC;b;c"])
def test_the_end_of_rows_is_not_taken_for_a_clock_of_their_beginnings(tmp_path: Path, told: str) -> None:
    times = hours("Europe/Berlin")
    values = loads(times)

    def line(i: int, time: pd.Timestamp) -> str:
        both = [each.tz_convert(zone) for zone in ("UTC", "Europe/Berlin") for each in (time, time + HOUR)]
        return ";".join([*(f"{each:%d.%m.%Y %H:%M}" for each in both), f"{values[i]:.0f}"])

    path = lines(tmp_path / "a.csv", f"{told};price", times, line)

    if "Delivery" in told:
        assert_read(path, "price", values, times)
        return
    with pytest.raises(SourceUnreadableError, match="no column of time stamps that is certain"):
        read_raw(path)


def test_settlement_periods_give_way_to_whole_times_and_are_found_by_a_date_of_digits(tmp_path: Path) -> None:
    times = pd.date_range("2021-10-01", periods=48 * 40, freq="30min", tz="Europe/London")
    values, number = loads(times), counted(times)
    half = pd.Timedelta("30min")

    def line(way: str) -> Line:
        return lambda i, time: f"{time.tz_convert('UTC'):{way}},{time:%Y%m%d},{number[i]},{values[i]:.0f}"

    whole = lines(tmp_path / "a.csv", "StartTime,SettlementDate,SettlementPeriod,price", times, line("%FT%TZ"))
    assert_read(whole, "price", values, times, clock="Europe/London")
    none = lines(tmp_path / "b.csv", "said,settlementDate,settlementPeriod,price", times, line("so"))
    assert_read(none, "price", values, times + half, clock="Europe/London")


def test_where_a_clock_is_put_back_a_date_may_stand_on_the_first_row_of_its_day_alone(tmp_path: Path) -> None:
    times = hours("Europe/Berlin")
    values = loads(times)
    path = lines(
        tmp_path / "a.csv",
        "Datum;Uhrzeit;price",
        times,
        lambda i, time: f"{time:%d.%m.%Y}" * (time.hour == 0) + f";{time:%H:%M};{values[i]:.0f}",
    )

    assert_read(path, "price", values, times, clock="Europe/Berlin")


@pytest.mark.parametrize(("begin", "end"), [("2021-03-28 09:00", "2021-04-05"), ("2021-03-20", "2021-03-28 06:00")])
def test_hours_are_known_to_be_counted_where_the_day_of_the_change_is_not_whole(
    tmp_path: Path, begin: str, end: str
) -> None:
    whole = pd.date_range("2021-03-01", "2021-04-20", freq="h", tz="Europe/Madrid")
    number = pd.Series(counted(whole), whole)[begin:end]
    values = loads(number.index)
    path = lines(
        tmp_path / "a.csv",
        "fecha;hora;price",
        number.index,
        lambda i, time: f"{time:%d/%m/%Y};{number.iloc[i]};{values[i]:.0f}",
    )

    assert_read(path, "price", values, number.index + HOUR, clock="Europe/Madrid")
