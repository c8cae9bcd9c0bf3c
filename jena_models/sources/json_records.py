"""Records of JSON as a table: objects and lists within them, and numbers that stand beside their unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

VALUE: Final = ".value"
UNITS_BESIDE: Final = (".unit", ".units", ".unitCode", ".uom")
"""What stands beside a number and tells its unit, in an object with both."""

TIMES_BESIDE: Final = ("ts", "time", "timestamp")
"""What a record calls the time of the one value that it holds."""


def table_of_records(records: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Give a row for each record; where all its numbers are in a list within it, one for each row of that list."""
    plain = [_of_feature(record) for record in records]
    key = rows_within(plain)
    if not key:
        return pd.json_normalize(plain)
    told: list[dict[Any, Any]] = _beside(plain, key).to_dict("records")
    return pd.json_normalize([{**about, **row} for each, about in zip(plain, told, strict=True) for row in each[key]])


def rows_within(records: Sequence[Mapping[str, Any]]) -> str:
    """Give the key of a list of rows that each record holds, and that holds all its numbers; empty where none is."""
    within = {key for record in records for key, value in record.items() if _are_records(value)}
    if len(within) != 1 or not all(_are_records(record.get(key)) for record in records for key in within):
        return ""
    key = within.pop()
    return key if _beside(records, key).select_dtypes("number").empty else ""


def rows_of_days(records: Sequence[Mapping[str, Any]], name: str, fewest: int) -> list[dict[str, Any]]:
    """Give the rows of the one list of many rows that each record holds, as a day its hours; none where it is not so.

    Texts of the record, such as its date, stand in each of its rows under the name of both: `days.datetime`.

    Args:
        records: such as days.
        name: how they are reached.
        fewest: so many rows at most say more of a record and are none of their own.
    """
    within = {key for each in records for key, value in each.items() if _are_records(value) and len(value) > fewest}
    if len(within) != 1 or not all(_are_records(each.get(key)) for each in records for key in within):
        return []
    [key] = within
    own = name.rpartition(".")[2]
    about = [{f"{own}.{one}": value for one, value in each.items() if isinstance(value, str)} for each in records]
    return [{**told, **row} for told, each in zip(about, records, strict=True) for row in each[key]]


def series_by_time(tree: Any) -> Any:
    """Give lists of a time and a value each, by what they are of, as ThingsBoard has them, with values by their times.

    Anything else comes back as it is.
    """
    if not isinstance(tree, Mapping) or not tree or not all(map(_are_records, tree.values())):
        return tree
    keys = {key for records in tree.values() for record in records for key in record}
    time = next((key for key in TIMES_BESIDE if key in keys), "")
    if keys != {time, VALUE.strip(".")} or len(tree) == 1:
        return tree
    return {name: {str(each.get(time)): each.get("value") for each in records} for name, records in tree.items()}


def _beside(records: Sequence[Mapping[str, Any]], key: str) -> pd.DataFrame:
    return pd.json_normalize([{name: value for name, value in each.items() if name != key} for each in records])


def _are_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _of_feature(record: dict[str, Any]) -> dict[str, Any]:
    """Give a feature of GeoJSON as a record of its properties and its place; any other record as it is."""
    properties = record.get("properties")
    if record.get("type") != "Feature" or not isinstance(properties, dict):
        return record
    geometry = record.get("geometry")
    point = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
    if not isinstance(point, list) or len(point) < len(("longitude", "latitude")):
        return properties
    return {"longitude": point[0], "latitude": point[1], **properties}


def with_units_apart(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Give numbers that stand beside their unit under the name of both, and by that name the unit, where it is one."""
    units, left, named = {}, [], dict[str, str]()
    by_name = {str(name).casefold(): name for name in frame.columns}
    for name in frame.columns:
        own = name[: -len(VALUE)] if name.casefold().endswith(VALUE) else name
        ways = (own.casefold() + each.casefold() for each in UNITS_BESIDE)
        beside = next((by_name[way] for way in ways if way in by_name), None)
        if own == name or beside is None or own in frame:
            continue
        told = frame[beside].dropna().unique()
        if len(told) == 1 and isinstance(told[0], str):
            units[own], named[name] = unit_of_code(told[0]), own
            left.append(beside)
    return frame.drop(columns=left).rename(columns=named), units


def unit_of_code(text: str) -> str:
    """Give a unit as files write it of what may be a code for it, as `wmoUnit:km_h-1` and `wmoUnit:degree_(angle)`."""
    return text.rpartition(":")[2].replace("_(angle)", "").replace("_", " ").strip()
