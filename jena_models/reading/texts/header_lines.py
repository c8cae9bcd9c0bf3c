"""Which lines above a table's values hold the names and units of its columns, and where its values begin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from jena_models.reading.texts.line_kinds import (
    are_plain_units,
    are_units,
    begins_row,
    is_data,
    is_dated,
    is_value,
    split_line,
    values_told,
)
from jena_models.reading.texts.number_texts import MISSING
from jena_models.reading.times.stamp_shapes import shape_of

PAIR: Final = 2
NEARLY_ALL: Final = 0.9
TIME_NAMES: Final = frozenset({"timestamp", "time", "date", "datetime"})
"""With one of these the line of names begins below lines of further words."""


def begins_data(rows: Sequence[tuple[int, list[str]]], k: int) -> bool:
    """Tell whether values begin at a row; one that begins with a word is of the header if the next does not.

    So is a word and what it is, `Lat,50.9`, where the rows further below begin with values.
    """
    if not is_data(rows[k][1]):
        return False
    if k + 2 < len(rows) and _is_filled_up(rows[k][1], rows[k + 1][1]) and is_data(rows[k + 2][1]):
        return False
    if (k and are_plain_units(rows[k][1][1:])) or _is_apart_above(rows, k):
        return False
    begins, further = rows[k][1][0], rows[(k + len(rows)) // 2][1][0]
    if not begins or begins_row(begins):
        return True
    if is_dated(further) or (values_told(rows[k][1]) == PAIR and begins_row(further)):
        return False
    after = rows[k + 1][1] if k + 1 < len(rows) else rows[k][1]
    return is_data(after) and not is_value(after[0])


def first_alike(rows: Sequence[Sequence[str]], width: int, first: int) -> int:
    """Give where rows begin, which may be above the first that was known as one, or where none was: among words.

    Those above have numbers in the same places as those below, or texts that stand for a missing one.

    Args:
        rows: the lines' values.
        width: how many columns there are.
        first: the first row that is known as one; as many as there are rows where none is.
    """
    below = [row for row in rows[max(first, len(rows) // 2) :] or rows[len(rows) // 2 :] if len(row) == width]
    counts = [sum(is_value(row[place]) for row in below) for place in range(width)]
    places = [place for place, count in enumerate(counts) if count and count >= NEARLY_ALL * len(below)]
    if not places:
        return first
    alike = [len(row) == width and _has_numbers(row, places) for row in rows]
    if first == len(rows):
        return next((k for k, is_alike in enumerate(alike) if is_alike), first)
    while first and alike[first - 1]:
        first -= 1
    return first


def _has_numbers(values: Sequence[str], places: Sequence[int]) -> bool:
    held = [values[place] for place in places if values[place].casefold() not in MISSING]
    return bool(held) and all(map(is_value, held))


def are_numbered(rows: Sequence[tuple[int, list[str]]], width: int) -> bool:
    """Tell whether the first line numbers columns, as pandas writes members or leads beside an index without a name."""
    if len(rows) <= 1 or not len(rows[0][1]) == len(rows[1][1]) == width > PAIR or rows[0][1][0]:
        return False
    numbers = [float(value) if re.fullmatch(r"\d+(\.\d+)?", value) else None for value in rows[0][1][1:]]
    ascending = all(left is not None and right is not None and left < right for left, right in pairwise(numbers))
    return ascending and is_dated(rows[1][1][0])


def _is_apart_above(rows: Sequence[tuple[int, list[str]]], k: int) -> bool:
    """Tell whether a row is of a small table of the place, without a time, above an empty line and one with times."""
    gap = next((j for j in range(k, len(rows) - 2) if rows[j + 1][0] - rows[j][0] > 1), None)
    if gap is None or any(map(is_value, rows[gap + 1][1])) or not is_data(rows[gap + 2][1]):
        return False
    of_place = [values for _, values in rows[k : gap + 1]]
    return _tells_time(rows[gap + 2][1]) and not any(map(_tells_time, of_place))


def _tells_time(values: Sequence[str]) -> bool:
    return any(shape_of(value) is not None for value in values if value)


def _is_filled_up(values: Sequence[str], below: Sequence[str]) -> bool:
    """Tell whether a line above the names holds a few values of the place, and separators to the width of the table."""
    return 2 * values_told(values) < values_told(below) and not any(map(is_value, below))


def without_labelled_lines(
    rows: Sequence[tuple[int, list[str]]], width: int
) -> tuple[list[tuple[int, list[str]]], list[list[str]]]:
    """Give the lines from that of the names on, and those above it that say a thing of each column, its word first.

    So Meteoblue writes `lat`, `unit` and `level`, each as wide as the table, above `timestamp` and what is measured.
    """
    named = next((k for k, (_, row) in enumerate(rows) if row[0].casefold() in TIME_NAMES), 0)
    above = [row for _, row in rows[:named]]
    is_block = len(above) > 1 and all(len(row) == width and row[0] and not begins_row(row[0]) for row in above)
    return (list(rows[named:]), above) if is_block else (list(rows), [])


def units_among(labelled: Sequence[list[str]]) -> list[str]:
    """Give the line, of those that begin with a word, which holds units behind it; empty where none does."""
    return next((values for values in labelled if are_units(values[1:])), [])


def header_lines(rows: Sequence[tuple[int, list[str]]], width: int, held: int) -> list[int]:
    """Give which lines above the values hold names and units: of those right above them, all that are wide enough.

    Above the names may stand what tells of the place: lines of a word and what it is, `Lat,50.9`, or one with numbers.
    Below them may stand lines that say more of some of the columns, and leave the others empty.
    """
    block: list[int] = []
    for k in reversed(range(len(rows))):
        values = rows[k][1]
        is_sparse = len(values) == width and not is_data(values)
        if not (is_sparse or _fits(values, width, held)) or (block and rows[block[0]][0] - rows[k][0] > 1):
            break
        block.insert(0, k)
    while block and not _fits(rows[block[0]][1], width, held):
        block.pop(0)
    widest = max((values_told(rows[k][1]) for k in block), default=0)
    wide = [k for k in block if len(rows[k][1]) >= widest or are_units(rows[k][1])]
    about = [
        place
        for place, (k, below) in enumerate(pairwise(wide), 1)
        if _is_about(rows[k][1], rows[below][1], place == 1, widest)
    ]
    return wide[about[-1] :] if about else wide


def _is_about(values: Sequence[str], below: Sequence[str], is_first: bool, widest: int) -> bool:
    """Tell whether a line above another one tells of the place, and is none of names in several lines."""
    if not values[0] or not below[0] or are_units(values) or are_units(below):
        return False
    has_number, is_pair = any(map(is_value, values[1:])), values_told(values) == PAIR
    return (is_pair and widest > PAIR) or (has_number and (is_pair or is_first))


def _fits(values: Sequence[str], width: int, held: int) -> bool:
    """Tell whether a line may hold the names of so many columns, of which so many hold values."""
    told = values_told(values)
    return 1 < told <= width and len(values) <= width + 1 and (told >= held or width - told <= max(3, width // 4))


def behind_row_names(told: list[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Give names with an empty one before them where R wrote rows with names, which have none in the header."""
    if len(told) != width - 1 or not rows or told[0] == "":
        return told
    numbers = [row[0] for row in rows]
    is_counted = numbers == [str(int(numbers[0]) + i) for i in range(len(rows))] if numbers[0].isdigit() else False
    return ["", *told] if is_counted and all(row[-1] for row in rows[:2]) else told


def named_in_comment(
    lines: Sequence[str], first: int, separator: str, comment: str, width: int
) -> tuple[list[str], list[str]]:
    """Give the names, and the units below them, that the last comments above the values hold; as many as they."""
    told = [split_line(line.lstrip(comment).strip(), separator) for line in lines[:first] if line.startswith(comment)]
    fitting = [values for values in told if len(values) == width and not is_data(values)]
    if len(fitting) > 1 and are_units(fitting[-1]):
        return fitting[-2], fitting[-1]
    return fitting[-1] if fitting else [], []
