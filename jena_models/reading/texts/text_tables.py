"""The columns of a text: those that are asked for, as texts or as numbers."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from jena_models.errors import SourceEmptyError, SourceUnreadableError
from jena_models.reading.lent_memory import lent_to_arrow
from jena_models.reading.texts.fixed_columns import tabs_between_columns, tabs_for_spaces
from jena_models.reading.texts.header_names import names_in_one_line
from jena_models.reading.texts.line_kinds import SPACES, split_line
from jena_models.reading.texts.number_texts import MISSING_TEXTS, numbers_of_texts
from jena_models.reading.texts.plain_rows import with_plain_rows
from jena_models.reading.texts.rows_alone import (
    units_behind,
    without_empty_rows,
    without_footer,
    without_repeated_header,
    without_second_table,
    without_what_is_beside,
)
from jena_models.reading.texts.text_layout import Layout, layout_of
from jena_models.reading.texts.value_parts import PARTED, part_of, parts_in
from jena_models.reading.times.named_clocks import clock_above
from jena_models.sources.encodings import decoded

Values = NDArray[np.float64]

SAMPLED_ROWS: Final = 60
SHOWN: Final = 6
LONGEST_LINE: Final = 2**14
CHUNK: Final = 2**22
"""As much of a text as is looked at in one go."""


@dataclass
class TextColumns:
    """A text's columns, parsed once it is known which are wanted."""

    name: str
    """How a sentence names the file."""
    layout: Layout
    flags: str
    body: memoryview = field(repr=False)
    """The rows of values, in UTF-8."""
    left: tuple[str, ...] = ()
    """The last lines, which are no rows of values."""
    other: tuple[str, ...] = ()
    """The names of another table below the rows."""
    behind: dict[int, str] = field(default_factory=dict)
    """By position: the unit that stands behind every number of a column."""
    is_read_once: bool = False
    """Whether `load` comes once, and need not keep the text for another time."""
    _told_parts: tuple[tuple[int, int], ...] | None = field(default=None, repr=False)
    _table: pa.Table | None = field(default=None, repr=False)

    @classmethod
    def of(cls, content: bytes, name: str, file_columns: Sequence[str] = (), flags: str = "") -> Self:
        """Find a text's layout.

        Args:
            content: the file's bytes.
            name: how a sentence names it.
            file_columns: the names of the columns, where the file does not name them.
            flags: letters that may follow a number.

        Raises:
            SourceEmptyError: where it holds no row of values.
            SourceUnreadableError: where it is no table, or holds values behind its last name.
        """
        text = names_in_one_line(tabs_between_columns(with_plain_rows(decoded(content, name))))
        layout = layout_of(text, name, names=file_columns)
        if not layout.has_header:
            example = ", ".join(_from_line_of(text, layout))
            raise SourceUnreadableError(
                f"The file {name} has no line with the names of its {len(layout.names)} columns ({example}); write "
                "them into the station file as 'file_columns: [...]', in their order, or give them to "
                "`jena station new` as --answer file_columns=date,time,…."
            )
        body = _from_line(text, layout.first_row)
        head = text[: len(text) - len(body)]
        if layout.comment:
            body = memoryview(re.sub(rb"(?m)^" + re.escape(layout.comment.encode()) + rb".*\n?", b"", body))
        body = without_empty_rows(body)
        if not bytes(body[:CHUNK]).strip() and not bytes(body).strip():
            raise SourceEmptyError(f"The file {name} holds a header but no row of readings.")
        body = without_repeated_header(head, body)
        body, other = without_second_table(body, layout)
        if layout.is_cropped:
            body = without_what_is_beside(body, layout)
        body, left = without_footer(body, layout)
        if layout.separator == SPACES:
            body = memoryview(tabs_for_spaces(body))
        table = cls(name, layout, flags, body, left=left, other=other)
        table._refuse_values_without_names()
        table.behind = units_behind(table.sample())
        return table

    @property
    def header(self) -> tuple[str, ...]:
        """Give the columns' names, and behind them those of the parts of values that hold several, such as `WND,4`."""
        return (*self.layout.names, *(f"{self.layout.names[place]},{part}" for place, part in self._parts))

    @property
    def units(self) -> tuple[str, ...]:
        """Give what a row of units says, or what stands behind each number; empty where neither does."""
        if not self.behind or self.layout.units:
            return self.layout.units
        return tuple(self.behind.get(position, "") for position in range(len(self.header)))

    @property
    def first_line(self) -> int:
        """Give the line, from 1, of the first row."""
        return self.layout.first_row + 1

    @property
    def told_clock(self) -> str:
        """Give the clock that lines above the header tell; empty where none does.

        Raises:
            SourceUnreadableError: where they tell several.
        """
        return clock_above(self.layout.above, self.name)

    def sample(self) -> list[list[str]]:
        """Give the first rows as texts.

        Raises:
            SourceUnreadableError: where one has a value that no table has.
        """
        lines = bytes(self.body[: 2**18]).decode("utf-8", errors="replace").split("\n")[:SAMPLED_ROWS]
        try:
            return [split_line(line, self._separator) for line in lines if line.strip()]
        except csv.Error as error:  # a field of a hundred thousand letters
            raise SourceUnreadableError(f"The file {self.name} is no CSV: a row cannot be read ({error}).") from error

    def load(self, texts: Sequence[int], numbers: Sequence[int], missing: Sequence[str] = MISSING_TEXTS) -> None:
        """Parse the columns that will be asked for, in one go.

        Args:
            texts: positions of those that are read as texts.
            numbers: positions of those that are read as numbers.
            missing: texts that stand for a missing value.

        Raises:
            SourceUnreadableError: where a row has not as many values as the others.
        """
        numbers, texts = ([self._place_of(position) for position in wanted] for wanted in (numbers, texts))
        types = dict.fromkeys(numbers, pa.float64()) | dict.fromkeys(texts, pa.string())
        try:
            # What is asked for as both is kept as texts, which can be read as numbers too.
            self._table = self._parsed(types, missing)
        except pa.ArrowInvalid:
            try:
                # Slower, but it understands all ways to write numbers, and a single thread knows in which line it is.
                self._table = self._parsed(dict.fromkeys(types, pa.string()), missing, threads=False)
            except pa.ArrowInvalid as error:
                raise SourceUnreadableError(self._misshapen(str(error))) from error
        if self.is_read_once:
            self.body = memoryview(b"")
            pa.default_memory_pool().release_unused()  # what parsing took, before the columns are made

    def texts(self, position: int) -> pa.ChunkedArray:
        """Give a column that was loaded as texts, empty where a value is missing."""
        texts = self._column(self._place_of(position)).fill_null("")
        behind = position - len(self.layout.names)
        return texts if behind < 0 else part_of(texts, self._parts[behind][1])

    def numbers(self, position: int, quantity: str) -> Values:
        """Give a column that was loaded as numbers, NaN where a value is missing.

        Raises:
            SourceUnreadableError: where a text is no number.
        """
        column = self._column(position) if position < len(self.layout.names) else self.texts(position)
        if pa.types.is_floating(column.type):
            return np.asarray(column.to_numpy(), dtype=np.float64)
        return numbers_of_texts(
            column,
            self.header[position],
            self.name,
            self.first_line,
            quantity=quantity,
            decimal_comma=self.layout.decimal_comma,
            mixed=self.layout.is_mixed,
            flags=self.flags,
            behind=self.behind.get(position, ""),
        )

    @property
    def remarks(self) -> tuple[str, ...]:
        """Give what whoever reads the table should know: which of its last lines were left."""
        told = []
        if example := self.layout.doubtful_point:
            told.append(
                f"all numbers with a point in {self.name} have three digits behind it, such as '{example}', and were "
                "read as decimals; where it stands between thousands, take the points out of the file"
            )
        if self.layout.is_cropped:
            told.append(f"what stands beside the table in {self.name}, behind an empty column, was left")
        if self.other:
            told.append(f"below its first table {self.name} has another one, '{self.other[0][:80]}', which was left")
        if self.left:
            listed = ", ".join(f"'{line[:40]}'" for line in self.left[:SHOWN])
            told.append(f"the last lines of {self.name} are no readings and were left: {listed}")
        return tuple(told)

    @property
    def _parts(self) -> tuple[tuple[int, int], ...]:
        """Give of each part of a value where its column stands, and which it is."""
        if self.flags == PARTED and self._told_parts is None:  # while the text is there
            self._told_parts = parts_in(self.sample())
        return self._told_parts or ()

    def _place_of(self, position: int) -> int:
        """Give where a column stands, or that of which it is a part."""
        behind = position - len(self.layout.names)
        return position if behind < 0 else self._parts[behind][0]

    @property
    def _separator(self) -> str:
        return "\t" if self.layout.separator == SPACES else self.layout.separator

    def _column(self, position: int) -> pa.ChunkedArray:
        assert self._table is not None  # noqa: S101 - `load` comes first
        return self._table.column(f"#{position}")

    def _parsed(self, types: dict[int, pa.DataType], missing: Sequence[str], threads: bool = True) -> pa.Table:
        names = [f"#{position}" for position in range(len(self.layout.names))]
        wanted = {f"#{position}": kind for position, kind in types.items()}
        conversion = pacsv.ConvertOptions(
            column_types=wanted,
            include_columns=list(wanted),
            null_values=list(missing),
            strings_can_be_null=True,
            decimal_point="," if self.layout.decimal_comma else ".",
        )
        read = partial(
            pacsv.read_csv,
            read_options=pacsv.ReadOptions(column_names=names, use_threads=threads),
            parse_options=pacsv.ParseOptions(delimiter=self._separator),
            convert_options=conversion,
        )
        return lent_to_arrow(self.body, read)

    def _refuse_values_without_names(self) -> None:
        """Refuse rows that are wider than the header: separators may stand at their ends, and no values."""
        named = max((position for position, name in enumerate(self.layout.names) if name), default=-1) + 1
        without = range(named, len(self.layout.names))
        if without:
            self.load(without, [], missing=())  # `NA` behind the last name shifts the others as a number does
        for position in without:
            texts = pc.utf8_trim(self.texts(position), ",; ")
            rows = np.flatnonzero(np.asarray(pc.not_equal(texts, "")))
            if len(rows):
                raise SourceUnreadableError(
                    f"Line {rows[0] + self.first_line} of {self.name} has '{texts[int(rows[0])].as_py()[:40]}' behind "
                    f"the last column that has a name, '{self.header[named - 1]}', so that values may stand in the "
                    "wrong columns; put quotes around a decimal comma or a text with commas, or name every column, in "
                    "the file or to `jena station new` as --answer file_columns=date,time,…."
                )

    def _misshapen(self, reason: str) -> str:
        row = re.search(r"Row #(\d+)", reason)
        fields = re.search(r"Expected (\d+) columns, got (\d+)", reason)
        if row and fields:
            return (
                f"Line {int(row[1]) + self.first_line - 1} of {self.name} has {fields[2]} values where the header "
                f"names {fields[1]} columns; mend or remove it."
            )
        return f"The file {self.name} is not a CSV of readings: {' '.join(reason.split())[:120]}."


def _from_line_of(text: bytes, layout: Layout) -> list[str]:
    """Give the first values of the first row."""
    line = bytes(_from_line(text, layout.first_row)[:CHUNK]).split(b"\n", 1)[0].decode("utf-8", "replace")
    values = split_line(line[:LONGEST_LINE], layout.separator)
    return [value[:20] for value in values[:SHOWN]] + (["…"] if len(values) > SHOWN else [])


def _from_line(text: bytes, line: int) -> memoryview:
    place = 0
    for _ in range(line):
        end = text.find(b"\n", place)
        if end < 0:
            return memoryview(b"")
        place = end + 1
    return memoryview(text)[place:]
