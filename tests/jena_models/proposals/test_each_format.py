"""Real files of other publishers: a station file that is proposed, with a few answers, reads each one right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from proposed_stations import station_of

from jena_models.proposals import Proposal, propose
from jena_models.proposals.opened_source import open_source, source_name
from jena_models.reading.reading import read
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.schema import StationSchema

ATLANTA = {"latitude": "33.6", "longitude": "-84.4"}


@dataclass(frozen=True)
class Expected:
    """What is right of a file."""

    format: str
    answers: Mapping[str, str]
    """To all that the file does not tell."""
    asked: frozenset[str]
    """What must be asked, whatever else is."""
    rows: int
    first: str
    """The first time in UTC, in the order of time."""
    values: Mapping[str, float] = field(default_factory=dict)
    """Of the first row of the file."""


FILES = {
    "year_month_day_hour_columns.csv": Expected(
        "prsa",
        {"latitude": "39.98", "longitude": "116.4"},
        frozenset({"latitude", "longitude"}),
        9_000,
        "2013-02-28 16:00:00",
        {"T (degC)": -0.7, "p (mbar)": 1023.0, "wd (deg)": 337.5},
    ),
    "semicolons_decimal_commas.csv": Expected(
        "",
        {"clock": "UTC+01:00", "latitude": "45", "longitude": "9", "unit:T": "degC"},
        frozenset({"clock", "unit:T"}),
        3_000,
        "2004-03-10 17:00:00",
        {"T (degC)": 13.6, "rh (%)": 48.9},
    ),
    "epoch_fahrenheit_inhg_newest_first.csv": Expected(
        "",
        {
            **{"clock": "Pacific/Honolulu", "latitude": "19.6", "longitude": "-155.5"},
            **{"unit:T": "degF", "unit:p": "inHg", "unit:wv": "mph"},
        },
        frozenset({"unit:T", "unit:p", "unit:wv", "clock"}),
        5_998,
        "2016-09-06 14:05:00",
        {"T (degC)": 8.89, "p (mbar)": 1031.5, "wv (m/s)": 2.51},
    ),
    "open_meteo_with_metadata.csv": Expected(
        "open-meteo", {}, frozenset(), 9_001, "2020-01-01 00:00:00", {"T (degC)": 0.2, "wv (m/s)": 1.88}
    ),
    "tmy3_two_headers.csv": Expected(
        "tmy3", {}, frozenset(), 2_000, "1988-01-01 06:00:00", {"T (degC)": 10.0, "p (mbar)": 993.0}
    ),
    "noaa_lcd_metar.csv": Expected(
        "noaa-lcd",
        {"clock": "UTC-05:00", **ATLANTA},
        frozenset({"clock", "latitude"}),
        1_265,
        "2020-01-01 05:52:00",
        {"T (degC)": 4.44, "rh (%)": 65.0, "p (mbar)": 979.7},
    ),
    "surfrad_fixed_width_1min.dat": Expected(
        "surfrad", {}, frozenset(), 1_440, "2016-01-01 00:00:00", {"T (degC)": -7.6, "p (mbar)": 773.5, "rh (%)": 52.7}
    ),
    "campbell_toa5.dat": Expected(
        "campbell-toa5",
        {"clock": "UTC-05:00", **ATLANTA},
        frozenset({"clock"}),
        57,
        "2014-04-11 05:00:00",
        {"T (degC)": 17.0, "p (mbar)": 973.25, "rh (%)": 81.4},
    ),
    "wunderground_cr_line_ends.csv": Expected(
        "wunderground",
        {"clock": "America/New_York", **ATLANTA},
        frozenset({"clock"}),
        3_999,
        "2016-01-01 05:51:00",
        {"T (degC)": 5.6, "p (mbar)": 1017.9, "wv (m/s)": 2.06},
    ),
    "meteostat_daily.csv": Expected(
        "meteostat", ATLANTA, frozenset({"latitude"}), 1_096, "2023-08-22 00:00:00", {"T (degC)": 34.4}
    ),
    "etth1_no_weather_columns.csv": Expected(
        "",
        {"clock": "UTC+08:00", "latitude": "30", "longitude": "120", "target": "OT"},
        frozenset({"target", "clock"}),
        4_000,
        "2016-06-30 16:00:00",
        {"OT": 30.531},
    ),
    "weewx_archive.sdb": Expected(
        "weewx", ATLANTA, frozenset({"latitude"}), 5_839, "2015-06-19 13:55:00", {"T (degC)": 0.337, "rh (%)": 80.0}
    ),
    "dwd_hourly_temperature.zip": Expected(
        "dwd",
        {"latitude": "49.9", "longitude": "11.6"},
        frozenset({"latitude"}),
        10,
        "2018-09-15 00:00:00",
        {"T (degC)": 13.7, "rh (%)": 96.0},
    ),
}


def proposed(path: Path, answers: Mapping[str, str]) -> Proposal:
    return propose(open_source(str(path)), source_name(str(path)), answers)


def test_every_file_is_known_here(shared_data: Path) -> None:
    assert {path.name for path in (shared_data / "formats").iterdir()} - {"README.md"} == FILES.keys()


@pytest.mark.parametrize("name", FILES)
def test_what_a_file_does_not_tell_is_asked(name: str, shared_data: Path) -> None:
    proposal = proposed(shared_data / "formats" / name, {})

    assert proposal.format == FILES[name].format
    assert FILES[name].asked <= {question.key for question in proposal.questions}
    assert not {question.key for question in proposal.questions} - FILES[name].answers.keys()


@pytest.mark.parametrize("name", FILES)
def test_with_its_answers_a_file_is_read_right(name: str, shared_data: Path) -> None:
    path, expected = shared_data / "formats" / name, FILES[name]
    proposal = proposed(path, expected.answers)
    assert proposal.questions == ()

    station = station_of(proposal)
    raw = read(path, station)
    readings, report = clean(raw, station)

    assert (len(readings), str(readings.index[0])) == (expected.rows, expected.first)
    assert report.differing_repeats <= 0.01 * report.rows_read
    for column, value in expected.values.items():
        assert raw.table[column].iloc[0] == pytest.approx(value, abs=0.06), column


def test_newest_first_is_put_in_order_and_epochs_are_in_utc(shared_data: Path) -> None:
    path = shared_data / "formats" / "epoch_fahrenheit_inhg_newest_first.csv"
    proposal = proposed(path, FILES[path.name].answers)

    raw = read(path, StationSchema.model_validate(proposal.station))

    assert str(raw.table.index[0]) == "2016-09-30 09:55:26"


def test_two_hundred_below_is_found_to_stand_for_nothing(shared_data: Path) -> None:
    path = shared_data / "formats" / "semicolons_decimal_commas.csv"

    assert -200.0 in proposed(path, FILES[path.name].answers).station["sentinels"]


def test_mixed_years_are_said(shared_data: Path) -> None:
    remarks = proposed(shared_data / "formats" / "tmy3_two_headers.csv", {}).remarks

    assert any("of another year" in remark for remark in remarks)


def test_minutes_become_hours_where_they_are_asked_for(shared_data: Path) -> None:
    path = shared_data / "formats" / "surfrad_fixed_width_1min.dat"
    station = StationSchema.model_validate(proposed(path, {"resample_minutes": "60"}).station)

    readings, report = clean(read(path, station), station)

    assert report.cadence_minutes == 60
    assert len(readings) == 24  # the first minute ends the hour before it, the last hour lacks its last minute
    hour = read(path, station).table["T (degC)"].iloc[1:61]
    assert readings["T (degC)"].iloc[1] == pytest.approx(hour.mean())
