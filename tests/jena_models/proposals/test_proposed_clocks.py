"""The clock and the dates of a proposed station file: told, shown by the values, or asked."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from roof_tables import PLACE, proposed, station_of, weather

from jena_models.errors import SettingsError, SourceUnreadableError
from jena_models.reading.reading import read


def test_the_clock_is_asked_with_what_the_warmest_hour_tells(tmp_path: Path) -> None:
    path = tmp_path / "roof.csv"
    weather().to_csv(path, index=False)

    [clock] = [q for q in proposed(path, latitude="40.8", longitude="-96.7").questions if q.key == "clock"]

    assert "warmest about 21:" in clock.evidence
    assert clock.proposed == "UTC+00:00"


@pytest.mark.parametrize(
    ("clock", "longitude", "stamps", "is_doubted"),
    [
        ("UTC", "-96.7", "time", False),
        ("America/Chicago", "-96.7", "time", True),
        ("UTC", "96.7", "time", True),
        ("America/Chicago", "-96.7", "with offset", False),
        ("UTC-02:00", "-96.7", "time", False),
    ],
)
def test_a_clock_by_which_it_is_warmest_at_night_is_doubted(
    clock: str, longitude: str, stamps: str, is_doubted: bool, tmp_path: Path
) -> None:
    table, path = weather(), tmp_path / "roof.csv"
    table["time"] = table["time"].astype(str) + ("Z" if stamps == "with offset" else "")
    table.to_csv(path, index=False)

    remarks = proposed(path, clock=clock, longitude=longitude).remarks

    assert any("is warmest about" in each for each in remarks) == is_doubted


def test_a_date_that_may_begin_with_its_year_is_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "roof.csv"
    weather(1).assign(time=lambda table: table["time"].dt.strftime("%y-%m-%d %H:%M")).to_csv(path, index=False)

    [question] = proposed(path, unit__T="degC", **PLACE).questions
    answered = proposed(path, unit__T="degC", time_format="%y-%m-%d %H:%M", **PLACE)

    assert question.key == "time_format"
    assert "%y-%m-%d %H:%M, %d-%m-%y %H:%M or %m-%d-%y %H:%M" in question.question
    assert (answered.questions, answered.first) == ((), datetime(2021, 4, 1))


@pytest.mark.parametrize(
    "header",
    ["DateUTC", "dateutc", "time_utc", "datetime_utc", "TimestampUTC", "Time (UTC)", "UTCDateTime", "time GMT"],
)
def test_a_column_of_times_that_names_utc_is_in_it(tmp_path: Path, header: str) -> None:
    path = tmp_path / "roof.csv"
    table = weather().rename(columns={"time": header})
    table.insert(0, "Date", table[header] + pd.Timedelta(hours=2))
    table.to_csv(path, index=False)
    place = {key: value for key, value in PLACE.items() if key != "clock"}

    proposal = proposed(path, unit__T="degC", time=header, **place)

    assert (proposal.questions, proposal.station["clock"]) == ((), "UTC")


def test_an_answer_that_the_column_of_times_contradicts_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "roof.csv"
    weather().assign(DateUTC=lambda table: table["time"]).rename(columns={"time": "Date"}).to_csv(path, index=False)
    told = {"latitude": "50", "longitude": "10", "unit__T": "degC", "clock": "UTC+02:00"}

    with pytest.raises(SettingsError, match=r"is UTC\+02:00, but the times are those of 'DateUTC', which says UTC"):
        proposed(path, **told)
    assert proposed(path, **told, time="Date").station["clock"] == "UTC+02:00"


def test_a_buoy_tells_months_and_minutes_by_the_same_letters(tmp_path: Path) -> None:
    path, hours = tmp_path / "buoy.txt", pd.date_range("2023-01-01 00:50", periods=240, freq="h")
    head = "#YY  MM DD hh mm WDIR WSPD   PRES  ATMP\n#yr  mo dy hr mn degT m/s     hPa  degC\n"
    rows = (f"{time:%Y %m %d %H %M}  200  {5 + time.hour % 7}.1 1012.3 {time.hour % 9}.2\n" for time in hours)
    path.write_text(head + "".join(rows))

    station = station_of(proposed(path, **PLACE | {"clock": "UTC"}), tmp_path / "buoy.yaml")

    assert station.target == "T (degC)"
    assert read(path, station).table.index.tolist() == hours.tolist()


def in_zones(folder: Path, zone: str, first: str, names: str = "time,Temperature,Humidity") -> Path:
    """Write 360 days of hourly weather, with the letters of their zone behind the times that its clock shows."""
    table = weather(360)
    local = (table["time"] + (pd.Timestamp(first) - table["time"].iloc[0])).dt.tz_localize("UTC").dt.tz_convert(zone)
    path = folder / "roof.csv"
    table.assign(time=local.dt.strftime("%m/%d/%Y %H:%M %Z")).to_csv(path, index=False, header=names.split(","))
    return path


@pytest.mark.parametrize("first", ["2021-01-10", "2021-07-01"])
@pytest.mark.parametrize("name", ["time", "observed"])
def test_american_letters_behind_times_tell_the_clock(tmp_path: Path, first: str, name: str) -> None:
    path = in_zones(tmp_path, "America/Chicago", first, f"{name},Temperature,Humidity")

    proposal = proposed(path, unit__T="degC", latitude="40.8", longitude="-96.7")
    raw = read(path, station_of(proposal, tmp_path / "roof.yaml"))

    assert (proposal.questions, proposal.station["clock"]) == ((), "UTC-06:00")
    assert raw.table.index.tolist() == pd.date_range(first, periods=360 * 24, freq="h").tolist()
    assert any("read in the zones that stand behind them" in note for note in raw.notes)


def test_letters_behind_times_wait_for_the_longitude_and_for_a_clock_that_is_named(tmp_path: Path) -> None:
    path = in_zones(tmp_path, "America/Chicago", "2021-01-10")

    unplaced = proposed(path, unit__T="degC")
    named = proposed(path, unit__T="degC", **PLACE)

    assert [question.key for question in unplaced.questions] == ["latitude", "longitude", "clock"]
    assert named.station["clock"] == "America/Chicago"


@pytest.mark.parametrize(("longitude", "proposed_clock"), [("-119.8", "UTC-08:00"), ("120.9", "")])
def test_letters_in_a_header_are_proposed_and_asked_about(tmp_path: Path, longitude: str, proposed_clock: str) -> None:
    path = tmp_path / "roof.csv"
    weather().rename(columns={"time": "Time (PST)"}).to_csv(path, index=False)

    [clock] = proposed(path, unit__T="degC", latitude="36.3", longitude=longitude).questions

    assert clock.key == "clock"
    assert ("'Time (PST)' says PST" in clock.evidence) == bool(proposed_clock)
    assert proposed_clock in {"", clock.proposed}


def test_letters_that_are_another_zone_where_the_station_stands_are_refused(tmp_path: Path) -> None:
    path = in_zones(tmp_path, "Asia/Shanghai", "2021-01-10")  # CST there too

    with pytest.raises(SourceUnreadableError, match=r"unreadable time stamps, the first in line 2: '.* CST'"):
        proposed(path, unit__T="degC", latitude="31", longitude="121.5")
    told = {"latitude": "31", "longitude": "121.5", "clock": "Asia/Shanghai"}
    assert proposed(path, unit__T="degC", time_format="%m/%d/%Y %H:%M CST", **told).questions == ()
