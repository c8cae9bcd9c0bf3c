"""Zones in letters beside the times: each row is read in its own, through both changes of the clock."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from jena_models.errors import SourceUnreadableError
from jena_models.reading.reading import read
from jena_models.reading.times.named_clocks import ahead_of_utc, zones_at
from jena_models.stations import StationSchema
from jena_models.stations.raw_readings import RawReadings

YEAR = pd.date_range("2021-01-01", "2021-12-31 23:00", freq="h", tz="UTC")
DENVER, JENA = -104.99, 11.6


def at(jena: StationSchema, clock: str, longitude: float) -> StationSchema:
    return jena.model_copy(update={"clock": clock, "longitude": longitude, "time_columns": ()})


def read_in(station: StationSchema, folder: Path, zone: str, letters: Sequence[str] | None = None) -> RawReadings:
    """Read a year of hourly rows that show a zone's clock, with its letters beside."""
    local = YEAR.tz_convert(zone)
    told = list(local.strftime("%Z")) if letters is None else letters
    rows = [f"{t:%Y-%m-%d %H:%M},{z},{n % 20},990,70\n" for n, (t, z) in enumerate(zip(local, told, strict=True))]
    (folder / "year.csv").write_text("datetime,tz_cd,T (degC),p (mbar),rh (%)\n" + "".join(rows))
    return read(folder / "year.csv", station)


@pytest.mark.parametrize("clock", ["UTC-07:00", "America/Denver", "UTC", "America/Chicago"])
def test_american_letters_go_before_the_stations_clock(jena: StationSchema, tmp_path: Path, clock: str) -> None:
    raw = read_in(at(jena, clock, DENVER), tmp_path, "America/Denver")

    assert (raw.table.index == YEAR.tz_localize(None)).all()
    assert any("in the zone that 'tz_cd' tells of each row" in note for note in raw.notes)


def test_european_letters_are_one_zones_everywhere(jena: StationSchema, tmp_path: Path) -> None:
    raw = read_in(at(jena, "UTC+01:00", JENA), tmp_path, "Europe/Berlin")

    assert (raw.table.index == YEAR.tz_localize(None)).all()


def test_letters_that_are_several_zones_where_the_station_stands_say_nothing(
    jena: StationSchema, tmp_path: Path
) -> None:
    raw = read_in(at(jena, "Asia/Shanghai", 121.5), tmp_path, "Asia/Shanghai")  # CST there too

    assert (raw.table.index == YEAR.tz_localize(None)).all()


def test_a_row_without_a_zone_is_refused(jena: StationSchema, tmp_path: Path) -> None:
    letters = ["MST"] * (len(YEAR) - 1) + [""]

    with pytest.raises(SourceUnreadableError, match=r"names the zone '' beside the time in row 8760"):
        read_in(at(jena, "UTC-07:00", DENVER), tmp_path, "Etc/GMT+7", letters)


def test_letters_behind_a_clock_beside_its_date_are_read_and_one_without_is_refused(
    jena: StationSchema, tmp_path: Path
) -> None:
    station = at(jena, "UTC", DENVER)
    local = YEAR.tz_convert("America/Denver")
    rows = [f"{t:%Y-%m-%d},{t:%H:%M} {t:%Z},{n % 20},990,70\n" for n, t in enumerate(local)]
    head, path = "date,time,T (degC),p (mbar),rh (%)\n", tmp_path / "year.csv"
    path.write_text(head + "".join(rows))

    raw = read(path, station)

    assert (raw.table.index == YEAR.tz_localize(None)).all()
    path.write_text(head + "".join(rows).replace("12:00 MDT", "12:00"))
    with pytest.raises(SourceUnreadableError, match=r"names the zone '' beside the time in row \d+"):
        read(path, station)


def test_letters_behind_an_offset_say_no_more_than_it(jena: StationSchema, tmp_path: Path) -> None:
    local, path = YEAR.tz_convert("America/Denver"), tmp_path / "year.csv"
    rows = [f"{t:%Y-%m-%d %H:%M:%S %z %Z},{n % 20},990,70\n" for n, t in enumerate(local)]  # as Go writes times
    path.write_text("time,T (degC),p (mbar),rh (%)\n" + "".join(rows))

    assert (read(path, at(jena, "UTC", DENVER)).table.index == YEAR.tz_localize(None)).all()


@pytest.mark.parametrize(("longitude", "american"), [(-104.99, True), (255.01, True), (11.6, False), (151.2, False)])
def test_the_longitude_tells_whose_letters_they_are(longitude: float, american: bool) -> None:
    zones = zones_at(longitude)

    assert ("EST" in zones) == american
    assert zones["CEST"] == 2
    assert set(ahead_of_utc(pa.chunked_array([["CEST", " UTC"]]), zones, "").astype(int)) == {7200, 0}
