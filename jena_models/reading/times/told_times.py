"""The time that the columns of a file tell together."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.reading.times.counted_times import (
    are_counts,
    are_hours_counted,
    days_filled_down,
    refuse_days_between,
    times_of_counts,
)
from jena_models.reading.times.month_names import month_numbers
from jena_models.reading.times.shaped_times import rounded_seconds
from jena_models.reading.times.time_columns import TimeColumns
from jena_models.reading.times.time_intervals import without_later_hours
from jena_models.reading.times.time_names import CLOCK, DATE, PERIOD
from jena_models.reading.times.timestamps import local_to_utc, times_of_texts, trimmed
from jena_models.stations.clock import clock_named
from jena_models.stations.schema import StationSchema

Texts: TypeAlias = Any
"""A chunked array of strings."""
ColumnOf = Callable[[int], Texts]

DAYS_A_YEAR: Final = 366
OF_DAYS: Final = ("year", "month", "day", "day of the year")
SECONDS_A_DAY: Final = 86_400
SECONDS_AN_HOUR: Final = 3600
CLOCK_TEXT: Final = r"(\d{1,2}):?(\d{2})(?::(\d{2}))?(?: ?([AaPp])\.?[Mm]?\.?)?"
COUNTED: Final = "; mend it, or write the times as 2009-01-31T00:10+01:00, with their offset from UTC."
ENDS_AT_24: Final = r"(^|[ T])24(:?00)*$"
FEWEST_ROWS: Final = 8
"""Of fewer the way that they go tells nothing."""
FARTHER: Final = 1.5
"""The rows of a table go so many times as far through time where each midnight is taken to be a day off."""


def times_of(
    found: TimeColumns, column: ColumnOf, schema: StationSchema, place: str, first_line: int
) -> NDArray[np.datetime64]:
    """Give datetime64[s] in UTC of the columns that tell the time.

    Raises:
        SourceUnreadableError: where a time cannot be read for certain.
    """
    if not found.parts and len(found.positions) == 1:
        return times_of_texts(column(found.positions[0]), schema.time_formats, schema.local, place, first_line)
    columns, lengths = zip(*(without_later_hours(column(position)) for position in found.positions), strict=True)
    if (filled := days_filled_down(columns)) is not None:
        whole, rows = filled
        times = _of_columns(whole, found.parts, schema, place, first_line)
        refuse_days_between(times, rows, place, first_line)
        return times
    try:
        times = _of_columns(columns, found.parts, schema, place, first_line)
    except SourceUnreadableError:
        if schema.local.is_fixed or not any(
            pc.any(pc.match_substring_regex(each, ENDS_AT_24)).as_py() for each in columns
        ):
            raise
        times = _of_hours_begun(columns, found.parts, schema, place, first_line)
    return np.asarray(times + max(lengths))


def _of_hours_begun(
    columns: Sequence[Texts], of: Sequence[str], schema: StationSchema, place: str, first_line: int
) -> NDArray[np.datetime64]:
    """Give times of hours that are counted from 1 to 24: what is shown where the clock is changed is their beginning.

    Raises:
        SourceUnreadableError: where they are no such hours; as if they had not been tried.
    """
    shown = _of_columns(columns, of, schema.model_copy(update={"clock": "UTC"}), place, first_line)
    hour = np.timedelta64(SECONDS_AN_HOUR, "s")
    try:
        if (shown.astype(np.int64) % SECONDS_AN_HOUR == 0).all():
            return local_to_utc(shown - hour, schema.local, place) + hour
    except SourceUnreadableError:
        pass
    return local_to_utc(shown, schema.local, place)


def _of_columns(
    columns: Sequence[Texts], of: Sequence[str], schema: StationSchema, place: str, first_line: int
) -> NDArray[np.datetime64]:
    parts = dict(zip(of, columns, strict=False))
    if not parts and len(columns) > 2:  # noqa: PLR2004
        raise SourceUnreadableError(
            f"{place} tells the time in {len(columns)} columns, and it is not certain what each holds; name one with "
            "all of it, or a date and a clock, or call them year, month, day, hour and minute."
        )
    if not parts:
        date, clock = (trimmed(each) for each in columns)
        if len(clock) and "h" in (clock[0].as_py() or "").casefold():
            clock = pc.replace_substring_regex(clock, r"^(\d{1,2})[hH](\d{2})$", r"\1:\2")
        if _are_hours(clock) and not any("%H" in each for each in schema.time_formats):
            parts = {DATE: date, CLOCK: clock}
    counted = parts.get(PERIOD, parts.get(CLOCK, parts.get("hour")))
    if counted is not None and are_counts(counted):
        days = _midnights(parts, _numbers_of(parts, OF_DAYS, place), schema.time_formats, place, first_line)
        numbers = _numbers(counted, PERIOD, place)
        if PERIOD in parts or are_hours_counted(days, numbers, schema.local):
            return times_of_counts(days, numbers, schema.local, place)
    if parts:
        local = _of_parts(parts, schema.time_formats, place, first_line)
        return local_to_utc(local, schema.local, place)
    clock = _with_midnights_at_ends(date, _padded_clock(clock))
    if pc.any(pc.match_substring(date, ":")).as_py():
        date = pc.replace_substring_regex(date, r"[ T]0{1,2}:00(:00)?$", "")
    joined = pc.binary_join_element_wise(date, clock, " ")
    del columns, date, clock  # of the largest files there is not memory enough for each step of the way
    joined = joined.combine_chunks()
    pa.default_memory_pool().release_unused()
    return times_of_texts(joined, schema.time_formats, schema.local, place, first_line)


def _with_midnights_at_ends(date: Texts, clock: Texts) -> Texts:
    """Give times of day as texts with 24:00 for midnights that stand at the ends of their days."""
    shown = clock.dictionary_encode().unify_dictionaries().combine_chunks()
    found = [re.fullmatch(CLOCK_TEXT, text) for text in shown.dictionary.to_pylist()]
    known = np.array([_seconds_shown(each) for each in found if each])
    if len(known) < len(found) or 0 not in known:
        return clock
    turn = date.dictionary_encode().unify_dictionaries().combine_chunks().indices.to_numpy().astype(np.int64)
    if not _are_at_ends(turn, known[shown.indices.to_numpy()]):
        return clock
    if not any(each[4] for each in found if each):
        return pc.replace_substring_regex(clock, r"^0{1,2}(:?00(?::00)?)$", r"24\1")
    seconds = [each or SECONDS_A_DAY for each in known.tolist()]  # no AM nor PM has a 24th hour
    texts = pa.array([f"{each // 3600:02}:{each // 60 % 60:02}:{each % 60:02}" for each in seconds])
    return pa.chunked_array([texts.take(shown.indices)])


def _seconds_shown(found: re.Match[str]) -> int:
    """Give the seconds since midnight of what a clock shows, by `CLOCK_TEXT`."""
    hour, minute, second = (int(each or 0) for each in found.groups()[:3])
    if found[4]:
        hour = hour % 12 + (12 if found[4] in "Pp" else 0)
    return hour * 3600 + minute * 60 + second


def _are_at_ends(days: NDArray[np.int64], seconds: NDArray[np.int64]) -> bool:
    """Tell whether midnights stand last of their days, as where the ends of intervals are told beside their dates.

    The rows then go a far shorter way through time with them there, in whichever order they are.

    Args:
        days: numbers of the days, forwards or backwards.
        seconds: since midnight.
    """
    if len(seconds) < FEWEST_ROWS or not (seconds == 0).any() or (seconds >= SECONDS_A_DAY).any():
        return False
    as_shown, at_ends = (
        min(np.abs(np.diff(sign * SECONDS_A_DAY * days + each)).sum() for sign in (1, -1))
        for each in (seconds, np.where(seconds == 0, SECONDS_A_DAY, seconds))
    )
    return bool(FARTHER * at_ends < as_shown)


def _padded_clock(clock: Texts) -> Texts:
    """Give times of day such as 0, 100 and 2300 with four digits; others as they are."""
    if not pc.all(pc.match_substring_regex(clock, r"^\d{1,4}$")).as_py():
        return clock
    return pc.utf8_lpad(clock, 4, "0")


def _of_parts(parts: dict[str, Texts], formats: tuple[str, ...], place: str, first_line: int) -> NDArray[np.datetime64]:
    numbers = _numbers_of(parts, (*OF_DAYS, "hour", "minute", "second"), place)
    midnights = _midnights(parts, numbers, formats, place, first_line)
    if CLOCK in parts:
        seconds = _seconds_of_clock(parts[CLOCK], place).astype(np.int64)
    else:
        seconds = _seconds_of_numbers(numbers, parts, len(midnights), place)
    if _are_at_ends(midnights.astype("datetime64[D]").astype(np.int64), seconds):
        seconds = np.where(seconds == 0, SECONDS_A_DAY, seconds)
    return np.asarray(midnights + seconds.astype("timedelta64[s]"))


def _numbers_of(parts: dict[str, Texts], names: Sequence[str], place: str) -> dict[str, NDArray[np.float64]]:
    return {name: _numbers(texts, name, place) for name, texts in parts.items() if name in names}


def _midnights(
    parts: dict[str, Texts],
    numbers: dict[str, NDArray[np.float64]],
    formats: tuple[str, ...],
    place: str,
    first_line: int,
) -> NDArray[np.datetime64]:
    if DATE in parts:
        return times_of_texts(parts[DATE], formats, clock_named("UTC"), place, first_line)
    return _days(numbers, place).astype("datetime64[s]")


def _seconds_of_numbers(
    numbers: dict[str, NDArray[np.float64]], parts: dict[str, Texts], rows: int, place: str
) -> NDArray[np.int64]:
    seconds = numbers.get("minute", np.zeros(rows)) * 60 + numbers.get("second", 0)
    if "hour" in numbers:
        seconds = seconds + rounded_seconds(numbers["hour"], parts["hour"], SECONDS_AN_HOUR)
    elif (day := numbers.get("day of the year")) is not None:
        seconds = seconds + rounded_seconds(day % 1, parts["day of the year"], SECONDS_A_DAY)
    if seconds.max(initial=0) > 24 * 3600 or seconds.min(initial=0) < 0:
        raise SourceUnreadableError(f"{place} names an hour past 24 or before 0{COUNTED}")
    return np.asarray(np.round(seconds).astype(np.int64))


def _numbers(texts: Texts, name: str, place: str) -> NDArray[np.float64]:
    texts = pc.utf8_trim_whitespace(texts)
    if name == "month":
        texts = month_numbers(texts)
    try:
        numbers = np.asarray(texts.cast(pa.float64()).to_numpy()).astype(np.float64)
    except pa.ArrowInvalid as error:
        raise SourceUnreadableError(f"{place} has a {name} that is not a number ({error}); mend it.") from error
    if not np.isfinite(numbers).all():
        row = int(np.flatnonzero(~np.isfinite(numbers))[0])
        raise SourceUnreadableError(f"{place} has no {name} in row {row + 1}; mend it.")
    return numbers


def _days(numbers: dict[str, NDArray[np.float64]], place: str) -> NDArray[np.datetime64]:
    """Give datetime64[D] of years with months and days, or with days of the year."""
    years = (numbers["year"].astype(np.int64) - 1970).astype("datetime64[Y]")
    if "day of the year" in numbers:
        day = numbers["day of the year"]
        if day.min(initial=1) < 1 or day.max(initial=1) >= DAYS_A_YEAR + 1:
            raise SourceUnreadableError(f"{place} names a day of the year before the 1st or past the 366th; mend it.")
        return np.asarray(years.astype("datetime64[D]") + (day.astype(np.int64) - 1))
    months = years.astype("datetime64[M]") + (numbers["month"].astype(np.int64) - 1)
    days = months.astype("datetime64[D]") + (numbers["day"].astype(np.int64) - 1)
    wrong = np.flatnonzero((days.astype("datetime64[M]") != months) | (months.astype("datetime64[Y]") != years))
    if len(wrong):
        raise SourceUnreadableError(f"{place} names a day in row {wrong[0] + 1} that no calendar has; mend it.")
    return np.asarray(days)


def _seconds_of_clock(clock: Texts, place: str) -> NDArray[np.timedelta64]:
    """Give what a clock shows, as `18:00`, `1800`, `600` or `18`, as the time since midnight; 24:00 is the next one."""
    texts = trimmed(clock)
    seconds = _seconds_of_hours(texts, place) if _are_hours(texts) else _seconds_of_signs(_padded_clock(texts), place)
    if seconds.max(initial=0) > 24 * 3600:
        raise SourceUnreadableError(f"{place} names an hour past 24{COUNTED}")
    return np.asarray(seconds.astype("timedelta64[s]"))


def _seconds_of_signs(texts: Texts, place: str) -> NDArray[np.float64]:
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
    return np.asarray(whole[0] * 3600 + whole[1] * 60 + whole[2])


def _are_hours(clock: Texts) -> bool:
    """Tell whether times of day are numbers such as 7, 0.3 and 10.50: hours, with minutes or parts behind a point."""
    return bool(pc.all(pc.match_substring_regex(clock, r"^\d{1,2}([.,]\d*)?$")).as_py())


def _seconds_of_hours(clock: Texts, place: str) -> NDArray[np.float64]:
    """Give hours with minutes, or with parts of an hour, as seconds: those that are more evenly spaced within the day.

    Raises:
        SourceUnreadableError: where both are.
    """
    coded = pa.concat_arrays(clock.chunks).dictionary_encode()
    texts = pc.replace_substring(coded.dictionary, ",", ".")
    written = [text.partition(".") for text in texts.to_pylist()]
    whole = np.array([int(hour) for hour, _, _ in written])
    minutes = np.array([int(behind[:9].ljust(2, "0")) for _, _, behind in written])
    as_parts = rounded_seconds(texts.cast(pa.float64()).to_numpy(), texts, SECONDS_AN_HOUR)
    as_minutes = whole * 3600 + minutes * 60
    steps = [_distinct_steps(as_parts), _distinct_steps(as_minutes) if minutes.max() < 60 else np.inf]  # noqa: PLR2004
    if steps[0] == steps[1] and (as_parts != as_minutes).any():
        example = texts[int(np.argmax(as_parts != as_minutes))].as_py()
        raise SourceUnreadableError(
            f"{place} has times of day such as '{example}' in which minutes and parts of an hour cannot be told apart; "
            "write them as 00:30, or say with --answer time_format='%Y-%m-%d %H.%M' that they are minutes."
        )
    return np.asarray((as_parts if steps[0] <= steps[1] else as_minutes)[coded.indices.to_numpy()])


def _distinct_steps(seconds: NDArray[np.float64]) -> int:
    """Give how many different steps lie between times of day, over midnight too."""
    times = np.unique(seconds % SECONDS_A_DAY)
    return len(np.unique(np.diff(times, append=times[0] + SECONDS_A_DAY)))
