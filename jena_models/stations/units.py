"""Units as people write them, and what numbers in one are in another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Final

SIGNS: Final = {"degC": "°C", "g/m**3": "g/m³", "deg": "°"}

WRITTEN: Final = {
    "degC": (
        *("c", "degc", "°c", "oc", "deg c", "deg_c", "celsius", "celcius", "*c", "degree celsius", "degrees celsius"),
        *("degrees_celsius", "degree c", "degrees c", "degree_c", "degrees_c", "degree_celsius", "℃", "c°", "gradc"),
        *("grad c", "°celsius", "° celsius"),
    ),
    "degF": (
        *("f", "degf", "°f", "*f", "deg f", "deg_f", "fahrenheit", "degree fahrenheit", "degrees fahrenheit", "℉"),
        "f°",
    ),
    "kelvin": ("k", "°k", "deg k"),
    "hectopascal": ("hpa", "hectopascals", "гпа"),
    "millibar": ("mbar", "mb", "mbars", "millibars"),
    "pascal": ("pa", "pascals"),
    "kilopascal": ("kpa", "kilopascals"),
    "inch_Hg": ("inhg", "in hg", "in_hg", "in-hg", "inches", "inches hg"),
    "mmHg": ("mmhg", "mm hg", "mm_hg", "torr", "мм рт.ст.", "мм рт. ст.", "мм рт.ст", "мм рт. ст"),
    "psi": ("psi", "psia"),
    "percent": ("%", "％", "percent", "pct", "% rh", "%rh"),
    "dimensionless": ("1", "fraction", "-", "0-1", "0..1"),
    "meter / second": (
        *("m/s", "ms-1", "m s-1", "m*s-1", "mps", "ms", "ms^-1", "m s^-1", "m/sec", "meters/second"),
        *("meters per second", "metres per second", "m.s-1", "m s**-1", "м/с", "ms1"),
    ),
    "kilometer / hour": ("km/h", "kmh", "kph", "kmph", "kmh-1", "km h-1", "km.h-1", "km/hr"),
    "mile / hour": ("mph", "mp/h", "mi/h", "miles/hour", "miles per hour", "mi/hr"),
    "knot": ("kn", "kt", "kts", "knot", "knots"),
    "degree": (
        *("deg", "°", "degree", "degrees", "degt", "deg true", "°n", "deg from n", "deg from north", "degree_true"),
        *("degrees_true", "degrees true"),
    ),
    "radian": ("radians",),
    "millimeter": ("mm", "мм", "l/m²", "l/m2", "l/m^2"),
    "inch": ("in", "inch"),
    "watt / meter ** 2": ("w/m²", "w/m2", "w/m^2", "wm2", "wm-2", "w m-2", "w/m**2", "w/sq.m", "w/sq m", "вт/м2"),
    "kilowatt / meter ** 2": ("kw/m²", "kw/m2", "kw/m^2", "kwm-2", "kw m-2", "kw/m**2"),
    "0.48426 watt / meter ** 2": ("ly/day", "ly/d", "langleys/day"),
    "gram / kilogram": ("g/kg",),
    "millimole / mole": ("mmol/mol",),
    "gram / meter ** 3": ("g/m³", "g/m3", "g/m^3", "g/m**3", "g m-3"),
    "ppm": ("ppm", "ppmv"),
}
"""By the name that pint has for a unit: how files write it, in small letters."""

OF_FORECASTS: Final = {
    "meter": ("m",),
    "millimeter": ("kg/m²", "kg/m2", "kg/m^2", "kg m-2"),
    "millimeter / hour": ("mm/h", "mm h-1", "mm/hr"),
    "joule / meter ** 2": ("j/m²", "j/m2", "j/m^2", "jm-2", "j m-2"),
    "kilojoule / meter ** 2": ("kj/m²", "kj/m2", "kj/m^2", "kjm-2", "kj m-2"),
    "megajoule / meter ** 2": ("mj/m²", "mj/m2", "mj/m^2", "mjm-2", "mj m-2"),
    "watt * hour / meter ** 2": ("wh/m²", "wh/m2", "wh/m^2", "whm-2", "wh m-2"),
}
"""Beside these, of rain and radiation as weather services sum them; in a header of readings `m` is a height."""

_DEGREES: Final = re.compile(r"[º˚°] ?")
"""The sign of degrees, and the two that are taken for it: of ordinal numbers in Spanish, and a ring alone."""

PINT_NAMES: Final = {written: name for name, ways in WRITTEN.items() for written in (name.casefold(), *ways)}

FORECAST_NAMES: Final = {written: name for name, ways in OF_FORECASTS.items() for written in ways}

BESIDE: Final = {
    "degC": ("degC", "degF", "kelvin"),
    "K": ("kelvin", "degC", "degF"),
    "mm": ("millimeter", "inch"),
    "mbar": ("millibar", "inch_Hg", "mmHg", "kilopascal", "pascal"),
    "%": ("percent", "dimensionless"),
    "m/s": ("meter / second", "kilometer / hour", "mile / hour", "knot"),
    "deg": ("degree",),
}
"""In which units stations give a quantity that the schema has in the first."""


def unit_of(column: str) -> str:
    """Give the unit of a canonical column name, which stands in parentheses: `T (degC)` is in °C."""
    return SIGNS.get(plain_unit_of(column), plain_unit_of(column))


def told_unit_of(column: str) -> str:
    """Give the unit of a canonical column name as sentences and headings have it: `units` where it names none.

    >>> told_unit_of("T (degC)"), told_unit_of("OT")
    ('°C', 'units')
    """
    return unit_of(column) or "units"


def plain_unit_of(column: str) -> str:
    """Give the unit of a canonical column name as it is written there, `degC`; empty where there is none."""
    found = re.search(r"\(([^()]*)\)\s*$", column)
    return found[1] if found else ""


def known_forecast_unit(text: str) -> str | None:
    """Give the name that pint has for a unit as `known_unit` does, those of weather services' sums among them."""
    return known_unit(text) or _named(text, FORECAST_NAMES)


@lru_cache(maxsize=1024)
def known_unit(text: str) -> str | None:
    """Give the name that pint has for a unit as files write it; None where the text is none that is known.

    A number may stand before it, as in `0.1 degC` of files that write tenths, and `10s deg` of those that write tens.
    """
    if (tenths := re.fullmatch(r"\s*(\d+\.\d+|10)(?:'?s)?\s*(\S.*)", text)) and (name := known_unit(tenths[2])):
        return f"{float(tenths[1]):g} {name}"
    return _named(text, PINT_NAMES)


def mangled_unit(text: str, column: str) -> str | None:
    """Give the unit that is left of a text whose signs an encoding spoilt, such as `?F`; None where it may be any.

    Args:
        text: as the file has it.
        column: a canonical name, whose unit, or another of the same quantity, it stands for.
    """
    own = plain_unit_of(column)
    name = known_unit(own)
    if name is None:
        return own
    left = _letters(text)
    possible = dict.fromkeys((name, *BESIDE.get(own, ())))
    meant = [each for each in possible if left in map(_letters, (each, *WRITTEN.get(each, ())))]
    return meant[0] if len(meant) == 1 else None


def _letters(text: str) -> str:
    # A sign may be written as its number, such as \xb0: the letters in that are none.
    return re.sub(r"\\x[0-9a-f]{2}|[^a-z]", "", text.casefold())


def _named(text: str, names: Mapping[str, str]) -> str | None:
    plain = " ".join(text.strip().casefold().replace("**", "^").replace("^", "**").split())
    plain = _DEGREES.sub("°", plain).replace("deg. ", "deg ")
    for way in (plain, plain.replace("**", "^"), plain.replace("**", "")):
        if way in names:
            return names[way]
    return None


@cache
def conversion(given: str, wanted: str) -> tuple[float, float] | None:
    """Give factor and summand that turn numbers of one unit into another; None where they measure different things.

    Args:
        given: a name of pint; a number may stand before it.
        wanted: likewise.
    """
    if given == wanted:
        return 1.0, 0.0
    if of_wanted := re.fullmatch(r"([\d.]+) (.*)", wanted):
        plain = conversion(given, of_wanted[2])
        return None if plain is None else (plain[0] / float(of_wanted[1]), plain[1] / float(of_wanted[1]))
    if tenths := re.fullmatch(r"([\d.]+) (.*)", given):
        whole = conversion(tenths[2], wanted)
        return None if whole is None else (whole[0] * float(tenths[1]), whole[1])
    import pint

    units = _registry()
    try:
        nought, one = (units.Quantity(number, given).to(wanted).magnitude for number in (0.0, 1.0))
    except pint.DimensionalityError:
        return None
    return float(one - nought), float(nought)


def in_degrees(unit: str) -> float | None:
    """Give how many degrees one of a unit, as files write it, is; None where it is no unit of directions."""
    name = known_unit(unit) or ""
    if name.rpartition(" ")[2] not in {"degree", "radian"}:  # a plain number would be one of radians
        return None
    how = conversion(name, "degree")
    return how[0] if how else None


@cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry()
