"""A fleet is read whole, or refused with all of its faults at once."""

import pytest

from jena_models.errors import RequestError
from jena_models.fleet import placed_station, read_fleet
from jena_models.stations import load_station


def written(folder, text):
    file = folder / "fleet.yaml"
    file.write_text(text)
    return file


def test_a_fleet_lists_stations_whose_paths_begin_where_its_file_lies(tmp_path):
    (tmp_path / "a.csv").write_text("x")
    file = written(
        tmp_path,
        """
        name: hills
        station: jena
        stations:
          - {name: a, source: a.csv}
          - {name: b, source: "https://example.org/b.csv", settings: {horizon_hours: 12}}
        """,
    )

    fleet = read_fleet(file)

    assert [each.name for each in fleet.stations] == ["a", "b"]
    assert fleet.stations[0].source == str(tmp_path / "a.csv")
    assert fleet.stations[1].source == "https://example.org/b.csv"
    assert fleet.station == "jena"


def test_every_fault_is_said_at_once(tmp_path):
    file = written(
        tmp_path,
        """
        stations:
          - {name: a/b, station: jena, source: a.csv}
          - {name: c, station: jena, source: c.csv, lattitude: 5}
          - {name: d, station: jena, source: d.csv, latitude: 95}
          - {station: jena, source: e.csv}
        """,
    )

    with pytest.raises(RequestError) as refused:
        read_fleet(file)

    sentence = str(refused.value)
    assert "has 4 faults" in sentence
    assert "c.lattitude is no key of it; did you mean 'latitude'" in sentence
    assert "d.latitude cannot be 95" in sentence
    assert "station 4 has no name" in sentence
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stations: [{name: a, station: jena, source: x}, {name: a, station: jena, source: y}]", "two stations are"),
        (
            "stations: [{name: a, station: jena, source: x}, {name: A, station: jena, source: y}]",
            "differ by case alone",
        ),
        ("stations: [{name: a, source: x}]", "a names no station file"),
        ("stations: [{name: a, station: jena}]", "a names no source"),
        ("station: jena\nsource: x.csv\nstations: [{name: a}, {name: b}]", "all stations would read the same rows"),
        ("station: jena", "no station is listed"),
        ("[1, 2]", "should be a mapping"),
        ("stations: [", "cannot be read as YAML"),
    ],
)
def test_what_cannot_be_run_is_refused(tmp_path, text, said):
    with pytest.raises(RequestError, match=said):
        read_fleet(written(tmp_path, text))


def test_without_a_file_the_sentence_says_what_to_write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(RequestError, match=r"There is no fleet file fleet\.yaml"):
        read_fleet()


def test_a_table_of_places_lists_stations_too(tmp_path):
    (tmp_path / "places.csv").write_text("Name,Latitude,Longitude,Elevation,River\na,50,11,155,Saale\nb,51,12,,Elbe\n")
    file = written(
        tmp_path,
        "station: jena\nsource: all.csv\nstation_column: city\nplaces: places.csv\n"
        "stations: [{name: b, elevation: 90}]\n",
    )

    fleet = read_fleet(file)

    assert {each.name: (each.latitude, each.elevation) for each in fleet.stations} == {"b": (51, 90), "a": (50, 155)}


def test_faults_of_the_table_are_said_with_their_line(tmp_path):
    (tmp_path / "places.csv").write_text("name,latitude,longitude\na,fifty,11\n,51,12\n")
    file = written(tmp_path, "station: jena\nsource: all.csv\nstation_column: city\nplaces: places.csv\n")

    with pytest.raises(RequestError) as refused:
        read_fleet(file)

    assert "line 2 of" in str(refused.value)
    assert "line 3 of" in str(refused.value)


def test_stations_of_one_template_have_their_own_name_place_and_rows(tmp_path):
    file = written(
        tmp_path,
        "station: jena\nsource: all.csv\nstation_column: city\n"
        "stations: [{name: a, elevation: 10}, {name: b, value: Old Town, latitude: 40.5, clock: UTC}]\n",
    )
    fleet, template = read_fleet(file), load_station("jena")

    first, second = (placed_station(each, fleet, template) for each in fleet.stations)

    assert (first.name, first.elevation, first.latitude, first.select) == ("a", 10, template.latitude, {"city": ("a",)})
    assert (second.name, second.latitude, second.clock, second.select) == ("b", 40.5, "UTC", {"city": ("Old Town",)})
    assert first.columns == template.columns
