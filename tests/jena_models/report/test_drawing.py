"""A drawing is SVG that takes its colours from the page, says what it shows, and asks nobody for anything."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from jena_models.report.drawing import COLOURS, dots, drawn, frame, line, ticks


def example(name: str = "spring") -> ElementTree.Element:
    axes = frame((0, 3), (0, 10), "months")
    ticks(axes, [(0, "winter"), (1, name)])
    line(axes, [0, 1, 2, 3], [1, np.nan, 99, 4], "model")
    dots(axes, [0, 1, 2], [5, np.nan, 7], "reference", ["five", "nothing", "seven <b>"])
    return ElementTree.fromstring(drawn(axes, "Five & seven"))  # noqa: S314 (drawn here)


def test_a_drawing_says_what_it_shows_and_each_mark_what_it_is():
    svg = example()

    assert (svg.get("role"), svg.get("aria-label")) == ("img", "Five & seven")
    assert [title.text for title in svg.iter("title")] == ["five", "seven <b>"]
    assert {"winter", "spring", "months"} <= {text.text for text in svg.iter("text")}


HALF_IMPORTED = """
import sys, threading, time
from jena_models.report.drawing import empty_figure
import matplotlib.figure
sys.path.insert(0, sys.argv[1])
thread = threading.Thread(target=__import__, args=["IPython"])
thread.start()
while "IPython" not in sys.modules:
    time.sleep(0.001)
empty_figure(1, 1)
thread.join()
"""


def test_a_figure_waits_for_ipython_that_another_thread_is_importing(tmp_path: Path):
    slow = "import time\ntime.sleep(1)\nversion_info = (9, 0)\ndef get_ipython():\n    return None\n"
    (tmp_path / "IPython.py").write_text(slow)

    subprocess.run([sys.executable, "-c", HALF_IMPORTED, str(tmp_path)], check=True)


def test_colours_and_letters_are_those_of_the_page_around():
    whole = ElementTree.tostring(example(), encoding="unicode")

    assert {"var(--model)", "var(--reference)", "var(--quiet)"} <= set(re.findall(r"var\(--[a-z]+\)", whole))
    assert not [colour for colour in COLOURS.values() if colour in whole]
    assert "font:" not in whole


def test_nothing_is_fetched_and_links_lead_within_the_drawing():
    svg = example()

    ids = {element.get("id") for element in svg.iter() if element.get("id")}
    assert {element.get("href", "#") for element in svg.iter()} <= {"#", *(f"#{name}" for name in ids)}
    assert not re.search(r"url\((?!#)", ElementTree.tostring(svg, encoding="unicode"))


def test_the_same_drawing_is_the_same_text():
    assert ElementTree.tostring(example()) == ElementTree.tostring(example())


def test_a_line_stays_within_the_frame():
    [path] = [p for p in example().iter("path") if "var(--model)" in p.get("style", "") and "M" in p.get("d")]

    heights = [float(y) for y in re.findall(r"[ML] [\d.]+ ([\d.]+)", path.get("d"))]
    assert min(heights) == pytest.approx(12, abs=0.1)


@pytest.mark.parametrize("name", ["US$ and $", "$\\undefined$", "a $x$ b"])
def test_a_name_is_written_as_it_is(name):
    assert name in {text.text for text in example(name).iter("text")}
