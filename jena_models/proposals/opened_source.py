"""A source as it is first looked at: before there is a station file that says how to read it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow.parquet as pq

from jena_models.errors import SourceUnreadableError
from jena_models.named_files import named_path
from jena_models.proposals.named_formats import recognized
from jena_models.reading.archive import read_members
from jena_models.reading.assembly import Columns
from jena_models.reading.databases import SQLITE_MAGIC, is_database, read_database, without_password
from jena_models.reading.reading import PARQUET_MAGIC
from jena_models.reading.text_layout import decoded
from jena_models.reading.text_tables import TextColumns
from jena_models.reading.user_tables import FrameColumns

FIRST_LINES: Final = 12
LONGEST_LINE: Final = 20_000


def open_source(address: str) -> tuple[Columns, list[str]]:
    """Give the columns of a file or a database, and the first lines of a text; of several tables the largest.

    Raises:
        SourceNotFoundError: where there is no such source.
        SourceUnreadableError: where it holds no table.
    """
    if is_database(address):
        return FrameColumns(read_database(address), without_password(address)), []
    path = named_path(address)
    member = max(read_members(path), key=lambda each: len(each.content))
    if member.content.startswith(SQLITE_MAGIC):
        return FrameColumns(read_database(f"sqlite:///{path}"), str(path)), []
    if member.content.startswith(PARQUET_MAGIC):
        try:
            frame: pd.DataFrame = pq.read_table(io.BytesIO(member.content)).to_pandas()
        except Exception as error:  # a damaged file may fail in any way
            raise SourceUnreadableError(f"The Parquet file {path} is truncated or damaged; get it anew.") from error
        return FrameColumns(frame, member.name), []
    text = decoded(member.content, member.name)
    lines = [line[:LONGEST_LINE] for line in text[: 2**18].decode("utf-8", "replace").split("\n")[:FIRST_LINES]]
    known = recognized(lines, [])
    told = (known.file_columns, known.flags) if known else ((), "")
    source = TextColumns.of(member.content, member.name, *told)
    if known is None and (by_header := recognized(lines, source.header)) is not None:
        source.flags = by_header.flags
    return source, lines


def source_name(address: str) -> str:
    """Give a short name for a source: that of its file without endings, or of its database."""
    last = Path(without_password(address).partition("::")[0].rstrip("/")).name
    return last.partition(".")[0] or "station"
