"""Which column of a file is which column of the station schema."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jena_models.errors import SourceUnreadableError
from jena_models.stations.schema import Column, StationSchema

SAME_UNITS: Final = {
    "hpa": "mbar",
    "mb": "mbar",
    "c": "degc",
    "celsius": "degc",
    "percent": "",
    "kelvin": "k",
    "mps": "ms",
    "ms1": "ms",
    "degree": "deg",
    "degrees": "deg",
}
OTHER_UNITS: Final = frozenset(
    {"pa", "kpa", "inhg", "mmhg", "degc", "k", "degf", "f", "kmh", "mph", "kn", "kt", "knots"}
)
"""Units in which a quantity's numbers are wholly different ones; any other text is taken for a mangled unit sign."""


@dataclass(frozen=True)
class Matched:
    """Positions of a file's columns."""

    time: int
    columns: dict[str, int]
    """Canonical name to position, in canonical order."""
    ignored: tuple[str, ...]
    """Names that the station schema does not know, in the file's order."""


def match(header: Sequence[str], schema: StationSchema, path: Path) -> Matched:
    """Find the time column and every column of the schema; case, spaces and mangled unit signs do not matter.

    Raises:
        SourceUnreadableError: where time or a required column is missing, or a column is in another unit.
    """
    plain = [_plain(name) for name in header]
    time = _position(plain, schema.time_aliases)
    if time is None:
        raise SourceUnreadableError(
            f"The file {path} has no column of time stamps ({' or '.join(schema.time_aliases[:2])})"
            + _closest(header, schema.time_aliases)
        )
    columns: dict[str, int] = {}
    for column in schema.columns:
        position = _find(column, header, plain)
        if position is None and column.kind == "required":
            raise SourceUnreadableError(
                f"The file {path} has no column of {column.description or column.quantity} ({column.name})"
                + _closest(header, (column.name, column.description, *column.aliases))
            )
        if position is not None and position not in columns.values():
            _refuse_another_unit(header[position], column, schema, path)
            columns[column.name] = position
    known = {time, *columns.values()}
    return Matched(time, columns, tuple(name for i, name in enumerate(header) if i not in known))


def _find(column: Column, header: Sequence[str], plain: Sequence[str]) -> int | None:
    if column.name in header:
        return list(header).index(column.name)
    return _position(plain, (column.name, column.quantity, *column.aliases))


def _position(plain: Sequence[str], names: Iterable[str]) -> int | None:
    for name in names:
        if (wanted := _plain(name)) in plain:
            return plain.index(wanted)
    return None


def _plain(name: str) -> str:
    without_unit = re.sub(r"[(\[].*$", "", name.strip())
    return re.sub(r"[\W_]+", "", without_unit or name).casefold()


def _unit(name: str) -> str:
    found = re.search(r"[(\[](.*?)[)\]]", name)
    plain = re.sub(r"[^a-z0-9]", "", found[1].casefold()) if found else ""
    return SAME_UNITS.get(plain, plain)


def _refuse_another_unit(name: str, column: Column, schema: StationSchema, path: Path) -> None:
    unit, expected = _unit(name), _unit(column.name)
    if unit != expected and unit in OTHER_UNITS:
        raise SourceUnreadableError(
            f"The column '{name}' of {path} is in another unit than the station '{schema.name}' expects "
            f"({column.name}); convert it first."
        )


def _closest(header: Sequence[str], wanted: Iterable[str]) -> str:
    names = {_plain(name): name for name in header if name.strip()}
    for alias in wanted:
        if close := difflib.get_close_matches(_plain(alias), names, n=1, cutoff=0.5):
            return f"; is it '{names[close[0]]}'? Rename it."
    listed = list(names.values())
    return f"; its columns are: {', '.join(listed[:8])}{' …' if len(listed) > 8 else ''}."  # noqa: PLR2004
