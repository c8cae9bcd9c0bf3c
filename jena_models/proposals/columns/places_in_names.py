"""Names of columns that all begin with a place, or an instrument, as it stands in a line above them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Final

from jena_models.proposals.columns.likely_columns import INSIDE
from jena_models.reading.matching import BRACKETS, HeaderName, plain, taken_apart
from jena_models.stations.units import known_unit

NO_PLACE: Final = INSIDE | {"max", "min", "maximum", "minimum", "std", "sd", "dew"}
"""Words that make another quantity of what they stand before."""
A_PLACE: Final = 2
"""So many columns a place has at least, on the average."""


def place_of(name: HeaderName) -> str:
    """Give the first of several words of a name; empty where it is one word."""
    first, _, rest = name.text.strip().partition(" ")
    return first if rest.strip() else ""


def without_places(names: Sequence[HeaderName], taken: Collection[int]) -> list[HeaderName]:
    """Give names without the words that stand before all of a place's, where each name begins with a place.

    A unit may stand before what is left, as in `°C Air Temperature`. Other names come back as they are.

    Args:
        names: of the columns.
        taken: positions that are no quantities: those of the time.
    """
    grouped: dict[str, list[int]] = defaultdict(list)
    for i, name in enumerate(names):
        if i not in taken and name.text.strip():
            grouped[place_of(name)].append(i)
    if "" in grouped or A_PLACE * len(grouped) > sum(map(len, grouped.values())):
        return list(names)
    left = list(names)
    for place, positions in grouped.items():
        if place.casefold() in NO_PLACE:
            continue
        words = [names[i].text.split() for i in positions]
        alike = len(list(takewhile(lambda each: len(set(each)) == 1, zip(*words, strict=False))))
        shared = min(alike, min(map(len, words)) - 1) if len(words) > 1 else 1
        for i, own in zip(positions, words, strict=True):
            alone, said = _alone(" ".join(own[shared:])), names[i].unit
            unit = alone.unit or ("" if said in names[i].text else said)  # of a row of units
            left[i] = replace(alone, text=names[i].text, unit=unit)
    return left


def _alone(name: str) -> HeaderName:
    """Give a name without the place; what stands behind a unit, as in `Wind (m/s) Direction`, is another one."""
    if (inside := BRACKETS.search(name)) and known_unit(inside[1].strip()) and name[inside.end() :].strip():
        return taken_apart(name[inside.end() :].strip())
    unit, _, rest = name.partition(" ")
    if rest and plain(unit) not in INSIDE and known_unit(unit) is not None:
        return replace(taken_apart(rest), unit=unit)
    return taken_apart(name)
