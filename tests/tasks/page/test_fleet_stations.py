"""A fleet on the page: every station that can be told, and what its file says now."""

import os

import pytest
from two_stations import write_station

from jena_models.errors import RequestError
from tasks.page import fleet_stations
from tasks.page.newer_readings import NewerReadings

FLEET = "station: jena\nstations:\n"


def test_the_page_follows_the_fleet_file_and_keeps_what_it_listed_while_it_is_broken(tmp_path, home):
    file = tmp_path / "fleet.yaml"

    def write(text, at):
        file.write_text(text)
        os.utime(file, (at, at))

    write(FLEET + "  - {name: hill, source: simulated}\n", 1_000)
    stations = fleet_stations(file)
    assert [each.name for each in stations().stations] == ["hill"]

    write(FLEET + "  - {name: hill, source: simulated}\n  - {name: dale, source: simulated}\n", 2_000)
    assert [each.name for each in stations().stations] == ["hill", "dale"]
    assert len({each.model for each in stations().stations}) == 2

    write("stations: 7\n", 3_000)
    assert [each.name for each in stations().stations] == ["hill", "dale"]
    [fault] = stations().faults
    assert fault.name == "fleet.yaml"
    assert "The stations stay as they were: The fleet file" in fault.sentence

    write(FLEET + "  - {name: hill, source: simulated}\n", 4_000)
    assert stations().faults == ()


def test_an_entry_with_a_fault_is_told_beside_the_others(tmp_path, home):
    file = tmp_path / "fleet.yaml"
    file.write_text(FLEET + "  - {name: hill, source: simulated}\n  - {name: dale, station: nowhere, source: x.csv}\n")

    listed = fleet_stations(file)()

    assert [each.name for each in listed.stations] == ["hill"]
    assert [fault.name for fault in listed.faults] == ["dale"]
    assert "There is no station" in listed.faults[0].sentence


def test_what_has_come_into_the_one_table_of_a_fleet_is_seen_before_it_is_divided_anew(tmp_path, home):
    """The file that a station is forecast from is cut out of the table by the next forecast."""
    file, table = tmp_path / "fleet.yaml", tmp_path / "all.csv"
    file.write_text("station: east.yaml\nsource: all.csv\nstation_column: place\nplaces: places.csv\n")
    (tmp_path / "places.csv").write_text("name,latitude,longitude,value\nhill,50,11,On the hill\ndale,51,12,dale\n")
    write_station(tmp_path, "east")
    row = "2026-11-26 0{hour}:00:00,{place},{value},80.0\n"
    header = "Date Time,place,T (degC),rh (%)\n"
    table.write_text(header + "".join(row.format(hour=8, place=p, value=1.0) for p in ("On the hill", "dale")))
    stations = fleet_stations(file)().stations
    table.open("a").write(row.format(hour=9, place="On the hill", value=2.5))

    newer = NewerReadings(every_seconds=60)
    newer.look(stations)

    assert newer.of("hill").values.to_list() == [1.0, 2.5]
    assert newer.of("dale").values.to_list() == [1.0]


def test_a_fleet_file_that_is_not_there_is_refused(tmp_path, home):
    with pytest.raises(RequestError, match="There is no fleet file"):
        fleet_stations(tmp_path / "fleet.yaml")


def test_the_page_follows_the_table_of_places_and_the_station_files(tmp_path, home):
    file, places = tmp_path / "fleet.yaml", tmp_path / "places.csv"
    file.write_text("station: east.yaml\nsource: simulated\nplaces: places.csv\n")
    write_station(tmp_path, "east")
    places.write_text("name,latitude,longitude\nhill,50,11\n")
    stations = fleet_stations(file)

    places.write_text("name,latitude,longitude\nhill,50,11\ndale,51,12\n")
    os.utime(places, (2_000, 2_000))
    assert [each.name for each in stations().stations] == ["hill", "dale"]

    os.utime(write_station(tmp_path, "east", clock="UTC+03:00"), (3_000, 3_000))
    assert {each.station.clock for each in stations().stations} == {"UTC+03:00"}
