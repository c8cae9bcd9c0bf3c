"""Stations of one run that share sources: each is read once, and each station is told what it would be told alone."""

import os
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import pandas as pd
import pytest
from two_stations import START, weather, write_readings, write_station

from jena_models.options.production_options import Forecasting
from jena_models.settings import Settings
from jena_models.stations import load_station
from tasks.readings.locating import database_snapshots, fetched_files, locate, remembered_sources
from tasks.readings.locating.remembered_sources import once, read_since, sources_read_once
from tasks.readings.newest_readings import needed_days, recent_readings
from tasks.workspace import Source, file_key

HOURS = 24 * 60
NAMES = ("north", "south", "west", "east")
SETTINGS = Settings(history_hours=48, forecasting=Forecasting(days=10))
MOMENT = (START + pd.Timedelta(days=40)).to_pydatetime()


@pytest.fixture
def reads(monkeypatch):
    """What is read, in order."""
    read, told = remembered_sources.read, []

    def counted(path, *rest):
        told.append(path.stem)
        return read(path, *rest)

    monkeypatch.setattr(remembered_sources, "read", counted)
    return told


@pytest.fixture
def stations(home):
    """Four stations, each with all others for neighbours, one of which is late."""
    values = weather(HOURS)["west"]
    for late, name in enumerate(NAMES):
        write_readings(home, name, values + late)
        write_station(home, name)
    made = {}
    for name in NAMES:
        others = [
            {"station": f"{other}.yaml", "source": f"{other}.csv", "available_after": 5.0 * (other == "west")}
            for other in NAMES
            if other != name
        ]
        made[name] = load_station(str(write_station(home, name, neighbours=others)))
        write_station(home, name)
    return made


def newest(home, station, moment=MOMENT, source=None):
    needed = needed_days(station, SETTINGS, moment, asked=True)
    found = locate.fn(source or str(home / f"{station.name}.csv"), station, SETTINGS.ingestion, needed)
    told = recent_readings.fn(found, station, SETTINGS, moment, asked=True)
    return told.source.key, pd.read_parquet(told.readings)


def test_of_a_neighbour_that_is_brought_to_longer_steps_all_of_the_first_is_needed(home, stations):
    station = stations["north"]
    *others, last = station.neighbours
    dense = last.described.model_copy(update={"cadence_minutes": 1.0, "resample_minutes": 360.0})
    changed = station.model_copy(update={"neighbours": (*others, last.model_copy(update={"described": dense}))})

    usual, earlier = (needed_days(each, SETTINGS, MOMENT, asked=True).since for each in (station, changed))

    assert usual - earlier == timedelta(hours=5)


def test_each_file_is_read_once_and_says_to_each_station_what_it_says_alone(home, stations, reads):
    alone = [newest(home, station) for station in stations.values()]
    assert len(reads) == len(NAMES) ** 2
    reads.clear()

    with sources_read_once():
        together = [newest(home, station) for station in stations.values()]

    assert sorted(reads) == sorted(NAMES)
    for (key, table), (same_key, same_table) in zip(alone, together, strict=True):
        assert same_key == key
        pd.testing.assert_frame_equal(same_table, table)


def test_a_file_that_has_changed_is_read_again(home, stations, reads):
    with sources_read_once():
        first, _ = newest(home, stations["north"])
        write_readings(home, "south", weather(HOURS)["west"] + 7)
        os.utime(home / "south.csv", (1, 1))
        changed, table = newest(home, stations["north"])

    assert reads.count("south") == 2
    assert reads.count("west") == 1
    assert changed != first
    assert table["south: T (degC)"].iloc[-1] == pytest.approx(table["T (degC)"].iloc[-1] + 7)


def test_who_asks_for_earlier_days_has_them_and_nothing_is_remembered_afterwards(home, stations, reads):
    moments = [MOMENT, MOMENT - timedelta(days=25)]
    alone = [newest(home, stations["north"], moment) for moment in moments]
    reads.clear()

    with sources_read_once():
        together = [newest(home, stations["north"], moment) for moment in moments]
        assert reads.count("south") == 2
    newest(home, stations["north"])

    assert reads.count("south") == 3
    for (_, table), (_, same) in zip(alone, together, strict=True):
        pd.testing.assert_frame_equal(same, table)


def test_a_silent_source_is_told_by_its_first_reading_also_where_its_old_days_were_left_out(home, stations):
    old = Settings(history_hours=48, forecasting=Forecasting(days=10, max_age_hours=24 * 365))
    long_after = MOMENT + timedelta(days=300)
    source = locate.fn(str(home / "north.csv"), stations["north"].alone, SETTINGS.ingestion)

    with sources_read_once():
        read_since(source, stations["north"].alone, long_after)
        told = recent_readings.fn(source, stations["north"].alone, old, long_after, asked=True)

    assert pd.read_parquet(told.readings).index[-1] == weather(HOURS).index[-1]


def test_what_is_remembered_is_bounded_and_the_oldest_goes_first(home, stations, reads, monkeypatch):
    station = stations["north"].alone
    files = [Source(path=home / f"{n}.csv", origin=n, kind="real", key=file_key(home / f"{n}.csv")) for n in NAMES]
    since = datetime(2015, 1, 5)
    one = read_since(files[0], station, since).table.memory_usage(index=True).sum()
    monkeypatch.setattr(remembered_sources, "MOST_BYTES", int(2.5 * (one + 1024)))
    reads.clear()

    with sources_read_once():
        for file in (*files, files[3], files[2], files[0]):
            read_since(file, station, since)

    assert reads == [*NAMES, "north"]


def test_an_address_is_fetched_once_for_all_and_again_by_the_next_run(home, stations, monkeypatch):
    fetched = []

    def download(address, file, check, *_):
        fetched.append(address)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes((home / "north.csv").read_bytes())
        check(file)

    monkeypatch.setattr(fetched_files, "download", download)
    address = "https://example.org/north.csv"
    for _ in range(2):
        with sources_read_once():
            keys = {newest(home, stations["north"].alone, source=address)[0] for _ in range(3)}
        assert len(keys) == 1

    assert fetched == [address] * 2


def test_a_table_is_asked_once_for_stations_that_need_nearly_the_same_of_it(home, stations, monkeypatch):
    read, asked = database_snapshots.read_recent, []

    def counted(*given):
        asked.append(given[2])
        return read(*given)

    monkeypatch.setattr(database_snapshots, "read_recent", counted)
    values = weather(HOURS)["west"].rename("T").rename_axis("time").reset_index()
    address = f"sqlite:///{home / 'readings.db'}::north"

    with closing(sqlite3.connect(home / "readings.db")) as database:
        values.assign(time=values["time"].astype(str)).to_sql("north", database, index=False)
    station = stations["north"].alone
    alone = newest(home, station, source=address)
    asked.clear()

    with sources_read_once():
        later = needed_days(stations["north"], SETTINGS, MOMENT, asked=True)
        locate.fn(address, station, SETTINGS.ingestion, later)
        together = newest(home, station, source=address)

    assert len(asked) == 1
    assert asked[0] <= later.since
    assert together[0] == alone[0]


def test_outside_of_a_run_nothing_is_remembered():
    made = iter(range(4))

    assert [once("key", lambda: next(made) + 1) for _ in range(2)] == [1, 2]
    with sources_read_once():
        assert [once("key", lambda: next(made) + 1) for _ in range(2)] == [3, 3]
