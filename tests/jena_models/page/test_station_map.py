"""The map: every station lies within it, in true proportion, wherever on the globe it is."""

from xml.etree import ElementTree

import pytest
from facts import parsed, place
from hypothesis import given, settings
from hypothesis import strategies as st

from jena_models.page.station_map import NARROW, WIDE, projection_of, station_map

PLACES = st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 360)), min_size=1, max_size=12)


@given(places=PLACES, size=st.sampled_from([WIDE, NARROW]))
@settings(max_examples=60)
def test_every_station_lies_within_the_map(places, size):
    projection = projection_of(places, size)

    for latitude, longitude in places:
        x, y = projection.place(latitude, longitude)
        assert -1e-6 <= x <= size[0] + 1e-6
        assert -1e-6 <= y <= size[1] + 1e-6


def test_a_degree_of_latitude_is_as_long_as_it_is_to_a_degree_of_longitude():
    projection = projection_of([(60, 10), (60, 12)])

    (west, _), (east, _) = projection.place(60, 10), projection.place(60, 12)
    assert (east - west) / 2 == pytest.approx(projection.scale * 0.5)


def test_the_globe_is_cut_where_no_station_is():
    projection = projection_of([(-17, 178), (-18, -178), (-17, 181)])

    xs = [projection.place(-17, longitude)[0] for longitude in (178, 181, -178)]
    assert xs == sorted(xs)
    assert xs[-1] - xs[0] < WIDE[0]


def drawn(stations) -> list[ElementTree.Element]:
    return list(parsed(f"<div>{station_map(stations)}</div>"))


def test_each_station_is_a_link_with_its_state_in_words():
    maps = drawn([(place("jena"), "well"), (place("lund", '<L">', latitude=55.7, longitude=13.2), "silent")])

    links = {a.get("href"): a for a in maps[0].iter("a")}
    assert len(maps) == 2
    assert set(links) == {"stations/jena", "stations/lund"}
    assert links["stations/lund"].get("aria-label") == '<L">: silent'
    assert links["stations/lund"].find("rect") is not None
    assert links["stations/jena"].find("circle") is not None


@pytest.mark.parametrize("latitude", [50.91, 50.95, 51.0, 51.05])
def test_no_degrees_lie_upon_others_or_are_cut_off(latitude):
    for each in drawn([(place(latitude=latitude), "well")]):
        height = int(each.get("viewBox").split()[-1])
        ticks = [tick for tick in each.iter("text") if tick.get("class") == "tick"]
        tops = [float(tick.get("y")) for tick in ticks if tick.text.endswith("N")]
        assert tops
        assert min(tops) >= 12
        assert max(tops) <= height - 18


def test_a_large_fleet_is_drawn_once_and_names_those_in_trouble_alone():
    fleet = [
        (place(f"s{n}", f"S{n}", latitude=40 + n / 10, longitude=n % 30), "late" if n == 60 else "well")
        for n in range(100)
    ]

    (only,) = drawn(fleet)

    names = [e.text for e in only.iter("text") if e.get("class") == "name"]
    assert names == ["s60"]
    assert len(list(only.iter("a"))) == 100
