"""Whether a station's clock is right: how far its time stamps are from the sun, by the light that it measures.

A logger that was left on summer time, a local time taken for UTC, a longitude without its sign: all columns are wrong
at once, so that none of them contradicts another, but the sun keeps its hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.descriptions.clock_causes import likely_cause
from jena_models.descriptions.clock_spans import ClockSpan, clock_spans
from jena_models.descriptions.daylight import daily_offsets
from jena_models.frozen import Frozen
from jena_models.stations.clock import seconds_of
from jena_models.stations.schema import StationSchema

LIMIT_MINUTES: Final = 40.0
"""A right clock is nearer: a hill of 30° on one side, or clouds of every afternoon, make up to 20 minutes."""
SUNSHINE_LIMIT_MINUTES: Final = 120.0
"""A hill hides all of the sunshine, where it leaves the sky's light to the other sensors."""
LIGHT: Final[Mapping[str, float]] = (
    dict.fromkeys(("radiation", "solar_radiation", "global_radiation", "swdr", "ghi"), LIMIT_MINUTES)
    | dict.fromkeys(("par", "ppfd", "illuminance"), LIMIT_MINUTES)
    | {"sunshine": SUNSHINE_LIMIT_MINUTES}
)
"""Quantities that follow the sun, in the order in which they are asked, and how far each may be from it."""
LONGEST_STEP_MINUTES: Final = 60.0
"""Longer steps do not show the hour."""
LEAST_BEYOND_STEP_MINUTES: Final = 20.0
"""Beyond half a step, as nobody knows whether a step is stamped at its start, middle or end; so an hour is told of
readings in the middle of each hour too."""

SHOWN_SPANS: Final = 8


class ClockBySun(Frozen):
    """How far a station's clock is from the sun."""

    column: str
    """Whose light tells it."""
    limit_minutes: float
    """Where `off_minutes` is larger the clock is wrong."""
    change_limit_minutes: float
    """Where two spans differ by more the clock was changed: half a step is the same in both."""
    spans: tuple[ClockSpan, ...]
    """One at least, in order."""
    cause: str
    """What is likely to be wrong, as a clause; empty where nothing is."""

    def in_words(self) -> tuple[str, ...]:
        """Give a line a span, with whose light tells it, and one of what is wrong where something is."""
        lines = [f"{span.in_words()}, by {self.column} of {span.days:,} days" for span in self.spans[:SHOWN_SPANS]]
        if more := len(self.spans) - len(lines):
            lines.append(f"and {more} more spans")
        if self.cause:
            lines.append(f"wrong by more than half a step and {self.limit_minutes:g} min: {self.cause}")
        return tuple(lines)

    def off_at(self, standard_times: NDArray[np.datetime64]) -> NDArray[np.float64]:
        """Give how wrong the clock is at times by the station's clock without daylight saving; NaN where unknown."""
        days, off = standard_times.astype("datetime64[D]"), np.full(len(standard_times), np.nan)
        for span in self.spans:
            off[(days >= np.datetime64(span.first)) & (days <= np.datetime64(span.last))] = span.off_minutes
        return off


def clock_by_sun(readings: pd.DataFrame, station: StationSchema, cadence_minutes: float) -> ClockBySun | None:
    """Give how far a station's clock is from the sun; None where no light is measured, or what is tells too little.

    Args:
        readings: columns of canonical names, indexed by time in UTC, in order.
        station: where it stands, and which column is which quantity.
        cadence_minutes: the usual step of the readings.
    """
    if cadence_minutes > LONGEST_STEP_MINUTES:
        return None
    seconds = seconds_of(readings.index)
    for quantity, column in _columns_of_light(station).items():
        if column not in readings or not pd.api.types.is_float_dtype(readings[column]):
            continue
        light = readings[column].to_numpy(np.float64)
        offsets = daily_offsets(seconds, light, cadence_minutes * 60, (station.latitude, station.longitude))
        if spans := clock_spans(offsets, station.local.standard_offset, cadence_minutes / 2):
            limit = max(LIGHT[quantity] - cadence_minutes / 2, LEAST_BEYOND_STEP_MINUTES)
            wrong = any(abs(span.off_minutes) > limit for span in spans)
            cause = likely_cause(spans, station, cadence_minutes / 2) if wrong else ""
            return ClockBySun(
                column=column, limit_minutes=limit, change_limit_minutes=LIGHT[quantity], spans=spans, cause=cause
            )
    return None


def _columns_of_light(station: StationSchema) -> dict[str, str]:
    """Give the name of the station's own column of each quantity that follows the sun."""
    named = {c.quantity.casefold().replace(" ", "_"): c.name for c in reversed(station.columns) if not c.neighbour}
    return {quantity: named[quantity] for quantity in LIGHT if quantity in named}
