"""Which of a table's columns a forecast source needs, and what their names and a row beneath these say of units."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import TypeVar

from jena_models.errors import SourceUnreadableError, nearest
from jena_models.proposals.catalogue import catalogue
from jena_models.reading.assembly import Columns
from jena_models.reading.matching import plain, taken_apart
from jena_models.stations.cleaned.even_steps import DIRECTIONS
from jena_models.stations.forecast_sources import LEAD, ForecastColumn, ForecastSource, ForecastWind
from jena_models.stations.schema import StationSchema
from jena_models.stations.units import conversion, known_forecast_unit
from jena_models.weather_service.run_files.run_leads import lead_in

Told = TypeVar("Told", ForecastColumn, ForecastWind)


def with_units_of(table: Columns, source: ForecastSource) -> ForecastSource:
    """Give a source with the units that a table's header, or the row beneath, says where the station file does not.

    Raises:
        SourceUnreadableError: where the two, or two columns, contradict each other.
    """
    columns = tuple(_with_unit(each, _parts(table.header, each, source), table, source) for each in source.columns)
    winds = tuple(
        _with_unit(each, [each.east, each.north] if each.east else [each.speed], table, source) for each in source.winds
    )
    return source.model_copy(update={"columns": columns, "winds": winds})


def refuse_directions(source: ForecastSource, station: StationSchema) -> None:
    """Refuse a direction among the columns, between 350 and 10 of which the line runs through 180.

    Raises:
        SourceUnreadableError: where one is a forecast of a direction, in degrees, or called as directions are.
    """
    for column in source.columns:
        if _is_direction(column, station):
            raise SourceUnreadableError(
                f"'{column.name}' of the forecast source '{source.name}' is a direction, which has no line between 350 "
                "and 10: write it with its speed under 'winds', or its 'unit' where it is something else."
            )


def _is_direction(column: ForecastColumn, station: StationSchema) -> bool:
    if column.of:
        return station.column(column.of).quantity in DIRECTIONS
    if column.unit:
        return known_forecast_unit(column.unit) == "degree"
    return plain(taken_apart(column.source.partition(LEAD)[0]).label) in _direction_names()


@cache
def _direction_names() -> frozenset[str]:
    found = (each for each in catalogue() if each.quantity in DIRECTIONS)
    return frozenset(plain(name) for each in found for name in (each.quantity, *each.aliases))


def _with_unit(told: Told, names: Sequence[str], table: Columns, source: ForecastSource) -> Told:
    if not told.of:
        return told
    for name in names:
        said = _unit_said(name, table)
        if not said:
            continue
        if not told.unit:
            told = told.model_copy(update={"unit": said})
        given, other = known_forecast_unit(said), known_forecast_unit(told.unit)
        if given and other and conversion(given, other) != (1.0, 0.0):
            raise SourceUnreadableError(
                f"The column '{name}' of {table.name} is in '{said}', and '{told.name}' of the forecast source "
                f"'{source.name}' in '{told.unit}'; mend one of them."
            )
    return told


def _unit_said(name: str, table: Columns) -> str:
    """Give the unit that stands in brackets in a column's name, or beneath it; a number there is a member's."""
    header = list(table.header)
    beneath = table.units[header.index(name)] if name in header and table.units else ""
    within = re.search(r"[(\[]\s*[^\d\s]", name)
    said = beneath.strip() or (taken_apart(name).unit if within else "")
    return said if known_forecast_unit(said) else ""


def _parts(header: Sequence[str], column: ForecastColumn, source: ForecastSource) -> list[str]:
    """Give the table's columns that one is made of."""
    names = [*column.members, *column.quantiles, *filter(None, [column.source])]
    return [found for name in names for found in _fitting(header, name, column, source)]


def needed_columns(header: Sequence[str], source: ForecastSource, place: str) -> list[str]:
    """Give the file's columns of numbers that are needed, patterns of members and of leads taken apart.

    Raises:
        SourceUnreadableError: where one is not there; the sentence names what is like it.
    """
    asked: list[str] = []
    for column in source.columns:
        names = [*column.members, *column.quantiles, *filter(None, [column.source, column.spread])]
        for name in names:
            found = _fitting(header, name, column, source)
            if not found:
                raise SourceUnreadableError(
                    f"The file {place} of the forecast source '{source.name}' has no column '{name}' for "
                    f"'{column.name}'; {nearest(name, header)}"
                )
            asked += found
    for wind in source.winds:
        for name in filter(None, [wind.east, wind.north, wind.speed, wind.direction]):
            position_of(header, name, place, source)
            asked.append(name)
    return list(dict.fromkeys(asked))


def members_among(names: Sequence[str], members: Sequence[str]) -> list[str]:
    """Give the names that are a member's, or fit `t2m_*`; brackets, as of `t[1]`, stand for themselves."""
    patterns = [each.replace("[", "[[]") for each in members if "*" in each]
    return [name for name in names if name in members or any(fnmatchcase(name, pattern) for pattern in patterns)]


def position_of(header: Sequence[str], name: str, place: str, source: ForecastSource) -> int:
    """Give where the one column of a name stands.

    Raises:
        SourceUnreadableError: where there is none, or more than one.
    """
    if name not in header:
        raise SourceUnreadableError(
            f"The file {place} of the forecast source '{source.name}' has no column '{name}'; {nearest(name, header)}"
        )
    if list(header).count(name) > 1:
        raise SourceUnreadableError(
            f"The file {place} of the forecast source '{source.name}' has more than one column '{name}'; rename them."
        )
    return list(header).index(name)


def _fitting(header: Sequence[str], name: str, column: ForecastColumn, source: ForecastSource) -> list[str]:
    if source.layout == "wide":
        return [each for each in header if lead_in(each, name, source) is not None]
    return members_among(header, [name]) if name in column.members else [each for each in header if each == name]
