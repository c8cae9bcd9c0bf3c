"""What a wrong clock is likely to come from: a zone, daylight saving, a longitude's sign, AM and PM."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Final

from jena_models.descriptions.clock_spans import SAME_MINUTES, ClockSpan
from jena_models.descriptions.daylight import MINUTES_A_DAY, around
from jena_models.stations.clock import FARTHEST_BEHIND, LARGEST_OFFSET, offset_name
from jena_models.stations.schema import StationSchema

HOUR: Final = 60.0
NEAR_MINUTES: Final = 15.0
"""How far what a cause makes may be from what is seen, beside half a step."""
MINUTES_A_DEGREE: Final = 4.0
BENT: Final = timedelta(hours=3.5)
"""No zone is farther from what its longitude says."""
MONTHS_OF_CHANGES: Final = frozenset({3, 4, 9, 10, 11})
"""In which clocks are put forward or back."""
SHOWN_CHANGES: Final = 3


def likely_cause(spans: Sequence[ClockSpan], station: StationSchema, half_step: float) -> str:
    """Give what is likely to be wrong, as a clause.

    Args:
        spans: of a clock that is wrong.
        station: as its file has it.
        half_step: half the step of the readings, in minutes.
    """
    usual = max(spans, key=lambda span: span.days).ahead_minutes
    changes = list(pairwise(spans))
    if all(abs(_apart(span.ahead_minutes, usual)) <= 2 * SAME_MINUTES for span in spans):
        causes = _causes(usual, station, half_step + NEAR_MINUTES)
        return f"it fits {' or '.join(causes)}" if causes else "no zone fits: the logger's own clock is wrong"
    more = f" and {len(changes) - SHOWN_CHANGES} times later" if len(changes) > SHOWN_CHANGES else ""
    shown = ", ".join(str(after.first) for _, after in changes[:SHOWN_CHANGES])
    anew = f"the clock was set anew about {shown}{more}"
    if not all(_is_of_daylight_saving(before, after) for before, after in changes):
        return anew
    standard = offset_name(station.local.standard_offset)
    saving = (
        f"it fits daylight saving: name the zone in place of 'clock: {station.clock}'"
        if station.local.is_fixed
        else f"it fits standard time all the year: write 'clock: {standard}' in place of {station.clock}"
    )
    return saving if len(changes) > 1 else f"{saving}, or {anew}"


def _is_of_daylight_saving(before: ClockSpan, after: ClockSpan) -> bool:
    change = abs(_apart(after.ahead_minutes, before.ahead_minutes))
    return abs(change - HOUR) <= SAME_MINUTES and after.first.month in MONTHS_OF_CHANGES


def _causes(ahead: float, station: StationSchema, near: float) -> list[str]:
    """Give what would explain all of a record, the likeliest first."""
    causes = []

    def explains(minutes: float) -> bool:
        return abs(_apart(ahead, minutes)) <= near

    if explains(MINUTES_A_DAY / 2):
        causes.append("AM and PM that were exchanged or left out")
    mirrored = 2 * MINUTES_A_DEGREE * station.longitude
    if abs(_apart(mirrored, 0.0)) > near and explains(mirrored):
        causes.append(f"'longitude: {-station.longitude:g}'")
    hours = [HOUR * number for number in range(-26, 27)]
    zones = [minutes for minutes in hours if explains(minutes)]
    if not zones and not causes:
        zones = [minutes + HOUR / 2 for minutes in hours if explains(minutes + HOUR / 2)]
    offsets = [station.local.standard_offset + timedelta(minutes=minutes) for minutes in zones]
    possible = [offset for offset in offsets if -FARTHEST_BEHIND <= offset <= LARGEST_OFFSET]
    here = timedelta(minutes=float(around(MINUTES_A_DEGREE * station.longitude)))
    likely = [offset for offset in possible if not offset or abs(offset - here) <= BENT]
    return causes + [_zone(offset, station) for offset in likely or (possible if not causes else [])]


def _zone(offset: timedelta, station: StationSchema) -> str:
    """Give the clock of an offset from UTC, in words."""
    if station.local.is_fixed:
        return f"'clock: {offset_name(offset) if offset else 'UTC'}'"
    hours = (offset - station.local.standard_offset) / timedelta(hours=1)
    return f"a clock {abs(hours):g} h {'ahead of' if hours > 0 else 'behind'} {station.clock}"


def _apart(minutes: float, others: float) -> float:
    return float(around(minutes - others))
