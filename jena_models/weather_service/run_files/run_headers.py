"""Which of a table's columns a forecast source needs, and what their names and a row beneath these say of units."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import Final, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError, nearest
from jena_models.proposals.catalogue import catalogue
from jena_models.reading.assembly import Columns
from jena_models.reading.matching import plain, taken_apart
from jena_models.reading.texts.number_texts import MISSING
from jena_models.sources.json_records import unit_of_code
from jena_models.stations.cleaned.even_steps import DIRECTIONS
from jena_models.stations.forecast_sources import LEAD, ForecastColumn, ForecastSource, ForecastWind
from jena_models.stations.schema import StationSchema
from jena_models.stations.units import conversion, in_degrees, known_forecast_unit, mangled_unit, plain_unit_of
from jena_models.weather_service.run_files.run_leads import coded, lead_in

ALONE: Final = ("unit", "units", "unitcode", "uom")
"""What a column is called, behind the name of one of numbers or beside a `value`, that tells its unit."""
NO_UNIT: Final = (*MISSING, "undefined")
"""What stands for no unit; Open-Meteo says `undefined` of what a model does not give."""
LIKE_UNIT: Final = re.compile(
    r"(?i)[(\[]\s*([^()\[\]]*(?:/ ?(?:h|hr|hour|s|sec|min|d|day|m\W?2|m²|sqm)|°)[^()\[\]]*)[)\]]"
)
"""What stands in brackets in a name and can hardly be anything else."""
OF_ALONE: Final = ("value", "values", "val")

Told = TypeVar("Told", ForecastColumn, ForecastWind)

logger = logging.getLogger("jena")


def with_units_of(table: Columns, source: ForecastSource, beside: Mapping[str, str]) -> ForecastSource:
    """Give a source with the units that a table says where the station file does not.

    Args:
        table: of the source, whose header, or the row beneath, may say units.
        source: of the forecasts.
        beside: what columns beside those of numbers say, by the latter's names.

    Raises:
        SourceUnreadableError: where the station file, or another column, contradicts what a table says, or where that
            is no unit that is known.
    """
    columns = tuple(
        _with_unit(each, _parts(table.header, each, source), table, source, beside) for each in source.columns
    )
    winds = tuple(
        _with_unit(each, [each.east, each.north] if each.east else [each.speed], table, source, beside)
        for each in source.winds
    )
    winds = tuple(_with_direction_unit(each, table, source) for each in winds)
    return source.model_copy(update={"columns": columns, "winds": winds})


def unit_columns(header: Sequence[str], source: ForecastSource) -> dict[str, str]:
    """Give the column, such as `temperatureUnit`, that tells row by row what one of a station's quantities is in.

    Returns:
        By the name of the column of numbers.
    """
    wanted = [name for each in source.columns if each.of for name in _parts(header, each, source)]
    wanted += [name for wind in source.winds if wind.of for name in (wind.east, wind.north, wind.speed) if name]
    by_name = {_folded(name): name for name in header}
    found = {}
    for name in wanted:
        plain_name = _folded(name)
        of_what = next((plain_name.removesuffix(end) for end in OF_ALONE if plain_name.endswith(end)), plain_name)
        ways = [of_what + way for way in ALONE]
        if way := next((way for way in ways if way in by_name), ""):
            found[name] = by_name[way]
    return found


def units_beside(
    table: Columns, of_units: Mapping[str, str], keep: NDArray[np.bool_], source: ForecastSource
) -> dict[str, str]:
    """Give the unit that columns beside those of numbers tell, by the latter's names; those that tell none are left.

    Raises:
        SourceUnreadableError: where one tells several of the rows that count.
    """
    said = {}
    for name, beside in of_units.items():
        texts = coded(table.texts(list(table.header).index(beside)).filter(pa.array(keep))).dictionary.to_pylist()
        units = {known: unit for text in texts if (known := known_forecast_unit(unit := unit_of_code(text)))}
        if len(units) > 1:
            raise SourceUnreadableError(
                f"The file {table.name} of the forecast source '{source.name}' has '{name}' in several units, "
                f"{' and '.join(sorted(units.values()))}, by its column '{beside}'; choose the rows of one with "
                "'select'."
            )
        said[name] = next(iter(units.values()), "")
    return said


def tell_of_units_unsaid(source: ForecastSource) -> None:
    """Say which columns are read in the station's unit as nothing tells another: not the file, nor the station file."""
    unsaid = {each.name: each.of for each in source.columns if not each.unit}
    unsaid |= {each.name: each.of for each in source.winds if not each.unit}
    if of_what := {name: of for name, of in unsaid.items() if known_forecast_unit(plain_unit_of(of))}:
        logger.warning(
            "%s: nothing says what %s in, which is taken to be the unit of %s; write its 'unit' into the station file",
            *(source.name, " and ".join(f"'{name}'" for name in of_what) + (" is" if len(of_what) == 1 else " are")),
            ", ".join(dict.fromkeys(of_what.values())),
        )


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
        return in_degrees(column.unit) is not None
    return plain(taken_apart(column.source.partition(LEAD)[0]).label) in _direction_names()


@cache
def _direction_names() -> frozenset[str]:
    found = (each for each in catalogue() if each.quantity in DIRECTIONS)
    return frozenset(plain(name) for each in found for name in (each.quantity, *each.aliases))


def _with_unit(
    told: Told, names: Sequence[str], table: Columns, source: ForecastSource, beside: Mapping[str, str]
) -> Told:
    if not told.of:
        return told
    for name in names:
        said = beside.get(name) or _unit_said(name, table, told)
        if not said:
            if not told.unit and (at_end := _unit_at_end(name, told.of)):
                is_own = known_forecast_unit(at_end) == known_forecast_unit(plain_unit_of(told.of))
                told = told.model_copy(update={"unit": at_end})
                if is_own:
                    continue
                logger.warning(
                    "%s: '%s' is read in '%s', as its name says; if it is not, write its 'unit' beside it in the "
                    "station file",
                    *(source.name, name, at_end),
                )
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


def _with_direction_unit(wind: ForecastWind, table: Columns, source: ForecastSource) -> ForecastWind:
    """Give a wind with what its direction's header says that it is in; of degrees nothing need be said."""
    if not wind.direction:
        return wind
    beneath = table.units[list(table.header).index(wind.direction)] if table.units else ""
    said = taken_apart(wind.direction, beneath).unit
    given, other = in_degrees(said), in_degrees(wind.direction_unit)
    if given and other and given not in {1.0, other}:
        raise SourceUnreadableError(
            f"The column '{wind.direction}' of {table.name} is in '{said}', and the direction of '{wind.name}' of the "
            f"forecast source '{source.name}' in '{wind.direction_unit}'; mend one of them."
        )
    is_new = given not in {None, 1.0} and not wind.direction_unit
    return wind.model_copy(update={"direction_unit": said}) if is_new else wind


def _unit_said(name: str, table: Columns, told: ForecastColumn | ForecastWind) -> str:
    """Give the unit that stands in brackets in a column's name, or beneath it; a number there is a member's.

    Raises:
        SourceUnreadableError: where it is none that is known, and the station file says none.
    """
    header = list(table.header)
    beneath = (table.units[header.index(name)] if name in header and table.units else "").strip()
    beneath = "" if beneath.casefold() in NO_UNIT else beneath
    within = taken_apart(name).unit if re.search(r"[(\[]\s*[^\d\s]", name) else ""
    said = beneath or within or "".join(LIKE_UNIT.findall(name)[:1])
    if said and not known_forecast_unit(said):
        if meant := mangled_unit(said, told.of):
            return meant
        if not told.unit and known_forecast_unit(plain_unit_of(told.of)):
            raise SourceUnreadableError(
                f"The file {table.name} says '{said}' of its column '{name}', which is no unit that is known; write "
                f"beside '{told.name}' in the station file what its 'unit' is."
            )
        return ""
    return said


def _unit_at_end(name: str, of: str) -> str:
    """Give the unit that a name ends in, as of `wind_kt`, where it is one of what the station measures."""
    said = taken_apart(name).unit
    given, own = known_forecast_unit(said), known_forecast_unit(plain_unit_of(of))
    return said if given and own and conversion(given, own) is not None else ""


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


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


def quantities_of(
    names: Sequence[str], header: Sequence[str], source: ForecastSource, station: StationSchema
) -> list[str]:
    """Give what columns of numbers are of, by which letters in them are understood; else their names."""
    of = {
        name: station.column(each.of).quantity
        for each in source.columns
        if each.of
        for name in _parts(header, each, source)
    }
    of |= {wind.direction: DIRECTIONS[0] for wind in source.winds if wind.direction}
    return [of.get(name, name) for name in names]


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
    if name not in column.members:
        return [each for each in header if each == name]
    others = {*source.time_names, source.lead, source.available, source.member, *source.select}
    return members_among([each for each in header if each not in others or each == name], [name])
