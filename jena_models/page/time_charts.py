"""Drawings of a station's days, as SVG that takes its colours from the page around it; times by the station's clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from jena_models.page.recent_forecasts import AHEAD, WEEK
from jena_models.page.station_facts import Compared, Measured, MeasuredColumns, Said, StationRecord
from jena_models.stations.clock import Clock

Point = tuple[datetime, float]

WIDE: Final = (880, 300)
NARROW: Final = (390, 290)
"""Widths and heights; each chart is drawn for a desk and for a phone, and the style sheet shows the one that fits."""

BEHIND: Final = timedelta(days=1)
"""How much of what came is drawn before the next two days."""
LEFT, RIGHT, ABOVE, BELOW = 44, 14, 18, 44
GAP_STEPS: Final = 6
"""No line is drawn across a gap of more steps."""
NEAR_STEP: Final = timedelta(minutes=90)
"""Forecasts so near to one another make a line; farther ones stand as points alone."""
LABEL_WIDTH: Final = 12
"""No label begins nearer to the right edge."""
ROUND: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
TICK_HOURS: Final = (1, 3, 6, 12, 24, 48)
DAY_HOURS: Final = 24


@dataclass(frozen=True)
class Frame:
    """Where times and values lie in a drawing."""

    size: tuple[int, int]
    start: datetime
    end: datetime
    low: float
    high: float

    @cached_property
    def _points_a_second(self) -> float:
        return (self.size[0] - LEFT - RIGHT) / (self.end - self.start).total_seconds()

    @cached_property
    def _first_second(self) -> float:
        return self.start.timestamp()

    def x(self, time: datetime) -> float:
        """Give how far from the left a time lies."""
        return LEFT + (time.timestamp() - self._first_second) * self._points_a_second

    def xs(self, seconds: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the same of many times, in seconds since 1970."""
        return LEFT + (seconds.astype(np.float64) - self._first_second) * self._points_a_second

    def y(self, value: float) -> float:
        """Give how far from above a value lies."""
        share = (value - self.low) / (self.high - self.low)
        return self.size[1] - BELOW - share * (self.size[1] - ABOVE - BELOW)

    def ys(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the same of many values."""
        shares = (values - self.low) / (self.high - self.low)
        return self.size[1] - BELOW - shares * (self.size[1] - ABOVE - BELOW)


def next_days_chart(record: StationRecord, clock: Clock, size: tuple[int, int]) -> Markup:
    """Draw the last day as it came and what is said of the next two, with the interval."""
    facts = record.facts
    if facts.reading_time is None:
        return Markup("")
    issued = facts.reading_time
    ahead = facts.upcoming
    end = issued + (AHEAD if ahead and ahead[-1].valid_time > issued + AHEAD / 2 else AHEAD / 2)
    came = _until(_since(record.measured, issued - BEHIND), end)
    frame = _frame(size, issued - BEHIND, end, _values(came, ahead))
    text = "forecast made" if facts.has_newer else "newest reading"
    parts = [*_grid(frame, clock, facts.place.unit), _line_at(frame, issued, "now", text)]
    # The band and the line begin where the readings end that the forecast was made from.
    begin = list(_until(came, issued).rows())[-1:]
    parts += _said_parts(frame, ahead, [(each.time, each.value) for each in begin] if _is_line(ahead) else [])
    parts.append(_came(frame, came, _gap(record)))
    parts += [_dot(frame, (each.time, each.value), "measured") for each in list(came.rows())[-1:]]
    return _svg(frame, parts, _next_days_in_words(record, clock))


def last_week_chart(record: StationRecord, compared: Sequence[Compared], clock: Clock, size: tuple[int, int]) -> Markup:
    """Draw the last week as it came, and as it was forecast at the horizon that counts."""
    facts = record.facts
    if facts.reading_time is None or not compared:
        return Markup("")
    issued = facts.reading_time
    came = _until(_since(record.measured, issued - WEEK), issued)
    said = [each.said for each in compared]
    frame = _frame(size, issued - WEEK, issued, _values(came, said))
    parts = [*_grid(frame, clock, facts.place.unit), *_said_parts(frame, said, [])]
    parts.append(_came(frame, came, _gap(record)))
    scores = facts.scores
    says = f"The last seven days of {facts.place.target} at {facts.place.title}, measured and forecast"
    if scores:
        says += (
            f" {scores.lead_hours:g} hours before; {scores.forecasts} forecasts were off by {scores.mae:.2f} "
            f"{facts.place.unit} in the mean"
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


def ticks_between(low: float, high: float, about: int = 6) -> list[float]:
    """Give round numbers within an interval.

    >>> ticks_between(-3.2, 11.0, about=3)
    [0.0, 5.0, 10.0]
    """
    raw = (high - low) / about
    power = 10.0 ** np.floor(np.log10(raw))
    step = next(power * each for each in ROUND if power * each >= raw)
    first = np.ceil(low / step)
    # Adding zero makes a zero of what would be shown as "−0".
    return [float(number * step) + 0.0 for number in np.arange(first, np.floor(high / step) + 1)]


def hours_between(start: datetime, end: datetime, clock: Clock, most: int) -> list[datetime]:
    """Give whole hours of the station's clock, in UTC, so far apart that there are at most so many."""
    hours = (end - start) / timedelta(hours=1)
    step = next((each for each in TICK_HOURS if hours / each <= most), TICK_HOURS[-1])
    local = start.astimezone(clock.zone)
    midnight = datetime(local.year, local.month, local.day)
    found = []
    for number in range(int(hours / step) + 3 + DAY_HOURS // min(step, DAY_HOURS)):
        wall = midnight + timedelta(hours=number * step)
        time = wall.replace(tzinfo=clock.zone).astimezone(UTC)
        if start <= time <= end:
            found.append(time)
    return found


def _since(measured: MeasuredColumns, start: datetime) -> MeasuredColumns:
    kept = measured.time >= np.datetime64(start.astimezone(UTC).replace(tzinfo=None))
    return MeasuredColumns(measured.time[kept], measured.value[kept])


def _until(measured: MeasuredColumns, end: datetime) -> MeasuredColumns:
    kept = measured.time <= np.datetime64(end.astimezone(UTC).replace(tzinfo=None))
    return MeasuredColumns(measured.time[kept], measured.value[kept])


def _came(frame: Frame, came: MeasuredColumns, longest: timedelta) -> str:
    """Give the line of what was measured, interrupted where there is a gap."""
    if not len(came.time):
        return ""
    seconds = came.time.astype("datetime64[s]").astype(np.int64)
    begins = np.append(True, np.diff(seconds) > longest.total_seconds())
    letters = np.where(begins, "M", "L").tolist()
    places = zip(letters, frame.xs(seconds).tolist(), frame.ys(came.value).tolist(), strict=True)
    steps = "".join(f"{letter}{x:.1f},{y:.1f}" for letter, x, y in places)
    return f'<path class="measured" d="{steps}"/>'


def _values(came: MeasuredColumns, said: Iterable[Said]) -> list[float]:
    values: list[float] = came.value.tolist()
    for each in said:
        values += [value for value in (each.forecast, each.lower, each.upper) if value is not None]
    return values


def _frame(size: tuple[int, int], start: datetime, end: datetime, values: Sequence[float]) -> Frame:
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    margin = 0.08 * (high - low) or max(1.0, 0.05 * abs(high))
    return Frame(size, start, end, low - margin, high + margin)


def _gap(record: StationRecord) -> timedelta:
    steps = np.diff(record.measured.time.astype("datetime64[s]").astype(np.int64))
    return GAP_STEPS * timedelta(seconds=float(np.median(steps)) if len(steps) else 3600.0)


def _grid(frame: Frame, clock: Clock, unit: str) -> list[str]:
    (width, height), parts = frame.size, []
    marks = ticks_between(frame.low, frame.high)
    digits = 0 if all(float(mark).is_integer() for mark in marks) else 1
    for mark in marks:
        y = frame.y(mark)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{width - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        text = f"{mark:.{digits}f}".replace("-", "−")
        parts.append(f'<text class="tick" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{text}</text>')
    parts.append(f'<text class="tick unit" x="{LEFT - 8}" y="{ABOVE - 8}" text-anchor="end">{escape(unit)}</text>')
    most = 9 if width > NARROW[0] else 5
    base = height - BELOW
    for time in hours_between(frame.start, frame.end, clock, most):
        if frame.x(time) > width - RIGHT - LABEL_WIDTH:
            continue
        x, local = frame.x(time), time.astimezone(clock.zone)
        at_midnight = local.hour == 0
        text = f"{local:%a} {local.day}" if at_midnight else f"{local:%H:%M}"
        kind = "day" if at_midnight else "grid"
        parts.append(f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{ABOVE}" y2="{base}"/>')
        # A day begins at its line; an hour is at it.
        anchor, x = ("start", x + 3) if at_midnight else ("middle", x)
        parts.append(f'<text class="tick" x="{x:.1f}" y="{base + 17}" text-anchor="{anchor}">{text}</text>')
        # Filled in by the visitor's own clock, where that is another one.
        stamp = f"{time:%Y-%m-%dT%H:%MZ}"
        parts.append(
            f'<text class="tick yours" x="{x:.1f}" y="{base + 34}" text-anchor="{anchor}" data-time="{stamp}"></text>'
        )
    parts.append(f'<line class="base" x1="{LEFT}" x2="{width - RIGHT}" y1="{base}" y2="{base}"/>')
    return parts


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
    parts.append(_curve(frame, [*start, *points], "said", NEAR_STEP))
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


def _curve(frame: Frame, points: Sequence[Point], kind: str, longest: timedelta) -> str:
    steps, before = [], None
    for point in points:
        steps.append(f"{'L' if before is not None and point[0] - before <= longest else 'M'}{_place(frame, point)}")
        before = point[0]
    return f'<path class="{kind}" d="{"".join(steps)}"/>' if steps else ""


def _place(frame: Frame, point: Point) -> str:
    return f"{frame.x(point[0]):.1f},{frame.y(point[1]):.1f}"


def _dot(frame: Frame, point: Point, kind: str) -> str:
    return f'<circle class="{kind}" cx="{frame.x(point[0]):.1f}" cy="{frame.y(point[1]):.1f}" r="3.5"/>'


def _line_at(frame: Frame, time: datetime, kind: str, text: str) -> str:
    x, base = frame.x(time), frame.size[1] - BELOW
    return (
        f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{ABOVE - 4}" y2="{base}"/>'
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
    return (
        f"{says}, and the forecast after it: highest {high.forecast:.1f} {place.unit} on {at[0]}, lowest "
        f"{low.forecast:.1f} {place.unit} on {at[1]}. The same numbers stand in the table below."
    )


def _svg(frame: Frame, parts: Iterable[str], says: str) -> Markup:
    width, height = frame.size
    kind = "wide" if width > NARROW[0] else "narrow"
    # What people wrote, titles and units, is escaped where it is put in. The script's cursor needs to know the times.
    return Markup(  # noqa: S704
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(says)}" '
        f'data-start="{frame.start:%Y-%m-%dT%H:%M:%SZ}" data-end="{frame.end:%Y-%m-%dT%H:%M:%SZ}" '
        f'data-left="{LEFT}" data-right="{width - RIGHT}">{"".join(parts)}</svg>'
    )
