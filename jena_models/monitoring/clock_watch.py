"""Whether a station's clock was set anew: the newest days' light against that of the days before."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Final

import pandas as pd

from jena_models.descriptions.clock_by_sun import clock_by_sun
from jena_models.descriptions.daylight import around
from jena_models.monitoring.check import Check
from jena_models.monitoring.earlier_years import window_before
from jena_models.monitoring.live import Live
from jena_models.stations.schema import StationSchema

COMPARED_DAYS: Final = 120
"""Looked back over: long enough to know the clock before, short enough that the seasons' shade is the same."""
NEW_DAYS: Final = 30
"""So long a change is told; a station that goes on by its new clock is no news for ever."""


def clock_checks(live: Live, station: StationSchema) -> list[Check]:
    """Give by how much the time stamps came to be later or earlier within the last days; nothing without light.

    Args:
        live: readings up to the day's end, by the station's clock without daylight saving.
        station: where it stands, and which column is which quantity.
    """
    recent = window_before(live.readings, live.end, COMPARED_DAYS)
    in_utc = pd.DatetimeIndex(station.local.from_standard_time(recent.index.to_numpy()))
    found = clock_by_sun(recent.set_axis(in_utc), station, live.cadence_minutes)
    if found is None:
        return []
    shift, told = 0.0, ""
    for before, after in pairwise(found.spans):
        if after.first > live.end.date() - timedelta(days=NEW_DAYS):
            shift = float(around(after.ahead_minutes - before.ahead_minutes))
            side = "later" if shift > 0 else "earlier"
            told = f"by the sun its time stamps are {abs(shift):.0f} min {side} since about {after.first} than before"
    return [
        Check(
            group="sensors",
            subject=found.column,
            figure="shift of the clock",
            unit="min",
            window_days=NEW_DAYS,
            value=abs(shift),
            limit=found.change_limit_minutes,
            told=told,
        )
    ]
