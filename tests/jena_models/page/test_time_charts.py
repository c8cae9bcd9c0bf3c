"""Charts: whole SVG, labels in the station's clock, and what people wrote is never markup."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from facts import facts, parsed, place, record, said

from jena_models.page.chart_frame import NARROW, WIDE, frame_of, grid, hours_between, ticks_between
from jena_models.page.station_facts import MeasuredColumns
from jena_models.page.time_charts import last_week_chart, next_days_chart, spark_line
from jena_models.stations.clock import clock_named

BERLIN = clock_named("Europe/Berlin")


def texts(svg: str) -> list[str]:
    return [element.text for element in parsed(svg).iter("text") if element.text]


def week_chart(shown, clock, size):
    return last_week_chart(shown, list(shown.compared.rows()), clock, size)


@pytest.mark.parametrize("chart", [next_days_chart, week_chart])
@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_chart_is_whole_and_says_in_words_what_it_shows(chart, size):
    root = parsed(chart(record(), BERLIN, size))

    assert root.get("viewBox") == f"0 0 {size[0]} {size[1]}"
    assert "Jena" in root.get("aria-label")
    classes = {element.get("class") for element in root.iter()}
    assert {"measured", "said", "band"} <= classes


def test_days_and_hours_are_those_of_the_stations_clock():
    shown = texts(next_days_chart(record(facts(place(clock="Asia/Kolkata"))), clock_named("Asia/Kolkata"), WIDE))

    assert {"Mon 11", "12:00"} <= set(shown)
    marked = hours_between(
        datetime(2024, 3, 10, tzinfo=UTC), datetime(2024, 3, 12, tzinfo=UTC), clock_named("Asia/Kolkata"), 9
    )
    assert marked[0] == datetime(2024, 3, 10, 0, 30, tzinfo=UTC)


def test_hours_stay_whole_over_the_night_in_which_the_clock_is_put_forward():
    marked = hours_between(datetime(2024, 3, 30, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC), BERLIN, 9)

    assert {time.astimezone(BERLIN.zone).hour for time in marked} <= {0, 6, 12, 18}
    assert len(marked) == len(set(marked)) == 8


def test_a_day_that_begins_at_one_oclock_is_named():
    cairo = clock_named("Africa/Cairo")  # at midnight of Friday the 26th it was put forward
    issued = datetime(2024, 4, 25, 12, tzinfo=UTC)
    frame = frame_of(WIDE, issued - timedelta(days=1), issued + timedelta(days=2), [1.0, 2.0])

    assert "Fri 26" in texts(f"<svg>{''.join(grid(frame, cairo, '°C'))}</svg>")


@pytest.mark.parametrize(
    "values", [[0.0038, 0.0072], [29.8, 30.1], [5e6, 7e6], [995.0, 1030.0], [-40.0, 50.0], [0.004]]
)
def test_each_mark_has_a_label_of_its_own_that_has_room(values):
    frame = frame_of(NARROW, datetime(2024, 3, 9, tzinfo=UTC), datetime(2024, 3, 12, tzinfo=UTC), values)

    assert len(set(frame.labels)) == len(frame.marks) >= 2
    told = [float(label.replace("−", "-").replace(",", "")) for label in frame.labels]
    assert told == pytest.approx(frame.marks)
    assert frame.left >= 7 * max(map(len, frame.labels))
    assert frame.x(frame.start) == frame.left


def test_forecasts_that_are_far_apart_stand_as_points_with_their_bounds():
    apart = facts(upcoming=(said(6.0), said(24.0), said(48.0)))

    root = parsed(next_days_chart(record(apart), BERLIN, WIDE))

    assert [e.get("class") for e in root.iter("circle")].count("said") == 3
    assert [e.get("class") for e in root.iter("line")].count("bar") == 3
    assert not list(root.iter("polygon"))


def test_no_line_is_drawn_across_a_gap():
    whole = record()
    times, values = whole.measured.time, whole.measured.value
    left = (times < times[-15]) | (times > times[-5])
    holed = replace(whole, measured=MeasuredColumns(times[left], values[left]))

    def strokes(shown) -> int:
        root = parsed(next_days_chart(shown, BERLIN, WIDE))
        return next(e.get("d") for e in root.iter("path") if e.get("class") == "measured").count("M")

    assert (strokes(whole), strokes(holed)) == (1, 2)


def test_what_people_wrote_is_never_markup():
    odd = place(title='<script>"&', unit="<b>")

    svg = next_days_chart(record(facts(odd)), BERLIN, WIDE)

    assert parsed(svg).get("aria-label").count('<script>"&') == 1
    assert "<script>" not in svg


def test_without_forecasts_there_is_nothing_to_draw():
    bare = record(facts(reading_time=None, latest=None, newest=None, upcoming=(), scores=None))

    assert next_days_chart(bare, BERLIN, WIDE) == ""
    assert spark_line((), None) == ""


def test_ticks_are_round_and_within():
    for low, high in [(-3.2, 11.0), (0.01, 0.02), (995, 1030), (-40, -39.9)]:
        marks = ticks_between(low, high)
        assert 2 <= len(marks) <= 7
        assert all(low <= mark <= high for mark in marks)
    assert str(ticks_between(-5, 5)[2]) != "-0.0"
