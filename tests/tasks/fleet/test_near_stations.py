"""`neighbours: auto` takes those of the fleet that are near, as if the station file named each."""

import json
import os
from pathlib import Path

import pytest
from two_stations import weather, write_readings, write_station

from jena_models.fleet import read_fleet
from jena_models.stations import load_station
from tasks.fleet import entries_of
from tasks.readings import ingest, locate


@pytest.fixture
def entries(home):
    """A function that gives the entries of a fleet by name: three stations in a row, and what else is asked for."""
    written = weather(24 * 20)
    write_station(home, "template", neighbours="auto", neighbours_within_km=200)

    def made(*more, **changed):
        stations = [{"name": name, "longitude": east} | changed.get(name, {}) for name, east in PLACES.items()]
        for each in stations:
            write_readings(home, each["name"], written["west"])
            each["source"] = f"{each['name']}.csv"
        told = {"station": "template.yaml", "stations": [*stations, *more]}
        (home / "fleet.yaml").write_text(json.dumps(told))
        return {each.name: each for each in entries_of(read_fleet(home / "fleet.yaml"))}

    return made


PLACES = {"west": 5.1, "middle": 7.0, "east": 9.0, "far": 40.0}
"""In degrees east, at 50° north, where two degrees are 143 km."""


def near(entry):
    return [each.name for each in entry.station.named_neighbours]


def test_each_station_has_those_of_the_fleet_within_the_distance_the_nearest_first(entries):
    found = entries(west={"available_after": 3})

    assert near(found["middle"]) == ["west", "east"]
    assert near(found["west"]) == ["middle"]
    assert near(found["far"]) == []
    middle = found["middle"].station
    assert middle.names == ("T (degC)", "west: T (degC)", "east: T (degC)")
    assert [each.available_after for each in middle.named_neighbours] == [3, 0]
    assert not any(each.station.asks_fleet for each in found.values())
    # And a process that is given the settings alone finds the same
    assert load_station(found["middle"].settings.station) == middle
    assert load_station(found["far"].settings.station).names == ("T (degC)",)


def test_a_station_with_a_fault_or_without_a_file_of_readings_is_nobodys_neighbour(entries):
    broken = {"name": "broken", "longitude": 7.1, "station": "nowhere", "source": "x.csv"}
    made_up = {"name": "made-up", "longitude": 7.1, "source": "simulated"}

    found = entries(broken, made_up)

    assert near(found["middle"]) == ["west", "east"]
    assert near(found["made-up"]) == []
    assert found["broken"].fault


def test_a_station_that_does_not_ask_has_none_and_gives_its_own_target_to_those_that_do(entries, home):
    rain = [{"name": "rain (mm)", "quantity": "rain", "kind": "required", "minimum": 0, "maximum": 99}]
    write_station(home, "gauge", columns=rain, target="rain (mm)", target_name="rain")

    found = entries({"name": "gauge", "longitude": 7.1, "station": "gauge.yaml", "source": "gauge.csv"})

    assert near(found["gauge"]) == []
    assert "gauge: rain (mm)" in found["middle"].station.names


def test_neighbours_that_the_file_names_come_first_and_none_comes_twice(entries, home):
    write_station(home, "template", neighbours=["auto", {"station": "east-file.yaml", "source": "other.csv"}])
    write_station(home, "east-file", name="east")

    assert near(entries()["middle"]) == ["east", "west"]


def test_a_station_is_no_neighbour_of_itself_under_another_name(entries):
    longer = {"name": "middle-48h", "longitude": 7, "source": "middle.csv", "settings": {"horizon_hours": 48}}

    found = entries(longer)

    assert near(found["middle"]) == ["west", "east"]
    assert near(found["middle-48h"]) == ["west", "east"]


def test_schemas_that_no_command_has_asked_for_in_a_day_are_let_go(entries):
    # Given a neighbour of which something has changed, as its file has whenever the one table of all grows
    before, far = entries()["middle"].settings.station, entries()["far"].settings.station
    for each in (before, far):
        os.utime(each, (0, 0))

    now = entries(west={"available_after": 3})["middle"].settings.station

    assert [Path(each).is_file() for each in (before, far, now)] == [False, True, True]


def test_a_station_may_have_as_long_a_name_as_any(entries):
    long = "n" * 80

    assert near(entries({"name": long, "longitude": 7.1, "source": "long.csv"})["middle"])[0] == long


def test_a_neighbour_that_is_missing_costs_its_part_alone(entries, home):
    found = entries()["middle"]
    (home / "east.csv").unlink()

    ingested = ingest.fn(locate.fn(found.settings.source, found.station, found.settings.ingestion), found.station)

    west, east = ingested.report.neighbours
    assert (west.problem, west.share) == ("", 1.0)
    assert "There is no file" in east.problem


def test_outside_a_fleet_one_sentence_says_what_to_do(entries, home, caplog):
    station = load_station(str(home / "template.yaml"))
    entries()

    locate.fn(str(home / "west.csv"), station, entries()["west"].settings.ingestion)

    assert [record.message for record in caplog.records if "neighbours: auto" in record.message] == [
        "'neighbours: auto' takes stations of a fleet, and this station is run without one: list it in a fleet.yaml "
        "(docs/fleet.md), or name its neighbours."
    ]


def test_rows_of_neighbours_that_a_file_names_are_found_in_the_fleets_one_table(home):
    long = weather(24 * 20).rename_axis(columns="city").stack().rename("T").reset_index()
    long.to_csv(home / "both.csv", index=False)
    write_station(home, "west", select={"city": ["west"]})
    write_station(home, "template", neighbours=["west.yaml"])
    told = {"station": "template.yaml", "source": "both.csv", "station_column": "city", "stations": [{"name": "east"}]}
    (home / "fleet.yaml").write_text(json.dumps(told))

    [east] = entries_of(read_fleet(home / "fleet.yaml"))

    ingested = ingest.fn(locate.fn(east.settings.source, east.station, east.settings.ingestion), east.station)
    assert [each.share for each in ingested.report.neighbours] == [1.0]
