"""The table in a JSON file: records, or lists of one length by name, as the services of the web answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from jena_models.errors import SourceUnreadableError

MARK: Final = b"\xef\xbb\xbf"
BEGINS: Final = re.compile(rb"\s*(\{|\[\s*[\[{])")
HEAD: Final = 4096
UNITS: Final = "_units"
"""Open-Meteo has the units of `hourly` beside it, in `hourly_units`."""
OFFSET: Final = "utc_offset_seconds"
"""How far texts of local time are ahead of UTC, as Open-Meteo says it."""
PLACES: Final = ("latitude", "lat", "longitude", "lon", "lng", "long", OFFSET)
"""What stands beside a table and is told of it in columns; anything else, such as when it was fetched, is not."""
WITHOUT_OFFSET: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?")
FEW_INSIDE: Final = 6
"""So many rows within a record say more of it, such as layers of clouds; more of them may be the hours of a day."""
LISTED: Final = 3


@dataclass(frozen=True)
class Found:
    """A table within what a file holds."""

    name: str
    """By which keys it is reached."""
    values: Any
    rows: int
    units: Mapping[str, Any]
    about: Mapping[str, Any]
    """Where it was measured, and how far its times are ahead of UTC, as it stands beside what holds it."""


def is_json(content: bytes) -> bool:
    """Tell whether a text begins as JSON with objects does."""
    return BEGINS.match(content[:HEAD].removeprefix(MARK)) is not None


def read_json(content: bytes, place: str) -> tuple[pd.DataFrame, tuple[str, ...], tuple[str, ...]]:
    """Give the largest table with its place as further columns, the unit of each column, and what was left.

    Names of objects within records are joined by a point: `wind.speed`.

    Args:
        content: the file's bytes.
        place: how a sentence names it.

    Raises:
        SourceUnreadableError: where it is damaged, holds no table, or several of which none is the largest.
    """
    tables = sorted(_tables(_parsed(content, place), "", {}, {}), key=lambda each: -each.rows)
    if not tables:
        raise SourceUnreadableError(
            f"The file {place} is JSON without a table, a list of records or lists of one length by name; give its "
            "readings as a table, in CSV or Parquet."
        )
    found, others = tables[0], tables[1:]
    inside = [each for each in others if each.name.startswith(f"{found.name}[")]
    hours = [each.rows for each in inside if each.rows > FEW_INSIDE]
    if sum(hours) > found.rows or any(each.rows == found.rows for each in others):
        listed = ", ".join(f"'{each.name}' ({each.rows:,} rows)" for each in tables[:LISTED])
        raise SourceUnreadableError(
            f"The file {place} is JSON with {len(tables)} tables, {listed}{' …' if len(tables) > LISTED else ''}; give "
            "the readings of one of them, as a table in CSV or Parquet."
        )
    is_by_name = isinstance(found.values, Mapping)
    frame = pd.DataFrame(found.values) if is_by_name else pd.json_normalize(found.values)
    frame.columns = [str(name) for name in frame.columns]
    offset = found.about.get(OFFSET)
    if isinstance(offset, int):
        texts = frame.select_dtypes(["object", "string"]).map(lambda value: _with_offset(value, offset))
        frame = frame.assign(**{str(name): texts[name] for name in texts})
    frame = frame.assign(**{name: value for name, value in found.about.items() if name not in frame})
    units = tuple(str(found.units.get(name, "")) for name in frame.columns)
    left = [f"'{each.name}' ({each.rows:,} rows)" for each in others if each not in inside]
    remark = f"of {place} the rows of '{found.name}' were taken, and {', '.join(left)} left"
    return frame, units if any(units) else (), (remark,) if left else ()


def _parsed(content: bytes, place: str) -> Any:
    """Give what the text holds; of several objects, one a line, a list of them."""
    try:
        text = content.removeprefix(MARK).decode("utf-8")
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


def _tables(tree: Any, name: str, units: Mapping[str, Any], about: Mapping[str, Any]) -> Iterator[Found]:
    if isinstance(tree, Mapping):
        lists = {key: value for key, value in tree.items() if _is_series(value)}
        if len(lists) > 1 and len({len(value) for value in lists.values()}) == 1:
            yield Found(name, lists, len(next(iter(lists.values()))), units, about)
        beside = {**about, **{key: tree[key] for key in PLACES if isinstance(tree.get(key), int | float)}}
        for key, value in tree.items():
            told = tree.get(f"{key}{UNITS}")
            told = told if isinstance(told, Mapping) else {}
            yield from _tables(value, f"{name}.{key}" if name else key, told, beside)
    elif isinstance(tree, Sequence) and not isinstance(tree, str):
        records = [each for each in tree if isinstance(each, Mapping)]
        is_of_records = len(records) == len(tree) and _any_value(records)
        if is_of_records:
            yield Found(name, records, len(records), units, about)
        for place, each in enumerate(tree):
            yield from _tables(each, f"{name}[{place}]", {}, {} if is_of_records else about)


def _is_series(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and not any(isinstance(each, list | dict) for each in value)


def _any_value(records: Sequence[Mapping[str, Any]]) -> bool:
    return any(not isinstance(value, list | dict) for record in records for value in record.values())


def _with_offset(value: Any, seconds: int) -> Any:
    if not isinstance(value, str) or not WITHOUT_OFFSET.fullmatch(value):
        return value
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{value}{'-' if seconds < 0 else '+'}{hours:02d}:{minutes:02d}"
