"""How many digits an amount is told with, whatever its unit."""

from __future__ import annotations

import math
from typing import Final

WHOLE_SPREAD: Final = 1000.0
"""Of values that are spread so far, tenths say nothing."""


def digits_for(size: float, digits: int) -> int:
    """Give the digits after the point that an amount of a size is as exact with as one about 1 is with those given.

    >>> digits_for(2.6, 3), digits_for(0.0006, 3), digits_for(375_000.0, 3)
    (3, 6, 0)
    """
    if not math.isfinite(size) or size <= 0:
        return digits
    return 0 if size >= WHOLE_SPREAD else digits + max(0, -1 - math.floor(math.log10(size)))


def as_exact(value: float, digits: int = 3, sign: str = "") -> str:
    """Give an amount, of whatever unit, as exact as one about 1 is with so many digits after the point.

    >>> as_exact(2.6), as_exact(0.00064), as_exact(-0.012, sign="+")
    ('2.600', '0.000640', '-0.0120')
    """
    return f"{value:{sign}.{digits_for(abs(value), digits)}f}"
