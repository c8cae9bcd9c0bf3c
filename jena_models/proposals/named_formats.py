"""Formats that have a name: each a description in a file of its own, known by its first lines or its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import Field

from jena_models.frozen import Frozen

FOLDER: Final = Path(__file__).with_name("formats")


class SourceColumn(Frozen):
    """Where a quantity stands in a format."""

    source: str
    """The column's name."""
    unit: str = ""
    """What its numbers are in, where the header does not say."""
    amount_hours: float | str | None = None
    """Over how many hours amounts are, where these are not a step's; or the column that says it."""
    source_is_one_of: tuple[str, ...] = ()
    """Further names that it has in some files."""
    sentinels: tuple[float, ...] = ()
    """Numbers that stand for none here, and are readings in other columns."""
    traces: tuple[float, ...] = ()
    """Numbers that stand for too little to be measured."""
    quality: str = ""
    """The column that tells how good each number is."""
    bad: tuple[str, ...] = ()
    """What stands there beside numbers that are not to be taken, as texts or patterns."""
    in_other_units: dict[str, str] = Field(default_factory=dict)
    """Names of last resort, and the unit that each of them is in."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The names that it may have, the likeliest first."""
        return (self.source, *self.source_is_one_of, *self.in_other_units)

    def unit_of(self, name: str) -> str:
        """Give what numbers are in that stand under a name."""
        return self.in_other_units.get(name, self.unit)


class NamedFormat(Frozen):
    """What is known of every file of a format."""

    name: str
    title: str
    """Who writes it, and where it is had."""
    lines: tuple[str, ...] = ()
    """Regular expressions, each of which one of the first lines matches."""
    first_line: str = ""
    """A regular expression that the first line with a sign in it matches, of a format without a line of names."""
    header: tuple[str, ...] = ()
    """Names that are among its columns."""
    place: str = ""
    """A regular expression on the first lines with the groups `latitude`, `longitude` and perhaps `title`, `clock`.

    `offset_seconds` stands for a clock that is told as how far its stamps are ahead of UTC.
    """
    clock: str = ""
    """Of its stamps; empty where it differs from station to station."""
    columns: dict[str, SourceColumn] = Field(default_factory=dict)
    """By quantity."""
    has_free_names: bool = False
    """Whether quantities may stand under further names, which are looked for as in any other table."""
    file_columns: tuple[str, ...] = ()
    time_columns: tuple[str, ...] = ()
    time_formats: tuple[str, ...] = ()
    select: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    flags: str = ""
    sentinels: tuple[float, ...] = ()
    longitude_sign: float = 1.0
    """-1 where longitudes are counted to the west."""
    remark: str = ""
    """What whoever uses such a file should know."""

    def matches(self, lines: Sequence[str], header: Sequence[str]) -> bool:
        """Tell whether a source is of this format."""
        by_lines = all(any(re.search(each, line) for line in lines) for each in self.lines)
        first = next((line for line in lines if line.strip()), "")
        if self.first_line and not re.search(self.first_line, first):
            return False
        return by_lines and set(self.header) <= set(header) and bool(self.lines or self.header or self.first_line)

    def told_of_place(self, lines: Sequence[str]) -> dict[str, Any]:
        """Give what the first lines tell of the place: latitude, longitude, clock, title."""
        found = re.search(self.place, "\n".join(lines)) if self.place else None
        if found is None:
            return {}
        told: dict[str, Any] = {key: value for key, value in found.groupdict().items() if value}
        for key in ("latitude", "longitude"):
            if key in told:
                told[key] = float(told[key].replace(",", ".")) * (self.longitude_sign if key == "longitude" else 1)
        if "offset_seconds" in told:
            told["clock"] = str(int(told.pop("offset_seconds")) / 3600)
        return told


@cache
def named_formats() -> tuple[NamedFormat, ...]:
    """Give every format that has a name, the most particular first."""
    files = sorted(FOLDER.glob("*.yaml"))
    found = [NamedFormat.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))) for file in files]
    return tuple(sorted(found, key=lambda each: (not (each.lines or each.first_line), -len(each.header))))


def recognized(lines: Sequence[str], header: Sequence[str], sample: Sequence[Sequence[str]] = ()) -> NamedFormat | None:
    """Give the format that a source is of; None where it is of none that has a name.

    Of several, such as tables in the units of one system or another, it is the one whose rows some of the sample are.
    """
    found = [each for each in named_formats() if each.matches(lines, header)]
    return next((each for each in found if _has_rows(each, header, sample)), found[0] if found else None)


def _has_rows(each: NamedFormat, header: Sequence[str], sample: Sequence[Sequence[str]]) -> bool:
    places = {list(header).index(name): wanted for name, wanted in each.select.items() if name in header}
    return any(
        all(row[place : place + 1] and row[place] in wanted for place, wanted in places.items()) for row in sample
    )
