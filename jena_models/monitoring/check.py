"""One figure that is watched, and its limit."""

from __future__ import annotations

import math
import re
from typing import Literal

from jena_models.frozen import Frozen
from jena_models.options.production_options import MonitoredGroup


class Check(Frozen):
    """A figure of one day, with the limit that it must keep to."""

    group: MonitoredGroup
    subject: str
    """What it is a figure of: a canonical column, or the forecasts."""
    figure: str
    """In words, such as `distance`."""
    unit: str = ""
    window_days: int | None = None
    """Over how many days, where over more than the last."""
    value: float | None
    """None where too little is known."""
    limit: float | None
    """None where nothing tells what is usual."""
    bad: Literal["above", "below"] = "above"
    """On which side of the limit something is wrong."""
    told: str = ""
    """What it looks like where it is past its limit, as a clause."""

    @property
    def name(self) -> str:
        """What it is called from day to day, in letters that MLflow takes: `inputs/T_degC/distance_30d`."""
        subject = re.sub(r"\W+", "_", self.subject).strip("_")
        window = f"_{self.window_days}d" if self.window_days else ""
        return f"{self.group}/{subject}/{self.figure.replace(' ', '_')}{window}"

    @property
    def past_limit(self) -> bool:
        """Whether the limit is passed; never where either is unknown."""
        if self.value is None or self.limit is None:
            return False
        return self.value > self.limit if self.bad == "above" else self.value < self.limit

    def sentence(self) -> str:
        """Give the figure and its limit in words."""
        window = f" over {self.window_days} days" if self.window_days else ""
        side = "at most" if self.bad == "above" else "at least"
        bound = "no limit is known" if self.limit is None else f"{side} {_shown(self.limit, self.unit)}"
        value = "unknown" if self.value is None else _shown(self.value, self.unit)
        told = f": {self.told}" if self.told and self.past_limit else ""
        return f"{self.subject}: {self.figure}{window} {value} ({bound}){told}"


def known(value: float) -> float | None:
    """Give a number, or None for one that is not."""
    return float(value) if math.isfinite(value) else None


def _shown(value: float, unit: str) -> str:
    return f"{value:.3g} {unit}".strip() if abs(value) < 1000 else f"{value:,.0f} {unit}".strip()  # noqa: PLR2004
