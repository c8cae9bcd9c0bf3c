"""One file with the rows of many stations, divided once, so that no station reads all of it."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
from typing import Final

from jena_models.errors import SourceUnreadableError, nearest
from jena_models.reading.reading import is_text
from jena_models.reading.texts.fixed_columns import tabs_between_columns
from jena_models.reading.texts.line_kinds import split_line
from jena_models.reading.texts.text_layout import layout_of
from jena_models.sources.archive import read_members
from jena_models.sources.encodings import decoded

LARGE: Final = 2**26
"""Parts of larger texts are compressed."""


WHOLE: Final = "whole.txt"
"""Stands beside the parts, and says which file they are of."""
LIST: Final = "parts.tsv"
"""Stands there too: the file of each part, and what the column holds in its rows."""


def listed_parts(folder: Path) -> dict[str, str]:
    """Give what the column holds in the rows of each part, by the part's file name."""
    lines = (folder / LIST).read_text(encoding="utf-8").splitlines()
    return {name: value for name, _, value in (line.partition("\t") for line in lines)}


def told_of_part(file: Path) -> str:
    """Give what a user would call a part, by the file that it is a part of; empty for any other file."""
    try:
        whole = (file.parent / WHOLE).read_text(encoding="utf-8")
        return f"{whole} (the rows of '{listed_parts(file.parent)[file.name]}')"
    except (OSError, KeyError):
        return ""


def parts_of(path: Path, column: str, values: Collection[str], to: Path) -> dict[str, str]:
    """Write the rows of each station to a file of its own; gives the file's name by what the column holds.

    A row is kept as it is written, under the same header, so that a part is read as the whole would be.

    Args:
        path: a text table, which may be compressed or zipped.
        column: the name of the column that tells which station a row is of.
        values: of the column; rows that hold another are left out.
        to: the folder to write to.

    Raises:
        SourceUnreadableError: where it is no text table, or has no such column.
    """
    wanted, heads, rows = set(values), dict[str, bytes](), defaultdict[str, list[bytes]](list)
    for member in read_members(path):
        if not is_text(member.content):
            raise SourceUnreadableError(f"{member.name} is no text table; give the stations' rows in a CSV.")
        text = tabs_between_columns(decoded(member.content, member.name))
        layout = layout_of(text, member.name)
        if column not in layout.names:
            raise SourceUnreadableError(f"{member.name} has no column '{column}'; {nearest(column, layout.names)}")
        place, separator = layout.names.index(column), layout.separator
        lines = text.split(b"\n")
        head = b"\n".join(lines[: layout.first_row])
        is_plain, sign = b'"' not in text and separator != " ", separator.encode()
        for line in lines[layout.first_row :]:
            if is_plain:
                values_of_line = line.split(sign, place + 1)
                value = values_of_line[place].strip().decode() if len(values_of_line) > place else ""
            else:
                texts = split_line(line.decode(), separator)
                value = texts[place] if len(texts) > place else ""
            if value in wanted:
                if heads.setdefault(value, head) != head:
                    raise SourceUnreadableError(f"The tables in {path} have different headers; give one with all rows.")
                rows[value].append(line)
    files = {}
    for number, value in enumerate(sorted(rows)):
        content = b"\n".join([heads[value], *rows.pop(value), b""])
        files[value] = f"{number:05d}.csv"
        (to / files[value]).write_bytes(content if len(content) < LARGE else gzip.compress(content, 1))
    return files
