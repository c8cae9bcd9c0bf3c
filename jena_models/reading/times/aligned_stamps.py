"""Time stamps that all stand in the same places, read digit by digit at once: ten times as fast as one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

WIDTHS: Final = {"%Y": 4, "%m": 2, "%d": 2, "%H": 2, "%M": 2, "%S": 2}
LIMITS: Final = {"%m": (1, 12), "%d": (1, 31), "%H": (0, 23), "%M": (0, 59), "%S": (0, 59), "%Y": (1700, 9999)}
AT_A_TIME: Final = 2**16
"""Stamps read at a time: what is computed of them is many times as large as they are."""


def aligned_times(texts: pa.Array, time_format: str) -> NDArray[np.datetime64] | None:
    """Give datetime64[s] of texts that are written with leading zeros; None where a single one is not.

    Args:
        texts: of strings, none of them missing.
        time_format: as `strptime` has it.
    """
    parts = re.findall(r"%\w|[^%]", time_format)
    if any(part[0] == "%" and part not in WIDTHS for part in parts) or not len(texts):
        return None
    times = np.empty(len(texts), dtype="datetime64[s]")
    for first in range(0, len(texts), AT_A_TIME):
        read = _read(texts.slice(first, AT_A_TIME), parts)
        if read is None:
            return None
        times[first : first + len(read)] = read
    return times


def _read(texts: pa.Array, parts: Sequence[str]) -> NDArray[np.datetime64] | None:
    width = sum(WIDTHS.get(part, 1) for part in parts)
    signs = _signs(texts, width)
    if signs is None:
        return None
    fields: dict[str, NDArray[np.int64]] = {}
    place = 0
    for part in parts:
        wide = WIDTHS.get(part, 1)
        if part in WIDTHS:
            digits = signs[place : place + wide] - np.uint8(ord("0"))  # what is no digit wraps round to a large number
            if digits.max() > 9:  # noqa: PLR2004
                return None
            fields[part] = reduce(lambda number, digit: number * 10 + digit, digits.astype(np.int64))
            lowest, highest = LIMITS[part]
            if fields[part].min() < lowest or fields[part].max() > highest:
                return None
        elif (signs[place] != ord(part)).any():
            return None
        place += wide
    return _times(fields, len(texts))


def _signs(texts: Any, width: int) -> NDArray[np.uint8] | None:
    """Give the signs of texts of one width, shape (width, texts)."""
    if texts.null_count or texts.type != pa.string():
        return None
    _, offsets, data = texts.buffers()
    bounds = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    if (np.diff(bounds) != width).any():
        return None
    return np.ascontiguousarray(np.frombuffer(data, np.uint8)[bounds[0] : bounds[-1]].reshape(-1, width).T)


def _times(fields: dict[str, NDArray[np.int64]], rows: int) -> NDArray[np.datetime64] | None:
    nothing = np.zeros(rows, dtype=np.int64)
    months = ((fields["%Y"] - 1970) * 12 + fields["%m"] - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (fields["%d"] - 1)
    if (days.astype("datetime64[M]") != months).any():
        return None
    seconds = fields.get("%H", nothing) * 3600 + fields.get("%M", nothing) * 60 + fields.get("%S", nothing)
    times: NDArray[np.datetime64] = days.astype("datetime64[s]") + seconds.astype("timedelta64[s]")
    return times
