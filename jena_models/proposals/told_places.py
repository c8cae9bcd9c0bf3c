"""Where a station stands, as its source tells it: in columns that never change, or in lines above the names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from jena_models.errors import SourceUnreadableError
from jena_models.place_names import LATITUDES, LONGITUDES
from jena_models.proposals.draft import Draft, Opened, Table
from jena_models.proposals.place_and_clock import PLACES
from jena_models.reading.matching import plain, taken_apart

HOUR_SECONDS: Final = 3600
FARTHEST: Final = {"latitude": 90.0, "longitude": 360.0}
_TOLD: Final = (
    r"(?i)(?<![a-z])(?:{names})(?:\s*[(\[][^)\]]*[)\]])?[\s:=,;|\"]*(?P<degrees>[+-]?\d{{1,3}}(?:\.\d+)?)"
    r"(?:[\s,;|]+(?P=degrees)(?![\d.]))*\s*°?\s*(?P<side>[NSEW]?)(?!\s*[\d°'′]|[\w.]|,\s*[+-]?\d)"
)
"""A name, what stands around it, and decimal degrees: the same for each column where there are several."""
_NAMED: Final = {
    key: re.compile(_TOLD.format(names="|".join(names)))
    for key, names in (("latitude", LATITUDES), ("longitude", LONGITUDES))
}


def told_in_columns(opened: Opened) -> dict[str, float]:
    """Give the latitude, the longitude and the hours ahead of UTC that a column holds in every row."""
    told = {}
    for position, name in enumerate(opened.columns.header):
        label = taken_apart(name).label
        key = next((key for key, names in PLACES.items() if label in names), None)
        if key is None:
            continue
        try:
            opened.columns.load((), (position,))
            values = np.unique(opened.columns.numbers(position, ""))
        except SourceUnreadableError:
            continue
        if len(values) == 1 and np.isfinite(values[0]):
            told[key] = round(float(values[0]) / (HOUR_SECONDS if key == "clock" else 1), 6)
    return told


def told_above(opened: Opened) -> dict[str, float]:
    """Give latitude and longitude in decimal degrees where lines above a text's rows tell one of each.

    They stand behind their names, as in `lat;47.56;47.56` and `Latitude: 47.56 N`, or below them.
    """
    lines = opened.lines[: max(opened.columns.first_line - 1, 0)]
    told = {}
    for key, pattern in _NAMED.items():
        found = {_degrees(each["degrees"], each["side"]) for line in lines for each in pattern.finditer(line)}
        found |= {float(each) for each in _below_names(lines, key) if re.fullmatch(r"[+-]?\d{1,3}(\.\d+)?", each)}
        if len(found) == 1 and abs(degrees := found.pop()) <= FARTHEST[key]:
            told[key] = degrees
    return told if len(told) == len(_NAMED) else {}


def remark_on_place(table: Table, draft: Draft) -> None:
    """Remark on a place that was read from the lines above a table, and that no answer overrules."""
    place = [
        f"{key} {table.told_above[key]:g}" for key in _NAMED if key in table.told_above and key not in draft.answers
    ]
    if place:
        draft.remark(f"The lines above its table tell its place: {' and '.join(place)}.")


def _degrees(text: str, side: str) -> float:
    degrees = float(text)
    return -abs(degrees) if side and side in "SWsw" else degrees


def _below_names(lines: Sequence[str], key: str) -> list[str]:
    """Give what stands below a name in the next line, of as many columns."""
    cells = [[cell.strip().strip('"') for cell in re.split(r"[,;\t|]", line)] for line in lines]
    names = LATITUDES if key == "latitude" else LONGITUDES
    return [
        below
        for above, beneath in pairwise(cells)
        if len(above) == len(beneath)
        for name, below in zip(above, beneath, strict=True)
        if plain(name) in names
    ]
