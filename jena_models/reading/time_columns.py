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
    "year": ("year", "yr", "yyyy", "jahr"),
    "month": ("month", "mon", "mo", "mm", "monat"),
    "day": ("day", "dy", "dd", "tag"),
    "day of the year": ("doy", "jday", "dayofyear", "julianday", "yday"),
    "hour": ("hour", "hr", "hh", "stunde"),
    "minute": ("minute", "min", "minutes", "mn"),
}
DATES: Final = ("date", "datum", "day", "data", "fecha")
CLOCKS: Final = ("time", "hour", "hr", "zeit", "uhrzeit", "clock", "hourofday")


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
            return _parts_among(header, positions) or TimeColumns(positions)
        return None
    labels = [taken_apart(name).label for name in header]
    if (parts := _parts_among(header, range(len(header)))) is not None:
        return parts
    aliases = [plain(alias) for alias in schema.time_aliases]
    named = [i for alias in (*WHOLE[:13], *aliases, *WHOLE[13:]) for i, label in enumerate(labels) if label == alias]
    for position in dict.fromkeys(named):
        texts = [row[position] for row in sample if position < len(row) and row[position]]
        shapes = [shape_of(text) for text in texts]
        if not texts or None in shapes:
            continue
        clock = _clock_beside(position, labels, texts)
        return TimeColumns((position,) if clock is None else (position, clock))
    return TimeColumns((named[0],)) if named else None


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
    if pc.any(pc.match_substring(date, ":")).as_py():
        date = pc.replace_substring_regex(date, r"[ T]0{1,2}:00(:00)?$", "")
    joined = pc.binary_join_element_wise(date, clock, " ")
    del columns, date, clock  # of the largest files there is not memory enough for each step of the way
    joined = joined.combine_chunks()
    pa.default_memory_pool().release_unused()
    return times_of_texts(joined, schema.time_formats, schema.local, place, first_line)


def _clock_beside(position: int, labels: Sequence[str], texts: Sequence[str]) -> int | None:
    """Give the column of the time of day beside one of dates that tell none."""
    tells_none = all(re.search(r"[ T]0{1,2}:00(:00)?$", text) or ":" not in text for text in texts)
    is_date = tells_none and all((shape := shape_of(text)) is not None and not shape.epoch for text in texts)
    if not is_date or any(shape.text.count("%H") for text in texts if (shape := shape_of(text)) and ":" not in text):
        return None
    return next((i for name in CLOCKS for i, label in enumerate(labels) if label == name and i != position), None)


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


def _of_parts(parts: dict[str, Texts], place: str) -> NDArray[np.datetime64]:
    numbers = {}
    for name, texts in parts.items():
        try:
            numbers[name] = np.asarray(pc.utf8_trim_whitespace(texts).cast(pa.float64()).to_numpy()).astype(np.float64)
        except pa.ArrowInvalid as error:
            raise SourceUnreadableError(f"{place} has a {name} that is not a number ({error}); mend it.") from error
        if not np.isfinite(numbers[name]).all():
            row = int(np.flatnonzero(~np.isfinite(numbers[name]))[0])
            raise SourceUnreadableError(f"{place} has no {name} in row {row + 1}; mend it.")
    years = (numbers["year"].astype(np.int64) - 1970).astype("datetime64[Y]")
    if "day of the year" in numbers:
        days = years.astype("datetime64[D]") + (numbers["day of the year"].astype(np.int64) - 1)
    else:
        months = years.astype("datetime64[M]") + (numbers["month"].astype(np.int64) - 1)
        days = months.astype("datetime64[D]") + (numbers["day"].astype(np.int64) - 1)
        if (days.astype("datetime64[M]") != months).any() or (months.astype("datetime64[Y]") != years).any():
            row = int(
                np.flatnonzero((days.astype("datetime64[M]") != months) | (months.astype("datetime64[Y]") != years))[0]
            )
            raise SourceUnreadableError(f"{place} names a day in row {row + 1} that no calendar has; mend it.")
    seconds = numbers.get("hour", np.zeros(len(days))) * 3600 + numbers.get("minute", np.zeros(len(days))) * 60
    if seconds.max(initial=0) > 24 * 3600 or seconds.min(initial=0) < 0:
        raise SourceUnreadableError(f"{place} names an hour past 24 or before 0; mend it.")
    return np.asarray(days.astype("datetime64[s]") + np.round(seconds).astype("timedelta64[s]"))


def _of_date_and_hour(
    date: Texts, hours: Texts, schema: StationSchema, place: str, first_line: int
) -> NDArray[np.datetime64]:
    from jena_models.stations.clock import clock_named

    midnights = times_of_texts(date, schema.time_formats, clock_named("UTC"), place, first_line)
    numbers = hours.cast(pa.int64()).to_numpy()
    if numbers.max(initial=0) > 24 or numbers.min(initial=0) < 0:  # noqa: PLR2004
        raise SourceUnreadableError(f"{place} names an hour past 24; mend it.")
    return local_to_utc(midnights + numbers.astype("timedelta64[h]").astype("timedelta64[s]"), schema.local, place)
