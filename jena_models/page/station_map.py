"""Where stations lie: their coordinates drawn in a plane, with lines of the globe and a scale, and no outside tiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from jena_models.page.shown_state import TROUBLE, WORDS
from jena_models.page.station_facts import Place, State

WIDE: Final = (1000, 400)
NARROW: Final = (390, 320)
"""Widths and heights: for a desk, and for a phone where there are few enough stations to draw them twice."""
MARGIN: Final = 40
FARTHEST_NORTH: Final = 80.0
LEAST_SPAN_DEGREES: Final = 1.5
"""One station has a country around it."""
KILOMETRES_A_DEGREE: Final = 111.195
"""Of a great circle, on a sphere of 6,371 km."""
SPACINGS: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
DIGITS: Final = 6
"""A tenth of a metre; a hair to the west of the western edge would be around the globe."""
LINE_POINTS: Final = 110
"""Lines of the globe are about so far apart, or farther."""
LABEL_WIDTH: Final = 40
LABEL_HEIGHT: Final = 16
LETTER_WIDTH: Final = 6.2
MOST_NAMES: Final = 40
"""With more stations than these, those in trouble alone are named."""


@dataclass(frozen=True)
class Projection:
    """Degrees in a plane: true in length along the middle latitude, north above."""

    west: float
    """The longitude of the left edge; others are within 360 degrees to the east of it."""
    middle: float
    """The latitude of the middle."""
    scale: float
    """Points a degree of latitude."""
    across: float
    """Points a degree of longitude, which are fewer."""
    left: float
    """Where the west edge lies, in points."""
    size: tuple[int, int]

    def place(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Give a place's distance from the left and from above, in points."""
        east = (round(longitude, DIGITS) - self.west) % 360
        return self.left + east * self.across, self.size[1] / 2 - (latitude - self.middle) * self.scale


def projection_of(places: Sequence[tuple[float, float]], size: tuple[int, int] = WIDE) -> Projection:
    """Give the projection that shows every place, the globe being cut where no station is.

    Args:
        places: latitude and longitude in degrees; at least one.
        size: of the map, in points.
    """
    latitudes = [latitude for latitude, _ in places]
    west, width = _cut([longitude for _, longitude in places])
    south, north = min(latitudes), max(latitudes)
    middle = (south + north) / 2
    # At the poles a degree of longitude would be nothing.
    shrink = math.cos(math.radians(min(FARTHEST_NORTH, abs(middle))))
    span = max(north - south, LEAST_SPAN_DEGREES)
    width_degrees = max(width, LEAST_SPAN_DEGREES / shrink)
    scale = min((size[0] - 2 * MARGIN) / (width_degrees * shrink), (size[1] - 2 * MARGIN) / span)
    across = scale * shrink
    left = (size[0] - width * across) / 2
    return Projection(west=west, middle=middle, scale=scale, across=across, left=left, size=size)


def station_map(stations: Sequence[tuple[Place, State]]) -> Markup:
    """Draw stations by their coordinates, each a link to its own page; those in trouble are marked, and lie above."""
    if not stations:
        return Markup("")
    sizes = (WIDE, NARROW) if len(stations) <= MOST_NAMES else (WIDE,)
    return Markup("").join(_drawn(stations, size, alone=len(sizes) == 1) for size in sizes)


def _drawn(stations: Sequence[tuple[Place, State]], size: tuple[int, int], *, alone: bool) -> Markup:
    projection = projection_of([(place.latitude, place.longitude) for place, _ in stations], size)
    parts = [*_graticule(projection), _scale_bar(projection)]
    in_order = sorted(stations, key=lambda each: (each[1] in TROUBLE, each[0].name))
    parts += [_mark(projection, place, state, len(stations)) for place, state in in_order]
    named = [each for each in reversed(in_order) if len(stations) <= MOST_NAMES or each[1] in TROUBLE]
    parts += _names(projection, [place for place, _ in named], [place for place, _ in stations])
    troubled = sum(state in TROUBLE for _, state in stations)
    says = f"Map of all stations of the list below ({len(stations)}); in trouble: {troubled}."
    kind = "" if alone else " wide" if size == WIDE else " narrow"
    return Markup(  # noqa: S704 (what people wrote is escaped where it is put in)
        f'<svg class="map{kind}" viewBox="0 0 {size[0]} {size[1]}" role="group" aria-label="{says}">'
        f"{''.join(parts)}</svg>"
    )


def _cut(longitudes: Sequence[float]) -> tuple[float, float]:
    """Give the westernmost longitude and how far it is to the easternmost, the widest empty stretch left out."""
    east = sorted({round(longitude, DIGITS) % 360 for longitude in longitudes})
    gaps = [((east[(n + 1) % len(east)] - east[n]) % 360 or 360.0, n) for n in range(len(east))]
    gap, after = max(gaps)
    return east[(after + 1) % len(east)], 360.0 - gap


def _graticule(projection: Projection) -> list[str]:
    width, height = projection.size
    across = projection.across
    parts = []
    spacing = _spacing(min(360.0, width / across), width / LINE_POINTS)
    west = projection.west - projection.left / across
    east = west + min(360.0, width / across)
    for number in range(math.ceil(west / spacing), math.floor(east / spacing) + 1):
        longitude = number * spacing
        x = projection.left + (longitude - projection.west) * across
        text = _degrees((longitude + 180) % 360 - 180, "E", "W", spacing)
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height}"/>')
        if x < width - LABEL_WIDTH:
            parts.append(f'<text class="tick" x="{x + 4:.1f}" y="{height - 6}">{text}</text>')
    half = height / 2 / projection.scale
    first, last = max(-90.0, projection.middle - half), min(90.0, projection.middle + half)
    spacing = _spacing(last - first, height / LINE_POINTS)
    for number in range(math.ceil(first / spacing), math.floor(last / spacing) + 1):
        latitude = number * spacing
        y = height / 2 - (latitude - projection.middle) * projection.scale
        text = _degrees(latitude, "N", "S", spacing)
        parts.append(f'<line class="grid" x1="0" x2="{width}" y1="{y:.1f}" y2="{y:.1f}"/>')
        if LABEL_HEIGHT < y < height - LABEL_HEIGHT:  # below that the longitudes stand
            parts.append(f'<text class="tick" x="4" y="{y - 4:.1f}">{text}</text>')
    return parts


def _spacing(span: float, most: float) -> float:
    return next((each for each in SPACINGS if span / each <= most), SPACINGS[-1])


def _degrees(value: float, above: str, below: str, spacing: float) -> str:
    digits = 1 if spacing < 1 else 0
    side = "" if value in (0.0, 180.0, -180.0) else above if value > 0 else below
    return f"{abs(value):.{digits}f}°{side}"


def _scale_bar(projection: Projection) -> str:
    """A length that is true in the middle of the map."""
    points_a_kilometre = projection.scale / KILOMETRES_A_DEGREE
    longest = projection.size[0] / 6
    power = 10.0 ** math.floor(math.log10(longest / points_a_kilometre))
    kilometres = max(n * power for n in (1, 2, 5) if n * power * points_a_kilometre <= longest)
    x, y = projection.size[0] - 14, projection.size[1] - 30
    return (
        f'<line class="base" x1="{x - kilometres * points_a_kilometre:.1f}" x2="{x}" y1="{y}" y2="{y}"/>'
        f'<text class="tick" x="{x}" y="{y - 6}" text-anchor="end">{kilometres:,g} km</text>'
    )


def _mark(projection: Projection, place: Place, state: State, count: int) -> str:
    x, y = projection.place(place.latitude, place.longitude)
    radius = 6.0 if count <= MOST_NAMES else 4.0
    said = f"{place.title}: {WORDS[state]}"
    shape = (
        f'<rect x="{x - radius:.1f}" y="{y - radius:.1f}" width="{2 * radius:g}" height="{2 * radius:g}"/>'
        if state in TROUBLE
        else f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"/>'
    )
    return (
        f'<a class="mark {state}" href="stations/{escape(place.name)}" aria-label="{escape(said)}">'
        f"<title>{escape(said)}</title>{shape}</a>"
    )


def _names(projection: Projection, named: Sequence[Place], every: Sequence[Place]) -> list[str]:
    """Name stations where their names fit beside one another and the marks; the list has them all."""
    marks = [projection.place(place.latitude, place.longitude) for place in every]
    taken = [(x - 7, y - 7, x + 7, y + 7) for x, y in marks] if len(every) <= MOST_NAMES else []
    parts = []
    for place in named:
        x, y = projection.place(place.latitude, place.longitude)
        length = LETTER_WIDTH * len(place.name)
        for left, above, anchor, at in ((x + 10, y - 7, "start", x + 10), (x - 10 - length, y - 7, "end", x - 10)):
            box = (left, above, left + length, above + 14)
            inside = box[0] >= 0 and box[2] <= projection.size[0]
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                parts.append(
                    f'<text class="name" x="{at:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}" aria-hidden="true">'
                    f"{escape(place.name)}</text>"
                )
                break
    return parts


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
