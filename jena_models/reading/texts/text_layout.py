"""How a text is laid out as a table: what separates its values, where its header stands, how numbers are written."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jena_models.errors import SourceEmptyError, SourceUnreadableError
from jena_models.reading.texts.decimal_signs import decimal_commas, doubtful_point
from jena_models.reading.texts.header_lines import (
    are_numbered,
    begins_data,
    behind_row_names,
    first_alike,
    header_lines,
    named_in_comment,
    units_among,
    without_labelled_lines,
)
from jena_models.reading.texts.header_names import columns_before_gap, joined_names
from jena_models.reading.texts.line_kinds import (
    MOST_TEXT,
    SPACES,
    are_units,
    is_data,
    is_value,
    split_line,
    values_told,
)

SAMPLE_LINES: Final = 200
CHUNK: Final = 2**20
SEPARATORS: Final = (",", ";", "\t", "|")
COMMENT: Final = "#"
NO_VALUE: Final = "".join((*SEPARATORS, SPACES, '"'))
"""A line of nothing else is as good as empty."""
NO_ROW_YET: Final = (
    "The first {lines} lines of {place} hold no row that is known as one by its numbers or a date, so that it is not "
    "certain where the readings begin; take out what stands above them, but for the names of the columns."
)
_WIDTHS: Final = re.compile(r"\d+[snd](?:\t\d+[snd])+\s*")
"""A line below the names that says how wide each column is, of texts, numbers or dates, as the USGS writes it."""
LEAST_SHARE: Final = 0.9
"""So many of the lines of a table have the same number of values."""


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
        (i, line)
        for i, line in enumerate(lines)
        if line.strip(NO_VALUE) and not (comment and line.startswith(comment)) and not _WIDTHS.fullmatch(line)
    ]
    if separator or kept:
        try:
            found = separator or _separator([line for _, line in kept])
            if found:
                layout = _placed(lines, kept, found, comment, tuple(names))
                if layout.first_row == SAMPLE_LINES:
                    raise SourceUnreadableError(NO_ROW_YET.format(place=place, lines=SAMPLE_LINES))
                return layout
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
    beside = next((k for k, (_, row) in enumerate(rows) if columns_before_gap(row, width) and not is_data(row)), None)
    if beside is not None:
        rows = [(i, row[:width]) if k >= beside else (i, row) for k, (i, row) in enumerate(rows)]
    rows, labelled = without_labelled_lines(rows, width)
    is_numbered = are_numbered(rows, width)
    first = (
        1
        if is_numbered
        else next((k for k, (_, row) in enumerate(rows) if len(row) == width and begins_data(rows, k)), len(rows))
    )
    first = first_alike([row for _, row in rows], width, first) if not is_numbered else first
    held = max((values_told(row) for _, row in rows[first:]), default=width)
    header = [0] if is_numbered else header_lines(rows[:first], width, held)
    start = header[0] if header else None
    told = rows[start][1] if start is not None else list(names)
    of_units = next((k for k in header[1:] if are_units(rows[k][1])), None)
    units = rows[of_units][1] if of_units is not None else units_among(labelled)
    if separator == SPACES and len(units) < len(told):
        units = []  # of which columns they are, and which have none, nothing tells
    if below := [k for k in header[1:] if of_units is None or k < of_units]:
        told = joined_names([told, *(rows[k][1] for k in below)])
    told = behind_row_names(told, [row for _, row in rows[first:]], width)
    if len(names) == width and not all([*told, *[""] * width][:held]):
        told = list(names)  # the header leaves columns with values without a name
    if start is None and comment and not told:
        told, units = named_in_comment(lines, rows[first][0] if first < len(rows) else 0, separator, comment, width)
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


def _padded(values: Sequence[str], width: int) -> list[str]:
    return [value if value.strip(",; ") else "" for value in [*values, *[""] * width][:width]]
