"""The pages: what people wrote is text, tables stand in for charts, and nothing comes from elsewhere."""

import re
from datetime import timedelta

import pytest
from facts import ISSUED, NOW, facts, place, record, said, verdict

from jena_models.evaluation.gates import GateVerdict
from jena_models.page.station_facts import Measured
from jena_models.page.station_pages import Live, kind_of, sign_in_page, static_files, station_page, stations_page

LIVE = Live(5.0, 'W/"tag"')


def one(known=None) -> str:
    return station_page(record(known), NOW, LIVE, [("MLflow", "http://127.0.0.1:5000/")])


def test_a_station_shows_what_is_there_and_what_is_to_come():
    page = one()

    for shown in ("6.0", "5.5 to 9.5", "1.50", "25", "champion", "version 3", "ridge", "None failed.", "MLflow"):
        assert shown in page
    assert page.count("<svg") == 4
    assert page.count("data-said=") == 48 + 168


def test_times_are_in_the_stations_clock_and_machine_readable_in_utc():
    assert '<time datetime="2024-03-10T12:00:00Z" data-yours>Sun 10, 13:00</time>' in one()


def test_a_stations_days_that_are_over_are_not_told_as_those_to_come():
    year = timedelta(days=365)
    known = facts(
        reading_time=ISSUED - year,
        newest=Measured(time=ISSUED - year, value=6.0),
        latest=said(issued=ISSUED - year),
        upcoming=tuple(said(float(lead), issued=ISSUED - year) for lead in range(1, 49)),
    )

    page = one(known)

    assert "The two days after the last forecast" in page
    assert "The week before the last forecast" in page
    assert "The next two days" not in page
    assert ">11 March 2023, 13:00</time>" in page, "a weekday alone may be of any year"


@pytest.mark.parametrize(("lead", "days"), [(6.0, "day"), (24.0, "day"), (30.0, "two days"), (72.0, "3 days")])
def test_as_many_days_are_announced_and_drawn_as_are_forecast(lead, days):
    page = one(facts(latest=said(lead), upcoming=(said(lead),)))

    assert f">The next {days}</h2>" in page
    end = ISSUED + timedelta(days={"day": 1, "two days": 2}.get(days, 3))
    assert f'data-end="{end:%Y-%m-%dT%H:%M:%SZ}"' in page


@pytest.mark.parametrize(
    ("digits", "value", "shown", "error"), [(4, 0.00438, "0.0044", "0.00060"), (0, 5_490_003.0, "5,490,003", "375,000")]
)
def test_values_of_any_size_are_told_apart(digits, value, shown, error):
    mae = 0.0006 if digits else 375_000.0
    scores = facts().scores.model_copy(update={"mae": mae})
    known = facts(digits=digits, newest=Measured(time=ISSUED, value=value), scores=scores)

    assert f"<b>{shown}</b>" in one(known)
    assert f"<b>{error}</b>" in one(known)
    listed = stations_page([known], NOW, LIVE, 0)
    assert f"{shown} <small class='unit'>°C</small>" in listed, "on a phone too: another may be in °F"
    assert error in listed


def test_the_value_of_a_dead_sensor_is_not_told_as_that_of_now():
    """The other sensors' readings come, so that the station is not silent."""
    dead = facts(newest=Measured(time=ISSUED - timedelta(hours=9), value=6.0))

    page, listed = one(dead), stations_page([dead], NOW, LIVE, 0)

    assert "<dt>Last measured</dt>" in page
    assert "<dt>Now</dt>" in one()
    assert '<time datetime="2024-03-10T03:00:00Z" data-age>9 h</time>' in listed


def test_a_target_without_a_unit_leaves_no_hole_in_a_sentence():
    shown = one(facts(place(unit="")))

    assert re.findall(r"\(\)| [;,.](?=[\s<])", shown) == []


def test_what_people_wrote_is_text():
    odd = '<script>alert("x")</script>'
    known = facts(place(title=odd), verdict=verdict("repair", odd), latest=said(missing=odd), troubles=(odd,))

    for page in (one(known), stations_page([known], NOW, LIVE, 0, odd), sign_in_page(f'/"{odd}', "/", wrong=True)):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_no_page_has_a_style_or_script_of_its_own_or_asks_elsewhere():
    for page in (one(), stations_page([facts()], NOW, LIVE, 0)):
        assert " style=" not in page
        assert re.findall(r"<script(?![^>]* src=)", page) == []
        assert re.findall(r"\bon[a-z]+=", page) == []
        asked = re.findall(r'(?:src|<link[^>]* href)="([^"]+)"', page)
        assert {f"/{address.removeprefix('../')}" for address in asked} <= set(static_files())
        assert len(asked) == page.count("static/") == 3


def test_a_station_without_anything_is_a_page_too():
    bare = facts(
        reading_time=None, newest=None, written=None, latest=None, upcoming=(), scores=None, champion=None, verdict=None
    )
    empty = record(bare, bare=True)

    page = station_page(empty, NOW, LIVE, [])

    assert "no reading yet" in page
    assert "jena train" in page
    assert "<svg" not in page


def test_the_list_begins_with_those_that_a_person_should_look_at():
    well, late = facts(place("a", "Alpha")), facts(place("z", "Zeta"), reading_time=ISSUED - timedelta(hours=4))

    page = stations_page([well, late], NOW, LIVE, 0)

    assert page.index(">Zeta</a>") < page.index(">Alpha</a>")
    assert "2 stations" in page


def test_accents_and_capitals_neither_sort_nor_hide_a_station():
    titles = ("Zug", "Åland", "İstanbul", "bremen")
    shown = stations_page([facts(place(f"s{at}", title)) for at, title in enumerate(titles)], NOW, LIVE, 0)

    assert sorted(titles, key=lambda title: shown.index(f">{title}</a>")) == ["Åland", "bremen", "İstanbul", "Zug"]
    assert 'data-find="s1 aland ' in shown
    assert 'data-find="s2 istanbul ' in shown


def test_the_list_names_each_champion_and_says_whether_its_gates_let_it_in():
    by_gates = facts(place("a", "Alpha")).champion
    no = GateVerdict(gate="groups", passed=False, evidence="<b>winter</b>")
    against = by_gates.model_copy(update={"gates": (*by_gates.gates, no), "architecture": "convolution_gru"})
    by_hand = by_gates.model_copy(update={"gates": (), "version": 12})
    champions = {"a": by_gates, "b": against, "c": by_hand, "d": None}

    page = stations_page([facts(place(n, n), champion=each) for n, each in champions.items()], NOW, LIVE, 0)
    cells = [row.rpartition("<td")[2].partition(">")[2] for row in page.split("</tr>")[1:5]]
    told = [re.sub(r"<[^>]+>", "", cell) for cell in cells]

    assert told == ["ridge v3 ✓1 gate passed", "convolution_gru v3 ✗groups closed", "ridge v12 by hand", ""]
    assert ['class="open"' in cell for cell in cells] == [True, False, False, False]
    assert 'data-find="b b well convolution_gru"' in page


def test_json_schemas_are_told_in_words():
    assert kind_of({"anyOf": [{"type": "number"}, {"type": "null"}]}) == "number or nothing"
    assert kind_of({"type": "array", "items": {"$ref": "#/components/schemas/Said"}}) == "list of Said"
    assert kind_of({"type": "string", "format": "date-time"}) == "time"


def test_a_row_is_made_anew_where_its_state_its_age_or_its_facts_change():
    known = facts()

    def row(of, hours: float) -> str:
        page = stations_page([of], ISSUED + timedelta(hours=hours), LIVE, 0)
        return page[page.index("<tbody>") : page.index("</tbody>")]

    first, older, late = row(known, 0.5), row(known, 2.5), row(known, 4)
    other = row(known.model_copy(update={"latest": said(forecast=1.5)}), 0.5)

    assert (">30 min<" in first, ">2 h<" in older, ">4 h<" in late) == (True, True, True)
    assert (">well<" in older, ">late<" in late) == (True, True)
    assert ("7.5 " in first, "1.5 " in other) == (True, True)
    assert row(known, 0.5) == first
