"""How a text is laid out as a table: what separates its values, where its header stands, how numbers are written."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from jena_models.errors import SourceEmptyError, SourceUnreadableError
from jena_models.reading.texts.decimal_signs import decimal_commas, doubtful_point
from jena_models.reading.texts.header_names import columns_before_gap, joined_names
from jena_models.reading.times.stamp_shapes import shape_of
from jena_models.stations.units import known_unit

SAMPLE_LINES: Final = 200
CHUNK: Final = 2**20
SEPARATORS: Final = (",", ";", "\t", "|")
SPACES: Final = " "
COMMENT: Final = "#"
NO_VALUE: Final = "".join((*SEPARATORS, SPACES, '"'))
"""A line of nothing else is as good as empty."""
LEAST_SHARE: Final = 0.9
"""So many of the lines of a table have the same number of values."""
FEWEST_UNITS: Final = 0.3
"""So many of a row's texts are units where it is one of units, and goes on with the names where fewer are."""
MOST_TEXT: Final = 0.5
PAIR: Final = 2
TIME_NAMES: Final = frozenset({"timestamp", "time", "date", "datetime"})
"""With one of these the line of names begins below lines of further words."""

_NUMBER: Final = re.compile(r"[+-]?(\d+([.,]\d*)*|[.,]\d+)([eE][+-]?\d+)?")
_TIME_LIKE: Final = re.compile(r"\d{1,4}[-/.:T]\d{1,2}([-/.:T ]\d{1,4})*.*")


@dataclass(frozen=True)
class Layout:
    """Where a table's parts stand in its text."""

    separator: str
    """A space stands for any stretch of spaces and tabs."""
    names: tuple[str, ...]
    """Of the columns; empty texts where a column has none, and for all where there is no header."""
    units: tuple[str, ...]
    """Of the columns, from a row below the names; empty where there is no such row."""
    first_row: int
    """The line, from 0, of the first row of values."""
    decimal_comma: bool = False
    is_mixed: bool = False
    """Whether a column may have a decimal comma where others have a point: no comma separates values, but in quotes."""
    doubtful_point: str = ""
    """A number whose point was taken to stand before decimals, and may stand between thousands; empty without one."""
    comment: str = ""
    """What lines begin with that hold no row."""
    is_cropped: bool = False
    """Whether something stands beside the table, behind an empty column: no row is wider than the names."""
    above: tuple[str, ...] = ()
    """Lines above the header, which tell of the place, the zone and the like."""

    @property
    def has_header(self) -> bool:
        """Tell whether the columns have names."""
        return any(self.names)


def layout_of(text: bytes, place: str, separator: str = "", names: Sequence[str] = ()) -> Layout:
    """Give how a text is laid out, from its first lines.

    Args:
        text: in UTF-8, as `decoded` gives it.
        place: how a sentence names the file.
        separator: where it is known.
        names: of the columns, where they are known and the file has no header.

    Raises:
        SourceEmptyError: where it has no line.
        SourceUnreadableError: where it is no table.
    """
    if not text[:CHUNK].strip() and not text.strip():
        raise SourceEmptyError(f"The file {place} is empty; a header and rows of readings are needed.")
    lines = text[: 2**20].decode("utf-8", errors="replace").split("\n")[:SAMPLE_LINES]
    comment = COMMENT if _has_comment(text) else ""
    kept = [
        (i, line) for i, line in enumerate(lines) if line.strip(NO_VALUE) and not (comment and line.startswith(comment))
    ]
    if separator or kept:
        try:
            found = separator or _separator([line for _, line in kept])
            if found:
                return _placed(lines, kept, found, comment, tuple(names))
        except csv.Error as error:  # a field of megabytes, which is none of a header
            raise SourceUnreadableError(
                f"The file {place} is not a CSV: its first lines cannot be read ({error})."
            ) from error
    begins = lines[0].strip()[:40] if lines else ""
    raise SourceUnreadableError(
        f"The file {place} is not a CSV: its lines hold no columns that commas, semicolons, tabs or spaces separate, "
        f"it begins '{begins}'."
    )


def _has_comment(text: bytes) -> bool:
    sign = COMMENT.encode()
    return sign in text and (text.startswith(sign) or b"\n" + sign in text)  # one sign is found far faster than two


def split_line(line: str, separator: str) -> list[str]:
    """Give the values of a line, without the spaces around them."""
    if separator == SPACES and '"' not in line:
        return line.split()
    return [value.strip() for value in next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])]


def is_value(text: str) -> bool:
    """Tell whether a text is a number or a time, as values are and names are not."""
    return _NUMBER.fullmatch(text) is not None or _TIME_LIKE.fullmatch(text) is not None


def _separator(lines: Sequence[str]) -> str:
    """Give the sign by which most lines have the same number of values; spaces only where no other sign does."""
    data = lines[len(lines) // 2 :] or lines
    best, most = "", (0, 0)
    for separator in SEPARATORS:
        counts = Counter(len(split_line(line, separator)) for line in data)
        fields, alike = counts.most_common(1)[0]
        # A decimal comma is as regular as a separator, but in the line of names there is none.
        wide = sum(len(split_line(line, separator)) > 1 for line in lines)
        if fields > 1 and alike >= MOST_TEXT * len(data) and (wide, fields) > most:
            best, most = separator, (wide, fields)
    if best:
        return best
    fields, alike = Counter(len(line.split()) for line in data).most_common(1)[0]
    numbers = sum(is_value(value) for line in data for value in line.split())
    is_table = fields > 1 and alike >= LEAST_SHARE * len(data) and numbers > MOST_TEXT * fields * len(data)
    return SPACES if is_table else ""


def _placed(
    lines: Sequence[str], kept: Sequence[tuple[int, str]], separator: str, comment: str, names: tuple[str, ...]
) -> Layout:
    rows = [(i, split_line(line, separator)) for i, line in kept]
    width = Counter(len(values) for _, values in rows[len(rows) // 2 :] or rows).most_common(1)[0][0]
    beside = next((k for k, (_, row) in enumerate(rows) if columns_before_gap(row, width) and not _is_data(row)), None)
    if beside is not None:
        rows = [(i, row[:width]) if k >= beside else (i, row) for k, (i, row) in enumerate(rows)]
    rows, labelled = _without_labelled_lines(rows, width)
    is_numbered = _are_numbered(rows, width)
    first = (
        1
        if is_numbered
        else next((k for k, (_, row) in enumerate(rows) if len(row) == width and _begins_data(rows, k)), len(rows))
    )
    held = max((_told(row) for _, row in rows[first:]), default=width)
    header = [0] if is_numbered else _header_lines(rows[:first], width, held)
    start = header[0] if header else None
    told = rows[start][1] if start is not None else list(names)
    of_units = next((k for k in header[1:] if _are_units(rows[k][1])), None)
    units = rows[of_units][1] if of_units is not None else next(filter(_are_units_behind_a_word, labelled), [])
    if below := [k for k in header[1:] if of_units is None or k < of_units]:
        told = joined_names([told, *(rows[k][1] for k in below)])
    told = _behind_row_names(told, [row for _, row in rows[first:]], width)
    if len(names) == width and not all([*told, *[""] * width][:held]):
        told = list(names)  # the header leaves columns with values without a name
    if start is None and comment and not told:
        told, units = _named_in_comment(lines, rows[first][0] if first < len(rows) else 0, separator, comment, width)
    decimal_comma, is_mixed = decimal_commas([row for _, row in rows[first:]], width, separator)
    is_doubtful = separator == ";" and not decimal_comma  # where decimals have a point, values have a comma between
    above = [line for _, line in kept[: len(labelled) + (start if start is not None else first)]]
    return Layout(
        separator=separator,
        names=tuple(_padded(told, width)),
        units=tuple(_padded(units, width)) if units else (),
        first_row=rows[first][0] if first < len(rows) else len(lines),
        decimal_comma=decimal_comma,
        is_mixed=is_mixed,
        doubtful_point=doubtful_point([row for _, row in rows[first:]]) if is_doubtful else "",
        comment=comment,
        is_cropped=beside is not None,
        above=tuple(above + [line for line in lines if comment and line.startswith(comment)]),
    )


def _without_labelled_lines(
    rows: Sequence[tuple[int, list[str]]], width: int
) -> tuple[list[tuple[int, list[str]]], list[list[str]]]:
    """Give the lines from that of the names on, and those above it that say a thing of each column, its word first.

    So Meteoblue writes `lat`, `unit` and `level`, each as wide as the table, above `timestamp` and what is measured.
    """
    named = next((k for k, (_, row) in enumerate(rows) if row[0].casefold() in TIME_NAMES), 0)
    above = [row for _, row in rows[:named]]
    is_block = len(above) > 1 and all(len(row) == width and row[0] and not _begins_row(row[0]) for row in above)
    return (list(rows[named:]), above) if is_block else (list(rows), [])


def _are_units_behind_a_word(values: Sequence[str]) -> bool:
    return _are_units(values[1:])


def _header_lines(rows: Sequence[tuple[int, list[str]]], width: int, held: int) -> list[int]:
    """Give which lines above the values hold names and units: of those right above them, all that are wide enough.

    Above the names may stand what tells of the place: lines of a word and what it is, `Lat,50.9`, or one with numbers.
    Below them may stand lines that say more of some of the columns, and leave the others empty.
    """
    block: list[int] = []
    for k in reversed(range(len(rows))):
        values = rows[k][1]
        is_sparse = len(values) == width and not _is_data(values)
        if not (is_sparse or _fits(values, width, held)) or (block and rows[block[0]][0] - rows[k][0] > 1):
            break
        block.insert(0, k)
    while block and not _fits(rows[block[0]][1], width, held):
        block.pop(0)
    widest = max((_told(rows[k][1]) for k in block), default=0)
    wide = [k for k in block if len(rows[k][1]) >= widest or _are_units(rows[k][1])]
    about = [
        place
        for place, (k, below) in enumerate(pairwise(wide), 1)
        if _is_about(rows[k][1], rows[below][1], place == 1, widest)
    ]
    return wide[about[-1] :] if about else wide


def _is_about(values: Sequence[str], below: Sequence[str], is_first: bool, widest: int) -> bool:
    """Tell whether a line above another one tells of the place, and is none of names in several lines."""
    if not values[0] or not below[0] or _are_units(values) or _are_units(below):
        return False
    has_number, is_pair = any(map(is_value, values[1:])), _told(values) == PAIR
    return (is_pair and widest > PAIR) or (has_number and (is_pair or is_first))


def _begins_data(rows: Sequence[tuple[int, list[str]]], k: int) -> bool:
    """Tell whether values begin at a row; one that begins with a word is of the header if the next does not.

    So is a word and what it is, `Lat,50.9`, where the rows further below begin with values.
    """
    if not _is_data(rows[k][1]):
        return False
    if k + 2 < len(rows) and _is_filled_up(rows[k][1], rows[k + 1][1]) and _is_data(rows[k + 2][1]):
        return False
    if (k and _are_plain_units(rows[k][1][1:])) or _is_apart_above(rows, k):
        return False
    begins, further = rows[k][1][0], rows[(k + len(rows)) // 2][1][0]
    if not begins or _begins_row(begins):
        return True
    if _is_dated(further) or (_told(rows[k][1]) == PAIR and _begins_row(further)):
        return False
    after = rows[k + 1][1] if k + 1 < len(rows) else rows[k][1]
    return _is_data(after) and not is_value(after[0])


def _are_numbered(rows: Sequence[tuple[int, list[str]]], width: int) -> bool:
    """Tell whether the first line numbers columns, as pandas writes members or leads beside an index without a name."""
    if len(rows) <= 1 or not len(rows[0][1]) == len(rows[1][1]) == width > PAIR or rows[0][1][0]:
        return False
    numbers = [float(value) if re.fullmatch(r"\d+(\.\d+)?", value) else None for value in rows[0][1][1:]]
    ascending = all(left is not None and right is not None and left < right for left, right in pairwise(numbers))
    return ascending and _is_dated(rows[1][1][0])


def _is_apart_above(rows: Sequence[tuple[int, list[str]]], k: int) -> bool:
    """Tell whether a row is of a small table of the place, without a time, above an empty line and one with times."""
    gap = next((j for j in range(k, len(rows) - 2) if rows[j + 1][0] - rows[j][0] > 1), None)
    if gap is None or any(map(is_value, rows[gap + 1][1])) or not _is_data(rows[gap + 2][1]):
        return False
    of_place = [values for _, values in rows[k : gap + 1]]
    return _tells_time(rows[gap + 2][1]) and not any(map(_tells_time, of_place))


def _tells_time(values: Sequence[str]) -> bool:
    return any(shape_of(value) is not None for value in values if value)


def _is_filled_up(values: Sequence[str], below: Sequence[str]) -> bool:
    """Tell whether a line above the names holds a few values of the place, and separators to the width of the table."""
    return 2 * _told(values) < _told(below) and not any(map(is_value, below))


def _behind_row_names(told: list[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Give names with an empty one before them where R wrote rows with names, which have none in the header."""
    if len(told) != width - 1 or not rows or told[0] == "":
        return told
    numbers = [row[0] for row in rows]
    is_counted = numbers == [str(int(numbers[0]) + i) for i in range(len(rows))] if numbers[0].isdigit() else False
    return ["", *told] if is_counted and all(row[-1] for row in rows[:2]) else told


def _are_units(values: Sequence[str]) -> bool:
    told = [value for value in values if value]
    return sum(known_unit(value) is not None for value in told) >= FEWEST_UNITS * len(told)


def _are_plain_units(values: Sequence[str]) -> bool:
    """Tell whether a line holds units, and no number alone or before one."""
    told = [value for value in values if value]
    return bool(told) and _are_units(told) and not any(value[0].isdigit() or is_value(value) for value in told)


def _named_in_comment(
    lines: Sequence[str], first: int, separator: str, comment: str, width: int
) -> tuple[list[str], list[str]]:
    """Give the names, and the units below them, that the last comments above the values hold; as many as they."""
    told = [split_line(line.lstrip(comment).strip(), separator) for line in lines[:first] if line.startswith(comment)]
    fitting = [values for values in told if len(values) == width and not _is_data(values)]
    if len(fitting) > 1 and _are_units(fitting[-1]):
        return fitting[-2], fitting[-1]
    return fitting[-1] if fitting else [], []


def _is_data(values: Sequence[str]) -> bool:
    told = [value for value in values if value]
    numbers = sum(is_value(value) for value in told)
    if not told or not numbers:
        return False
    return is_value(told[0]) or numbers >= MOST_TEXT * len(told) or any(_is_dated(value) for value in told)


def _begins_row(text: str) -> bool:
    return is_value(text) or _is_dated(text)


def _is_dated(text: str) -> bool:
    """Tell whether a text is a date, with or without a time, which no column is named."""
    return not text.isdigit() and (shape := shape_of(text)) is not None and not shape.epoch


def _fits(values: Sequence[str], width: int, held: int) -> bool:
    """Tell whether a line may hold the names of so many columns, of which so many hold values."""
    told = _told(values)
    return 1 < told <= width and len(values) <= width + 1 and (told >= held or width - told <= max(3, width // 4))


def _told(values: Sequence[str]) -> int:
    """Give how many values a line has without the empty ones at its end."""
    told = len(values)
    while told and not values[told - 1].strip(",; "):
        told -= 1
    return told


def _padded(values: Sequence[str], width: int) -> list[str]:
    return [value if value.strip(",; ") else "" for value in [*values, *[""] * width][:width]]
