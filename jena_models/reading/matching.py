"""Which column of a file is which column of the station schema."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from jena_models.errors import SourceUnreadableError
from jena_models.stations.schema import Column, StationSchema
from jena_models.stations.units import conversion, known_unit, mangled_unit, plain_unit_of

MANGLED: Final = re.compile(r"[^\x00-\x7f]|\?|\\x")
"""Signs that a unit is left with where an encoding was mistaken for another."""
BRACKETS: Final = re.compile(r"[(\[{]([^)\]}]*)[)\]}]?")
SLASHLESS: Final = re.compile(r"(?i)(?<=[a-z\d])[ _](k?m|w)_(s|h|m2)$")
"""A unit in a name that can hold no slash: `wind_m_s`, `solar_rad_w_m2`."""
BETWEEN_WORDS: Final = re.compile(r"_|\.+(?=\w|$)")
"""What stands for a space in a name; R writes points, as in `Air.Temp.C` and `Temp..C.`."""
OVER_THE_STEP: Final = re.compile(r"(?i)(.*[^\W_])[ _.]+(avg|ave|mean|min|max|tot|total|s_wvt)")
"""What a logger made of a step's samples, behind the unit: `AirTemp_C_Avg`, `Rain_in_Tot`, `WS_ms_S_WVT`."""
_IN_CELSIUS: Final = re.compile(r"(?i)temp|tair|airt|dew|^t(?: ?(?:air|amb|mean|avg|2m|out))?$")
WARM: Final = {"c": _IN_CELSIUS, "k": _IN_CELSIUS, "f": re.compile(r"(?i)temp|airt|dew")}
"""By letter, names before which it is a unit; behind `TA` and `Tair` of flux towers `F` says that they were filled."""
OF_FLUXES: Final = ("sw", "lw", "ppfd")
"""Radiation that goes `in` or out, as in `SW_IN`."""
GLUED: Final = re.compile(
    r"(?i)(.*(?:temp|temperature|dew ?point|dewpt|airt))([cfk])|(.*(?:wind|speed|gust))(mph|km/?h|kmph|kph|kts|m/s)"
    r"|(.*(?:pressure|pres|baro|barom(?:abs|rel)))(k?pa|hpa|mb|in)|(.*(?:precipitation|precip|rain|rainfall))(mm|in)"
    r"|(.*dir)(deg|degrees?)|(.*[^\W\d_]) ?([°º][cf]|[℃℉]|%(?:rh)?)"
)
"""A unit right behind a name, as in `Mean TemperatureF`, `windspeedmph`, `PrecipitationIn` or `Humidity%RH`."""
COLONED: Final = re.compile(r"(.*\w):([^\W\d]\w*)")
"""A unit behind a colon, as Meteomatics writes it: `t_2m:C`, `relative_humidity_2m:p`."""
SHORT_UNITS: Final = {"p": "%", "d": "degree", "W": "W/m2"}
"""What it shortens in a way of its own."""
LISTED: Final = 8
INCH: Final = "inch"


@dataclass(frozen=True)
class HeaderName:
    """A column's name in a file, taken apart."""

    text: str
    label: str
    """The quantity's name: small letters and digits alone."""
    unit: str
    """What stands for a unit; empty where nothing does."""
    qualifier: str
    """What else stands in parentheses, such as `indoor`."""
    said: str = ""
    """The quantity's name as it is written."""


@dataclass(frozen=True)
class Found:
    """A file's column for a column of the schema."""

    position: int
    unit: str | None
    """The name that pint has for the unit its numbers are in; None where nothing tells."""


@dataclass(frozen=True)
class Matched:
    """A file's columns."""

    columns: Mapping[str, Found]
    """By canonical name, in canonical order."""
    twins: tuple[str, ...]
    """Columns that were left, as they hold the same in another unit."""


def match(
    header: Sequence[str],
    schema: StationSchema,
    place: str,
    units: Sequence[str] = (),
    taken: Iterable[int] = (),
    *,
    partial: bool = False,
) -> Matched:
    """Find every column of the schema; case, spaces and mangled unit signs do not matter.

    Args:
        header: the names of the file's columns.
        schema: of the station.
        place: how a sentence names the file.
        units: of the columns, from a row of units; empty texts where a column has none.
        taken: positions that are no quantities: those of the time.
        partial: whether required columns may be absent.

    Raises:
        SourceUnreadableError: where a required column is missing, where two may be meant, or where a unit does not fit.
    """
    used = set(taken)
    rows = units or [""] * len(header)
    names = [taken_apart(name, row) for name, row in zip(header, rows, strict=True)]
    sources = {column.source for column in schema.columns}
    columns: dict[str, Found] = {}
    twins: list[str] = []
    for column in schema.columns:
        used_elsewhere = used | {i for i, name in enumerate(names) if name.text in sources - {column.source}}
        positions = [i for i in _positions(column, names) if i not in used_elsewhere]
        if not positions:
            if column.kind == "required" and not partial:
                _refuse_absent(header, column, place)
            continue
        for i in positions:
            names[i] = in_place(names[i], column)
        position, others = _one_of(positions, column, names, place)
        twins += [names[i].text for i in others]
        used.update([position, *others])
        columns[column.name] = Found(position, _unit(names[position], column, place))
    return Matched(columns, tuple(twins))


def named_like(column: Column, names: Iterable[str]) -> bool:
    """Tell whether a column of the schema would be found under one of some names."""
    return bool(_positions(column, [taken_apart(name) for name in names]))


def taken_apart(name: str, unit_row: str = "") -> HeaderName:
    """Give the label, the unit and what else a column's name holds."""
    parts = list(BRACKETS.finditer(name))
    of_units = (part for part in reversed(parts) if known_unit(part[1].strip()) is not None)
    inside = next(of_units, parts[0] if parts else None)
    outside = (name[: inside.start()] + " " + name[inside.end() :]).strip() if inside else name.strip()
    unit, qualifier = (inside[1].strip() if inside else ""), ""
    if inside and known_unit(unit) is not None and len(parts) > 1:  # `Pressure (msl) [hPa]`
        outside = BRACKETS.sub(" ", name).strip()
        qualifier = " ".join(part[1].strip() for part in parts if part is not inside)
    elif inside and known_unit(unit) is None:
        before, _, last = unit.rpartition(" ")
        if before and known_unit(last) is not None:
            unit, qualifier = last, before
        elif not MANGLED.search(unit):
            unit, qualifier = "", unit
    outside, pieces = outside.partition(",")[0].strip(), [each.strip() for each in outside.split(",")[1:]]
    if pieces:
        told = next((each for each in pieces if known_unit(each) is not None), "")
        qualifier = " ".join([*(each for each in pieces if each != told), *filter(None, [qualifier])])
        unit = told or unit
    if (dashed := re.fullmatch(r"(.*\S)\s+-\s+(.+)", outside)) and known_unit(dashed[2]) is not None:
        outside, unit, qualifier = dashed[1], dashed[2], qualifier or unit  # `Barometer - in Hg`
    if (coloned := COLONED.fullmatch(outside)) and known_unit(short := SHORT_UNITS.get(coloned[2], coloned[2])):
        outside, unit, qualifier = coloned[1], short, qualifier or unit
    core, over = made.groups() if (made := OVER_THE_STEP.fullmatch(outside)) else (outside, "")
    before, _, last = BETWEEN_WORDS.sub(" ", SLASHLESS.sub(r" \1/\2", core)).strip().rpartition(" ")
    warm = WARM.get(last.casefold())
    is_unit = len(last) > 1 or last == "%" or bool(MANGLED.search(last) or (warm and warm.search(before)))
    is_unit = is_unit and not (before.casefold() in OF_FLUXES and known_unit(last) == INCH)
    if before and is_unit and known_unit(last) is not None:
        outside, unit, qualifier = f"{before} {over}".rstrip(), last, qualifier or unit
    elif not unit and not unit_row and (glued := GLUED.fullmatch(core)):
        outside, unit = (part for part in glued.groups() if part)
        outside = f"{outside} {over}".rstrip()
    if not outside:
        outside = name
    return HeaderName(name, plain(outside), unit_row.strip() or unit, qualifier, outside)


def plain(name: str) -> str:
    """Give a name's letters and digits alone, in small letters and without accents, which many files leave out."""
    letters = name if name.isascii() else _without_accents(name)
    return re.sub(r"[\W_]+", "", letters).casefold() or letters.casefold()


def _without_accents(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if unicodedata.category(sign) != "Mn")


def _positions(column: Column, names: Sequence[HeaderName]) -> list[int]:
    """Give the columns that have the most certain of the names: the one that was named, the own, then any like it."""
    for wanted in filter(None, (column.source, column.name)):
        exact = [i for i, name in enumerate(names) if name.text == wanted]
        if exact:
            return exact
    if column.source:
        like = {_without_unit(taken_apart(each), column) for each in (column.source, *column.aliases)}
        return [i for i, name in enumerate(names) if _without_unit(name, column) in like]
    labels = {plain(taken_apart(each).label) for each in (column.name, column.quantity, *column.aliases)}
    return [i for i, name in enumerate(names) if name.label in labels]


def _without_unit(name: HeaderName, column: Column) -> tuple[str, str]:
    """Give what makes a column the one that was named, in whatever unit: what it is called, and the place it says."""
    placed = in_place(name, column)
    return placed.label, plain(placed.qualifier)


def _one_of(
    positions: Sequence[int], column: Column, names: Sequence[HeaderName], place: str
) -> tuple[int, tuple[int, ...]]:
    """Give the column that is meant, and those that hold the same in another unit."""
    if len(positions) == 1 and names[positions[0]].text == column.source:
        return positions[0], ()
    named = in_place(taken_apart(column.source or column.name), column)
    unsaid = [i for i in positions if names[i].qualifier in ("", named.qualifier)]
    candidates = unsaid or list(positions)
    same = [i for i in candidates if _is_in_own_unit(names[i], column)]
    units = {known_unit(names[i].unit) for i in candidates}
    if len(candidates) > 1 and len(units) == len(candidates) and len(same) == 1 and None not in units:
        return same[0], tuple(i for i in candidates if i != same[0])
    if len(candidates) == 1 and unsaid:
        return candidates[0], ()
    what = column.description or column.quantity
    if len({names[i].text for i in candidates}) < len(candidates):
        raise SourceUnreadableError(
            f"The file {place} has {len(candidates)} columns called '{names[candidates[0]].text}', of which one may be "
            f"the {what}; give each a name of its own in the file."
        )
    listed = " and ".join(f"'{names[i].text}'" for i in candidates[:LISTED])
    how = "two columns" if len(candidates) > 1 else "a column"
    raise SourceUnreadableError(
        f"The file {place} has {how} that may be the {what}: {listed}; write which one is meant as "
        f"'source: \"{names[candidates[-1]].text}\"' beside {column.name} in the station file."
    )


def in_place(name: HeaderName, column: Column) -> HeaderName:
    """Give a name whose parentheses hold a unit of something else as one that says a place: `T (in)` is no inch.

    Of a pressure `in` may be inches of mercury: its values tell.
    """
    given, own = known_unit(name.unit), known_unit(plain_unit_of(column.name))
    if given is None or own is None or conversion(given, own) is not None:
        return name
    if given == INCH and column.quantity == "p":
        return replace(name, unit="")
    return replace(name, unit="", qualifier=name.unit)


def _is_in_own_unit(name: HeaderName, column: Column) -> bool:
    given, own = known_unit(name.unit), known_unit(plain_unit_of(column.name))
    return given is not None and own is not None and conversion(given, own) == (1.0, 0.0)


def _is_overruled(name: HeaderName, column: Column) -> bool:
    """Tell whether a unit stands in the very name that the station file has: who wrote its `unit` has seen it."""
    return name.text == (column.source or column.name) and name.unit == taken_apart(name.text).unit


def _unit(name: HeaderName, column: Column, place: str) -> str | None:
    own = plain_unit_of(column.name)
    if column.unit:
        told = known_unit(column.unit) or (own if plain(column.unit) == plain(own) else None)
        if told is None:
            raise SourceUnreadableError(
                f"The station file says that '{name.text}' is in '{column.unit}', which is no unit that is known."
            )
        said = known_unit(name.unit) or (mangled_unit(name.unit, column.name) if MANGLED.search(name.unit) else None)
        return told if said is None or said == known_unit(column.wrong_unit) or _is_overruled(name, column) else said
    if not name.unit or not own:  # what is taken as it stands needs no unit that is known
        return None
    if plain(name.unit) == plain(own):
        return known_unit(own) or own
    if MANGLED.search(name.unit) and known_unit(name.unit) is None:
        return mangled_unit(name.unit, column.name)
    told = known_unit(name.unit)
    if told is None:
        raise SourceUnreadableError(
            f"The column '{name.text}' of {place} is in '{name.unit}', which is no unit that is known; write what its "
            f"numbers are in as 'unit:' beside {column.name} in the station file."
        )
    return told


def _refuse_absent(header: Sequence[str], column: Column, place: str) -> None:
    wanted = f"'{column.source}'" if column.source else f"{column.description or column.quantity} ({column.name})"
    raise SourceUnreadableError(
        f"The file {place} has no column of {wanted}"
        + closest(header, (column.name, column.description, *column.aliases))
    )


def closest(header: Sequence[str], wanted: Iterable[str]) -> str:
    """Give the end of a sentence: the name that is nearest to what is wanted, else what names there are."""
    names = {taken_apart(name).label: name for name in header if name.strip()}
    for alias in wanted:
        if close := difflib.get_close_matches(taken_apart(alias).label, names, n=1, cutoff=0.6):
            return f"; is it '{names[close[0]]}'? Write 'source: \"{names[close[0]]}\"' beside it in the station file."
    listed = list(names.values())
    return f"; its columns are: {', '.join(listed[:LISTED])}{' …' if len(listed) > LISTED else ''}."
