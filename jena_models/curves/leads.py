"""Which leads a curve has."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from jena_models.errors import SettingsError
from jena_models.windows.placement import ROUNDING, nearest_whole, whole
from jena_models.windows.preparation import Preparation

CURVE_HOURS: Final = 48.0
"""How far a curve reaches by default, where the horizon does not lie beyond."""
MOST_LEADS: Final = 48
"""How many leads a curve has by default at most."""

Leads = tuple[float, ...]


def curve_leads(asked: Sequence[float] | None, horizon_hours: float, cadence_minutes: float) -> Leads:
    """Give the leads of a curve in hours, the shortest first, the horizon among them; it alone where no other is asked.

    By default they lie an hour apart, or as many readings as it takes, up to two days or the horizon:

    >>> curve_leads(None, 24, 60)[:3], len(curve_leads(None, 24, 60))
    ((1.0, 2.0, 3.0), 48)
    >>> curve_leads(None, 24, 180)[:3], curve_leads(None, 24, 1440)
    ((3.0, 6.0, 9.0), (24.0, 48.0))
    >>> curve_leads([], 24, 60)
    (24.0,)

    Args:
        asked: leads in hours; None is the default.
        horizon_hours: the headline's.
        cadence_minutes: from one reading to the next.

    Raises:
        SettingsError: where one that was asked for is no whole number of readings.
    """
    if asked is None:
        return tuple(sorted({float(horizon_hours), *_by_default(horizon_hours, cadence_minutes)}))
    for hours in asked:
        if not whole(60 * hours / cadence_minutes):
            raise SettingsError(
                f"A lead of {hours:g} hours is no whole number of readings {cadence_minutes:g} minutes apart; "
                f"change leads_hours, as to {nearest_whole(hours, cadence_minutes)}."
            )
    return tuple(sorted({float(horizon_hours), *map(float, asked)}))


def leads_minutes(asked: Sequence[float] | None, preparation: Preparation) -> Leads:
    """Give the same in minutes, for windows that are prepared.

    Raises:
        SettingsError: as above.
    """
    cadence_minutes = preparation.cadence_minutes or preparation.sampling_minutes
    return tuple(60 * hours for hours in curve_leads(asked, preparation.horizon_minutes / 60, cadence_minutes))


def _by_default(horizon_hours: float, cadence_minutes: float) -> list[float]:
    longest = max(CURVE_HOURS, horizon_hours)
    step = math.ceil(max(60.0, 60 * longest / MOST_LEADS) / cadence_minutes - ROUNDING) * cadence_minutes / 60
    return [round(number * step, 6) for number in range(1, int(longest / step + ROUNDING) + 1)]
