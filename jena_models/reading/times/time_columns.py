"""Which columns of a file tell the time, and the time that they tell together."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.reading.matching import plain, taken_apart
from jena_models.reading.times.stamp_shapes import shape_of
from jena_models.reading.times.timestamps import local_to_utc, times_of_texts, trimmed
from jena_models.stations.schema import StationSchema

Texts: TypeAlias = Any
"""A chunked array of strings."""
ColumnOf = Callable[[int], Texts]

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
CLOCK: Final = "time of day"
"""A part that is written as a clock shows it: `18:00`, or `1800`."""
CLOCKS: Final = (
    *("time", "hour", "hr", "zeit", "uhrzeit", "clock", "hourofday", "hora", "ora", "heure", "klo", "tid", "tijd"),
    *("hhmm", "hrmn", "hourminute", "timeofday", "utc", "gmt", "lst", "mst", "pst", "est", "cst"),
)
DAYS_A_YEAR: Final = 366
COMPACT_TIME: Final = 10
"""So many digits are a date and an hour; fewer may be any number."""
_CLOCK_TEXT: Final = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp]\.?[Mm]?\.?)?")
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


def times_of(
    found: TimeColumns, column: ColumnOf, schema: StationSchema, place: str, first_line: int
) -> NDArray[np.datetime64]:
    """Give datetime64[s] in UTC of the columns that tell the time.

    Raises:
        SourceUnreadableError: where a time cannot be read for certain.
    """
    columns = [column(position) for position in found.positions]
    if found.parts:
        local = _of_parts(dict(zip(found.parts, columns, strict=True)), place)
        return local_to_utc(local, schema.local, place)
    if len(columns) == 1:
        return times_of_texts(columns[0], schema.time_formats, schema.local, place, first_line)
    date, clock = (trimmed(each) for each in columns[:2])
    if pc.all(pc.match_substring_regex(clock, r"^\d{1,2}$")).as_py():
        return _of_date_and_hour(date, clock, schema, place, first_line)
    clock = _padded_clock(clock)
    if pc.any(pc.match_substring(date, ":")).as_py():
        date = pc.replace_substring_regex(date, r"[ T]0{1,2}:00(:00)?$", "")
    joined = pc.binary_join_element_wise(date, clock, " ")
    del columns, date, clock  # of the largest files there is not memory enough for each step of the way
    joined = joined.combine_chunks()
    pa.default_memory_pool().release_unused()
    return times_of_texts(joined, schema.time_formats, schema.local, place, first_line)


def _padded_clock(clock: Texts) -> Texts:
    """Give times of day such as 0, 100 and 2300 with four digits; others as they are."""
    if not pc.all(pc.match_substring_regex(clock, r"^\d{1,4}$")).as_py():
        return clock
    return pc.utf8_lpad(clock, 4, "0")


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
        if held and all(_CLOCK_TEXT.match(text) or _CLOCK_DIGITS.fullmatch(text) or "." in text for text in held):
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


def _of_parts(parts: dict[str, Texts], place: str) -> NDArray[np.datetime64]:
    numbers, clock = {}, parts.get(CLOCK)
    for name, texts in parts.items():
        if name == CLOCK:
            continue
        try:
            numbers[name] = np.asarray(pc.utf8_trim_whitespace(texts).cast(pa.float64()).to_numpy()).astype(np.float64)
        except pa.ArrowInvalid as error:
            raise SourceUnreadableError(f"{place} has a {name} that is not a number ({error}); mend it.") from error
        if not np.isfinite(numbers[name]).all():
            row = int(np.flatnonzero(~np.isfinite(numbers[name]))[0])
            raise SourceUnreadableError(f"{place} has no {name} in row {row + 1}; mend it.")
    years = (numbers["year"].astype(np.int64) - 1970).astype("datetime64[Y]")
    if "day of the year" in numbers:
        day = numbers["day of the year"]
        if day.min(initial=1) < 1 or day.max(initial=1) >= DAYS_A_YEAR + 1:
            raise SourceUnreadableError(f"{place} names a day of the year before the 1st or past the 366th; mend it.")
        days = years.astype("datetime64[D]") + (day.astype(np.int64) - 1)
        numbers.setdefault("hour", day % 1 * 24)
    else:
        months = years.astype("datetime64[M]") + (numbers["month"].astype(np.int64) - 1)
        days = months.astype("datetime64[D]") + (numbers["day"].astype(np.int64) - 1)
        if (days.astype("datetime64[M]") != months).any() or (months.astype("datetime64[Y]") != years).any():
            row = int(
                np.flatnonzero((days.astype("datetime64[M]") != months) | (months.astype("datetime64[Y]") != years))[0]
            )
            raise SourceUnreadableError(f"{place} names a day in row {row + 1} that no calendar has; mend it.")
    if clock is not None:
        return np.asarray(days.astype("datetime64[s]") + _seconds_of_clock(clock, place), dtype="datetime64[s]")
    seconds = numbers.get("hour", np.zeros(len(days))) * 3600 + numbers.get("minute", np.zeros(len(days))) * 60
    if seconds.max(initial=0) > 24 * 3600 or seconds.min(initial=0) < 0:
        raise SourceUnreadableError(f"{place} names an hour past 24 or before 0; mend it.")
    return np.asarray(days.astype("datetime64[s]") + np.round(seconds).astype("timedelta64[s]"))


def _seconds_of_clock(clock: Texts, place: str) -> NDArray[np.timedelta64]:
    """Give what a clock shows, as `18:00`, `1800` or `600`, as the time since midnight; 24:00 is the next one."""
    texts = _padded_clock(trimmed(clock))
    found = pc.extract_regex(
        texts, r"^(?P<hour>\d{1,2})[:.]?(?P<minute>[0-5]\d)(?:[:.](?P<second>[0-5]\d)(?:[.,]\d+)?)?$"
    )
    hours, minutes, seconds = (pc.fill_null(pc.struct_field(found, name), "") for name in ("hour", "minute", "second"))
    odd = np.flatnonzero(np.asarray(pc.equal(hours, "")))
    if len(odd):
        raise SourceUnreadableError(
            f"{place} has a time of day in row {odd[0] + 1} that is none: '{texts[int(odd[0])].as_py()}'; mend it."
        )
    whole = [
        pc.if_else(pc.equal(each, ""), "0", each).cast(pa.int64()).to_numpy() for each in (hours, minutes, seconds)
    ]
    total = whole[0] * 3600 + whole[1] * 60 + whole[2]
    if total.max(initial=0) > 24 * 3600:
        raise SourceUnreadableError(f"{place} names an hour past 24; mend it.")
    return np.asarray(total.astype("timedelta64[s]"))


def _of_date_and_hour(
    date: Texts, hours: Texts, schema: StationSchema, place: str, first_line: int
) -> NDArray[np.datetime64]:
    from jena_models.stations.clock import clock_named

    midnights = times_of_texts(date, schema.time_formats, clock_named("UTC"), place, first_line)
    numbers = hours.cast(pa.int64()).to_numpy()
    if numbers.max(initial=0) > 24 or numbers.min(initial=0) < 0:  # noqa: PLR2004
        raise SourceUnreadableError(f"{place} names an hour past 24; mend it.")
    return local_to_utc(midnights + numbers.astype("timedelta64[h]").astype("timedelta64[s]"), schema.local, place)
