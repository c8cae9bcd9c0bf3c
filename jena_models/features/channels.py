"""What a network is shown beside the normalized readings: the calendar, the week, the sun and the wind's direction."""

from __future__ import annotations

from jena_models.features.almanac.week import WEEK_CHANNELS
from jena_models.frozen import Frozen


class Channels(Frozen):
    """Which channels there are, and all that they are computed from beside the readings."""

    calendar: bool
    """Time of day and of year as points on two circles: four channels."""
    sun: bool
    """The sun's elevation: one channel."""
    wind: tuple[str, str] | None
    """Columns of the wind's speed and direction: two channels, or none."""
    latitude: float
    """In degrees north."""
    longitude: float
    """In degrees east."""
    utc_offset_hours: float | None = None
    """How far the station's clock is ahead of UTC without daylight saving; None in models of before that was asked."""
    missing: tuple[str, ...] = ()
    """Columns of which a channel tells where they were missing: 1 there, 0 elsewhere."""

    week: bool = False
    """Whether weekdays and days off are shown, of each step and of the horizon after it."""
    holidays: tuple[int, ...] = ()
    """Public holidays, in days since 1970, those of some years to come among them."""

    @property
    def width(self) -> int:
        """How many channels there are."""
        of_the_time = 4 * self.calendar + self.sun + 2 * WEEK_CHANNELS * self.week
        return of_the_time + 2 * (self.wind is not None) + len(self.missing)
