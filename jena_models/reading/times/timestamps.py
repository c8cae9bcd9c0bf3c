"""Time stamps as files, tables and requests have them, to UTC: the one place where they are understood."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.reading.times.aligned_stamps import aligned_times
from jena_models.reading.times.stamp_shapes import DAY_COUNTS, Shape, shape_of
from jena_models.stations.clock import Clock

Times = NDArray[np.datetime64]

EARLIEST_YEAR: Final = 1700
"""No station is older; a year of two digits is read as one of the last or this century."""
DAYS_AFTER_OVERFLOW: Final = 3
"""The 29th to 31st of a month that lacks them are read as the first three days of the next."""
MOST_SHAPES: Final = 12
"""A column that writes its time in more ways is none of time stamps."""
EPOCH_YEARS: Final = (1940, 2100)
MILLISECONDS_FROM: Final = 10**11
SECONDS_A_DAY: Final = 86_400
COMPACT_HOURS: Final = "%Y%m%d%H"
COMPACT_DIGITS: Final = 10
ZONE: Final = re.compile(r"\s*([Zz]|UTC|GMT|[+-]\d{2}:?\d{2})$")
EXAMPLES: Final = ("31.01.2009 00:10:00", "2009-01-31 00:10:00")


def times_of_texts(
    texts: pa.ChunkedArray, formats: tuple[str, ...], clock: Clock, place: str, first_line: int = 2
) -> Times:
    """Give datetime64[s] in UTC for a column of text, which may write its time in several ways.

    A stamp with an offset is converted; one without is in the clock. Whether the day or the month comes first is
    decided by the whole column, and seconds since 1970 are known by their size.

    Args:
        texts: in the order of the file.
        formats: the only ways to write a stamp, as `strptime` has them; with none they are found out.
        clock: of stamps without an offset.
        place: how a sentence names what is read, such as `The file a.csv`.
        first_line: the line, or row, of the first text.

    Raises:
        SourceUnreadableError: where a stamp cannot be read for certain; the sentence says which and why.
    """
    column = trimmed(texts)
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    local, utc = (np.full(len(column), np.datetime64("NaT", "s"), dtype="datetime64[s]") for _ in range(2))
    left, unread = np.arange(len(column)), []
    shapes = [shape for given in formats for shape in _shapes_named(given)]
    for turn in range(len(shapes) or MOST_SHAPES):
        rest = column if len(left) == len(column) else column.take(pa.array(left))
        shape = shapes[turn] if shapes else _next_shape(rest, place)
        read, is_utc = _read_shape(rest, shape) if shape else _nothing(rest)
        done = ~np.isnat(read)
        if not shapes and not done[0]:  # the text whose shape it is stands for no time
            alike = np.asarray(
                pc.is_null(rest) if rest[0].as_py() is None else pc.fill_null(pc.equal(rest, rest[0]), False)
            )
            unread.append(left[alike])
            done |= alike
        local[left[~is_utc]] = np.where(done[~is_utc], read[~is_utc], local[left[~is_utc]])
        utc[left[is_utc]] = np.where(done[is_utc], read[is_utc], utc[left[is_utc]])
        left = left[~done]
        if not len(left):
            break
    left = np.sort(np.concatenate([left, *unread]))
    if len(left):
        _refuse(texts, left, formats, place, first_line)
    return _in_utc(local, utc, clock, place)


def trimmed(texts: Any) -> Any:
    """Give texts without spaces around them: the same ones where there are none, which saves the memory of a copy."""
    short = pc.utf8_trim_whitespace(texts)
    return texts if short.nbytes == texts.nbytes else short


def times_of_column(
    column: pd.Series | pd.Index, formats: tuple[str, ...], clock: Clock, place: str, first_line: int = 1
) -> Times:
    """Give datetime64[s] in UTC for a column of a table: times with or without a zone, numbers, or texts.

    Raises:
        SourceUnreadableError: where a stamp is missing or cannot be read for certain.
    """
    values = pd.Series(column).reset_index(drop=True)
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return _whole(values.dt.tz_convert("UTC").dt.tz_localize(None), place, first_line)
    if pd.api.types.is_datetime64_dtype(values.dtype):
        return local_to_utc(_whole(values, place, first_line), clock, place)
    if pd.api.types.is_bool_dtype(values.dtype):
        raise SourceUnreadableError(f"{place} has no time stamps where they are expected, but true and false.")
    if pd.api.types.is_float_dtype(values.dtype):
        values = values.map(lambda number: "" if pd.isna(number) else f"{number:.0f}")
    texts = ["" if value is None or value is pd.NaT else str(value) for value in values]
    return times_of_texts(pa.chunked_array([pa.array(texts, pa.string())]), formats, clock, place, first_line)


def local_to_utc(local: Times, clock: Clock, place: str) -> Times:
    """Give stamps of a clock, in the order of the file, in UTC.

    Raises:
        SourceUnreadableError: where the order does not tell which of two hours a stamp is of.
    """
    try:
        return np.asarray(clock.column_to_utc(local), dtype="datetime64[s]")
    except SourceUnreadableError as error:
        raise SourceUnreadableError(f"{place} has times that are not certain: {error}.") from error


def _in_utc(local: Times, utc: Times, clock: Clock, place: str) -> Times:
    known = ~np.isnat(local)
    if known.all():
        return local_to_utc(local, clock, place)
    if known.any():
        utc[known] = local_to_utc(local[known], clock, place)
    return utc


def _whole(values: pd.Series, place: str, first_line: int) -> Times:
    missing = np.flatnonzero(values.isna().to_numpy())
    if len(missing):
        _refuse(pa.array([""] * len(values)), missing, (), place, first_line)
    return values.to_numpy().astype("datetime64[s]")


def _next_shape(rest: pa.Array, place: str) -> Shape | None:
    example = rest[0].as_py() or ""
    shape = shape_of(example)
    if shape is None:
        return None
    if shape.epoch and _are_compact_hours(rest):
        return Shape(COMPACT_HOURS)
    if not shape.has_two_orders or "." in shape.text.partition(" ")[0]:  # where dots are written the day comes first
        return shape
    return shape.with_order(_day_comes_first(rest, shape, place))


def _are_compact_hours(rest: pa.Array) -> bool:
    """Tell whether ten digits are a date with an hour, such as 2021033123, and no seconds since 1970."""
    if not pc.all(pc.equal(pc.utf8_length(rest), COMPACT_DIGITS)).as_py():
        return False
    years = pc.year(pc.strptime(rest, format=COMPACT_HOURS, unit="s", error_is_null=True))
    if years.null_count:
        return False
    return bool(EPOCH_YEARS[0] <= pc.min(years).as_py() and pc.max(years).as_py() <= EPOCH_YEARS[1])


def _day_comes_first(rest: pa.Array, shape: Shape, place: str) -> bool:
    """Decide by the whole column, which has a day past the twelfth in one of the two places."""
    found = pc.extract_regex(rest, r"^(?P<first>\d{1,2})[-/.](?P<second>\d{1,2})[-/.]\d")
    first, second = (pc.max(pc.struct_field(found, name).cast(pa.int32())).as_py() or 0 for name in ("first", "second"))
    months = 12
    if first > months and second > months:
        raise SourceUnreadableError(
            f"{place} writes the day first in some dates and the month first in others, such as "
            f"'{rest[0].as_py()}'; write them all in one order, or as 2009-01-31."
        )
    if first <= months and second <= months:
        raise SourceUnreadableError(
            f"{place} has dates such as '{rest[0].as_py()}' in which day and month cannot be told apart; write "
            f"'time_formats: [\"{shape.with_order(True).text}\"]' into the station file where the day comes first, "
            f"else '[\"{shape.with_order(False).text}\"]'."
        )
    return second <= months


def _read_shape(texts: pa.Array, shape: Shape) -> tuple[Times, NDArray[np.bool_]]:
    """Give what a shape reads of the texts, NaT for the rest, and which of it is in UTC already."""
    if shape.epoch:
        return _epoch(texts), np.ones(len(texts), dtype=bool)
    if shape.days_of:
        return _days(texts, DAY_COUNTS[shape.days_of]), np.zeros(len(texts), dtype=bool)
    ahead = np.zeros(len(texts), dtype="timedelta64[s]")
    if shape.weekday:
        texts = pc.replace_substring_regex(texts, r"^[A-Za-z]{3,9},? +", "")
    if shape.text.endswith(" %p") and not pc.all(pc.match_substring_regex(texts, r" [AaPp][Mm]$")).as_py():
        texts = pc.replace_substring_regex(texts, r" ?([AaPp])\.? ?[Mm]?\.?$", r" \1M")
    if shape.zoned and not shape.fraction and (zone := ZONE.search(texts[0].as_py() or "")):
        # As a rule all name one zone: then it is a part of the shape, and nothing has to be copied.
        times = aligned_times(texts, shape.text + zone[0])
        if times is not None:
            return times - np.timedelta64(_offset_seconds(zone[1]), "s"), np.ones(len(texts), dtype=bool)
    if shape.zoned:
        texts, ahead = _apart_from_zones(texts)
    if shape.fraction:
        texts = pc.replace_substring_regex(texts, r"[.,]\d+$", "")
    if shape.next_day:
        matching = pc.match_substring_regex(texts, r"(^|[T ,:])24([:.]?00)")
        texts = pc.if_else(matching, texts, pa.scalar(None, pa.string()))
        texts = pc.replace_substring_regex(texts, r"(^|[T ,:])24([:.]?00)", r"\100\2")
    times = aligned_times(texts, shape.text)
    if times is None:
        times = np.asarray(_strptime(texts, shape.text).to_numpy(zero_copy_only=False), dtype="datetime64[s]")
    if shape.next_day:
        times = times + np.timedelta64(1, "D")
    return times - ahead, np.full(len(texts), shape.zoned)


def _apart_from_zones(texts: pa.Array) -> tuple[pa.Array, NDArray[np.timedelta64]]:
    """Give stamps without their zones, and how far these are ahead of UTC; missing where there is none."""
    zone = ZONE.search(texts[0].as_py() or "")
    if zone and pc.all(pc.fill_null(pc.ends_with(texts, zone[0]), False)).as_py():  # as a rule, and much faster
        stamps = pc.utf8_slice_codeunits(texts, 0, -len(zone[0]))
        return stamps, np.full(len(texts), _offset_seconds(zone[1]), dtype="timedelta64[s]")
    parts = pc.extract_regex(texts, r"^(?P<stamp>.*?)\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})$")
    return pc.struct_field(parts, "stamp"), _offsets(pc.struct_field(parts, "zone"))


def _nothing(texts: pa.Array) -> tuple[Times, NDArray[np.bool_]]:
    return np.full(len(texts), np.datetime64("NaT", "s"), dtype="datetime64[s]"), np.zeros(len(texts), dtype=bool)


def _epoch(texts: pa.Array) -> Times:
    is_number = pc.match_substring_regex(texts, r"^\d{9,14}(\.\d*)?$")
    numbers = pc.if_else(is_number, texts, pa.scalar(None, pa.string())).cast(pa.float64())
    values = np.asarray(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)
    known = np.isfinite(values)
    seconds = np.where(values >= MILLISECONDS_FROM, values / 1000, values)
    times = np.full(len(values), np.datetime64("NaT", "s"), dtype="datetime64[s]")
    times[known] = np.floor(seconds[known]).astype(np.int64).astype("datetime64[s]")
    return times


def _shapes_named(given: str) -> list[Shape]:
    """Give the shapes that a format stands for: a count of days, or how a stamp is written, 24:00 among its hours."""
    if given in DAY_COUNTS:
        return [Shape("", days_of=given)]
    return [Shape(given), *([Shape(given, next_day=True)] if "%H" in given else [])]


def _days(texts: pa.Array, nought: float) -> Times:
    """Give stamps that count days, to the second: a file's digits go no further."""
    is_number = pc.match_substring_regex(texts, r"^\d{5,7}(\.\d*)?$")
    numbers = pc.if_else(is_number, texts, pa.scalar(None, pa.string())).cast(pa.float64())
    values = np.asarray(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)
    times = np.full(len(values), np.datetime64("NaT", "s"), dtype="datetime64[s]")
    known = np.isfinite(values)
    times[known] = np.rint((values[known] - nought) * SECONDS_A_DAY).astype(np.int64).astype("datetime64[s]")
    return times


def _offsets(zones: pa.Array) -> NDArray[np.timedelta64]:
    coded = zones.dictionary_encode()
    known = np.array([_offset_seconds(text) for text in coded.dictionary.to_pylist()] + [0], dtype="timedelta64[s]")
    codes = coded.indices.fill_null(len(coded.dictionary)).to_numpy(zero_copy_only=False)
    return np.asarray(known[codes])


def _offset_seconds(zone: str) -> int:
    if zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "")
    seconds = int(digits[:2]) * 3600 + int(digits[2:] or 0) * 60
    return -seconds if zone[0] == "-" else seconds


def _strptime(texts: Any, time_format: str) -> Any:
    times = pc.strptime(texts, format=time_format, unit="s", error_is_null=True)
    suspects = pc.or_(pc.less_equal(pc.day(times), DAYS_AFTER_OVERFLOW), pc.less(pc.year(times), EARLIEST_YEAR))
    rows = np.flatnonzero(np.asarray(pc.fill_null(suspects, False)))
    if not len(rows):
        return times
    suspected, read = texts.take(pa.array(rows)), times.take(pa.array(rows))
    differ = np.asarray(pc.not_equal(pc.strftime(read, format=time_format), suspected))
    wrong = [row for row in rows[differ] if not _exists(texts[int(row)].as_py(), time_format)]
    if not wrong:
        return times
    mask = np.zeros(len(texts), dtype=bool)
    mask[wrong] = True
    return pc.if_else(pa.array(mask), None, times)


def _exists(text: str, time_format: str) -> bool:
    try:
        return datetime.strptime(text, time_format).year >= EARLIEST_YEAR
    except ValueError:
        return False


def _refuse(texts: Any, rows: NDArray[np.intp], formats: tuple[str, ...], place: str, first_line: int) -> None:
    example = texts[int(rows[0])].as_py()
    moment = datetime(2009, 1, 31, 0, 10)
    written = [moment.strftime(each) for each in formats[:2]] or list(EXAMPLES)
    counts = ", ".join(f"'{name}'" for name in DAY_COUNTS)
    advice = (
        f" Where they count days, write how into the station file as 'time_formats: [excel]' ({counts} are known), or "
        "give it to `jena station new` as --answer time_format=excel."
        if re.fullmatch(r"\d{5,7}(\.\d*)?", example or "")
        else ""
    )
    raise SourceUnreadableError(
        f"{place} has {len(rows):,} unreadable time stamp{'s' if len(rows) > 1 else ''}, the first in line "
        f"{rows[0] + first_line}: '{(example or '')[:40]}'; they are to be written like {' or '.join(written)}.{advice}"
    )
