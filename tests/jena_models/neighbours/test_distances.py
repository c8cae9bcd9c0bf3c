"""How far away neighbours stand, in which direction, and which of them are near."""

import pytest

from jena_models.neighbours.distances import bearing_degrees, distance_km, place_of, within_km
from jena_models.stations.schema import Neighbour


def at(jena, latitude, longitude, name="there"):
    return jena.model_copy(update={"latitude": latitude, "longitude": longitude, "name": name})


def test_boston_lies_306_km_from_new_york_to_the_north_east(jena):
    new_york, boston = at(jena, 40.7128, -74.0060), at(jena, 42.3601, -71.0589)

    assert distance_km(new_york, boston) == pytest.approx(306, abs=1)
    assert bearing_degrees(new_york, boston) == pytest.approx(52.4, abs=0.5)
    assert bearing_degrees(boston, new_york) == pytest.approx(234.4, abs=0.5)
    assert place_of(new_york, boston) == "306 km NE (52°)"


def test_longitudes_meet_at_the_date_line(jena):
    assert distance_km(at(jena, 0, 179.5), at(jena, 0, -179.5)) == pytest.approx(111.2, abs=0.1)
    assert distance_km(at(jena, 50, 10), at(jena, 50, 370)) == pytest.approx(0, abs=1e-6)


def test_those_within_the_distance_are_given_the_nearest_first_and_never_the_station_itself(jena):
    here = at(jena, 50, 10, "here")
    others = [
        Neighbour(station=f"{name}.yaml", name=name, described=at(jena, 50, longitude, name))
        for name, longitude in (("far", 20.0), ("near", 11.0), ("nearer", 10.5), ("here", 10.0))
    ]

    assert [each.name for each in within_km(here, others)] == ["nearer", "near"]
    assert [each.name for each in within_km(here, others, km=1000)] == ["nearer", "near", "far"]
    two = here.model_copy(update={"neighbours_at_most": 2})
    assert [each.name for each in within_km(two, others, km=1000)] == ["nearer", "near"]
