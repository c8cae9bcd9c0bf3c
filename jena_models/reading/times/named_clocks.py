"""The clock that a file tells: by the names of its columns of the time, or above its header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from jena_models.errors import SourceUnreadableError
from jena_models.stations.clock import Clock, offset_name

NAMES_UTC: Final = re.compile(r"(?i)(?:(?<![a-z])|date|time|stamp|hour)(?:utc|gmt)(?:(?![a-z])|date|time)")
"""UTC by itself, or in one word with what it is said of, such as `DateUTC`."""
NORWEGIAN: Final = re.compile(r"(?i)norsk normaltid|norwegian mean time")
"""Standard time all the year, as Norway's weather service has it."""
WITH_SUMMER_TIME: Final = {
    "WET/WEST": "Europe/Lisbon",
    **dict.fromkeys(("CET/CEST", "MEZ/MESZ"), "Europe/Brussels"),
    "EET/EEST": "Europe/Athens",
}
"""Zones whose clocks show these by turns, as the European Union has them; others there differ in years long past."""
SECONDS_AHEAD: Final = "utc_offset_seconds"
"""What Open-Meteo calls, above its table, how far all of the times below are ahead of UTC."""


def clock_in_names(names: Sequence[str]) -> str:
    """Give the clock that columns of the time tell: `GMT-05:00`, `(UTC)`, `(Europe/Madrid)`; empty where none does."""
    header = " ".join(names)
    if offset := re.search(r"(?:GMT|UTC)\s*([+-])(\d{1,2}):?(\d{2})?(?!\d)", header):
        hours = int(offset[2]) + int(offset[3] or 0) / 60
        return offset_name(timedelta(hours=-hours if offset[1] == "-" else hours))
    if NAMES_UTC.search(header):
        return "UTC"
    if NORWEGIAN.search(header):
        return "UTC+01:00"
    if turns := re.search("|".join(WITH_SUMMER_TIME), header):
        return WITH_SUMMER_TIME[turns[0]]
    zone = re.search(r"[(\[]([A-Z][A-Za-z]+/[A-Z][A-Za-z_]+)[)\]]", header)
    return zone[1] if zone else ""


def clock_above(lines: Sequence[str], place: str) -> str:
    """Give the clock that lines above a file's header tell as Open-Meteo's do; empty where none does.

    Raises:
        SourceUnreadableError: where they tell of several places, with a clock each.
    """
    for row, line in enumerate(lines):
        names = [name.strip() for name in line.split(",")]
        if SECONDS_AHEAD not in names:
            continue
        told = [each.split(",") for each in lines[row + 1 :] if each.count(",") == len(names) - 1]
        ahead = {values[names.index(SECONDS_AHEAD)].strip() for values in told}
        if not all(re.fullmatch(r"[+-]?\d+", each) for each in ahead):
            return ""
        if len(ahead) > 1:
            raise SourceUnreadableError(
                f"The file {place} has places whose times are {' and '.join(sorted(ahead))} s ahead of UTC; fetch it "
                "again with all times in UTC."
            )
        return offset_name(timedelta(seconds=int(ahead.pop()))) if ahead else ""
    return ""


def is_fixed_at(clock: Clock, other: Clock) -> bool:
    """Tell whether a clock is never put forward or back, and shows what another one does."""
    return clock.is_fixed and clock.standard_offset == other.standard_offset
