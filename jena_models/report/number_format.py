"""Numbers, times and names as people read them."""

from __future__ import annotations

import math
from datetime import date

from markupsafe import Markup, escape

from jena_models.exactness import WHOLE_SPREAD

MINUS = "−"
FIRST_GROUPED = 10_000
LEAST_ORDINARY, MOST_ORDINARY = 0.1, 100.0


def plain(value: float, digits: int = 2) -> str:
    """Give a number with so many digits after the point; nothing where it is none."""
    return _minus(f"{value:.{digits}f}") if math.isfinite(value) else ""


def grouped(value: float, digits: int = 1, sign: str = "") -> str:
    """Give a number with so many digits after the point, thousands apart from 10,000 on; a zero has no minus.

    >>> grouped(-0.04), grouped(-3.26), grouped(2.5, sign="+"), grouped(1013.25), grouped(5_500_000.0, 0)
    ('0.0', '−3.3', '+2.5', '1013.2', '5,500,000')
    """
    comma = "," if abs(value) >= FIRST_GROUPED else ""
    return _minus(f"{round(value, digits) + 0.0:{sign}{comma}.{digits}f}")


def digits_of(spread: float) -> int:
    """Give how many digits after the point tell values apart that are spread so far; one for temperatures.

    >>> digits_of(20.0), digits_of(0.6), digits_of(0.004), digits_of(3e6), digits_of(0.0)
    (1, 2, 4, 0, 1)
    """
    if not math.isfinite(spread) or spread <= 0:
        return 1
    return 0 if spread >= WHOLE_SPREAD else max(1, 1 - math.floor(math.log10(spread)))


def step_for(size: float) -> float:
    """Give the step that differences between amounts of a size are counted in: hundredths, about 1.

    >>> step_for(2.6), step_for(0.0006), step_for(375_000.0)
    (0.01, 1e-06, 1000.0)
    """
    if not math.isfinite(size) or LEAST_ORDINARY <= size < MOST_ORDINARY or size <= 0:
        return 0.01
    return float(f"1e{math.floor(math.log10(size)) - 2}")


def share(value: float, digits: int = 1, sign: bool = False) -> str:
    """Give a share as a percentage, with a thin space before the sign of percent."""
    return _minus(f"{100 * value:{'+' if sign else ''}.{digits}f}\N{NARROW NO-BREAK SPACE}%")


def whole_steps(value: float, step: float) -> str:
    """Give a difference as so many steps, with its sign."""
    rounded = round(abs(value) / step)
    return f"{MINUS if value < 0 else '+'}{rounded}" if rounded else "0"


def probability(value: float) -> str:
    """Give a probability, the small ones as a bound."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"  # noqa: PLR2004


def day(moment: date) -> str:
    """Give a day, such as `3 February 2015`."""
    return f"{moment.day} {moment:%B %Y}"


def wrapping(name: str) -> Markup:
    """Give a name that a line may break after its underscores."""
    return Markup("_<wbr>").join(name.split("_")) if "_" in name else escape(name)


def padded(low: float, high: float, share_of_span: float = 0.05) -> tuple[float, float]:
    """Give an interval that is a little wider, and never empty."""
    margin = (high - low) * share_of_span or abs(low) * share_of_span or 1.0
    return low - margin, high + margin


def _minus(text: str) -> str:
    return text.replace("-", MINUS)
