"""Time stamps of one shape, to times: what `strptime` reads of them, and what stands around that."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jena_models.reading.times.aligned_stamps import aligned_times
from jena_models.reading.times.month_names import with_english_months
from jena_models.reading.times.stamp_shapes import DAY_COUNT, DAY_COUNTS, EPOCH, NAMED_ZONES, ZONE, Shape

Times = NDArray[np.datetime64]

EARLIEST_YEAR: Final = 1700
"""No station is older; a year of two digits is read as one of the last or this century."""
DAYS_AFTER_OVERFLOW: Final = 3
"""The 29th to 31st of a month that lacks them are read as the first three days of the next."""
EPOCH_FROM: Final = (1e11, 1e14, 1e17)
"""From such numbers on not seconds are counted, but thousandths, millionths and billionths of them."""
SECONDS_A_DAY: Final = 86_400
STEPS: Final = (1, 10, 60, 300)
"""Seconds: one of these divides the steps of a station, and is told by decimals that are finer."""
_ZONE: Final = re.compile(rf"\s*({ZONE})$")
_OFFSET: Final = re.compile(r"(?:UTC|GMT)? ?([+-])(\d{1,2}):?(\d{2})?(?: [A-Z]{3,4})?")


def times_of_shape(texts: pa.Array, shape: Shape) -> tuple[Times, NDArray[np.bool_]]:
    """Give what a shape reads of the texts, NaT for the rest, and which of it is in UTC already."""
    if shape.epoch:
        return _epoch(texts), np.ones(len(texts), dtype=bool)
    if shape.days_of:
        return _days(texts, DAY_COUNTS[shape.days_of]), np.zeros(len(texts), dtype=bool)
    ahead = np.zeros(len(texts), dtype="timedelta64[s]")
    texts = _in_plain_words(texts, shape)
    if shape.zoned and not shape.fraction and (zone := _ZONE.search(texts[0].as_py() or "")):
        # As a rule all name one zone: then it is a part of the shape, and nothing has to be copied.
        times = aligned_times(texts, shape.text + zone[0])
        if times is not None:
            return times - np.timedelta64(_offset_seconds(zone[1]), "s"), np.ones(len(texts), dtype=bool)
    if shape.zoned:
        texts, ahead = _apart_from_zones(texts)
    if shape.fraction:
        texts = pc.replace_substring_regex(texts, r"[.,]\d+$", "")
    if shape.next_day:
        midnight = _midnight(shape.text)
        texts = pc.if_else(pc.match_substring_regex(texts, midnight), texts, pa.scalar(None, pa.string()))
        texts = pc.replace_substring_regex(texts, midnight, r"\100\2")
    times = aligned_times(texts, shape.text)
    if times is None:
        times = np.asarray(_strptime(texts, shape.text).to_numpy(zero_copy_only=False), dtype="datetime64[s]")
    if shape.next_day:
        times = times + np.timedelta64(1, "D")
    return times - ahead, np.full(len(texts), shape.zoned)


def _in_plain_words(texts: pa.Array, shape: Shape) -> pa.Array:
    """Give stamps without weekdays, with months in English and AM or PM behind a space."""
    if shape.weekday:
        texts = pc.replace_substring_regex(texts, r"^[A-Za-z]{3,9},? +", "")
    if shape.zone_within:
        texts = pc.replace_substring_regex(texts, r"^(.*:\d{2}) (\S+) (\d{4})$", r"\1 \3 \2")
    if shape.month:
        texts = with_english_months(texts)
    if shape.text.endswith(" %p") and not pc.all(pc.match_substring_regex(texts, r" [AaPp][Mm]$")).as_py():
        texts = pc.replace_substring_regex(texts, r" ?([AaPp])\.? ?[Mm]?\.?$", r" \1M")
    if shape.text.endswith(" %p"):  # half past midnight may be 0:30 AM as well as 12:30 AM
        texts = pc.replace_substring_regex(texts, r"(^|[T ,])0{1,2}([:.]\d{2}.* [AaPp][Mm])$", r"\112\2")
    return texts


def _midnight(time_format: str) -> str:
    """Give the pattern of stamps of a format whose hour is 24, in two groups: what is before it, and after."""
    before, _, after = (re.escape(part) for part in time_format.partition("%H"))
    after = re.sub("%[MS]", "00", after)
    return "^({})24({})$".format(*(re.sub(r"%\w", r"\\w+", part) for part in (before, after)))


def _apart_from_zones(texts: pa.Array) -> tuple[pa.Array, NDArray[np.timedelta64]]:
    """Give stamps without their zones, and how far these are ahead of UTC; missing where there is none."""
    zone = _ZONE.search(texts[0].as_py() or "")
    if zone and pc.all(pc.fill_null(pc.ends_with(texts, zone[0]), False)).as_py():  # as a rule, and much faster
        stamps = pc.utf8_slice_codeunits(texts, 0, -len(zone[0]))
        return stamps, np.full(len(texts), _offset_seconds(zone[1]), dtype="timedelta64[s]")
    parts = pc.extract_regex(texts, rf"^(?P<stamp>.*?)\s*(?P<zone>{ZONE})$")
    return pc.struct_field(parts, "stamp"), _offsets(pc.struct_field(parts, "zone"))


def _epoch(texts: pa.Array) -> Times:
    values = _numbers(texts, EPOCH)
    return _in_seconds(np.floor(values / 1000.0 ** np.searchsorted(EPOCH_FROM, values, side="right")))


def _days(texts: pa.Array, nought: float) -> Times:
    """Give stamps that count days, to what a file's digits tell, a second at the finest."""
    return _in_seconds(rounded_seconds(_numbers(texts, DAY_COUNT) - nought, texts, SECONDS_A_DAY))


def _numbers(texts: pa.Array, pattern: str) -> NDArray[np.float64]:
    """Give texts that are numbers of a pattern, with a decimal point or comma; NaN for others."""
    written = pc.if_else(pc.match_substring_regex(texts, f"^{pattern}$"), texts, pa.scalar(None, pa.string()))
    numbers = pc.replace_substring(written, ",", ".").cast(pa.float64())
    return np.asarray(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)


def _in_seconds(seconds: NDArray[np.float64]) -> Times:
    times = np.full(len(seconds), np.datetime64("NaT", "s"), dtype="datetime64[s]")
    known = np.isfinite(seconds)
    times[known] = seconds[known].astype(np.int64).astype("datetime64[s]")
    return times


def _offsets(zones: pa.Array) -> NDArray[np.timedelta64]:
    coded = zones.dictionary_encode()
    known = np.array([_offset_seconds(text) for text in coded.dictionary.to_pylist()] + [0], dtype="timedelta64[s]")
    codes = coded.indices.fill_null(len(coded.dictionary)).to_numpy(zero_copy_only=False)
    return np.asarray(known[codes])


def _offset_seconds(zone: str) -> int:
    found = _OFFSET.fullmatch(zone)
    if found is None:
        return NAMED_ZONES.get(zone.strip("()"), 0) * 3600
    seconds = int(found[2]) * 3600 + int(found[3] or 0) * 60
    return -seconds if found[1] == "-" else seconds


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


def rounded_seconds(counts: NDArray[np.float64], texts: Any, unit_seconds: int) -> NDArray[np.float64]:
    """Give counts of days or hours in seconds, rounded to the finest of `STEPS` that their decimals tell.

    Args:
        counts: numbers, which may be NaN.
        texts: an array of strings: as they are written.
        unit_seconds: a day's, or an hour's.
    """
    written = pc.struct_field(pc.extract_regex(texts, r"[.,](?P<decimals>\d*)\s*$"), "decimals")
    decimals = pc.max(pc.utf8_length(written)).as_py() or 0
    step = next((each for each in STEPS if each * 10**decimals > unit_seconds), 1)
    return np.asarray(np.rint(counts * unit_seconds / step) * step)
