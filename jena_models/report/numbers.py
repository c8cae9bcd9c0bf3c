"""Numbers, times and axes as people read them."""

from __future__ import annotations

import math
from datetime import datetime

MINUS = "−"


def signed(value: float, digits: int = 2) -> str:
    """Give a number with its sign, such as `+0.12`."""
    return _minus(f"{value:+.{digits}f}")


def plain(value: float, digits: int = 2) -> str:
    """Give a number with so many digits after the point; nothing where it is none."""
    return _minus(f"{value:.{digits}f}") if math.isfinite(value) else ""


def share(value: float, digits: int = 1, sign: bool = False) -> str:
    """Give a share as a percentage, with a thin space before the sign of percent."""
    return _minus(f"{100 * value:{'+' if sign else ''}.{digits}f}\N{NARROW NO-BREAK SPACE}%")


def probability(value: float) -> str:
    """Give a probability, the small ones as a bound."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"  # noqa: PLR2004


def day(moment: datetime) -> str:
    """Give a day, such as `3 February 2015`."""
    return f"{moment.day} {moment:%B %Y}"


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Give about so many round numbers that lie between two, ends included."""
    if not high > low:
        return [low]
    rough = (high - low) / max(about, 1)
    power = 10 ** math.floor(math.log10(rough))
    step = power * min((1, 2, 2.5, 5, 10), key=lambda factor: abs(factor * power - rough))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def padded(low: float, high: float, share_of_span: float = 0.05) -> tuple[float, float]:
    """Give an interval that is a little wider, and never empty."""
    margin = (high - low) * share_of_span or abs(low) * share_of_span or 1.0
    return low - margin, high + margin


def _minus(text: str) -> str:
    return text.replace("-", MINUS)
