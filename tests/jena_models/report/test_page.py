import re
from html.parser import HTMLParser

import pytest
from study_page import NAMES, contender, study_report

from jena_models.evaluation.comparisons import Significance
from jena_models.report.number_format import wrapping
from jena_models.report.page import page

SECTIONS = (
    *("leaderboard", "significance", "neighbours", "errors", "weeks", "intervals", "leads", "importance", "training"),
    *("gates", "data"),
    "settings",
)
VOID = {"meta", "br", "wbr", "col"}


class Outline(HTMLParser):
    """What is open, which sections there are, and whether all is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.sections: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.attributes += attrs
        if tag == "section":
            self.sections.append(dict(attrs)["id"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def whole() -> str:
    return page(study_report())


def test_the_page_has_every_section_and_every_element_is_closed(whole):
    outline = Outline(whole)

    assert outline.open == []
    assert outline.sections == list(SECTIONS)


def test_the_page_fetches_nothing_and_runs_nothing(whole):
    attributes = Outline(whole).attributes

    assert not {name for name, _ in attributes} & {"src", "srcset", "action", "onload", "onclick"}
    assert all(value.startswith("#") for name, value in attributes if name == "href")
    assert any(name == "content" and value.startswith("default-src 'none'") for name, value in attributes)
    assert not re.search(r"<script|@import|url\((?!#)", whole)


def test_the_page_names_what_a_reader_asks_for(whole):
    for said in ("Temperature 24 hours ahead", "Institute of Weather", "+8.0\N{NARROW NO-BREAK SPACE}%", "1=",
                 "4 March 2026", "a column that nobody knows", "rh 140", "48.0", "passed", "closed"):  # fmt: skip
        assert said in whole
    assert f"cannot be told from {NAMES[1]}" in whole
    assert "± 0.020" in whole
    assert "≈" in whole


@pytest.mark.slow
@pytest.mark.parametrize(
    ("missing", "sections"),
    [
        ({"forecasts": {}, "neighbours": None}, {"errors", "weeks", "neighbours"}),
        ({"significance": Significance(), "gates": (), "promotion": ""}, {"significance", "gates"}),
        ({"importance": None}, {"importance"}),
        (
            {
                "contenders": (contender("dense", "1", 2.4, epochs=0, intervals=(), by_lead=()),),
                "significance": Significance(),
            },
            {"training", "intervals", "leads", "significance"},
        ),
        ({"bounds": None, "cleaning": None, "windows": (), "expectations": (), "settings": {}}, set()),
    ],
)
def test_what_a_study_lacks_is_left_out(missing, sections):
    without = Outline(page(study_report(**missing))).sections

    assert set(SECTIONS) - set(without) == sections


@pytest.mark.slow
@pytest.mark.parametrize("contenders", [(), (contender("persistence", "1", 3.2, epochs=0),)])
def test_a_study_without_a_trained_architecture_has_a_page_too(contenders):
    assert "Nothing was trained" in page(study_report(contenders=contenders))


def test_each_neighbour_is_shown_with_its_gain_and_the_hours_it_is_ahead(whole):
    section = re.search(r'<section id="neighbours">.*?</section>', whole, re.DOTALL)[0]

    assert "18 h before" in section
    assert "+0.300" in section
    assert "−0.080 to +0.120 ≈" in section
    assert section.count("212 km W (270°)") == 2
    assert "at 97.0% of the station" in whole


@pytest.mark.slow
def test_names_from_the_data_cannot_become_markup():
    evil = "<script>alert(1)</script>\"'&"

    text = page(study_report(source=evil, settings={evil: evil}, station_title=evil))

    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_a_name_may_break_and_cannot_become_markup():
    assert wrapping("a_<b>_c") == "a_<wbr>&lt;b&gt;_<wbr>c"
    assert wrapping("<b>") == "&lt;b&gt;"


def test_errors_of_any_size_are_told_apart():
    """Of specific humidity in kg/kg every error was 0.00, and every difference between two of them 0."""
    small = [
        contender(NAMES[0], "1", 0.0006, test_mae=0.000612, val_mae=0.000598),
        contender(NAMES[1], "2", 0.0007, test_mae=0.000649, val_mae=0.000601),
    ]
    report = study_report(contenders=tuple(small), target="q (kg/kg)", target_name="humidity")

    assert [report.amount(each.test_mae, 3) for each in small] == ["0.000612", "0.000649"]
    assert (report.change(-0.000037, 3), report.steps(-0.000037)) == ("−0.000037", "−37")
    shown = page(report)
    assert "mean absolute error of 0.00061 kg/kg" in shown
    assert '<td class="number">0.000649</td>' in shown
    assert "counted in 1e-06 kg/kg" in shown


def test_a_target_without_a_unit_leaves_no_hole_in_a_sentence():
    shown = page(study_report(target="OT", target_name="load"))

    assert re.findall(r"\(\)| [;,.](?=[\s<])|\bin ,", shown) == []
    assert "in hundredths of a unit:" in shown


def test_a_key_names_what_is_drawn_and_nothing_else():
    alone = study_report()
    only = {name: table for name, table in alone.forecasts.items() if name == NAMES[0]}

    shown = page(study_report(contenders=alone.contenders[:1], forecasts=only))

    errors, weeks = shown.split('id="errors"')[1].split('id="weeks"')
    for section in (errors, weeks.split('id="intervals"')[0]):
        assert ">persistence</span>" not in section
        assert ">other architectures</span>" not in section


def test_times_are_said_to_be_of_the_stations_clock_and_of_which(whole):
    assert "the station’s own clock, Europe/Berlin, without daylight saving" in whole
