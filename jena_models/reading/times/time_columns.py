"""Which columns of a file tell the time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jena_models.reading.matching import plain, taken_apart
from jena_models.reading.times.stamp_shapes import shape_of
from jena_models.stations.schema import StationSchema

WHOLE: Final = (
    *("unixtime", "epoch", "timestamp", "ts", "datetime", "dateandtime", "dateutc", "observationtime", "obstime"),
    *("validtime", "valid", "messdatum", "ds", "zeit", "zeitstempel", "datum", "fecha", "dt", "date", "time"),
)
"""What files call a column that tells all of the time, the most certain first."""
PARTS: Final = {
    "year": ("year", "yr", "yyyy", "jahr", "vuosi", "año", "ano", "anno", "année", "annee", "år", "jaar", "rok"),
    "month": ("month", "mon", "mo", "mm", "monat", "kk", "mes", "mese", "mois", "månad", "maand", "miesiąc", "měsíc"),
    "day": ("day", "dy", "dd", "tag", "pv", "día", "dia", "giorno", "jour", "dag", "dzień", "den"),
    "day of the year": ("doy", "jday", "dayofyear", "julianday", "yday", "jd"),
    "hour": ("hour", "hr", "hh", "stunde", "hora", "ora", "heure", "timme", "uur", "godzina", "hh24"),
    "minute": ("minute", "min", "minutes", "mn", "mi"),
}
DATE: Final = "date"
"""A part that is written as a date."""
CLOCK: Final = "time of day"
"""A part that is written as a clock shows it: `18:00`, or `1800`."""
CLOCKS: Final = (
    *("time", "hour", "hr", "zeit", "uhrzeit", "clock", "hourofday", "hora", "ora", "heure", "klo", "tid", "tijd"),
    *("hhmm", "hrmn", "hourminute", "timeofday", "utc", "gmt", "lst", "mst", "pst", "est", "cst"),
)
COMPACT_TIME: Final = 10
"""So many digits are a date and an hour; fewer may be any number."""
_CLOCK_TEXT: Final = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp]\.?[Mm]?\.?)?")
_CLOCK_POINT: Final = re.compile(r"\.|^\d{1,2},\d+$")
_CLOCK_DIGITS: Final = re.compile(r"([01]?\d|2[0-4])?[0-5]?\d")


@dataclass(frozen=True)
class TimeColumns:
    """Where a file tells the time."""

    positions: tuple[int, ...]
    parts: tuple[str, ...] = ()
    """What each is a part of, as `PARTS` has it; none where the columns are texts that belong side by side."""


def time_columns(header: Sequence[str], sample: Sequence[Sequence[str]], schema: StationSchema) -> TimeColumns | None:
    """Find the columns that tell the time: those that the station file names, one, a date and a clock, or parts.

    Args:
        header: the names of the columns.
        sample: some rows of texts.
        schema: of the station.
    """
    if schema.time_columns:
        places = {name.strip(): i for i, name in enumerate(header)}
        if all(name in places for name in schema.time_columns):
            positions = tuple(places[name] for name in schema.time_columns)
            return _named_parts(header, positions) or TimeColumns(positions)
        return None
    labels = [taken_apart(name).label for name in header]
    texts = [[row[i] for row in sample if i < len(row) and row[i]] for i in range(len(header))]
    parts = _parts_among(header, range(len(header)))
    if parts is not None and "hour" in parts.parts:
        return parts
    whole = _told_whole(labels, texts, schema)
    if parts is None or (whole is not None and _tells_hours(whole, texts)):
        return whole
    clock = _clock_column(labels, texts, parts.positions)
    return parts if clock is None else TimeColumns((*parts.positions, clock), (*parts.parts, CLOCK))


def _told_whole(labels: Sequence[str], texts: Sequence[Sequence[str]], schema: StationSchema) -> TimeColumns | None:
    """Find one column of times, or of dates with a clock beside it: by its name, else the only one that holds such."""
    aliases = [plain(alias) for alias in schema.time_aliases]
    named = [i for alias in (*WHOLE[:13], *aliases, *WHOLE[13:]) for i, label in enumerate(labels) if label == alias]
    for position in dict.fromkeys(named):
        shapes = [shape_of(text) for text in texts[position]]
        if shapes and None not in shapes:
            return _with_clock(position, labels, texts)
    dated = [i for i, held in enumerate(texts) if held and all(_is_dated(text) for text in held)]
    timed = [i for i in dated if _tells_hours(TimeColumns((i,)), texts)]
    if len(timed or dated) == 1:
        return _with_clock((timed or dated)[0], labels, texts)
    return TimeColumns((named[0],)) if named else None


def _with_clock(position: int, labels: Sequence[str], texts: Sequence[Sequence[str]]) -> TimeColumns:
    clock = _clock_beside(position, labels, texts)
    return TimeColumns((position,) if clock is None else (position, clock))


def _is_dated(text: str) -> bool:
    shape = shape_of(text)
    return shape is not None and not shape.epoch and (not text.isdigit() or len(text) >= COMPACT_TIME)


def _tells_hours(found: TimeColumns, texts: Sequence[Sequence[str]]) -> bool:
    """Tell whether columns that tell the time tell the hour of the day too."""
    if len(found.positions) > 1:
        return True
    shapes = [shape_of(text) for text in texts[found.positions[0]]]
    return any(shape is not None and (shape.epoch or "%H" in shape.text or "%I" in shape.text) for shape in shapes)


def _clock_beside(position: int, labels: Sequence[str], texts: Sequence[Sequence[str]]) -> int | None:
    """Give the column of the time of day beside one of dates that tell none."""
    dates = texts[position]
    tells_none = all(re.search(r"[ T]0{1,2}:00(:00)?$", text) or ":" not in text for text in dates)
    is_date = tells_none and all((shape := shape_of(text)) is not None and not shape.epoch for text in dates)
    if not is_date or any(shape.text.count("%H") for text in dates if (shape := shape_of(text)) and ":" not in text):
        return None
    return _clock_column(labels, texts, (position,))


def _clock_column(labels: Sequence[str], texts: Sequence[Sequence[str]], taken: Sequence[int]) -> int | None:
    """Give the column of the time of day: by its name, else the only one that is written as a clock shows it.

    Where no day stands twice, what a clock shows may be when the sun rose.
    """
    named = [i for name in CLOCKS for i, label in enumerate(labels) if label == name and i not in taken]
    for position in named:
        held = texts[position]
        if held and all(
            _CLOCK_TEXT.match(text) or _CLOCK_DIGITS.fullmatch(text) or _CLOCK_POINT.search(text) for text in held
        ):
            return position
    days = list(zip(*(texts[position] for position in taken), strict=False))
    if len(set(days)) == len(days):
        return None
    shown = [i for i, held in enumerate(texts) if i not in taken and held and all(map(_CLOCK_TEXT.fullmatch, held))]
    return shown[0] if len(shown) == 1 else None


def _parts_among(header: Sequence[str], positions: Sequence[int] | range) -> TimeColumns | None:
    found: dict[str, int] = {}
    for position in positions:
        label = taken_apart(header[position]).label
        part = next((part for part, names in PARTS.items() if label in names), None)
        if part is not None:
            found.setdefault(part, position)
    dated = {"year", "month", "day"} <= found.keys() or {"year", "day of the year"} <= found.keys()
    if not dated:
        return None
    wanted = ("year", "day of the year") if "month" not in found or "day" not in found else ("year", "month", "day")
    names = [name for name in (*wanted, "hour", "minute") if name in found]
    return TimeColumns(tuple(found[name] for name in names), tuple(names))


def _named_parts(header: Sequence[str], positions: Sequence[int]) -> TimeColumns | None:
    """Give the parts that named columns are; one that is none of them is a clock beside a date."""
    parts = _parts_among(header, positions)
    rest = [position for position in positions if parts is not None and position not in parts.positions]
    if parts is None or "hour" in parts.parts or len(rest) != 1:
        return parts
    return TimeColumns((*parts.positions, rest[0]), (*parts.parts, CLOCK))
