"""What a forecast says: a headline and its curve, with all that a row of the table needs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from jena_models.frozen import Frozen
from jena_models.report.number_format import digits_of
from tasks.forecasting.rungs import Rung


class LeadForecast(Frozen):
    """What was said of one lead; times and values as in `Forecast`."""

    horizon_hours: float
    """The lead: from the issue time to the valid time."""
    valid_time: datetime
    forecast: float
    lower: float | None
    upper: float | None
    service: float | None = None
    """What the weather service said of it by then, where it forecasts the target."""
    service_run: str = ""
    """The issue time of the weather service's run that speaks of it, in UTC; empty where none does."""


class Forecast(Frozen):
    """What was said, when, and of what; times by the station's clock with its offset, values in the target's unit."""

    issue_time: datetime
    """Of the last reading that it was made from."""
    valid_time: datetime
    horizon_hours: float
    forecast: float
    lower: float | None
    """Where the interval begins; None where the version gives none, and for persistence."""
    upper: float | None
    level: float
    """The share of what comes true that the interval is to hold."""
    persistence: float | None
    """The target's last value at issue time; None where there is none."""
    persistence_time: datetime | None = None
    """Of that value, where it is older than the issue time."""
    unit: str
    model: str
    """The registered model's name."""
    version: int
    """Of what spoke; 0 for persistence."""
    rung: Rung
    """Who spoke: the champion, or what stands in for it."""
    missing: str
    """The columns that were missing from the history, by commas."""
    why: str
    """Why nothing higher spoke; empty where the champion did."""
    service_run: str = ""
    """The issue time of the weather service's run that was used, in UTC; empty where none was."""
    service_age_hours: float | None = None
    """How old that run was at the issue time."""
    architecture: str
    data_hash: str
    """Of the readings that it was made from."""
    curve: tuple[LeadForecast, ...] = ()
    """What was said of each lead, the shortest first, the horizon's among them."""
    written: bool = False
    """Whether it is new in the table."""
    table: str = ""
    """Where the table is that it is kept in; empty where it is kept in none."""
    picture: Path | None = None

    @property
    def digits(self) -> int:
        """How many digits after the point tell what was said apart: one of temperatures, three of shares."""
        of_leads = [value for lead in self.curve for value in (lead.forecast, lead.lower, lead.upper)]
        told = [self.forecast, self.lower, self.upper, self.persistence, *of_leads]
        known = [value for value in told if value is not None]
        return digits_of(max(known) - min(known))
