"""Where a station stands and which clock its stamps are in: told, shown by its values, or asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jena_models.errors import PeriodsCountedError, SettingsError, SourceUnreadableError
from jena_models.place_names import LATITUDES, LONGITUDES
from jena_models.proposals.draft import Draft, Table
from jena_models.proposals.evidence import LEAST_SWING, WARMEST_SOLAR_HOUR, likely_offset_hours, warmest_hour
from jena_models.reading.assembly import letters_behind, tell_offset, times_in_utc
from jena_models.reading.times.named_clocks import (
    AMERICAN_LONGITUDES,
    clock_in_names,
    clock_of_zones,
    is_fixed_at,
    zones_at,
)
from jena_models.reading.times.time_columns import clock_beside, end_beside
from jena_models.reading.times.time_names import PERIOD
from jena_models.stations.clock import clock_named, offset_name
from jena_models.stations.schema import StationSchema

PLACES: Final = {
    "latitude": LATITUDES,
    "longitude": LONGITUDES,
    "clock": ("utcoffsetseconds",),
}
"""What files call columns that say where a station stands, and how far its times are ahead of UTC."""
DEGREES: Final = {"latitude": ("degrees north", -90, 90), "longitude": ("degrees east", -180, 360)}
"""What each counts, from where to where."""
SURE_SWING: Final = 0.2
"""Where the day's swing is a smaller share of the temperature's spread, as on open water, the warmest hour is none."""
FARTHEST_OFF_HOURS: Final = 4.0


def local_times(
    station: dict[str, Any], probe: StationSchema, table: Table, draft: Draft
) -> NDArray[np.datetime64] | None:
    """Give the times as if the stamps' clock were UTC; None where they cannot be read before a question is answered."""
    if "day_first" in draft.answers:
        draft.asked.add("day_first")
    letters, longitude = _letters_behind(probe, table, draft)
    if not letters:
        return _shown_times(station, probe, [], table, draft)
    if longitude is None:
        return None  # it is asked for with the place
    table.clock = clock_of_zones(letters, longitude)
    draft.remark(
        f"Its times are read in the zones behind them ({', '.join(letters)}); what is shown later is in {table.clock}, "
        "or by the clock that --answer clock=ZONE names."
    )
    utc = _shown_times(station, probe.model_copy(update={"longitude": longitude}), letters, table, draft)
    return None if utc is None else clock_named(table.clock).standard_time(utc)


def _letters_behind(probe: StationSchema, table: Table, draft: Draft) -> tuple[list[str], float | None]:
    """Give letters of zones behind the times, and the longitude that tells which zones these are; None if unknown."""
    told = draft.answers.get("longitude", table.told.get("longitude"))
    longitude = None if told is None else _as_degrees("longitude", told)
    by = probe.model_copy(update={"longitude": sum(AMERICAN_LONGITUDES) / 2 if longitude is None else longitude})
    return letters_behind(table.source.sample(), table.found, by), longitude


def _shown_times(
    station: dict[str, Any], probe: StationSchema, letters: Sequence[str], table: Table, draft: Draft
) -> NDArray[np.datetime64] | None:
    """Give the times by the probe's clock; None where they cannot be read before a question is answered."""
    try:
        table.source.load(table.found.positions, ())
        return times_in_utc(table.source, table.found, probe, letters)
    except PeriodsCountedError:
        clock = draft.answers.get("clock") or clock_in_names([table.header[i] for i in table.found.positions])
        if not clock:
            return None
        known = probe.model_copy(update={"clock": clock})
        return known.local.standard_time(times_in_utc(table.source, table.found, known, letters))
    except SourceUnreadableError as error:
        formats = re.findall(r"\[\"(.*?)\"\]", str(error))
        if "year and day cannot be told apart" in str(error):
            question = f"How are its dates written: {', '.join(formats[:-1])} or {formats[-1]}?"
            draft.answer("time_format", question, str(error).partition(";")[0])
            return None
        if "day and month cannot be told apart" not in str(error) or len(formats) != 2:  # noqa: PLR2004
            raise
        answer = (
            draft.answers.get("day_first")
            or _order_told(table)
            or draft.answer(
                "day_first",
                "Does the day come before the month in its dates (yes or no)?",
                str(error).partition(";")[0],
            )
        )
        if answer is None:
            return None
        station["time_formats"] = [formats[0] if answer.casefold() in {"yes", "y", "true", "1"} else formats[1]]
        probe = probe.model_copy(update={"time_formats": tuple(station["time_formats"])})
        return times_in_utc(table.source, table.found, probe, letters)


def _order_told(table: Table) -> str:
    """Give whether the day comes first where the header says so, as `Date (MM/DD/YYYY)` does; empty else."""
    header = " ".join(table.header[position] for position in table.found.positions).casefold()
    if re.search(r"mm[/.-]dd[/.-]yy", header):
        return "no"
    return "yes" if re.search(r"dd[/.-]mm[/.-]yy", header) else ""


def remark_on_other_times(table: Table, draft: Draft) -> None:
    """Remark on columns of times that were not taken: by another clock, or of the ends of rows."""
    other = clock_beside(table.header, table.source.sample(), table.found)
    if other is not None and "time" not in draft.answers:
        taken = table.header[table.found.positions[0]]
        draft.remark(f"Its times are those of '{taken}', in UTC; '{table.header[other]}' tells them by another clock.")
    if PERIOD in table.found.parts:
        counted = table.header[table.found.positions[table.found.parts.index(PERIOD)]]
        draft.remark(f"Each row counts as of the end of its period, which '{counted}' counts through the day.")
    end = end_beside(table.header, table.source.sample(), table.found)
    if end is None or "time" in draft.answers:
        return
    *dates, begin = (table.header[i] for i in table.found.positions)
    draft.remark(
        f"Each row counts as of its beginning, in '{begin}'; when it ends, '{table.header[end]}', was left: "
        f"--answer 'time={','.join([*dates, table.header[end]])}' takes the ends."
    )


def place_station(station: dict[str, Any], told: Mapping[str, Any], table: Table, draft: Draft) -> None:
    """Fill in latitude, longitude and clock, or ask for them.

    Raises:
        SettingsError: where an answer cannot be.
    """
    for key, (what, _, _) in DEGREES.items():
        answer = draft.answers.get(key, told.get(key))
        if answer is None:
            answer = draft.answer(key, f"At which {key} does the station stand, in {what}?", "the source does not say")
        draft.asked.add(key)
        station[key] = 0.0 if answer is None else _as_degrees(key, answer)
    in_header = clock_in_names([table.header[position] for position in table.found.positions])
    clock = (
        draft.answers.get("clock")
        or (table.known.clock if table.known else "")
        or _clock_told(told.get("clock", ""))
        or in_header
        or table.clock
    )
    draft.asked.add("clock")
    if not clock:
        evidence, proposed = _clock_evidence(station, table, draft)
        draft.answer("clock", "Which clock are its time stamps in: UTC, an offset or a zone?", evidence, proposed)
        clock = proposed or "UTC"
    try:
        meant = clock_named(clock)
    except ValueError as error:
        raise SettingsError(f"The answer to 'clock' cannot be: {error}.") from None
    if "clock" in draft.answers and in_header.startswith("UTC") and not is_fixed_at(meant, clock_named(in_header)):
        names = ", ".join(table.header[position] for position in table.found.positions)
        raise SettingsError(
            f"The answer to 'clock' is {clock}, but the times are those of '{names}', which says {in_header}; leave "
            "the answer out, or name the column that is meant with --answer time=COLUMN."
        )
    station["clock"] = clock
    if {"longitude", "clock"}.isdisjoint(each.key for each in draft.questions):
        draft.remark(_told_by_warmth(float(station["longitude"]), clock, table))


def _as_degrees(key: str, answer: Any) -> float:
    """Give a latitude or a longitude as a number.

    Raises:
        SettingsError: where it is none.
    """
    what, least, most = DEGREES[key]
    try:
        degrees = float(answer)
    except ValueError:
        raise SettingsError(f"The {key} '{answer}' is no number; write it in {what}, such as 50.9.") from None
    if not least <= degrees <= most:
        raise SettingsError(f"The {key} '{answer}' is none; in {what} it lies from {least} to {most}.")
    return degrees


def _clock_told(text: str) -> str:
    try:
        hours = float(text)
    except ValueError:
        return text
    return offset_name(timedelta(hours=hours))


def _told_by_warmth(longitude: float, clock: str, table: Table) -> str:
    """Give a remark where the day's warmest hour is hours away from what clock and longitude say; empty else.

    By the sea and on mountains it comes earlier, by two hours or three; a local time that is taken for UTC is farther
    off over most of the world.
    """
    warmest = _warmest(table, SURE_SWING)
    if warmest is None:
        return ""
    clock = "UTC" if tell_offset(table.source.sample(), table.found.positions) else table.source.told_clock or clock
    solar = (warmest - clock_named(clock).standard_hours + longitude / 15) % 24
    off = (solar - WARMEST_SOLAR_HOUR + 12) % 24 - 12
    if abs(off) < FARTHEST_OFF_HOURS:
        return ""
    return (
        f"By the clock ({clock}) and the longitude it is warmest about {int(solar):02d}:{int(solar % 1 * 60):02d} by "
        f"the sun, in place of about 15:00: the clock may be off by {abs(off):.0f} hours, or the longitude mistaken."
    )


def _warmest(table: Table, least_swing: float = LEAST_SWING) -> float | None:
    temperature, local = table.series.get("T (degC)"), table.local
    if local is None or temperature is None or len(local) != len(temperature):
        return None
    return warmest_hour(local, temperature, least_swing)


def _clock_evidence(station: Mapping[str, Any], table: Table, draft: Draft) -> tuple[str, str]:
    """Give what tells of the clock, and which one that would be; a proposal is still asked about.

    Letters in a header may mean standard time all the year, or whatever the clocks of the place show.
    """
    named = ", ".join(table.header[position] for position in table.found.positions)
    letters = re.findall(r"\(([A-Z]{3,4})\)", named)
    if len(letters) == 1 and letters[0] in (zones := zones_at(float(station["longitude"]))):
        proposed = offset_name(timedelta(hours=zones[letters[0]]))
        return f"'{named}' says {letters[0]}, which is {proposed} where it holds all the year", proposed
    warmest = _warmest(table)
    if warmest is None:
        return "its values do not tell the hour of the day", ""
    shown = f"by its stamps it is warmest about {int(warmest):02d}:{int(warmest % 1 * 60):02d}"
    ahead = likely_offset_hours(warmest)
    if "longitude" not in draft.answers:
        if ahead == 0:
            return f"{shown}, which fits the local time of the place", ""
        return (
            f"{shown}, where it is about 15:00 by the sun: the stamps are {-ahead:+d} hours from local time",
            "",
        )
    behind = round(float(station["longitude"]) / 15) - ahead
    proposed = offset_name(timedelta(hours=(behind + 12) % 24 - 12))
    return f"{shown}, which at this longitude fits {proposed}", proposed
