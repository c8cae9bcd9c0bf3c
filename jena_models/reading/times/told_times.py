"""The time that the columns of a file tell together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.reading.times.time_columns import CLOCK, TimeColumns
from jena_models.reading.times.timestamps import local_to_utc, times_of_texts, trimmed
from jena_models.stations.schema import StationSchema

Texts: TypeAlias = Any
"""A chunked array of strings."""
ColumnOf = Callable[[int], Texts]

DAYS_A_YEAR: Final = 366


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
