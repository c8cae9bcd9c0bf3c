"""Looking again and again: only what has changed is read, and what is broken leaves the rest alone."""

import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from page_scenery import STATIONS, Scenery

from benchmarks.page.made_up_home import model_of, write_forecasts
from jena_models.errors import StoreUnreachableError
from jena_models.page.station_facts import Fault
from tasks.page import watched_stations
from tasks.page.shown_station import Listed
from tasks.workspace import stage_folder


@pytest.fixture
def scenery(module_home) -> Scenery:
    return Scenery(module_home())


@pytest.fixture
def read(monkeypatch) -> list[str]:
    """The names of the stations whose files are read from now on."""
    names, really = [], watched_stations.read_record

    def counted(shown, *rest):
        names.append(shown.name)
        return really(shown, *rest)

    monkeypatch.setattr(watched_stations, "read_record", counted)
    return names


def test_a_station_is_read_again_only_where_its_files_have_changed(scenery, read):
    scenery.watch.look()
    scenery.an_hour_later(2)
    scenery.watch.look()
    scenery.watch.look()

    assert read == ["zugspitze"]


def test_a_look_that_finds_nothing_new_leaves_everything_as_it_was(scenery):
    before = scenery.watch.last
    scenery.watch.look()

    assert scenery.watch.last is before


def test_another_champion_is_seen_without_a_new_forecast(scenery):
    with closing(sqlite3.connect(scenery.home / "mlflow.db")) as database, database:
        database.execute("DELETE FROM registered_model_aliases WHERE name = ?", (model_of(STATIONS[0]),))
    scenery.watch.look()

    assert scenery.watch.last.stations["jena"].facts.champion is None
    assert scenery.watch.last.stations["zugspitze"].facts.champion.version == 3


def test_a_broken_table_costs_its_own_station_and_is_told(scenery):
    files = sorted((scenery.home / "forecasts" / model_of(STATIONS[0])).rglob("*.parquet"))
    files[-1].write_bytes(b"no table")
    scenery.watch.look()
    page = scenery.client.get("/stations/jena").text

    assert "cannot be read" in page
    assert str(files[-1].name) in page
    assert scenery.watch.last.stations["zugspitze"].facts.latest is not None
    assert scenery.client.get("/").status_code == 200


def test_a_broken_day_of_monitoring_costs_that_day_alone(scenery):
    (file,) = (scenery.home / "monitoring" / model_of(STATIONS[2])).rglob("*.json")
    broken = file.with_suffix(".partial")
    broken.write_text("{")
    broken.replace(file)
    scenery.watch.look()

    facts = scenery.watch.last.stations["zugspitze"].facts
    assert facts.verdict is None
    assert "monitoring" in facts.troubles[0]
    assert facts.latest is not None


def test_whatever_goes_wrong_with_one_station_the_others_are_shown(scenery, monkeypatch):
    really = watched_stations.read_record

    def failing(shown, *rest):
        if shown.name == "jena":
            raise ZeroDivisionError("nobody thought of this")
        return really(shown, *rest)

    monkeypatch.setattr(watched_stations, "read_record", failing)
    scenery.an_hour_later(0)
    scenery.watch.look()

    assert "nobody thought of this" in scenery.client.get("/stations/jena").text
    assert scenery.watch.last.stations["krakow"].facts.latest is not None


def test_a_store_that_cannot_be_read_is_said_and_the_rest_is_shown(scenery, monkeypatch):
    def away(_):
        raise StoreUnreachableError("The tracking store is away.")

    monkeypatch.setattr(watched_stations, "champions_in_brief", away)
    (scenery.home / "mlflow.db").touch()
    scenery.watch.look()

    assert "The tracking store is away." in scenery.client.get("/").text
    assert scenery.watch.last.stations["jena"].facts.latest is not None


def test_a_store_that_can_be_read_again_is_read_though_nothing_in_it_has_changed(scenery, monkeypatch):
    def locked(_):
        raise StoreUnreachableError("The tracking store is busy.")

    with monkeypatch.context() as patch:
        patch.setattr(watched_stations, "champions_in_brief", locked)
        (scenery.home / "mlflow.db").touch()
        scenery.watch.look()
    scenery.watch.look()

    assert "The tracking store is busy." not in scenery.client.get("/").text


def test_whatever_a_store_says_stations_are_looked_at(scenery, monkeypatch):
    """A user without rights in the database ended each look before the first station, and nothing told of it."""
    monkeypatch.setattr(watched_stations, "champions_in_brief", lambda _: {}["nobody thought of this"])
    (scenery.home / "mlflow.db").touch()
    before = scenery.watch.last.stations["jena"].facts.reading_time
    scenery.an_hour_later(0)
    scenery.watch.look()

    assert scenery.watch.last.stations["jena"].facts.reading_time > before
    assert "nobody thought of this" in scenery.client.get("/").text


def test_stations_do_not_wait_for_a_store_that_says_nothing(scenery, monkeypatch):
    """The page had no station, and said that there were none, for as long as a server was silent."""
    asked, silent = threading.Event(), threading.Event()

    def says_nothing(_):
        asked.set()
        silent.wait(30)
        return {}

    monkeypatch.setattr(watched_stations, "champions_in_brief", says_nothing)
    watch = watched_stations.Watch(lambda: Listed(scenery.stations, ()), "postgresql://127.0.0.1/mlflow", 0.05)
    try:
        with watch.looking():
            assert asked.wait(10)
            until = time.monotonic() + 10
            while len(watch.last.stations) < len(STATIONS) and time.monotonic() < until:
                time.sleep(0.01)
            assert watch.last.stations["jena"].facts.latest is not None
            assert "has not answered yet" in watch.last.registry_trouble
            silent.set()
            while watch.last.registry_trouble and time.monotonic() < until:
                time.sleep(0.01)
            assert not watch.last.registry_trouble
    finally:
        silent.set()


def test_a_store_that_was_moved_away_is_told_from_one_without_champions(scenery):
    (scenery.home / "mlflow.db").rename(scenery.home / "elsewhere.db")
    scenery.watch.look()

    for page in (scenery.client.get("/").text, scenery.client.get("/stations/jena").text):
        assert "mlflow.db is not there any more" in page
    assert "Version 3 of" in page


def test_the_digits_that_are_shown_are_those_that_tell_its_values_apart(scenery):
    """Of specific humidity in kg/kg every value was 0.0."""
    file = next(scenery.home.glob("forecasts/jena-*/month=2026-11/forecasts.parquet"))
    table = pd.read_parquet(file)
    numbers = ["forecast", "lower", "upper", "persistence"]
    table[numbers] = table[numbers] * 1e-4 + 0.005
    table.to_parquet(file)

    scenery.watch.look()

    facts = scenery.watch.last.stations["jena"].facts
    assert facts.digits == 4
    assert f"<b>{facts.newest.value:.4f}</b>" in scenery.client.get("/stations/jena").text


def test_stations_come_and_go_while_the_page_runs(scenery):
    scenery.stations = scenery.stations[1:]
    scenery.watch.look()

    assert list(scenery.watch.last.stations) == ["krakow", "zugspitze"]
    assert scenery.client.get("/stations/jena").status_code == 404


def test_the_readings_of_the_newest_forecast_are_shown_where_they_are_kept(scenery, monkeypatch):
    from tasks.readings.newest_readings import VERSION

    station = scenery.stations[0].station
    monkeypatch.setenv("JENA_CACHE", str(scenery.home / ".cache" / "forecast"))
    folder = stage_folder("recent", VERSION, {"readings": f"{0:016x}", "station": station})
    monkeypatch.delenv("JENA_CACHE")
    folder.mkdir(parents=True)
    times = pd.date_range(end="2026-11-26T09:00", periods=6 * 24 * 12, freq="10min")
    values = pd.Series(7.25, index=times)
    values.iloc[-2] = 4000.0  # impossible, as a broken sensor has it
    pd.DataFrame({"T (degC)": values}).to_parquet(folder / "readings.parquet")

    scenery.an_hour_later(1)  # of another one: this one's files have not changed
    seen = scenery.watch.last.stations["jena"]
    found = watched_stations.read_record(seen.shown, seen.stamp, None)

    assert found.measured_from == "readings"
    assert {each.value for each in found.measured.rows()} == {7.25}


def test_the_last_week_is_a_whole_week_where_forecasts_look_farther_ahead_than_two_days(scenery):
    write_forecasts(scenery.home, STATIONS[0], 0, scenery.now, days=20, leads=(24, 120))
    jena, *others = scenery.stations
    far = jena.settings.model_copy(update={"horizon_hours": 120.0})
    scenery.stations = [replace(jena, settings=far), *others]

    scenery.watch.look()

    scores = scenery.watch.last.stations["jena"].facts.scores
    assert (scores.lead_hours, scores.forecasts) == (120.0, 7 * 24)


def test_readings_that_come_after_the_last_forecast_are_shown_with_their_age(scenery):
    newest = scenery.watch.last.stations["jena"].facts.reading_time
    file = scenery.home / "jena.csv"
    times = pd.date_range(end=newest.replace(tzinfo=None) + pd.Timedelta(hours=4), periods=60, freq="h")
    local = times + pd.Timedelta(hours=1)  # by the station's clock
    pd.DataFrame({"T (degC)": np.arange(60.0) / 4, "p (mbar)": 990.0, "rh (%)": 80.0}, index=local).to_csv(
        file, index_label="Date Time"
    )
    jena, *others = scenery.stations
    scenery.stations = [replace(jena, settings=jena.settings.model_copy(update={"source": str(file)})), *others]
    scenery.now = newest + timedelta(hours=3, minutes=30)

    scenery.watch.look()
    scenery.watch.look_for_newer()
    scenery.watch.look()

    facts = scenery.watch.last.stations["jena"].facts
    assert (facts.newest.value, facts.newest.time) == (14.5, newest + timedelta(hours=3))
    assert facts.reading_time == newest
    page = scenery.client.get("/stations/jena").text
    assert "after the forecast was made" in page
    assert "30 min" in page
    assert 'jena_station_newest_reading_age_seconds{station="jena"' in scenery.client.get("/metrics").text
    readings = scenery.client.get("/api/stations/jena/readings").json()["readings"]
    assert [each["value"] for each in readings[-3:]] == [14.0, 14.25, 14.5]
    before = scenery.watch.last
    scenery.watch.look()
    assert scenery.watch.last is before

    file.write_text("no table")
    scenery.watch._newer._asked.clear()
    scenery.watch.look_for_newer()
    scenery.watch.look()
    assert scenery.watch.last.stations["jena"].facts.newest.time == newest, "what cannot be read is not there"


def test_newer_readings_of_a_station_that_has_means_are_means(scenery):
    newest = scenery.watch.last.stations["jena"].facts.reading_time
    file = scenery.home / "jena.csv"
    local = pd.date_range(end=newest.replace(tzinfo=None) + timedelta(hours=3, minutes=10), periods=60, freq="10min")
    values = np.where(local.minute == 0, 15.0, 9.0)  # ten in the mean of each hour
    pd.DataFrame({"T (degC)": values, "p (mbar)": 990.0, "rh (%)": 80.0}, index=local).to_csv(file, index_label="time")
    jena, *others = scenery.stations
    of_means = jena.station.model_copy(update={"resample_minutes": 60.0})
    changed = jena.settings.model_copy(update={"source": str(file)})
    scenery.stations = [replace(jena, settings=changed, station=of_means), *others]
    scenery.now = newest + timedelta(hours=2, minutes=30)

    scenery.watch.look()
    scenery.watch.look_for_newer()
    scenery.watch.look()

    facts = scenery.watch.last.stations["jena"].facts
    assert (facts.newest.value, facts.newest.time) == (10.0, newest + timedelta(hours=2))


def test_entries_of_the_fleet_file_with_a_fault_are_listed_with_their_sentence(scenery):
    scenery.faults = (Fault(name="dale", sentence="There is no station 'nowhere'; <name> one."),)
    scenery.watch.look()

    page = scenery.client.get("/").text
    assert "To mend in the fleet file" in page
    assert "<b>dale</b>: There is no station &#39;nowhere&#39;; &lt;name&gt; one." in page
    assert scenery.client.get("/api/stations").json()["faults"][0]["name"] == "dale"

    scenery.faults = ()
    scenery.watch.look()
    assert "To mend in the fleet file" not in scenery.client.get("/").text


def test_a_registry_that_answers_while_stations_are_looked_at_is_shown_whole_by_the_next_look(scenery, monkeypatch):
    """Stations that were looked at before its answer had no champion, and nothing said that it was not known yet."""
    known = watched_stations.champions_in_brief(f"sqlite:///{scenery.home}/mlflow.db")
    monkeypatch.setattr(watched_stations, "champions_in_brief", lambda _: known)
    watch = watched_stations.Watch(lambda: Listed(scenery.stations, ()), "postgresql://127.0.0.1/mlflow", 5)
    read = watched_stations.read_record

    def read_meanwhile(shown, stamp, champion):
        record = read(shown, stamp, champion)
        watch.look_at_registry()
        return record

    monkeypatch.setattr(watched_stations, "read_record", read_meanwhile)

    watch.look()
    before = watch.last
    watch.look()

    assert {seen.champion for seen in before.stations.values()} == {None}
    assert "has not answered yet" in before.registry_trouble
    assert watch.last.stations["jena"].champion is not None
    assert not watch.last.registry_trouble
