"""Units as people write them."""

from __future__ import annotations

from typing import Final

SIGNS: Final = {"degC": "°C", "g/m**3": "g/m³", "deg": "°"}


def unit_of(column: str) -> str:
    """Give the unit of a canonical column name, which stands in parentheses: `T (degC)` is in °C."""
    unit = column.rpartition("(")[2].rstrip(")")
    return SIGNS.get(unit, unit)
