"""A station file names its neighbours, and what is wrong with that is said in a sentence."""

import pytest
from two_stations import write_station

from jena_models.errors import SettingsError
from jena_models.neighbours.distances import within_km
from jena_models.stations import load_station
from jena_models.stations.neighbour_columns import sources_of, with_neighbours

FAHRENHEIT = [
    {"name": "T (degF)", "quantity": "T", "kind": "required", "minimum": -40, "maximum": 140, "flat_values": [32]},
    {"name": "p (mbar)", "quantity": "p", "kind": "optional", "minimum": 800, "maximum": 1100},
    {"name": "ozone (ppm)", "quantity": "ozone", "kind": "optional", "minimum": 0, "maximum": 9},
]


def east(folder, *neighbours, **more):
    return load_station(str(write_station(folder, "east", neighbours=list(neighbours), **more)))


def test_its_columns_come_after_the_stations_own_in_its_units_and_are_never_required(tmp_path):
    write_station(tmp_path, "west", columns=FAHRENHEIT, target="T (degF)", cadence_minutes=1440)

    station = east(tmp_path, {"station": "west.yaml", "name": "windward"})

    assert station.names == ("T (degC)", "windward: T (degC)", "windward: p (mbar)")
    theirs = station.column("windward: T (degC)")
    assert (theirs.kind, theirs.neighbour, theirs.quantity) == ("optional", "windward", "T")
    assert (theirs.minimum, theirs.maximum, *theirs.flat_values) == pytest.approx((-40, 60, 0))
    assert theirs.flat_hours == 72
    assert station.named("p") is None
    assert station.named("T") == "T (degC)"
    assert station.alone.names == ("T (degC)",)


def test_a_value_of_longer_steps_than_its_source_has_stands_for_steps_of_these(tmp_path):
    write_station(tmp_path, "west", cadence_minutes=10, resample_minutes=1440)

    assert east(tmp_path, {"station": "west.yaml"}).column("west: T (degC)").flat_hours == 72


def test_columns_are_chosen_by_name_or_quantity(tmp_path):
    write_station(tmp_path, "west", columns=FAHRENHEIT, target="T (degF)")

    station = east(tmp_path, {"station": "west.yaml", "columns": ["ozone", "p (mbar)"]})

    assert station.names[1:] == ("west: ozone (ppm)", "west: p (mbar)")


def test_stations_may_name_each_other_and_rows_of_the_same_file(tmp_path):
    write_station(tmp_path, "west", neighbours=[{"station": "east.yaml"}])

    station = east(tmp_path, {"station": "west.yaml"}, {"station": "east.yaml", "name": "D", "select": {"city": ["D"]}})

    assert station.names == ("T (degC)", "west: T (degC)", "D: T (degC)")
    assert station.named_neighbours[1].described.select == {"city": ("D",)}
    assert station.named_neighbours[0].described.neighbours == ()


@pytest.mark.parametrize(
    ("neighbours", "said"),
    [
        ([{"station": "nowhere.yaml"}], "A neighbour of the station 'east' cannot be had: There is no station"),
        ([{"station": "east.yaml"}], "names itself as a neighbour"),
        ([{"station": "west.yaml"}, {"station": "west.yaml"}], "Two neighbours of the station 'east' are named 'west'"),
        ([{"station": "west.yaml", "columns": ["rain"]}], "has no column 'rain'; its columns are T (degC)"),
        ([{"station": "west.yaml", "available_after": -1}], "greater than or equal to 0"),
        ([{"station": "west.yaml", "distance": 7}], "there is no such key; known are"),
        ([{"station": "west.yaml", "source": "auto"}], "neighbours.0.source: it cannot be 'auto'; name a file"),
        ("all", "neighbours: write 'auto', or a list of station files"),
        (7, "neighbours: it is to be a list"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, neighbours, said):
    write_station(tmp_path, "west")

    with pytest.raises(SettingsError) as refused:
        load_station(str(write_station(tmp_path, "east", neighbours=neighbours)))

    assert said in str(refused.value)


def test_auto_leaves_the_station_alone_until_a_fleet_is_named(tmp_path):
    write_station(tmp_path, "west")

    alone = load_station(str(write_station(tmp_path, "east", neighbours="auto")))
    both = load_station(str(write_station(tmp_path, "north", neighbours=["auto", "west.yaml"])))

    assert alone.names == ("T (degC)",)
    assert both.names == ("T (degC)", "west: T (degC)")
    assert alone.asks_fleet
    assert both.asks_fleet
    west = both.named_neighbours
    assert with_neighbours(alone, within_km(alone, west, km=400)).names == both.names
    assert with_neighbours(alone, within_km(alone, west, km=300)).names == alone.names


def test_of_two_columns_of_a_quantity_that_counts_which_is_called_as_the_stations_own(tmp_path):
    def temperature(name):
        return {"name": name, "quantity": "T", "kind": "optional", "minimum": -60, "maximum": 60, "unit": "degC"}

    for first, second in (("T (degC)", "T soil (degC)"), ("T soil (degC)", "T (degC)")):
        write_station(tmp_path, "west", columns=[temperature(first), temperature(second)])
        station = east(tmp_path, "west.yaml")

        assert station.names == ("T (degC)", "west: T (degC)")
        assert sources_of(station, station.named_neighbours[0])["west: T (degC)"][0] == "T (degC)"
        with pytest.raises(SettingsError, match=r"Two columns of the neighbour 'west' would be 'west: T \(degC\)'"):
            east(tmp_path, {"station": "west.yaml", "columns": [first, second]})

    write_station(tmp_path, "west", columns=[temperature("T soil (degC)")], target="T soil (degC)")
    assert east(tmp_path, "west.yaml").names == ("T (degC)", "west: T (degC)")
