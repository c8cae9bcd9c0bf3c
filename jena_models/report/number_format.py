"""Numbers, times and names as people read them."""

from __future__ import annotations

import math
from datetime import datetime

from markupsafe import Markup, escape

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


def hundredths(value: float) -> str:
    """Give a difference in hundredths, with its sign."""
    rounded = round(100 * abs(value))
    return f"{MINUS if value < 0 else '+'}{rounded}" if rounded else "0"


def probability(value: float) -> str:
    """Give a probability, the small ones as a bound."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"  # noqa: PLR2004


def day(moment: datetime) -> str:
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
