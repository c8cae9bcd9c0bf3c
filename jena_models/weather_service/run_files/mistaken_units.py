"""Numbers taken for what they are not: K for °C, Pa for mbar, tenths for whole ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from jena_models.reading.unit_checks import READ_AS
from jena_models.stations.units import BESIDE, conversion, known_unit, plain_unit_of, unit_of

Values = NDArray[np.float64]


def mistaken(values: Values, of: str, is_likely: Callable[[Values], bool], *, were_converted: bool = True) -> str:
    """Give the end of a sentence that says which unit numbers are likely in, or were wrongly taken to be in.

    Args:
        values: taken to be in the unit of a station's column.
        of: its canonical name.
        is_likely: whether values can be the column's.
        were_converted: whether they may have been in its unit before they were converted to it.

    Returns:
        Nothing where no other unit is likely.
    """
    own = plain_unit_of(of)
    plain = known_unit(own)
    if plain is None:
        return ""
    for unit in (*BESIDE.get(own, ()), f"0.1 {own}"):
        how = conversion(known_unit(unit) or unit, plain)
        if how is None or how == (1.0, 0.0):
            continue
        factor, summand = how
        if is_likely(values * factor + summand) or (were_converted and is_likely((values - summand) / factor)):
            written = '"1"' if unit == "dimensionless" else READ_AS.get(unit, unit)
            return (
                f"as {READ_AS.get(unit, unit)} taken for {unit_of(of)} is: write 'unit: {written}', or 'unit: {own}', "
                "beside it in the station file"
            )
    return ""
