"""The tables within what a JSON file holds: records, lists by name, rows beside their names, series by time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

from jena_models.place_names import LATITUDES, LONGITUDES
from jena_models.sources.json_records import rows_of_days

UNITS: Final = "_units"
"""Open-Meteo has the units of `hourly` beside it, in `hourly_units`."""
OFFSET: Final = "utc_offset_seconds"
"""How far texts of local time are ahead of UTC, as Open-Meteo says it."""
HOURS_AHEAD: Final = ("utc_timeoffset", "utc_offset_hours")
"""The same in hours, as meteoblue says it."""
PLACES: Final = (*LATITUDES, *LONGITUDES, OFFSET)
"""What stands beside a table and is told of it in columns; anything else, such as when it was fetched, is not."""
META: Final = ("meta", "metadata")
"""Under which keys stands what a file says of itself."""
OF_LIST: Final = re.compile(r"\[\d+\]")
"""In the path to a table this says which of a list of places it is of."""
FEW_INSIDE: Final = 6
"""So many rows within a record say more of it, such as layers of clouds; more of them may be the hours of a day."""
NAMES: Final = ("columns", "columnnames", "header", "headers", "fields", "names")
"""Under which keys, in small letters, the names of the columns of lists of lists stand."""
OF_NAMES: Final = ("name", "text", "field", "id")
"""What a column's description calls its name."""
COLUMN_UNITS: Final = ("columnunits", "units")
KEY: Final = "key"
"""The column of what rows are called that are objects by name, as pandas and Firebase write them."""
TIME: Final = re.compile(r"\d{10}|\d{13}|\d{4}-\d{2}-\d{2}([T ].*)?")
"""A key that is the time of the value which it holds."""
OF_SERIES: Final = (".list", ".values", ".data", ".series")
"""How the path to such values ends behind what they are of."""


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


def tables_of(tree: Any) -> list[Found]:
    """Give the tables within what a file holds, the largest first; none where there is none."""
    tables = sorted(_of_places(list(_tables(tree, "", {}, {}))), key=lambda each: -each.rows) or _timed_series(tree)
    return _with_days_as_one(tables) if tables else []


def _with_days_as_one(tables: list[Found]) -> list[Found]:
    """Give tables without those that are hours of a list of days, and in their place one of all hours."""
    first = OF_LIST.search(tables[0].name)
    outer = next((each for each in tables if first and each.name == tables[0].name[: first.start()]), None)
    if outer is None or isinstance(outer.values, Mapping):
        return tables
    days = rows_of_days(outer.values, outer.name, FEW_INSIDE)
    others = [each for each in tables if each is not outer and not each.name.startswith(f"{outer.name}[")]
    if not days or any(each.rows >= len(days) for each in others):
        return tables
    return [Found(f"{outer.name}[]", days, len(days), outer.units, outer.about), *others]


def _of_places(tables: list[Found]) -> list[Found]:
    """Give tables that are alike, one for each place of a list, as one with the place in each row.

    So Open-Meteo answers where several places are asked for.
    """
    alike: dict[Any, list[Found]] = {}
    for each in tables:
        if isinstance(each.values, Mapping) and (place := OF_LIST.search(each.name)) and {*each.about} - {OFFSET}:
            key = (each.name[: place.start()], each.name[place.end() :], *each.values, *each.units.items())
            alike.setdefault((*key, each.about.get(OFFSET)), []).append(each)
    joined = {
        key: found
        for key, found in alike.items()
        if len({tuple(each.about.items()) for each in found}) == len(found) > 1
    }
    parts = {each.name for found in joined.values() for each in found} | {key[0] for key in joined}
    return [*map(_as_one, joined.values()), *(each for each in tables if each.name not in parts)]


def _as_one(tables: Sequence[Found]) -> Found:
    first = tables[0]
    places = [name for name in first.about if name != OFFSET]
    values = {name: [each.about.get(name) for each in tables for _ in range(each.rows)] for name in places}
    values |= {name: [value for each in tables for value in each.values[name]] for name in first.values}
    offset = {OFFSET: first.about[OFFSET]} if OFFSET in first.about else {}
    return Found(OF_LIST.sub("[]", first.name), values, sum(each.rows for each in tables), first.units, offset)


def _tables(tree: Any, name: str, units: Mapping[str, Any], about: Mapping[str, Any]) -> Iterator[Found]:
    if isinstance(tree, Mapping):
        named = _named_rows(tree, name, about)
        yield from named
        yield from _keyed_rows(tree, name, about)
        filled = {key: value for key, value in tree.items() if isinstance(value, list) and value}
        lists = {key: value for key, value in filled.items() if not _any_nested(value)}
        if not named and len(lists) > 1 and len({len(value) for value in lists.values()}) == 1:
            yield Found(name, lists, len(next(iter(lists.values()))), units, about)
        told_of_all = [tree, *(tree[key] for key in META if isinstance(tree.get(key), Mapping))]
        beside, general = dict(about), dict(units)
        for each in told_of_all:
            beside |= {key: each[key] for key in PLACES if isinstance(each.get(key), int | float)}
            hours = next((each[key] for key in HOURS_AHEAD if isinstance(each.get(key), int | float)), None)
            beside |= {} if hours is None else {OFFSET: round(hours * 3600)}
            general |= each["units"] if isinstance(each.get("units"), Mapping) else {}
        for key, value in tree.items():
            told = tree.get(f"{key}{UNITS}")
            told = {**general, **(told if isinstance(told, Mapping) else {})}
            yield from _tables(value, f"{name}.{key}" if name else key, told, beside)
    elif isinstance(tree, Sequence) and not isinstance(tree, str):
        records = [each for each in tree if isinstance(each, Mapping)]
        is_flat = any(not isinstance(value, list | dict) for each in records for value in each.values())
        is_of_records = len(records) == len(tree) and is_flat
        if not records and len(tree) > 1 and _are_names(tree[0]) and _are_rows(tree, len(tree[0])):
            yield _of_rows(name, tree[0], tree[1:], {}, about)
        if is_of_records:
            yield Found(name, records, len(records), units, about)
        for place, each in enumerate(tree):
            yield from _tables(each, f"{name}[{place}]", units, {} if is_of_records else about)


def _named_rows(tree: Mapping[str, Any], name: str, about: Mapping[str, Any]) -> list[Found]:
    """Give lists of rows beside a list of their columns' names, as InfluxDB, Grafana and ERDDAP answer."""
    low = {str(key).casefold(): value for key, value in tree.items()}
    names = next((told for key in NAMES if (told := _names_in(low.get(key)))), [])
    units: list[Any] = next((low[key] for key in COLUMN_UNITS if isinstance(low.get(key), list)), [])
    beside = dict(zip(names, units, strict=True)) if len(units) == len(names) else {}
    lists = {key: value for key, value in tree.items() if names and isinstance(value, list)}
    rows = {key: value for key, value in lists.items() if _are_rows(value, len(names))}
    return [_of_rows(f"{name}.{key}" if name else str(key), names, held, beside, about) for key, held in rows.items()]


def _keyed_rows(tree: Mapping[str, Any], name: str, about: Mapping[str, Any]) -> list[Found]:
    """Give columns, or rows, that are objects themselves, each value by the key of its row, or of its column."""
    held = list(tree.values())
    if len(held) <= 1 or not all(
        isinstance(each, Mapping) and each and not _any_nested(each.values()) for each in held
    ):
        return []
    keys = list(held[0])
    if len(keys) > max(FEW_INSIDE, len(held)) and all(list(each) == keys for each in held):
        values = {_name_of(keys): keys, **{str(column): list(each.values()) for column, each in tree.items()}}
        return [Found(name, values, len(keys), {}, about)]
    if len(held) > FEW_INSIDE and set(keys).intersection(*held):
        return [Found(name, [{_name_of(tree): key, **each} for key, each in tree.items()], len(held), {}, about)]
    return []


def _name_of(keys: Iterable[str]) -> str:
    """Give what a column of keys is called: the time where all of them are times."""
    return "time" if all(TIME.fullmatch(key) for key in keys) else KEY


def _timed_series(tree: Any) -> list[Found]:
    """Give a table of all series that hold each value by its time, as Ecowitt's service answers; none where none is."""
    found = dict(_series_by_time(tree, "", ""))
    if not found:
        return []
    times = sorted({time for series, _ in found.values() for time in series})
    paths = [name.split(".") for name in found]
    alike = takewhile(lambda steps: len(set(steps)) == 1, zip(*paths, strict=False))
    shared = min(len(list(alike)), *(len(path) - 1 for path in paths))
    values: dict[str, list[Any]] = {"time": times}
    units = {}
    for path, (series, unit) in zip(paths, found.values(), strict=True):
        own = ".".join(path[shared:])
        values[own], units[own] = [series.get(time) for time in times], unit
    return [Found("", values, len(times), units, {})]


def _series_by_time(tree: Any, name: str, unit: Any) -> Iterator[tuple[str, tuple[Mapping[str, Any], Any]]]:
    if not isinstance(tree, Mapping):
        return
    if len(tree) > FEW_INSIDE and all(TIME.fullmatch(key) for key in tree) and not _any_nested(tree.values()):
        yield next((name.removesuffix(end) for end in OF_SERIES if name.endswith(end)), name) or "value", (tree, unit)
        return
    for key, value in tree.items():
        yield from _series_by_time(value, f"{name}.{key}" if name else str(key), tree.get("unit", ""))


def _any_nested(values: Iterable[Any]) -> bool:
    return any(isinstance(each, list | dict) for each in values)


def _names_in(value: Any) -> list[str]:
    """Give the names in a list of them, or of objects that each have one; none in anything else."""
    if not isinstance(value, list):
        return []
    described = [next((each[key] for key in OF_NAMES if key in each), None) for each in value if isinstance(each, dict)]
    names = described or value
    return [str(name) for name in names] if len(names) == len(value) and _are_names(names) else []


def _are_names(value: Any) -> bool:
    """Tell whether a list holds two names at least, and each once."""
    is_list = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return is_list and 1 < len(value) == len(set(value))


def _are_rows(rows: Sequence[Any], width: int) -> bool:
    return bool(rows) and all(isinstance(row, list) and len(row) == width for row in rows)


def _of_rows(
    name: str, names: Sequence[str], rows: Sequence[Sequence[Any]], units: Mapping[str, Any], about: Mapping[str, Any]
) -> Found:
    return Found(name, {each: [row[i] for row in rows] for i, each in enumerate(names)}, len(rows), units, about)
