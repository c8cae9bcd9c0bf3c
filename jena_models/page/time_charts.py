"""Drawings of a station's days, as SVG that takes its colours from the page around it; times by the station's clock."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

import numpy as np
from markupsafe import Markup, escape

from jena_models.page.chart_frame import ABOVE, BELOW, NARROW, RIGHT, Frame, frame_of, grid
from jena_models.page.recent_forecasts import AHEAD, WEEK
from jena_models.page.station_facts import Compared, Measured, MeasuredColumns, Said, StationFacts, StationRecord
from jena_models.report.number_format import grouped
from jena_models.stations.clock import Clock, seconds_of

Point = tuple[datetime, float]

BEHIND: Final = timedelta(days=1)
"""How much of what came is drawn before the next days."""
DAYS: Final = {1: "day", 2: "two days"}
GAP_STEPS: Final = 6
"""No line is drawn across a gap of more steps."""
NEAR_STEP: Final = timedelta(minutes=90)
"""Forecasts so near to one another make a line; farther ones stand as points alone."""


def days_ahead(facts: StationFacts) -> int:
    """Give how many days forecasts are drawn ahead of their newest reading: as many as hold them all."""
    if not facts.upcoming or facts.reading_time is None:
        return 1
    return max(1, math.ceil((facts.upcoming[-1].valid_time - facts.reading_time) / timedelta(days=1)))


def days_ahead_in_words(facts: StationFacts) -> str:
    """Give them as a heading has them: `day`, `two days`, `5 days`."""
    days = days_ahead(facts)
    return DAYS.get(days, f"{days} days")


def next_days_chart(record: StationRecord, clock: Clock, size: tuple[int, int]) -> Markup:
    """Draw the last day as it came and what is said of the next ones, with the interval."""
    facts = record.facts
    if facts.reading_time is None:
        return Markup("")
    issued = facts.reading_time
    ahead = facts.upcoming
    end = issued + timedelta(days=days_ahead(facts))
    came = record.measured.between(issued - BEHIND, end)
    frame = frame_of(size, issued - BEHIND, end, _values(came, ahead))
    text = "forecast made" if facts.has_newer else "newest reading"
    parts = [*grid(frame, clock, facts.place.unit), _line_now(frame, issued, text)]
    # The band and the line begin where the readings end that the forecast was made from.
    begin = came.between(issued - BEHIND, issued).newest
    parts += _said_parts(frame, ahead, [(begin.time, begin.value)] if begin and _is_line(ahead) else [])
    parts.append(_came(frame, came, _gap(record)))
    if newest := came.newest:
        parts.append(_dot(frame, (newest.time, newest.value), "measured"))
    return _svg(frame, parts, _next_days_in_words(record, clock))


def last_week_chart(record: StationRecord, compared: Sequence[Compared], clock: Clock, size: tuple[int, int]) -> Markup:
    """Draw the last week as it came, and as it was forecast at the horizon that counts."""
    facts = record.facts
    if facts.reading_time is None or not compared:
        return Markup("")
    issued = facts.reading_time
    came = record.measured.between(issued - WEEK, issued)
    said = [each.said for each in compared]
    frame = frame_of(size, issued - WEEK, issued, _values(came, said))
    parts = [*grid(frame, clock, facts.place.unit), *_said_parts(frame, said, [])]
    parts.append(_came(frame, came, _gap(record)))
    scores = facts.scores
    says = f"The last seven days of {facts.place.target} at {facts.place.title}, measured and forecast"
    if scores:
        says += (
            f" {scores.lead_hours:g} hours before; {scores.forecasts} forecasts were off by "
            f"{grouped(scores.mae, facts.error_digits)} {facts.place.unit} in the mean"
        )
    return _svg(frame, parts, f"{says}. The same numbers stand in the table below.")


def spark_line(said: Sequence[Said], newest: Measured | None) -> Markup:
    """Draw what is said of the next days, very small, for a row of the list; it says nothing that the row does not."""
    said = [each for each in said if newest and each.valid_time > newest.time]
    if len(said) < 2 or newest is None:  # noqa: PLR2004
        return Markup("")
    width, height = 96.0, 26.0
    start, end = newest.time, max(said[-1].valid_time, newest.time + AHEAD / 2)
    values = [newest.value, *(each.forecast for each in said)]
    bounds = [value for each in said for value in (each.lower, each.upper) if value is not None]
    low, high = min(values + bounds), max(values + bounds)
    across, up = (end - start).total_seconds() or 1.0, (high - low) or 1.0

    def place(time: datetime, value: float) -> str:
        x = (time - start).total_seconds() / across * (width - 4) + 2
        return f"{x:.1f},{height - 2 - (value - low) / up * (height - 4):.1f}"

    banded = [each for each in said if each.lower is not None and each.upper is not None]
    band = [place(each.valid_time, each.upper) for each in banded if each.upper is not None]
    band += [place(each.valid_time, each.lower) for each in reversed(banded) if each.lower is not None]
    line = [place(newest.time, newest.value)] + [place(each.valid_time, each.forecast) for each in said]
    area = f'<polygon class="band" points="{" ".join(band)}"/>' if band else ""
    return Markup(  # noqa: S704 (numbers alone)
        f'<svg class="spark" viewBox="0 0 {width:g} {height:g}" aria-hidden="true">{area}'
        f'<polyline class="said" points="{" ".join(line)}"/></svg>'
    )


def _came(frame: Frame, came: MeasuredColumns, longest: timedelta) -> str:
    """Give the line of what was measured, interrupted where there is a gap."""
    if not len(came.time):
        return ""
    seconds = seconds_of(came.time)
    begins = np.append(True, np.diff(seconds) > longest.total_seconds())
    letters = np.where(begins, "M", "L").tolist()
    places = zip(letters, frame.xs(seconds).tolist(), frame.y(came.value).tolist(), strict=True)
    steps = "".join(f"{letter}{x:.1f},{y:.1f}" for letter, x, y in places)
    return f'<path class="measured" d="{steps}"/>'


def _values(came: MeasuredColumns, said: Iterable[Said]) -> list[float]:
    values: list[float] = came.value.tolist()
    for each in said:
        values += [value for value in (each.forecast, each.lower, each.upper) if value is not None]
    return values


def _gap(record: StationRecord) -> timedelta:
    steps = np.diff(seconds_of(record.measured.time))
    return GAP_STEPS * timedelta(seconds=float(np.median(steps)) if len(steps) else 3600.0)


def _said_parts(frame: Frame, said: Sequence[Said], start: list[Point]) -> list[str]:
    """Give the band and the line of forecasts, or points with their bounds where they are too far apart for a line."""
    points = [(each.valid_time, each.forecast) for each in said]
    bounds = [(each.valid_time, each.lower, each.upper) for each in said]
    if not _is_line(said):
        bars = [
            f'<line class="bar" x1="{frame.x(time):.1f}" x2="{frame.x(time):.1f}" y1="{frame.y(low):.1f}" '
            f'y2="{frame.y(high):.1f}"/>'
            for time, low, high in bounds
            if low is not None and high is not None
        ]
        return bars + [_dot(frame, point, "said") for point in points]
    parts = []
    for piece in _pieces([(time, low, high) for time, low, high in bounds if low is not None and high is not None]):
        upper = [(time, high) for time, _, high in piece]
        lower = [(time, low) for time, low, _ in piece]
        if start and piece[0][0] - start[0][0] <= NEAR_STEP:
            upper = [*start, *upper]
        corners = " ".join(_place(frame, each) for each in [*upper, *reversed(lower)])
        parts.append(f'<polygon class="band" points="{corners}"/>')
    parts.append(_curve(frame, [*start, *points]))
    return parts


def _is_line(said: Sequence[Said]) -> bool:
    near = [b.valid_time - a.valid_time <= NEAR_STEP for a, b in pairwise(said)]
    return len(near) > 0 and sum(near) * 2 >= len(near)


def _pieces(
    bounds: Sequence[tuple[datetime, float, float]],
) -> list[list[tuple[datetime, float, float]]]:
    pieces: list[list[tuple[datetime, float, float]]] = []
    for each in bounds:
        if pieces and each[0] - pieces[-1][-1][0] <= NEAR_STEP:
            pieces[-1].append(each)
        else:
            pieces.append([each])
    return pieces


def _curve(frame: Frame, points: Sequence[Point]) -> str:
    steps, before = [], None
    for point in points:
        steps.append(f"{'L' if before is not None and point[0] - before <= NEAR_STEP else 'M'}{_place(frame, point)}")
        before = point[0]
    return f'<path class="said" d="{"".join(steps)}"/>' if steps else ""


def _place(frame: Frame, point: Point) -> str:
    return f"{frame.x(point[0]):.1f},{frame.y(point[1]):.1f}"


def _dot(frame: Frame, point: Point, kind: str) -> str:
    return f'<circle class="{kind}" cx="{frame.x(point[0]):.1f}" cy="{frame.y(point[1]):.1f}" r="3.5"/>'


def _line_now(frame: Frame, time: datetime, text: str) -> str:
    x, base = frame.x(time), frame.size[1] - BELOW
    return (
        f'<line class="now" x1="{x:.1f}" x2="{x:.1f}" y1="{ABOVE - 4}" y2="{base}"/>'
        f'<text class="tick" x="{x - 6:.1f}" y="{ABOVE - 6}" text-anchor="end">{escape(text)}</text>'
    )


def _next_days_in_words(record: StationRecord, clock: Clock) -> str:
    facts = record.facts
    ahead, place = facts.upcoming, facts.place
    says = f"The last day of {place.target} at {place.title} as measured"
    if not ahead:
        return f"{says}; nothing is forecast after it."
    high, low = max(ahead, key=lambda each: each.forecast), min(ahead, key=lambda each: each.forecast)
    at = [f"{each.valid_time.astimezone(clock.zone):%A %H:%M}" for each in (high, low)]
    said = [grouped(each.forecast, facts.digits) for each in (high, low)]
    return (
        f"{says}, and the forecast after it: highest {said[0]} {place.unit} on {at[0]}, lowest "
        f"{said[1]} {place.unit} on {at[1]}. The same numbers stand in the table below."
    )


def _svg(frame: Frame, parts: Iterable[str], says: str) -> Markup:
    width, height = frame.size
    kind = "wide" if width > NARROW[0] else "narrow"
    # What people wrote, titles and units, is escaped where it is put in. The script's cursor needs to know the times.
    return Markup(  # noqa: S704
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(says)}" '
        f'data-start="{frame.start:%Y-%m-%dT%H:%M:%SZ}" data-end="{frame.end:%Y-%m-%dT%H:%M:%SZ}" '
        f'data-left="{frame.left:g}" data-right="{width - RIGHT}">{"".join(parts)}</svg>'
    )
