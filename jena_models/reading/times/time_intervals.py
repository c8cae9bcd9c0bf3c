"""Times that are written from when to when, `01.03.2019 00:00 - 01.03.2019 01:00` or `00:00-01:00`: the end counts.

Beginnings are read, and how long an interval is is added: where a clock is put back they tell which hour is meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jena_models.reading.times.stamp_shapes import shape_of

STAMPS: Final = (
    r"^\s*(?P<start>.*(?:\d[Zz]?|\))) +(?:[-–—]|to|bis) +(?P<end>\d.*)$",
    r"^\s*(?P<start>[^/]*\d[Zz]?)/(?P<end>\d[^/]*)$",
)
"""Two stamps, each with its date."""
_CLOCK: Final = r"\d{1,2}(?::?\d{2})?(?::\d{2})?"
_SPACE: Final = "[\\s\u00a0]*"
HOURS: Final = rf"^\s*(?P<start>(?:.*[ T])?{_CLOCK}){_SPACE}[-–—]{_SPACE}(?P<end>{_CLOCK})\s*$"
"""Two times of a day, of which the second may be an offset from UTC just as well."""
FEWEST_STARTS: Final = 3
"""Intervals at so many hours of the day are of one length; what offsets look like then is of as many."""
MOSTLY: Final = 0.9
DAY_MINUTES: Final = 1440


def two_stamps(texts: Any) -> tuple[Any, Any] | None:
    """Give the stamps from which, and those to which, each text of an Arrow column tells; None where it tells one."""
    first = next((text for text in texts[:1].to_pylist() if text), "")
    pattern = next((pattern for pattern in STAMPS if _are_alike(re.match(pattern, first))), None)
    return None if pattern is None else _parts(texts, pattern)


def _are_alike(found: re.Match[str] | None) -> bool:
    shapes = [shape_of(text.strip()) for text in found.groups()] if found else []
    return bool(shapes) and None not in shapes and len({shape.text for shape in shapes if shape}) == 1


def without_later_hours(texts: Any) -> tuple[Any, np.timedelta64]:
    """Give texts without the second of two times of the day, and how long it is between; others as they are."""
    none = texts, np.timedelta64(0, "m")
    if not all(re.match(HOURS, text or "") for text in texts[:1].to_pylist()):
        return none
    starts, ends = _parts(texts, HOURS)
    begin, end = (_minutes_of_day(each) for each in (starts, ends))
    usual, share = most_frequent((end - begin) % DAY_MINUTES)
    if share < MOSTLY or len(np.unique(begin)) < FEWEST_STARTS:
        return none
    return starts, np.timedelta64(int(usual) or DAY_MINUTES, "m")


def most_frequent(values: NDArray[Any]) -> tuple[Any, float]:
    """Give the value that is there most often, and its share; of none a share of 0."""
    found, counts = np.unique(values, return_counts=True)
    return (found[counts.argmax()], float(counts.max() / len(values))) if len(found) else (0, 0.0)


def beginnings(texts: Sequence[str]) -> list[str]:
    """Give some texts of a column without their ends, where they tell from when to when."""
    column = pa.array(texts, pa.string())
    stamps = two_stamps(column)
    return list((stamps[0] if stamps else without_later_hours(column)[0]).to_pylist())


def are_intervals(texts: Sequence[str]) -> bool:
    """Tell whether some texts of a column tell from when to when."""
    return beginnings(texts) != list(texts)


def _parts(texts: Any, pattern: str) -> tuple[Any, Any]:
    """Give beginnings and ends; of a text that is none the text itself twice, which the reader of times refuses."""
    found = pc.extract_regex(texts, pattern)
    starts, ends = (pc.coalesce(pc.struct_field(found, name), texts) for name in ("start", "end"))
    return starts, ends


def _minutes_of_day(texts: Any) -> NDArray[np.int64]:
    """Give what the last clock in each text shows; -1 for none."""
    found = pc.extract_regex(texts, r"(?:^|[ T])(?P<hour>\d{1,2})(?::?(?P<minute>\d{2}))?(?::\d{2})?\s*$")
    hours, minutes = (pc.struct_field(found, name) for name in ("hour", "minute"))
    whole = [pc.if_else(pc.equal(each, ""), "0", each).cast(pa.int64()) for each in (hours, minutes)]
    total = pc.add(pc.multiply(whole[0], 60), whole[1])
    return np.asarray(pc.fill_null(total, -1).to_numpy(), dtype=np.int64)
