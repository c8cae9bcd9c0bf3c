"""A fleet is read whole, or refused with all of its faults at once."""

import pytest

from jena_models.errors import RequestError
from jena_models.fleet import placed_station, read_fleet
from jena_models.stations import StationSchema, load_station


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
        (
            "station: jena\nstations: [{name: a, source: x}, {name: b, source: x}]",
            "a and b would read the same rows of x",
        ),
        ("station: jena\nstations: [{name: 433, source: x}]", "a number goes in quotes"),
        ("station: jena\nstations: [{name: St. John's, source: x}]", "a name holds letters, digits"),
        ("station: jena\nstations:", "stations cannot be None: it is to be a list"),
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


def test_one_source_may_have_stations_of_several_horizons_or_rows(tmp_path):
    file = written(
        tmp_path,
        "station: jena\nstations:\n  - {name: day, source: x}\n"
        "  - {name: later, source: x, settings: {horizon_hours: 48}}\n"
        "  - {name: hill, source: x, select: {station: [hill]}}\n",
    )

    assert [each.name for each in read_fleet(file).stations] == ["day", "later", "hill"]


@pytest.mark.parametrize(
    ("header", "elevation"),
    [
        ("lat,lon,elev", 1000.0),
        ("Latitude (deg),Longitude (deg),Elevation (ft)", 304.8),
        ("LAT,LNG,ALT_M", 1000.0),
        ("lat_wgs84,lon_wgs84,height [feet]", 304.8),
    ],
)
def test_a_table_of_places_may_call_them_otherwise_and_count_heights_in_feet(tmp_path, header, elevation):
    (tmp_path / "places.csv").write_text(f"name,{header}\na,50.5,11.5,1000\n")

    [station] = read_fleet(written(tmp_path, "station: jena\nsource: all.csv\nplaces: places.csv\n")).stations

    assert (station.latitude, station.longitude, station.elevation) == (50.5, 11.5, pytest.approx(elevation))


def test_of_two_columns_of_one_place_the_fleets_own_counts_or_neither(tmp_path):
    file = written(tmp_path, "station: jena\nsource: all.csv\nplaces: places.csv\n")
    (tmp_path / "places.csv").write_text("name,lat,latitude,longitude,lat_dms\na,0,50.5,11.5,50 30 00\n")

    assert read_fleet(file).stations[0].latitude == 50.5

    (tmp_path / "places.csv").write_text("name,lat,lat_wgs84,longitude\na,0,50.5,11.5\n")
    with pytest.raises(RequestError, match="has 'lat' and 'lat_wgs84', of which one is to be called latitude"):
        read_fleet(file)


@pytest.mark.parametrize(
    "table",
    [
        b"name;latitude;longitude\r\nM\xfcnchen;48,1;11,5\r\n",
        b"name\tlatitude\tlongitude\nM\xfcnchen\t48.1\t11.5\n",
        '\ufeffname,latitude,longitude\nMünchen,48.1,"11.5"\n\n'.encode(),
    ],
)
def test_a_table_of_places_is_read_as_spreadsheets_write_it(tmp_path, table):
    (tmp_path / "places.csv").write_bytes(table)

    [station] = read_fleet(written(tmp_path, "station: jena\nsource: all.csv\nplaces: places.csv\n")).stations

    assert (station.name, station.latitude, station.longitude) == ("München", 48.1, 11.5)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a,50,11\n\na,10,20\n", "line 4 of .*: a stands in line 2 too"),
        ("a,50,9,11,6\n", "line 2 of .*: it has more values than there are names above"),
        ("a,50,\n", "line 2 of .*: it has no longitude"),
    ],
)
def test_a_place_that_may_be_another_is_refused(tmp_path, rows, said):
    (tmp_path / "places.csv").write_text(f"name,latitude,longitude\n{rows}")

    with pytest.raises(RequestError, match=said):
        read_fleet(written(tmp_path, "station: jena\nsource: all.csv\nstation_column: city\nplaces: places.csv\n"))


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


def test_each_station_of_a_template_has_its_own_runs_of_a_weather_service(tmp_path):
    (tmp_path / "runs-Old Town.csv").write_text("x")
    runs = {"name": "ldaps", "issue_time": "at", "lead_hours": 24, "available_after_hours": 6}
    of = {"columns": [{"name": "high", "source": "T"}]}
    sources = [
        runs | of | {"source": "all.csv", "select": {"station": ["{station}"], "model": ["new"]}},
        runs | of | {"name": "other", "source": "runs-{station}.csv"},
    ]
    template = StationSchema.model_validate(dict(load_station("jena")) | {"forecasts": sources})
    file = written(
        tmp_path,
        "station: template.yaml\nsource: all.csv\nstation_column: city\n"
        "stations: [{name: hill}, {name: town, value: Old Town}]\n",
    )
    fleet = read_fleet(file)

    hill, town = (placed_station(each, fleet, template).forecasts for each in fleet.stations)

    assert hill[0].select == {"station": ("hill",), "model": ("new",)}
    assert town[0].select == {"station": ("Old Town",), "model": ("new",)}
    assert (hill[1].source, town[1].source) == ("runs-hill.csv", str(tmp_path / "runs-Old Town.csv"))
