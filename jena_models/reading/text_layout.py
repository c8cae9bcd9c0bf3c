"""How a text is laid out as a table: what separates its values, where its header stands, how numbers are written."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from jena_models.errors import SourceUnreadableError
from jena_models.stations.units import known_unit

SAMPLE_LINES: Final = 200
CHUNK: Final = 2**20
SEPARATORS: Final = (",", ";", "\t", "|")
SPACES: Final = " "
LEAST_SHARE: Final = 0.9
"""So many of the lines of a table have the same number of values."""
FEWEST_UNITS: Final = 0.3
"""So many of a row's texts are units where it is one of units, and goes on with the names where fewer are."""
MOST_TEXT: Final = 0.5
UTF8_MARK: Final = b"\xef\xbb\xbf"

_NUMBER: Final = re.compile(r"[+-]?(\d+([.,]\d*)*|[.,]\d+)([eE][+-]?\d+)?")
_DECIMAL_COMMA: Final = re.compile(r"[+-]?\d+,\d+")
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
    comment: str = ""
    """What lines begin with that hold no row."""
    above: tuple[str, ...] = ()
    """Lines above the header, which tell of the place, the zone and the like."""

    @property
    def has_header(self) -> bool:
        """Tell whether the columns have names."""
        return any(self.names)


def decoded(content: bytes, place: str) -> bytes:
    """Give a text in UTF-8 with lines that end in a line feed, whatever its encoding and line ends were.

    Raises:
        SourceUnreadableError: where it is no text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", errors="replace").encode()
    elif b"\0" in content[:4000]:
        even, odd = content[:4000:2].count(0), content[1:4000:2].count(0)
        if max(even, odd) < min(len(content), 4000) / 4:
            raise SourceUnreadableError(f"The file {place} is not a CSV: it holds binary data.")
        content = content.decode("utf-16-le" if odd > even else "utf-16-be", errors="replace").encode()
    else:
        content = content.removeprefix(UTF8_MARK)
        if not _is_utf8(content):
            content = content.decode("cp1252", errors="replace").encode()
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return content


def _is_utf8(content: bytes) -> bool:
    """Tell whether all of a text is in UTF-8, without a copy of it."""
    decoder, whole = codecs.getincrementaldecoder("utf-8")(), memoryview(content)
    try:
        for first in range(0, len(whole), CHUNK):
            decoder.decode(whole[first : first + CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def layout_of(text: bytes, place: str, separator: str = "", names: Sequence[str] = ()) -> Layout:
    """Give how a text is laid out, from its first lines.

    Args:
        text: in UTF-8, as `decoded` gives it.
        place: how a sentence names the file.
        separator: where it is known.
        names: of the columns, where they are known and the file has no header.

    Raises:
        SourceUnreadableError: where it is no table.
    """
    lines = text[: 2**20].decode("utf-8", errors="replace").split("\n")[:SAMPLE_LINES]
    comment = "#" if sum(line.startswith("#") for line in lines) else ""
    kept = [(i, line) for i, line in enumerate(lines) if line.strip() and not (comment and line.startswith(comment))]
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


def split_line(line: str, separator: str) -> list[str]:
    """Give the values of a line, without the spaces around them."""
    if separator == SPACES:
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
    first = next((k for k, (_, values) in enumerate(rows) if len(values) == width and _is_data(values)), len(rows))
    header = [k for k in range(first) if _fits(rows[k][1], width)]
    # The names are the first of the lines right above the values that are as wide as they are.
    while len(header) > 1 and header[-1] - header[-2] > 1:
        header = header[-1:]
    start = next((k for k in header if all(j in header for j in range(k, first))), None)
    told = rows[start][1] if start is not None else list(names)
    units = rows[start + 1][1] if start is not None and start + 1 < first else []
    if units and not _are_units(units):
        told, units = [f"{name} {below}".strip() for name, below in zip_longest(told, units, fillvalue="")], []
    if start is None and comment and not told:
        told = _named_in_comment(lines, rows[first][0] if first < len(rows) else 0, separator, comment, width)
    values = [value for _, row in rows[first:] for value in row if value]
    commas = sum(_DECIMAL_COMMA.fullmatch(value) is not None for value in values)
    points = sum(re.fullmatch(r"[+-]?\d+\.\d+", value) is not None for value in values)
    above = [line for _, line in kept[: start if start is not None else first]]
    return Layout(
        separator=separator,
        names=tuple(_padded(told, width)),
        units=tuple(_padded(units, width)) if units else (),
        first_row=rows[first][0] if first < len(rows) else len(lines),
        decimal_comma=separator != "," and commas > points,
        comment=comment,
        above=tuple(above + [line for line in lines if comment and line.startswith(comment)]),
    )


def _are_units(values: Sequence[str]) -> bool:
    told = [value for value in values if value]
    return sum(known_unit(value) is not None for value in told) >= FEWEST_UNITS * len(told)


def _named_in_comment(lines: Sequence[str], first: int, separator: str, comment: str, width: int) -> list[str]:
    """Give the names that the last comment above the values holds, where it has as many as they."""
    for line in reversed([line for line in lines[:first] if line.startswith(comment)]):
        names = split_line(line.lstrip(comment).strip(), separator)
        if len(names) == width and not _is_data(names):
            return names
    return []


def _is_data(values: Sequence[str]) -> bool:
    told = [value for value in values if value]
    numbers = sum(is_value(value) for value in told)
    return bool(told) and numbers >= 1 and (is_value(told[0]) or numbers >= MOST_TEXT * len(told))


def _fits(values: Sequence[str], width: int) -> bool:
    told = len(values)
    while told and not values[told - 1].strip(",; "):
        told -= 1
    return 1 < told <= width and len(values) <= width + 1 and width - told <= max(3, width // 4)


def _padded(values: Sequence[str], width: int) -> list[str]:
    return [value if value.strip(",; ") else "" for value in [*values, *[""] * width][:width]]
