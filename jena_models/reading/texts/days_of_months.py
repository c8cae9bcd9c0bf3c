"""NOAA's days of a station (`.dly`), a month and an element in each line: as a row for each value."""

from __future__ import annotations

import re
from typing import Final

_LINE: Final = re.compile(rb"[A-Z]{2}[A-Z0-9_-]{9}(?:1[7-9]|2\d)\d{2}(?:0[1-9]|1[0-2])[A-Z][A-Z0-9]{3}[ \d-]{4}\d")
"""A station, a year, a month, an element, and the first day's value: each in its place, nothing between them."""
DAYS_FROM, DAY_WIDTH, VALUE_WIDTH = 21, 8, 5
"""A value is of five signs, and three say how it was measured, whether it is doubted, and by whom it was sent."""
NONE: Final = b"-9999"
NAMES: Final = b"ID,DATE,ELEMENT,DATA_VALUE,M_FLAG,Q_FLAG,S_FLAG"


def with_a_row_for_each_day(text: bytes) -> bytes:
    """Give such lines as the same network's tables by year are written; any other text as it is.

    Args:
        text: in UTF-8.
    """
    if _LINE.match(text) is None:
        return text
    rows = [NAMES]
    for line in text.split(b"\n"):
        if _LINE.match(line) is None:
            rows.append(line)  # whoever reads the rows says what is wrong with it
            continue
        about, days = line[:11] + b"," + line[11:17], line[DAYS_FROM:]
        for day, start in enumerate(range(0, len(days), DAY_WIDTH), 1):
            value, flags = days[start : start + VALUE_WIDTH], days[start + VALUE_WIDTH : start + DAY_WIDTH].ljust(3)
            if value.strip() and value != NONE:
                told = b",".join([value.strip(), *(flags[k : k + 1].strip() for k in range(3))])
                rows.append(about + b"%02d," % day + line[17:DAYS_FROM] + b"," + told)
    return b"\n".join(rows)
