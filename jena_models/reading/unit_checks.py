"""What a column's numbers are in, where its header does not say: certain by its values, or refused."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.stations.cleaned.even_steps import DIRECTIONS
from jena_models.stations.schema import Column
from jena_models.stations.units import BESIDE, conversion, known_unit, plain_unit_of

Values = NDArray[np.float64]

FEWEST_WITHIN: Final = 0.995
"""So many of a column's values must be possible in a unit for it to be that unit."""
READ_AS: Final = {
    "degC": "°C",
    "degF": "°F",
    "kelvin": "K",
    "dimensionless": "0 to 1",
    "percent": "%",
    "knot": "kn",
    "hectopascal": "hPa",
    "millibar": "mbar",
    "inch_Hg": "inHg",
    "kilopascal": "kPa",
    "pascal": "Pa",
    "meter / second": "m/s",
    "kilometer / hour": "km/h",
    "mile / hour": "mph",
    "degree": "°",
    "radian": "radians",
}
LEAST_SPREAD: Final = 1.5
"""Humidity that never passes this is a share from 0 to 1, or the air of a desert."""
TENS_ROUND: Final = (30, 36)
"""Directions that go round to these, and hardly ever further, are in tens of degrees; 99 stands for a changing one."""
RADIANS_ROUND: Final = (5.5, 6.284)
"""Likewise, of directions in radians."""
FEWEST_DIRECTIONS: Final = 30
"""Of so many it is asked in what they are."""
SURELY_DIRECTIONS: Final = 200
"""A steady wind lasts for some days; of so many readings it is not believed that they are in degrees."""
FEWEST_DIFFERENT: Final = 8
MOST_CODES: Final = 2
MOSTLY: Final = 0.9


def in_canonical_unit(
    values: Values, unit: str | None, column: Column, *, name: str, place: str, sentinels: tuple[float, ...]
) -> tuple[Values, str]:
    """Give a column's values in the unit of the schema, and what was done; sentinels stay what they are.

    Args:
        values: as the file has them, NaN where missing.
        unit: the name that pint has for theirs; None where nothing tells.
        column: of the schema.
        name: of the file's column.
        place: how a sentence names the file.
        sentinels: values that stand for a missing one, beside the column's own.

    Raises:
        SourceUnreadableError: where their unit is not certain, or measures something else.
    """
    own = known_unit(plain_unit_of(column.name))
    stands = np.isin(values, (*sentinels, *column.sentinels))
    known = values[np.isfinite(values) & ~stands]
    if own is None or not len(known):
        return values, ""
    remark = ""
    if unit is None:
        unit = _only_unit(known, column, name, place)
    else:
        unit, remark = _believed(known, unit, column, name)
    how = conversion(unit, own)
    if how is None:
        raise SourceUnreadableError(
            f"The column '{name}' of {place} is in '{READ_AS.get(unit, unit)}', which is no unit of "
            f"{column.description or column.quantity} ({column.name})."
        )
    factor, summand = how
    if how == (1.0, 0.0):
        _refuse_share(known, column, name, place)
        return values, remark or _doubtful_degrees(known, column, name, place)
    converted = values * factor + summand
    converted[stands] = values[stands]
    note = f"'{name}' was converted from {READ_AS.get(unit, unit)} to {column.name}"
    return converted, f"{note}; {remark}" if remark else note


def units_that_fit(known: Values, column: Column) -> list[str]:
    """Give the units, as pint names them, in which nearly all values are possible at the station."""
    own = plain_unit_of(column.name)
    fitting = []
    for unit in BESIDE.get(own, (known_unit(own) or own,)):
        if _fits(known, unit, column):
            fitting.append(unit)
    if "percent" in BESIDE.get(own, ()) and _is_share(known):
        fitting = ["percent", "dimensionless"]
    return fitting


def is_possible(known: Values, unit: str, column: Column) -> bool:
    """Tell whether nearly all values, in a unit as pint names it, are possible at the station."""
    own = plain_unit_of(column.name)
    how = conversion(unit, known_unit(own) or own)
    if how is None:
        return False
    values = known * how[0] + how[1]
    return bool(np.mean((values >= column.minimum) & (values <= column.maximum)) >= FEWEST_WITHIN)


def _fits(known: Values, unit: str, column: Column) -> bool:
    return is_possible(known, unit, column) and not (unit == "percent" and _is_share(known))


def _believed(known: Values, unit: str, column: Column, name: str) -> tuple[str, str]:
    """Give the unit that counts where the file and the station file say two, and a remark on it.

    What a file says of itself goes before what the station file says of all files, unless its values cannot be so.
    """
    told = known_unit(column.unit)
    if told is None or conversion(unit, told) == (1.0, 0.0):
        return unit, ""
    said = READ_AS.get(unit, unit)
    if not _fits(known, unit, column):
        return told, f"'{name}' was read in {column.unit}, as the station file says: in {said} its values cannot be"
    return unit, (
        f"'{name}' says itself that it is in {said}, not in {column.unit} as the station file does, and was read so; "
        f"if it is mistaken, write 'wrong_unit: {unit}' beside {column.name} in the station file"
    )


def hardly_degrees(known: Values, fewest: int) -> str:
    """Give in what directions are likely where they are hardly degrees: `10 deg`, `radian`; empty where they may be.

    Args:
        known: the directions.
        fewest: so many of them at least are needed to tell.
    """
    if len(known) < fewest:
        return ""
    if RADIANS_ROUND[0] < known.max() <= RADIANS_ROUND[1] and (known != np.rint(known)).any():
        return "radian"
    within = known[known <= TENS_ROUND[1]]
    are_tens = (
        (known == np.rint(known)).all()
        and len(within) >= MOSTLY * len(known)
        and within.max() >= TENS_ROUND[0]
        and len(np.unique(within)) >= FEWEST_DIFFERENT
        and len(np.unique(known[known > TENS_ROUND[1]])) <= MOST_CODES
    )
    return "10 deg" if are_tens else ""


def _doubtful_degrees(known: Values, column: Column, name: str, place: str) -> str:
    """Refuse directions that hardly are in degrees, unless the station file says so; then give a remark.

    A column's own name may say degrees all the same.
    """
    likely = hardly_degrees(known, SURELY_DIRECTIONS) if column.quantity in DIRECTIONS else ""
    if not likely:
        return ""
    spread = f"'{name}' holds directions from {known.min():g} to {known.max():g}, as in '{likely}'"
    if column.unit:
        return f"{spread}, and was read in {column.unit}, as the station file says"
    raise SourceUnreadableError(
        f"The column {spread}, in {place}; write 'unit: {likely}', or 'unit: deg' if they are degrees all the same, "
        f"beside {column.name} in the station file."
    )


def _is_share(known: Values) -> bool:
    return bool(known.max() <= LEAST_SPREAD)


def _only_unit(known: Values, column: Column, name: str, place: str) -> str:
    fitting = units_that_fit(known, column)
    if len(fitting) == 1:
        return fitting[0]
    spread = f"{known.min():g} to {known.max():g}"
    what = column.description or column.quantity
    ways = " and ".join(READ_AS.get(unit, unit) for unit in fitting)
    told = f"fit {ways}" if fitting else "fit no unit of it"
    own = plain_unit_of(column.name)
    raise SourceUnreadableError(
        f"The column '{name}' of {place} does not say what its numbers are in, and as {what} its values from {spread} "
        f"{told}; write 'unit: {own}', or what they are in, beside {column.name} in the station file."
    )


def _refuse_share(known: Values, column: Column, name: str, place: str) -> None:
    """Refuse humidity that is written as % and never passes one and a half: it is a share."""
    if plain_unit_of(column.name) == "%" and column.quantity == "rh" and _is_share(known):
        raise SourceUnreadableError(
            f"The column '{name}' of {place} is in %, but none of its values is above {known.max():g}; if they go from "
            f"0 to 1, write 'unit: \"1\"' beside {column.name} in the station file."
        )
