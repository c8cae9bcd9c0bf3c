"""What a line of a text holds: values, units or names."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from typing import Final

from jena_models.reading.times.stamp_shapes import shape_of
from jena_models.stations.units import known_unit

SPACES: Final = " "
FEWEST_UNITS: Final = 0.3
"""So many of a row's texts are units where it is one of units, and goes on with the names where fewer are."""
MOST_TEXT: Final = 0.5
_NUMBER: Final = re.compile(r"[+-]?(\d+([.,]\d*)*|[.,]\d+)([eE][+-]?\d+)?")
_TIME_LIKE: Final = re.compile(r"\d{1,4}[-/.:T]\d{1,2}([-/.:T ]\d{1,4})*.*")
_DAY_IN_DIGITS: Final = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(\d{2}){0,3}")


def split_line(line: str, separator: str) -> list[str]:
    """Give the values of a line, without the spaces around them."""
    if separator == SPACES and '"' not in line:
        return line.split()
    return [value.strip() for value in next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])]


def is_value(text: str) -> bool:
    """Tell whether a text is a number or a time, as values are and names are not."""
    return _NUMBER.fullmatch(text) is not None or _TIME_LIKE.fullmatch(text) is not None


def is_data(values: Sequence[str]) -> bool:
    """Tell whether a line holds values: it begins with one, is made of them for the most part, or has a date."""
    told = [value for value in values if value]
    numbers = sum(is_value(value) for value in told)
    if not told or not numbers:
        return False
    has_day = any(is_dated(value) or _DAY_IN_DIGITS.fullmatch(value) for value in told)
    return is_value(told[0]) or numbers >= MOST_TEXT * len(told) or has_day


def begins_row(text: str) -> bool:
    """Tell whether a row of values may begin with a text."""
    return is_value(text) or is_dated(text)


def is_dated(text: str) -> bool:
    """Tell whether a text is a date, with or without a time, which no column is named."""
    return not text.isdigit() and (shape := shape_of(text)) is not None and not shape.epoch


def are_units(values: Sequence[str]) -> bool:
    """Tell whether so many texts of a line are units that it is one of units."""
    told = [value for value in values if value]
    return sum(known_unit(value) is not None for value in told) >= FEWEST_UNITS * len(told)


def are_plain_units(values: Sequence[str]) -> bool:
    """Tell whether a line holds units, and no number alone or before one."""
    told = [value for value in values if value]
    return bool(told) and are_units(told) and not any(value[0].isdigit() or is_value(value) for value in told)


def values_told(values: Sequence[str]) -> int:
    """Give how many values a line has without the empty ones at its end."""
    told = len(values)
    while told and not values[told - 1].strip(",; "):
        told -= 1
    return told
