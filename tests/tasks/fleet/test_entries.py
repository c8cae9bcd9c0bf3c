"""Entries of a fleet: settings, schema and model of each station."""

import os
import re
from pathlib import Path

import pandas as pd
import pytest

from jena_models.errors import RequestError, SettingsError, SourceUnreadableError
from jena_models.fleet import FleetStation
from jena_models.stations import load_station
from tasks.fleet import chosen, entries_of, fleet_entries
from tasks.readings import locate
from tasks.readings.ingestion import raw_readings


def test_each_station_has_its_own_settings_rows_and_model(fleet):
    first, second = entries_of(fleet, changes={"training.epochs": 3})

    assert (first.model, second.model) == ("a-temperature-24h", "b-temperature-24h")
    assert (first.settings.seed, second.settings.seed) == (7, 8)
    assert first.settings.training.epochs == second.settings.training.epochs == 3
    assert Path(second.settings.source).read_text() == "time,city,T\n2020-01-01,b,2\n"
    assert load_station(second.settings.station) == second.station


def test_a_sentence_about_a_stations_rows_names_the_file_that_they_are_of(fleet):
    table = Path(fleet.source)
    _, second = entries_of(fleet)

    found = locate.fn(second.settings.source, second.station, second.settings.ingestion)

    assert found.origin == f"{table} (the rows of 'b')"
    with pytest.raises(SourceUnreadableError, match=re.escape(f"The file {table} (the rows of 'b') has no")):
        raw_readings(found, second.station)


def test_of_a_table_that_is_no_text_each_station_picks_its_rows(fleet, home):
    pd.read_csv(fleet.source).to_parquet(home / "long.parquet")

    first, second = entries_of(fleet.model_copy(update={"source": str(home / "long.parquet")}))

    assert (first.fault, first.settings.source) == ("", str(home / "long.parquet"))
    assert second.station.select == {"city": ("b",)}


def test_of_a_table_that_grows_the_rows_of_a_day_ago_are_not_kept(fleet, home):
    table = Path(fleet.source)
    folders = []
    for hour in range(5):
        table.write_text(f"{table.read_text()}2020-01-01,a,{hour}\n")
        folders.append(Path(entries_of(fleet)[0].settings.source).parent)
        os.utime(folders[-1], (hour, hour))

    entries_of(fleet)

    assert [each.is_dir() for each in folders] == [False, False, False, True, True]


def test_a_station_without_rows_is_told_and_leaves_the_others_alone(fleet):
    more = fleet.model_copy(update={"stations": (*fleet.stations, FleetStation(name="c"))})

    entries = entries_of(more)

    assert [bool(each.fault) for each in entries] == [False, False, True]
    assert "holds no row whose city is 'c'" in entries[2].fault


@pytest.mark.parametrize(
    ("profile", "changes"), [(None, {"ridge.penalty": -1}), (None, {"sead": 1}), ("quik", None)], ids=str
)
def test_what_all_stations_are_told_and_cannot_be_is_the_fault_of_none_of_them(fleet, home, profile, changes):
    with pytest.raises(SettingsError):
        fleet_entries(home / "fleet.yaml", profile, changes)


def test_a_station_file_that_is_not_there_is_the_fault_of_its_station_alone(fleet):
    more = fleet.model_copy(update={"stations": (*fleet.stations, FleetStation(name="c", station="hill", source="x"))})

    *_, last = entries_of(more)

    assert "There is no station 'hill'" in last.fault


def test_two_stations_that_would_share_a_registered_model_are_refused(fleet):
    template = load_station("jena").model_copy(update={"target_name": "b-temperature"})
    file = Path(fleet.source).parent / "other.yaml"
    file.write_text(template.model_dump_json())
    same = (
        FleetStation(name="a-b", station="jena", source="x.csv"),
        FleetStation(name="a", station=str(file), source="y.csv"),
    )

    with pytest.raises(RequestError, match="would share the registered model a-b-temperature-24h"):
        entries_of(fleet.model_copy(update={"stations": same}))


def test_stations_are_chosen_by_name(fleet, home):
    entries = fleet_entries(home / "fleet.yaml")

    assert [each.name for each in chosen(entries, ["b"])] == ["b"]
    assert [each.name for each in chosen(entries, None)] == ["a", "b"]
    with pytest.raises(RequestError, match="no station 'bb'; did you mean 'b'"):
        chosen(entries, ["bb"])
