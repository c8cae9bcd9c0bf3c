"""The week and the public holidays that people keep, by the days of the station's clock."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.errors import SettingsError, nearest
from jena_models.features.almanac.calendar import SECONDS_A_DAY

DAYS_A_WEEK: Final = 7
THURSDAY: Final = 3
"""The weekday of 1 January 1970, Monday being 0."""
SATURDAY: Final = 5
WEEK_CHANNELS: Final = 5
"""How many numbers `week_circle` gives of a day."""
YEARS_AHEAD: Final = 12
"""So far holidays are kept with a model: longer than any is used."""

Days = NDArray[np.int64]


def day_number(seconds: NDArray[np.int64]) -> Days:
    """Give the days since 1970, any shape."""
    return seconds // SECONDS_A_DAY


def weekday(days: Days) -> Days:
    """Give 0 for Monday to 6 for Sunday, any shape.

    >>> weekday(np.array([0, 4]))
    array([3, 0])
    """
    return (days + THURSDAY) % DAYS_A_WEEK


def days_off(days: Days, holidays: Sequence[int]) -> NDArray[np.bool_]:
    """Tell which days are free: Saturdays, Sundays and holidays, any shape."""
    return np.isin(days, holidays) | (weekday(days) >= SATURDAY)


def week_circle(days: Days, holidays: Sequence[int]) -> list[NDArray[np.float64]]:
    """Give days as a network is shown them: the weekday on a circle, whether it, the one before and the next are free.

    Args:
        days: since 1970, any shape.
        holidays: those that are known.
    """
    angle = 2 * np.pi * weekday(days) / DAYS_A_WEEK
    free = [days_off(days + more, holidays).astype(np.float64) for more in (0, -1, 1)]
    return [np.sin(angle), np.cos(angle), *free]


@cache
def public_holidays(calendar: str, first_year: int, last_year: int) -> tuple[int, ...]:
    """Give the days since 1970 that are public holidays, in order.

    >>> public_holidays("DE", 2018, 2018)[0]  # New Year
    17532

    Args:
        calendar: a country, such as `DE`, or a part of one, such as `DE-TH`, by its ISO code.
        first_year: from its first day.
        last_year: to its last day.

    Raises:
        SettingsError: where the calendar is not known.
    """
    import holidays

    country, _, part = calendar.partition("-")
    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        raise SettingsError(f"No public holidays are known of '{country}'; {nearest(country, known)}")
    if part and part not in known[country]:
        raise SettingsError(f"No public holidays are known of '{part}' in {country}; {nearest(part, known[country])}")
    years = range(first_year, last_year + 1)
    found = holidays.country_holidays(country, subdiv=part or None, years=years)
    return tuple(sorted(int(np.datetime64(day, "D").astype(np.int64)) for day in found))


def holidays_of(calendar: str, seconds: NDArray[np.int64]) -> tuple[int, ...]:
    """Give the public holidays, in days since 1970, of a record's years and of some years to come.

    Args:
        calendar: as `public_holidays` takes it; none where it is empty.
        seconds: of the record, since 1970.
    """
    if not calendar:
        return ()
    first, last = (int(str(np.datetime64(int(second), "s"))[:4]) for second in (seconds.min(), seconds.max()))
    return public_holidays(calendar, first, last + YEARS_AHEAD)
