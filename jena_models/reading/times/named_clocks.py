"""The clock that a file tells: by the names of its columns of the time, above its header, or beside each time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.reading.matching import plain
from jena_models.reading.times.stamp_shapes import NAMED_ZONES, shape_of
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

OF_ROWS: Final = frozenset(("tz", "tzcd", "tzcode", "timezone", "timezonecode", "timezoneabbreviation", "zeitzone"))
"""What files call a column that tells each row's zone in letters: `tz_cd` of the USGS has CST, in summer CDT."""
AMERICAN_ZONES: Final[dict[str, float]] = {
    **{"NST": -3.5, "NDT": -2.5, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5},
    **{"MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "HDT": -9},
}
"""Hours ahead of UTC; some of these letters are another zone's in Asia and Australia."""
AMERICAN_LONGITUDES: Final = (-180.0, -30.0)
_BEHIND: Final = rf"^(?P<stamp>.*(?:\d|[AaPp]\.?[Mm]\.?)) ?(?P<zone>{'|'.join(AMERICAN_ZONES)})$"
"""A stamp with letters of America behind it."""


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


def zones_at(longitude: float) -> dict[str, float]:
    """Give how many hours ahead of UTC a station's clock is, by the letters that stand for one zone there."""
    east = (longitude + 180) % 360 - 180
    known: dict[str, float] = {"UTC": 0, "GMT": 0, "Z": 0, **NAMED_ZONES}
    return known | AMERICAN_ZONES if AMERICAN_LONGITUDES[0] <= east <= AMERICAN_LONGITUDES[1] else known


def clock_of_zones(letters: Sequence[str], longitude: float) -> str:
    """Give the clock without summer time of letters that stand for one zone each there, such as `UTC-07:00`."""
    ahead = (zones_at(longitude)[each] - each.endswith("DT") for each in letters)
    return offset_name(timedelta(hours=min(ahead)))


def zone_column(header: Sequence[str], sample: Sequence[Sequence[str]], zones: Mapping[str, float]) -> int | None:
    """Give the column that tells each row's zone by letters that are known; None without one."""
    for i, name in enumerate(header):
        told = [row[i] for row in sample if i < len(row)] if plain(name) in OF_ROWS else []
        if told and all(text in zones for text in told):
            return i
    return None


def zones_behind(texts: Sequence[str]) -> list[str]:
    """Give the letters of America that stand behind some stamps, each once; none where any stamp has others.

    Nor are there any behind stamps that are read as they are: Go writes `-0700 MST`, of which the offset counts.
    """
    found = [None if shape_of(text) else re.match(_BEHIND, text) for text in texts]
    return list(dict.fromkeys(each["zone"] for each in found if each)) if all(found) else []


def without_zones(texts: Sequence[str]) -> list[str]:
    """Give stamps without the letters of America that stand behind all of them; others as they are."""
    return [re.sub(_BEHIND, r"\g<stamp>", text) for text in texts] if zones_behind(texts) else list(texts)


def apart_from_zones(texts: pa.ChunkedArray) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """Give stamps, and the letters of America behind them; a stamp without letters as it is, and empty ones."""
    texts = pc.utf8_trim_whitespace(texts)
    parts = pc.extract_regex(texts, _BEHIND)
    stamps, letters = (pc.struct_field(parts, name) for name in ("stamp", "zone"))
    return pc.coalesce(stamps, texts), pc.fill_null(letters, "")


def ahead_of_utc(column: pa.ChunkedArray, zones: Mapping[str, float], place: str) -> NDArray[np.timedelta64]:
    """Give how far each row's clock is ahead of UTC, timedelta64[s].

    Raises:
        SourceUnreadableError: where a row names no zone that is known.
    """
    texts = pc.fill_null(pc.utf8_trim_whitespace(column), "")
    for text in texts.unique().to_pylist():
        if text not in zones:
            row = pc.index(texts, text).as_py()
            raise SourceUnreadableError(
                f"{place} names the zone '{text[:40]}' beside the time in row {row + 1}, which stands for none there; "
                f"it is to be one of {', '.join(zones)}."
            )
    coded = texts.dictionary_encode().unify_dictionaries().combine_chunks()
    seconds = [round(zones[text] * 3600) for text in coded.dictionary.to_pylist()]
    return np.asarray(np.array(seconds, "timedelta64[s]")[coded.indices.to_numpy()])
