"""The table in a JSON file: records, or lists of one length by name, as the services of the web answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from jena_models.errors import SourceUnreadableError
from jena_models.sources.encodings import decoded
from jena_models.sources.json_records import rows_within, series_by_time, table_of_records, with_units_apart
from jena_models.sources.tables_in_json import FEW_INSIDE, OFFSET, tables_of

MARK: Final = b"\xef\xbb\xbf"
BEGINS: Final = re.compile(rb"\s*(\{|\[\s*[\[{])")
HEAD: Final = 4096
WITHOUT_OFFSET: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?")
LISTED: Final = 3


def is_json(content: bytes) -> bool:
    """Tell whether a text begins as JSON with objects does."""
    return BEGINS.match(content[:HEAD].removeprefix(MARK)) is not None


def read_json(content: bytes, place: str) -> tuple[pd.DataFrame, tuple[str, ...], tuple[str, ...]]:
    """Give the largest table with its place as further columns, the unit of each column, and what was left.

    Names of objects within records are joined by a point: `wind.speed`.

    Raises:
        SourceUnreadableError: where it is damaged, holds no table, or several of which none is the largest.
    """
    tables = tables_of(series_by_time(_parsed(content, place)))
    if not tables:
        raise SourceUnreadableError(
            f"The file {place} is JSON without a table, a list of records or lists of one length by name; give its "
            "readings as a table, in CSV or Parquet."
        )
    found, others = tables[0], tables[1:]
    inside = [each for each in others if each.name.startswith(f"{found.name}[")]
    is_by_name = isinstance(found.values, Mapping)
    hours = [each.rows for each in inside if each.rows > FEW_INSIDE]
    is_one = not is_by_name and bool(rows_within(found.values))
    rivals = [each for each in others if each not in inside or not is_one]
    if (not is_one and sum(hours) > found.rows) or any(each.rows == found.rows for each in rivals):
        listed = ", ".join(f"'{each.name}' ({each.rows:,} rows)" for each in tables[:LISTED])
        raise SourceUnreadableError(
            f"The file {place} is JSON with {len(tables)} tables, {listed}{' …' if len(tables) > LISTED else ''}; give "
            "the readings of one of them, as a table in CSV or Parquet."
        )
    frame = pd.DataFrame(found.values) if is_by_name else table_of_records(found.values)
    frame.columns = [str(name) for name in frame.columns]
    frame, said = with_units_apart(frame)
    offset = found.about.get(OFFSET)
    if isinstance(offset, int):
        texts = frame.select_dtypes(["object", "string"]).map(lambda value: _with_offset(value, offset))
        frame = frame.assign(**{str(name): texts[name] for name in texts})
    frame = frame.assign(**{name: value for name, value in found.about.items() if name not in frame})
    told = {**found.units, **said}
    units = tuple(str(told.get(name) or told.get(name.rpartition(".")[2]) or "") for name in frame.columns)
    left = [f"'{each.name}' ({each.rows:,} rows)" for each in others if each not in inside]
    remark = f"of {place} the rows of '{found.name}' were taken, and {', '.join(left)} left"
    return frame, units if any(units) else (), (remark,) if left else ()


def value_beside(content: bytes, place: str, path: str) -> str | int | float | None:
    """Give what stands under keys, `properties.meta.updated_at`, beside a file's table; None where no such value does.

    Args:
        content: the file's bytes.
        place: how a sentence names it.
        path: the keys, joined by points.

    Raises:
        SourceUnreadableError: where it is damaged.
    """
    tree = _parsed(content, place)
    for key in path.split("."):
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree if isinstance(tree, str | int | float) else None


def _parsed(content: bytes, place: str) -> Any:
    """Give what the text holds; of several objects, one a line, a list of them."""
    try:
        text = decoded(content, place).decode("utf-8")
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            lines = [line for line in text.splitlines() if line.strip()]
            if "Extra data" not in error.msg or len(lines) == 1:
                raise
            return [json.loads(line) for line in lines]
    except (ValueError, RecursionError) as error:
        raise SourceUnreadableError(
            f"The file {place} is JSON that is cut off or damaged ({error}); get it anew."
        ) from error


def _with_offset(value: Any, seconds: int) -> Any:
    if not isinstance(value, str) or not WITHOUT_OFFSET.fullmatch(value):
        return value
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{value}{'-' if seconds < 0 else '+'}{hours:02d}:{minutes:02d}"
