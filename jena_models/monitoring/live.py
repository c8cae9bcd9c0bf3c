"""What there is at the end of a day under watch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pandas as pd


@dataclass(frozen=True)
class Live:
    """Readings and forecasts up to a midnight."""

    readings: pd.DataFrame
    """Canonical columns, indexed by time, in order."""
    measured: Sequence[str]
    """The columns that the source holds; the others are computed by formula and say nothing of a sensor."""
    cadence_minutes: float
    forecasts: pd.DataFrame
    """As `jena_models.monitoring.live_scores.verified` asks for them."""
    end: datetime
    """Midnight, in the station's clock."""
    curves: pd.DataFrame | None = None
    """The same with a row a lead; None where nothing but the headline is looked at."""

    def until_end(self) -> Live:
        """Give the same without anything that came after the end."""
        issued = self.forecasts[self.forecasts["issue_time"] <= self.end]
        curves = None if self.curves is None else self.curves[self.curves["issue_time"] <= self.end]
        readings = self.readings.loc[: pd.Timestamp(self.end)]
        return replace(self, readings=readings, forecasts=issued, curves=curves)
