"""What a column's numbers are in: as its header says, as its values tell for certain, or asked."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.errors import SettingsError
from jena_models.proposals.draft import Draft
from jena_models.proposals.evidence import without_habits
from jena_models.reading.matching import MANGLED, HeaderName
from jena_models.reading.unit_checks import (
    FEWEST_DIRECTIONS,
    READ_AS,
    SURELY_DIRECTIONS,
    hardly_degrees,
    is_possible,
    units_that_fit,
)
from jena_models.stations.schema import SUMMED, Column
from jena_models.stations.units import conversion, known_unit, mangled_unit, plain_unit_of

Values = NDArray[np.float64]

INCH: Final = "inch"
OF_MERCURY: Final = "inch_Hg"
_LIKE_UNIT: Final = re.compile(r"[A-Za-z]+\d?/\S+|k?lux|k?lx")
"""`kJ/m2`, or what light is measured in."""
_FACTOR: Final = re.compile(r"\d+/\d+|[x×*] ?\d+")
FACTORS: Final = "a number may stand before a unit, such as 277.78 W/m2 for an hour's MJ/m2, 11.574 W/m2 for a day's"
DIM: Final = 150.0
"""Sunlight that never passes this, in W/m², was measured in a week of winter; or it is a sum in another unit."""
FEWEST_AMOUNTS: Final = 8
"""Whole millimetres of an hour are seldom as many different ones."""
OTHER_THAN_DEGREES: Final = {"10 deg": "tens of degrees, '10 deg'", "radian": "radians, 'radian'"}


def proposed_unit(quantity: Column, name: HeaderName, preset: str, values: Values, draft: Draft) -> str:
    """Give what is written as the column's unit, and ask for it where neither header nor values are certain.

    Args:
        quantity: what the column measures.
        name: of the column.
        preset: the unit that the source's format is known to have; empty where there is none.
        values: the column's numbers.
        draft: takes the question.

    Raises:
        SettingsError: where the answer is no unit.
    """
    key, own = f"unit:{quantity.quantity}", plain_unit_of(quantity.name)
    if key in draft.answers:
        draft.asked.add(key)
        answer = draft.answers[key].strip()
        if known_unit(answer) is None:
            raise SettingsError(
                f"'{answer}' is no unit that is known; write one such as {own}, degF, inHg, km/h or mph; {FACTORS}."
            )
        return answer
    if preset:
        return preset
    said = _said(name, quantity)
    known = without_habits(values)
    # A name may say `deg` of tens all the same.
    doubted = said == "degree" and _ways_of_less(known, quantity, SURELY_DIRECTIONS)
    if said is not None and not doubted:
        return own if said == known_unit(own) else name.unit if known_unit(name.unit) else READ_AS.get(said, said)
    fitting = units_that_fit(known, quantity) if len(known) else []
    strange = _no_unit_of_it(name)
    less = _ways_of_less(known, quantity)
    if not strange and not less and len(fitting) == 1 and known_unit(own) == fitting[0]:
        return own
    if fitting == [OF_MERCURY] and known_unit(name.unit) == INCH:
        return READ_AS[OF_MERCURY]
    spread = f"'{name.text}' goes from {known.min():g} to {known.max():g}" if len(known) else ""
    if not less and (tenths := _tenths(known, quantity)):
        fitting = [*fitting, tenths]
    ways = less or " or ".join(READ_AS.get(unit, unit) for unit in fitting)
    evidence = f"{spread}, which fits {ways}" if fitting else f"{spread}, which fits no unit of it"
    proposed = fitting[0] if len(fitting) == 1 and not strange and not less else ""
    draft.answer(
        key,
        f"What is the {quantity.description} in '{name.text}' measured in?",
        f"its header says '{strange}', which is no unit of it that is known; {FACTORS}" if strange else evidence,
        READ_AS.get(proposed, proposed),
    )
    return own


def _ways_of_less(known: Values, quantity: Column, fewest_directions: int = FEWEST_DIRECTIONS) -> str:
    """Give what numbers may be in that can be in the quantity's own unit, but are far less than they are in it."""
    highest = known.max(initial=0.0)
    if quantity.quantity == "radiation" and 0 < highest < DIM:
        return f"sums in MJ/m2 or kWh/m2 better than W/m2; {FACTORS}"
    if quantity.quantity == "wd" and (likely := hardly_degrees(known, fewest_directions)):
        return f"{OTHER_THAN_DEGREES[likely]}, better than degrees"
    amounts = np.unique(known[known > 0])
    if quantity.quantity in SUMMED and len(amounts) >= FEWEST_AMOUNTS and (tenths := _tenths(known, quantity)):
        return f"tenths of mm, '{tenths}', as well as mm: none has a decimal"
    return ""


def _tenths(known: Values, quantity: Column) -> str:
    """Give the unit of whole numbers that may be tenths, as networks of days write them; empty where they are none."""
    unit = f"0.1 {plain_unit_of(quantity.name)}"
    are_whole = len(known) > 0 and bool((known == np.rint(known)).all())
    return unit if are_whole and known_unit(unit) and is_possible(known, str(known_unit(unit)), quantity) else ""


def _said(name: HeaderName, quantity: Column) -> str | None:
    """Give the unit that a header names, as pint does: `in` of a pressure, or of a place, is none."""
    said, own = known_unit(name.unit), known_unit(plain_unit_of(quantity.name))
    if said is None and MANGLED.search(name.unit):
        return mangled_unit(name.unit, quantity.name)
    return (
        said if said is not None and (own is None or conversion(said, own) is not None) and not _scale(name) else None
    )


def _scale(name: HeaderName) -> str:
    """Give a number that stands before the unit and that no unit is known with, such as `1/100`."""
    return name.qualifier if _FACTOR.fullmatch(name.qualifier) else ""


def _no_unit_of_it(name: HeaderName) -> str:
    """Give what a header says that looks like a unit and is none of its quantity; empty where it says nothing such."""
    if name.unit:
        return "" if known_unit(name.unit) == INCH and not _scale(name) else f"{_scale(name)} {name.unit}".strip()
    return name.qualifier if _LIKE_UNIT.fullmatch(name.qualifier) else ""


def mistaken_unit(said: str, unit: str) -> str:
    """Give what the source says of a unit where an answer or its format says another; empty where they agree."""
    given, wanted = known_unit(said), known_unit(unit)
    differs = given and wanted and conversion(given, wanted) not in (None, (1.0, 0.0))
    return said if differs else ""
