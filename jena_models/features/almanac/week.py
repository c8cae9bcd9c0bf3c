"""The week and the public holidays that people keep, by the days of the station's clock."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.errors import SettingsError, nearest
from jena_models.features.almanac.calendar import SECONDS_A_DAY

THURSDAY: Final = 3
"""The weekday of 1 January 1970, Monday being 0."""
SATURDAY: Final = 5
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
    return (days + THURSDAY) % 7


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
