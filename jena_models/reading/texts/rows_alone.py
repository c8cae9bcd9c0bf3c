"""A text's rows alone: without empty ones and names among them, notes below them, and units behind their numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from jena_models.reading.matching import taken_apart
from jena_models.reading.texts.line_kinds import is_value, split_line
from jena_models.reading.texts.number_texts import THOUSANDS
from jena_models.reading.texts.text_layout import Layout
from jena_models.reading.times.stamp_shapes import shape_of
from jena_models.stations.units import known_unit

LONGEST_FOOTER: Final = 2**14
SUMS: Final = frozenset(
    ("average", "avg", "mean", "sum", "total", "totals", "min", "minimum", "max", "maximum", "count", "std", "mittel")
)
"""What files call rows that sum up others."""
_EMPTY_ROW: Final = re.compile(rb"\n[,;|\t \"]+(?=\n|\Z)")
_BELOW_GAP: Final = re.compile(rb"\n[ \t]*\n(?=([^\d\s.+-][^\n]*)\n([^\n]*\S[^\n]*))")
"""An empty line, and the next two, of which the first begins with no number."""
_WITH_UNIT: Final = re.compile(rf"[+-]?[\d.,{THOUSANDS}]*\d\s*([^\d\s.,{THOUSANDS}+-].*)")


def units_behind(sample: Sequence[Sequence[str]]) -> dict[int, str]:
    """Give the unit of each column whose every value is a number with one and the same unit behind it."""
    found = {}
    for position in range(max(map(len, sample), default=0)):
        held = [row[position] for row in sample if position < len(row) and row[position]]
        behind = {match[1] if (match := _WITH_UNIT.fullmatch(text)) else "" for text in held}
        if len(behind) == 1 and (unit := behind.pop()) and known_unit(unit) is not None:
            found[position] = unit
    return found


def without_empty_rows(body: memoryview) -> memoryview:
    """Give rows without those that are nothing but separators, as a sheet leaves them below and between others."""
    return memoryview(_EMPTY_ROW.sub(b"\n", body)) if _EMPTY_ROW.search(body) else body


def without_repeated_header(head: bytes, body: memoryview) -> memoryview:
    """Give rows without the lines above the first that stand among them again where files were put one below the other.

    Args:
        head: the lines above the rows: of names, of units, and what is above them.
        body: the rows.
    """
    lines = [line.strip() for line in head.split(b"\n") if line.strip()]
    rows = body.obj  # searched where it lies: of the largest files there is not memory enough for a copy
    if not lines or not isinstance(rows, bytes) or rows.find(lines[-1], len(rows) - len(body)) < 0:
        return body
    return memoryview(re.sub(rb"(?m)^[ \t]*(" + b"|".join(map(re.escape, lines)) + rb")[ \t]*$", b"", body))


def without_what_is_beside(body: memoryview, layout: Layout) -> memoryview:
    """Give rows of as many values as there are names, without what stands behind an empty column beside them."""
    sign = re.escape(layout.separator.encode())
    value = rb'(?:"(?:[^"\n]|"")*"|[^"' + sign + rb"\n][^" + sign + rb"\n]*|)"
    kept = rb"(?m)^((?:" + value + sign + rb"){%d}" % (len(layout.names) - 1) + value + rb")" + sign
    return memoryview(re.sub(kept + rb".*$", rb"\1", bytes(body)))


def without_second_table(body: memoryview, layout: Layout) -> tuple[memoryview, tuple[str, ...]]:
    """Give rows without another table that stands below them, an empty line and other names between; and that line.

    A table that goes on where the rows end is no other one: a logger began anew, and its rows are not to be left out.
    """
    for gap in _BELOW_GAP.finditer(body):
        lines = [line.decode("utf-8", "replace") for line in gap.groups()]
        names, values = (split_line(line, layout.separator) for line in lines)
        is_header = len(names) > 1 and not any(map(_is_value, names)) and any(map(_is_value, values))
        above = body[: gap.start() + 1]
        if is_header and len(names) == len(values) and not _goes_on(names, values, above, layout):
            return above, (lines[0],)
    return body, ()


def _goes_on(names: Sequence[str], values: Sequence[str], above: memoryview, layout: Layout) -> bool:
    """Tell whether a table below others has the same columns, or begins at a time at which none of those does."""
    if [taken_apart(name).label for name in names] == [taken_apart(name).label for name in layout.names]:
        return True
    stamps = [value.encode() for value in values if shape_of(value)]
    rows = bytes(above) if stamps else b""
    return bool(stamps) and not any(stamp in rows for stamp in stamps)


def without_footer(body: memoryview, layout: Layout) -> tuple[memoryview, tuple[str, ...]]:
    """Give rows without what stands below them: sums, notes, how many rows there are; and those lines.

    A line is below the rows where these begin with a number or a time, it and all after it begin with neither, and it
    has another number of values or is named as a sum is. One that is cut off in its midst is none. Below rows that
    begin with a name stand sentences alone.
    """
    end = bytes(body[max(0, len(body) - LONGEST_FOOTER) :])
    lines = end.rstrip(b"\n").split(b"\n")
    first = bytes(body[:LONGEST_FOOTER]).split(b"\n", 1)[0].decode("utf-8", "replace")
    width = len(split_line(first, layout.separator))
    is_note = _is_note if _begins_with_value(first, layout.separator) else _stands_alone
    footer = list(
        takewhile(lambda line: is_note(line.decode("utf-8", "replace"), layout.separator, width), lines[::-1])
    )
    if not any(line.strip() for line in footer) or len(footer) >= len(lines) - 1:
        return body, ()
    length = len(b"\n".join(footer)) + (len(end) - len(end.rstrip(b"\n")))
    left = tuple(line.decode("utf-8", "replace").strip() for line in footer[::-1] if line.strip())
    return body[: len(body) - length], left


def _is_note(line: str, separator: str, width: int) -> bool:
    values = split_line(line, separator) if line.strip() else []
    if not values or _begins_with_value(line, separator):
        return not values
    return len(values) != width or re.sub(r"\W", "", values[0]).casefold() in SUMS


def _stands_alone(line: str, separator: str, width: int) -> bool:
    """Tell whether a line below rows that begin with a name is a sentence: nothing stands in any other column."""
    values = split_line(line, separator) if line.strip() else []
    return not any(values[1:]) and width > 2 and " " in (*values, " ")[0]  # noqa: PLR2004


def _begins_with_value(line: str, separator: str) -> bool:
    values = split_line(line, separator) if line.strip() else []
    if not values:
        return False
    return _is_value(values[0]) or (not values[0] and any(_is_value(value) for value in values[:3]))


def _is_value(text: str) -> bool:
    return is_value(text) or shape_of(text) is not None
