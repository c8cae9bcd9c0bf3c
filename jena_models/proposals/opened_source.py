"""A source as it is first looked at: before there is a station file that says how to read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jena_models.named_files import named_path
from jena_models.proposals.draft import Opened
from jena_models.proposals.named_formats import recognized
from jena_models.reading.assembly import Columns
from jena_models.reading.reading import columns_of, each_table, is_text
from jena_models.reading.texts.text_tables import TextColumns
from jena_models.reading.user_tables import FrameColumns
from jena_models.sources.archive import Member
from jena_models.sources.credentials import without_secrets
from jena_models.sources.databases import BETWEEN, is_database, read_database
from jena_models.sources.encodings import decoded

FIRST_LINES: Final = 200
"""Some publishers explain each quantity, in a line of its own, before the table begins."""
LONGEST_LINE: Final = 20_000
MOST_HEAD: Final = 2**19


@dataclass
class StackedColumns:
    """The columns of several tables that have the same, one below the other."""

    parts: Sequence[Columns]
    name: str
    """How a sentence names them all."""
    header: Sequence[str] = field(init=False)
    units: Sequence[str] = field(init=False)
    first_line: int = field(init=False)
    remarks: Sequence[str] = field(init=False)

    def __post_init__(self) -> None:
        first = self.parts[0]
        self.header, self.units, self.first_line = first.header, first.units, first.first_line
        self.remarks = [remark for part in self.parts for remark in part.remarks]

    @property
    def told_clock(self) -> str:
        """Give the clock that is told above the first one's header; empty where none is."""
        return self.parts[0].told_clock

    def sample(self) -> list[list[str]]:
        """Give the first rows of each as texts."""
        return list(chain.from_iterable(part.sample() for part in self.parts))

    def load(self, texts: Sequence[int], numbers: Sequence[int]) -> None:
        """Make ready the columns that will be asked for."""
        for part in self.parts:
            part.load(texts, numbers)

    def texts(self, position: int) -> pa.ChunkedArray:
        """Give a column as texts."""
        return pa.chunked_array([chunk for part in self.parts for chunk in part.texts(position).chunks], pa.string())

    def numbers(self, position: int, quantity: str) -> NDArray[np.float64]:
        """Give a column as numbers.

        Raises:
            SourceUnreadableError: where a value is no number.
        """
        return np.concatenate([part.numbers(position, quantity) for part in self.parts])


def open_source(address: str, file_columns: Sequence[str] = ()) -> list[Opened]:
    """Give the tables of files or of a database, those with the same columns as one; the longest first.

    Args:
        address: of the source.
        file_columns: the names of the columns, in order, of texts that do not name them.

    Raises:
        RequestError: where the address cannot be.
        SourceNotFoundError: where there is no such source.
        SourceUnreadableError: where it holds no table.
    """
    if is_database(address):
        shown = without_secrets(address)
        return [Opened(FrameColumns(read_database(address), f"read from {shown}"), [])]
    path = named_path(address)
    groups: dict[tuple[str, ...], list[Opened]] = {}
    sizes: dict[tuple[str, ...], int] = {}

    def opened(member: Member, file: Path) -> tuple[Opened, int]:
        return _opened(member, file, file_columns), len(member.content)

    for (table, size), _ in each_table(path, opened, []):
        header = tuple(table.columns.header)
        groups.setdefault(header, []).append(table)
        sizes[header] = sizes.get(header, 0) + size
    ordered = sorted(groups, key=lambda header: -sizes[header])
    return [_stacked(groups[header], str(path)) for header in ordered]


def source_name(address: str) -> str:
    """Give a short name for a source: that of its file or folder without endings, or of its database."""
    last = without_secrets(address).partition(BETWEEN)[0].rstrip("/").rpartition("/")[2]
    plain = re.sub(r"\{[^}]*\}", "", last.partition(".")[0]).strip("*?[]-_ ")
    return plain or Path(address).parent.name.strip("*?[]-_ ") or "station"


def _opened(member: Member, file: Path, file_columns: Sequence[str]) -> Opened:
    if not is_text(member.content):
        return Opened(columns_of(member, file), [])
    text = decoded(_head(member.content), member.name)
    lines = [line[:LONGEST_LINE] for line in text[: 2**18].decode("utf-8", "replace").split("\n")[:FIRST_LINES]]
    known = recognized(lines, [])
    names, flags = (known.file_columns, known.flags) if known else ((), "")
    columns = TextColumns.of(member.content, member.name, file_columns or names, flags)
    if known is None and (by_header := recognized(lines, columns.header)) is not None:
        columns.flags = by_header.flags
    return Opened(columns, lines)


def _head(content: bytes) -> bytes:
    """Give the first lines, none of them cut within a letter."""
    if len(content) <= MOST_HEAD:
        return content
    return content[: content.rfind(b"\n", 0, MOST_HEAD)] if b"\n" in content[:MOST_HEAD] else content[:MOST_HEAD]


def _stacked(opened: Sequence[Opened], name: str) -> Opened:
    if len(opened) == 1:
        return opened[0]
    return Opened(StackedColumns([each.columns for each in opened], name), opened[0].lines)
