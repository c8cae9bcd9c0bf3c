"""Whether a table's numbers have a decimal comma or a point, and which of both stands between thousands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from jena_models.reading.texts.number_texts import THOUSANDS

FEWEST_MARKED: Final = 3
"""So many different numbers above a thousand, and below, tell that the points among them stand between thousands."""

_DECIMAL_COMMA: Final = re.compile(rf"[+-]?\d+([.{THOUSANDS}]\d{{3}})*,\d+")
_DECIMAL_POINT: Final = re.compile(rf"[+-]?\d+([,{THOUSANDS}]\d{{3}})*\.\d+")
_BEHIND: Final = re.compile(rf"(?<=\d)\s*[^\d\s.,:+/{THOUSANDS}-].*")
"""A unit, or a flag, behind a number."""


def decimal_commas(rows: Sequence[Sequence[str]], width: int, separator: str) -> tuple[bool, bool]:
    """Tell whether numbers have decimal commas, and whether a column may have them where others have points.

    Args:
        rows: of values.
        width: how many columns there are.
        separator: of the values in a line.
    """
    values = [_BEHIND.sub("", value) for row in rows for value in row if value]
    commas = sum(_DECIMAL_COMMA.fullmatch(value) is not None for value in values)
    points = sum(_DECIMAL_POINT.fullmatch(value) is not None for value in values)
    decimal_comma = commas > points and (separator != "," or (not points and _are_decimals(values)))
    by_point = not _has_decimals(values) and _has_thousands_by_point(rows, width)
    return decimal_comma or by_point, separator != "," or (commas > 0 and _are_decimals(values))


def doubtful_point(rows: Sequence[Sequence[str]]) -> str:
    """Give a number whose point may stand before decimals or between thousands, where no other tells; empty else.

    Decimals of three digits and thousands alike are `5.080` and `49.809`, as long as none is below one, or thousand.
    """
    values = {_BEHIND.sub("", value) for row in rows for value in row if value}
    pointed = [value for value in values if _DECIMAL_POINT.fullmatch(value)]
    doubtful = sorted(value for value in pointed if re.fullmatch(r"[+-]?[1-9]\d{0,2}\.\d{3}", value))
    return doubtful[0] if len(doubtful) >= FEWEST_MARKED and len(doubtful) == len(pointed) else ""


def _are_decimals(values: Sequence[str]) -> bool:
    """Tell whether commas within quoted numbers are decimal ones: no thousands marks, and none between two numbers."""
    held = [value for value in values if _DECIMAL_COMMA.fullmatch(value)]
    marks = all(re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+", value) for value in held)
    return not marks and not any(re.match(r"[+-]?0\d", value) for value in held)


def _has_decimals(values: Sequence[str]) -> bool:
    """Tell whether a number has a point with other than three digits behind it, or a nought alone before it."""
    return any(re.fullmatch(r"[+-]?(\d*\.(\d{1,2}|\d{4,})|0?\.\d+)", value) for value in values)


def _has_thousands_by_point(rows: Sequence[Sequence[str]], width: int) -> bool:
    """Tell whether a column has points between thousands alone: `1.012` beside `987`, as decimals never are written.

    Numbers with three decimals each have a point, and those without the noughts at their ends have fewer at times.
    """
    for place in range(width):
        held = {row[place] for row in rows if place < len(row) and row[place]}
        marked = {value for value in held if re.fullmatch(r"[1-9]\d{0,2}(\.\d{3})+", value)}
        below = {value for value in held if re.fullmatch(r"[1-9]\d{0,2}", value) and set(value) != {"9"}}
        if any(value.count(".") > 1 for value in marked):
            return True
        if min(len(marked), len(below)) >= FEWEST_MARKED:
            return True
    return False
