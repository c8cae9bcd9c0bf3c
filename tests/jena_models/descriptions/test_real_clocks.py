"""Every real file with radiation, as it is and with a clock or a longitude that is wrong."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from proposed_stations import station_of

from jena_models.descriptions.clock_by_sun import clock_by_sun
from jena_models.proposals import propose
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import read
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.schema import StationSchema

ROOF = {"latitude": "50.91", "longitude": "11.569", "clock": "UTC+01:00"}
HAWAII = {"latitude": "19.6", "longitude": "-155.49", "clock": "UTC-10:00"}
FILES = {
    "mpi_roof_2017b.zip": ROOF,
    "jena_10min_2020.csv.zip": ROOF,
    "formats/epoch_fahrenheit_inhg_newest_first.csv": HAWAII | {"unit:p": "inHg", "unit:T": "degF", "unit:wv": "mph"},
    "formats/open_meteo_with_metadata.csv": {},
    "formats/tmy3_two_headers.csv": {},
}
OF_THE_HOUR_BEFORE = ("formats/open_meteo_with_metadata.csv", "formats/tmy3_two_headers.csv")
"""Hourly means that are stamped at their end: an hour earlier they are means that are stamped at their start."""

Record = tuple[pd.DataFrame, StationSchema, float]

pytestmark = pytest.mark.slow


@cache
def record(path: Path) -> Record:
    """What the station file that `jena station new` writes makes of a file."""
    answers = next(answers for name, answers in FILES.items() if str(path).endswith(name))
    station = station_of(propose(open_source(str(path)), path.stem, answers))
    readings, report = clean(read(path, station), station)
    return readings, station, report.cadence_minutes


def cause(path: Path, hours: float = 0.0, *, mirrored: bool = False) -> str:
    readings, station, cadence = record(path)
    if mirrored:
        station = station.model_copy(update={"longitude": -station.longitude})
    moved = readings.set_axis(readings.index + pd.Timedelta(hours=hours))
    told = clock_by_sun(moved, station, cadence)
    assert told is not None
    return told.cause


@pytest.mark.parametrize("name", FILES)
def test_a_right_clock_is_right(shared_data: Path, name: str) -> None:
    assert cause(shared_data / name) == ""


@pytest.mark.parametrize("hours", [-12, -2, -1, 1, 2, 12])
@pytest.mark.parametrize("name", FILES)
def test_a_clock_that_is_hours_off_is_told(shared_data: Path, name: str, hours: int) -> None:
    told = cause(shared_data / name, hours)

    if name in OF_THE_HOUR_BEFORE and hours == -1:
        assert told == ""
    elif abs(hours) == 12:
        assert told == "it fits AM and PM that were exchanged or left out"
    else:
        assert told.startswith("it fits ")
        zone = record(shared_data / name)[1].local.standard_hours + hours
        assert f"'clock: UTC{f'{zone:+03.0f}:00' if zone else ''}'" in told


@pytest.mark.parametrize("name", FILES)
def test_a_longitude_without_its_sign_is_told(shared_data: Path, name: str) -> None:
    station = record(shared_data / name)[1]

    assert f"'longitude: {station.longitude:g}'" in cause(shared_data / name, mirrored=True)


@pytest.mark.parametrize("days", [7, 30])
@pytest.mark.parametrize("name", FILES)
def test_no_part_of_a_record_is_told_to_be_wrong(shared_data: Path, name: str, days: int) -> None:
    readings, station, cadence = record(shared_data / name)

    begins = pd.date_range(readings.index[0], readings.index[-1] - pd.Timedelta(days=days), freq="4D")
    parts = [readings[begin : begin + pd.Timedelta(days=days)] for begin in begins]
    told = [clock_by_sun(part, station, cadence) for part in parts if len(part)]

    assert not any(part.cause for part in told if part)
