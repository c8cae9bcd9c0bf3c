"""Which columns of a file tell the time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jena_models.reading.matching import plain, taken_apart
from jena_models.reading.times.named_clocks import clock_in_names, without_zones
from jena_models.reading.times.stamp_shapes import shape_of
from jena_models.reading.times.time_intervals import beginnings
from jena_models.reading.times.time_names import CLOCK, CLOCKS, DATE, ENDS, OFTEN_WHOLE, PARTS, PERIOD, PERIODS, WHOLE
from jena_models.reading.times.timestamps import are_by_two_clocks
from jena_models.stations.schema import StationSchema
from jena_models.stations.units import known_unit

LONGEST_MONTH: Final = 31
COMPACT_TIME: Final = 10
"""So many digits are a date and an hour; fewer may be any number."""
_CLOCK_TEXT: Final = re.compile(r"\d{1,2}[:hH]\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp]\.?[Mm]?\.?)?")
_OF_TIMES: Final = re.compile("utc|gmt|timestamp|time|date|datum|stamp|interval|period|valid")
"""What stands around `end` in the names of columns that tell when rows end."""
_OF_ZONE: Final = re.compile(r"(?<=.)(utc|gmt|lst)$|^(utc|gmt)(?=.)")
_BEHIND_CLOCK: Final = re.compile(r"\s*(?:UTC|GMT|Z)$")
_CLOCK_POINT: Final = re.compile(r"\.|^\d{1,2},\d+$")
_WHOLE_NUMBER: Final = re.compile(r"\d{1,2}(\.0*)?")
_CLOCK_DIGITS: Final = re.compile(r"([01]?\d|2[0-4])?[0-5]?\d")


@dataclass(frozen=True)
class TimeColumns:
    """Where a file tells the time."""

    positions: tuple[int, ...]
    parts: tuple[str, ...] = ()
    """What each is a part of, as `PARTS` has it; none where the columns are texts that belong side by side."""


def time_columns(header: Sequence[str], sample: Sequence[Sequence[str]], schema: StationSchema) -> TimeColumns | None:
    """Find the columns that tell the time: those that the station file names, one, a date and a clock, or parts."""
    if schema.time_columns:
        places = {name.strip(): i for i, name in enumerate(header)}
        if all(name in places for name in schema.time_columns):
            positions = tuple(places[name] for name in schema.time_columns)
            return _named_parts(_with_days_of_years(header, sample), positions) or TimeColumns(positions)
        return None
    return _with_period(_times_among(header, sample, schema), header, sample)


def _times_among(header: Sequence[str], sample: Sequence[Sequence[str]], schema: StationSchema) -> TimeColumns | None:
    labels = [_label_of_time(name) for name in header]
    held = ([row[i] for row in sample if i < len(row) and row[i]] for i in range(len(header)))
    texts = [without_zones(beginnings(each)) for each in held]
    parts = _parts_among(_with_days_of_years(header, sample), range(len(header)))
    if parts is not None and "hour" in parts.parts:
        return parts
    whole = _told_in_utc(header, labels, texts) or _told_whole(labels, texts, schema)
    if parts is None or (whole is not None and _tells_hours(whole, texts)):
        return whole
    clock = _clock_column(labels, texts, parts.positions)
    return parts if clock is None else TimeColumns((*parts.positions, clock), (*parts.parts, CLOCK))


def _with_period(
    found: TimeColumns | None, header: Sequence[str], sample: Sequence[Sequence[str]]
) -> TimeColumns | None:
    """Give columns that tell the day alone with the one that counts its periods, where there is one."""
    texts = [[row[i] for row in sample if i < len(row)] for i in range(len(header))]
    dates = [i for i, name in enumerate(header) if _label_of_time(name) == "settlementdate"]
    if found is None and len(dates) == 1 and not any(all(map(_is_dated, held)) for held in texts if held):
        found = TimeColumns((dates[0],))  # digits alone, which may be any number but for the name
    if found is None or {"hour", CLOCK} & set(found.parts) or (not found.parts and len(found.positions) > 1):
        return found
    if not found.parts and not _tells_no_clock([text for text in texts[found.positions[0]] if text]):
        return found
    for i, name in enumerate(header):
        if i not in found.positions and _label_of_time(name) in PERIODS and _are_counts(texts[i]):
            return TimeColumns((*found.positions, i), (*(found.parts or (DATE,)), PERIOD))
    return found


def _are_counts(texts: Sequence[str]) -> bool:
    return len(set(texts)) > 1 and all(re.fullmatch(r"0?[1-9]|[1-9]\d|100", text) for text in texts)


def end_beside(header: Sequence[str], sample: Sequence[Sequence[str]], found: TimeColumns) -> int | None:
    """Give the column that tells when each row ends, where the times that were found are not it; None without one."""
    labels = [_label_of_time(name) for name in header]
    if any(_tells_end(labels[i]) for i in found.positions):
        return None
    for i in (i for i, label in enumerate(labels) if _tells_end(label)):
        held = [row[i] for row in sample if i < len(row) and row[i]]
        if held and all(_shows_clock(text) or _is_dated(text) for text in held):
            return i
    return None


def clock_beside(header: Sequence[str], sample: Sequence[Sequence[str]], found: TimeColumns) -> int | None:
    """Give the column that tells the times by another clock, where those that were found say that they are in UTC."""
    if len(found.positions) > 1 or clock_in_names([header[found.positions[0]]]) != "UTC":
        return None
    texts = [[row[i] for row in sample if i < len(row)] for i in range(len(header))]
    in_utc = texts[found.positions[0]]
    others = [i for i, held in enumerate(texts) if i not in found.positions and all(map(_is_dated, held))]
    others = [i for i in others if not _tells_end(_label_of_time(header[i]))]
    return next((i for i in others if are_by_two_clocks(in_utc, texts[i])), None)


def _tells_end(label: str) -> bool:
    told = _OF_TIMES.sub("", label)
    return label in ENDS or told in ENDS or told.endswith(("end", "ende"))


def _with_days_of_years(header: Sequence[str], sample: Sequence[Sequence[str]]) -> list[str]:
    """Give the names with that of the day of the year for a column called `day` which goes beyond a month's days."""
    days = [i for i, name in enumerate(header) if _label_of_time(name) in PARTS["day"]]
    beyond = {i for i in days for row in sample if i < len(row) and row[i].isdigit() and int(row[i]) > LONGEST_MONTH}
    return ["doy" if i in beyond else name for i, name in enumerate(header)]


def _label_of_time(name: str) -> str:
    """Give what a column is called; nothing where a unit beside it says that it is no time: `Hr (%)` is a humidity."""
    apart = taken_apart(name)
    return "" if known_unit(apart.unit) is not None else apart.label


def _told_in_utc(header: Sequence[str], labels: Sequence[str], texts: Sequence[Sequence[str]]) -> TimeColumns | None:
    """Find, of several columns that tell all of the time, the one that says how far it is from UTC."""
    timed = [i for i, held in enumerate(texts) if held and all(_is_dated(text) for text in held)]
    timed = [i for i in timed if _tells_hours(TimeColumns((i,)), texts) and not _tells_no_clock(texts[i])]
    plainly = {"", *WHOLE, "time", "date", "datetime", "timestamp"}
    timed = [i for i in timed if not _tells_end(labels[i])]
    in_utc = [i for i in timed if clock_in_names([header[i]]) == "UTC"]
    in_utc = in_utc or [i for i in timed if (shape := shape_of(texts[i][0])) and shape.zoned]
    if len(timed) > 1 and len(in_utc) == 1:
        others = [texts[i] for i in timed if i not in in_utc]
        is_plain = re.sub("utc|gmt", "", labels[in_utc[0]]) in plainly
        if is_plain or all(are_by_two_clocks(texts[in_utc[0]], other) for other in others):
            return TimeColumns((in_utc[0],))
    told = [i for i, name in enumerate(header) if texts[i] and i not in timed and clock_in_names([name]) == "UTC"]
    dates = [i for i in told if all(map(_is_dated, texts[i]))]
    clocks = [i for i in told if all(map(_shows_clock, texts[i]))]
    return TimeColumns((*dates, *clocks)) if not in_utc and len(dates) == len(clocks) == 1 else None


def _told_whole(labels: Sequence[str], texts: Sequence[Sequence[str]], schema: StationSchema) -> TimeColumns | None:
    """Find one column of times, or of dates with a clock beside it: by its name, else the only one that holds such."""
    aliases = [plain(alias) for alias in schema.time_aliases]
    named = [i for alias in (*WHOLE, *aliases, *OFTEN_WHOLE) for i, label in enumerate(labels) if label == alias]
    for position in dict.fromkeys(named):
        shapes = [shape_of(text) for text in texts[position]]
        if shapes and None not in shapes:
            return _with_clock(position, labels, texts)
    dated = [i for i, held in enumerate(texts) if held and all(_is_dated(text) for text in held)]
    timed = [i for i in dated if _tells_hours(TimeColumns((i,)), texts)]
    timed = [i for i in timed or dated if not _tells_end(labels[i])] or timed or dated
    if len(timed) == 1:
        return _with_clock(timed[0], labels, texts)
    return TimeColumns((named[0],)) if named and not dated else None


def _with_clock(position: int, labels: Sequence[str], texts: Sequence[Sequence[str]]) -> TimeColumns:
    """Give a column of dates with the time of day beside it, in one column or in those of its parts."""
    if not _tells_no_clock(texts[position]):
        return TimeColumns((position,))
    if (parts := _parts_of_day(position, labels)) and all(
        _WHOLE_NUMBER.fullmatch(text) for i in parts.positions[1:] for text in texts[i]
    ):
        return parts
    clock = _clock_column(labels, texts, (position,))
    return TimeColumns((position,) if clock is None else (position, clock))


def _parts_of_day(date: int, labels: Sequence[str]) -> TimeColumns | None:
    """Give a column of dates with those of the hour, the minute and, where there is one, the second."""
    found = {DATE: date}
    for part in ("hour", "minute", "second"):
        names = (*PARTS[part], "mm") if part == "minute" else PARTS[part]  # the month stands in the date
        place = next((i for i, label in enumerate(labels) if label in names and i != date), None)
        if place is not None:
            found[part] = place
    return TimeColumns(tuple(found.values()), tuple(found)) if {"hour", "minute"} <= found.keys() else None


def _is_dated(text: str) -> bool:
    shape = shape_of(text)
    return shape is not None and not shape.epoch and (not text.isdigit() or len(text) >= COMPACT_TIME)


def _tells_hours(found: TimeColumns, texts: Sequence[Sequence[str]]) -> bool:
    """Tell whether columns that tell the time tell the hour of the day too."""
    if len(found.positions) > 1:
        return True
    shapes = [shape_of(text) for text in texts[found.positions[0]]]
    return any(shape is not None and (shape.epoch or "%H" in shape.text or "%I" in shape.text) for shape in shapes)


def _tells_no_clock(dates: Sequence[str]) -> bool:
    """Tell whether texts are dates without a time of day, or with midnight alone."""
    midnights = all(re.search(r"[ T]0{1,2}:00(:00)?$", text) or ":" not in text for text in dates)
    is_date = midnights and all((shape := shape_of(text)) is not None and not shape.epoch for text in dates)
    return is_date and not any(
        shape.text.count("%H") for text in dates if (shape := shape_of(text)) and ":" not in text
    )


def _clock_column(labels: Sequence[str], texts: Sequence[Sequence[str]], taken: Sequence[int]) -> int | None:
    """Give the column of the time of day: by its name, else the only one that is written as a clock shows it.

    Where no day stands twice, what a clock shows may be when the sun rose.
    """
    stems = [_OF_ZONE.sub("", label) or label for label in labels]
    named = [i for name in CLOCKS for i, label in enumerate(labels) if label == name and i not in taken]
    of_zone = [i for name in CLOCKS for i, stem in enumerate(stems) if stem == name and i not in taken]
    for position in dict.fromkeys([*named, *of_zone]):  # a date beside both is more likely that of the plain name
        held = [_BEHIND_CLOCK.sub("", text) for text in texts[position]]
        if held and all(
            _CLOCK_TEXT.match(text) or _CLOCK_DIGITS.fullmatch(text) or _CLOCK_POINT.search(text) for text in held
        ):
            return position
    days = list(zip(*(texts[position] for position in taken), strict=False))
    if len(set(days)) == len(days):
        return None
    begun = [i for i, label in enumerate(labels) if i not in taken and label not in ENDS]
    shown = [i for i in begun if texts[i] and all(map(_shows_clock, texts[i]))]
    return shown[0] if len(shown) == 1 else None


def _shows_clock(text: str) -> bool:
    return _CLOCK_TEXT.fullmatch(_BEHIND_CLOCK.sub("", text)) is not None


def _parts_among(header: Sequence[str], positions: Sequence[int] | range) -> TimeColumns | None:
    found: dict[str, int] = {}
    for position in positions:
        label = _label_of_time(header[position])
        part = next((part for part, names in PARTS.items() if label in names), None)
        if label in ("m", "d") and position and found.get("year" if label == "m" else "month") == position - 1:
            part = "month" if label == "m" else "day"  # one letter tells it beside what stands above it alone
        if label == "mm" and {"month", "hour"} <= found.keys():  # buoys write YY MM DD hh mm
            part = "minute"
        if part is not None:
            found.setdefault(part, position)
    names = [header[position] for position in positions]
    if any(names.count(header[position]) > 1 for position in found.values()):
        return None  # which of two that are called alike is meant nothing tells
    dated = {"year", "month", "day"} <= found.keys() or {"year", "day of the year"} <= found.keys()
    if not dated:
        return None
    wanted = ("year", "day of the year") if "month" not in found or "day" not in found else ("year", "month", "day")
    names = [name for name in (*wanted, "hour", "minute", "second") if name in found]
    return TimeColumns(tuple(found[name] for name in names), tuple(names))


def _named_parts(header: Sequence[str], positions: Sequence[int]) -> TimeColumns | None:
    """Give the parts that named columns are; one that is none of them is a clock beside a date, or the date itself."""
    parts = _parts_among(header, positions)
    labels = [taken_apart(name).label for name in header]
    if parts is None:
        if len(positions) == 2 and labels[positions[1]] in PERIODS:  # noqa: PLR2004
            return TimeColumns(tuple(positions), (DATE, PERIOD))
        beside = _parts_of_day(positions[0], [label if i in positions else "" for i, label in enumerate(labels)])
        return beside if beside is not None and set(beside.positions) == set(positions) else None
    rest = [position for position in positions if position not in parts.positions]
    if "hour" in parts.parts or len(rest) != 1:
        return parts
    return TimeColumns((*parts.positions, rest[0]), (*parts.parts, PERIOD if labels[rest[0]] in PERIODS else CLOCK))
