"""Texts whose lines are no rows of values yet, brought into such: days in a month's line, minutes, coded reports.

So is a value that stands in the first row alone, behind the others.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from jena_models.reading.texts.days_of_months import with_a_row_for_each_day

HEAD_BYTES: Final = 2**14
LINES_LOOKED_AT: Final = 4
_OF_LOGGER: Final = re.compile(rb"(?i)serial|\bs/n\b|logger|firmware")
"""What the name of a column says that tells of the logger, and not of what it measures."""
_DATE_ABOVE: Final = re.compile(
    rb"\A(?:[^\n]*\n)?[ \t]*(?:\d+[ \t]+)?((?:19|20)\d\d(?:[ \t]+\d\d?){5})[ \t]*\r?\n([^\n]*\bTIME\b[^\n]*)\n"
)
"""A line with a date and a clock alone, right above the names, of which `TIME` counts minutes from it."""
_REPORTS: Final = re.compile(
    rb"\A(?:#[^\n]*\n)*((?:\w+(?:\([^)\n]*\))?,)*valid(?:\([^)\n]*\))?,(?:\w+,)*metar)[ \t]*\r?\n"
)
DECODED: Final = (
    b"valid (UTC),wind_direction,wind_speed (kn),wind_gust (kn),temperature (degC),dew_point (degC),pressure (hPa)"
)
_ISSUED: Final = re.compile(rb"\b(\d{2})(\d{2})(\d{2})Z ")
_WIND: Final = re.compile(rb" (\d{3}|VRB)P?(\d{2,3})(?:GP?(\d{2,3}))?(KT|MPS|KMH)\b")
_WARMTH: Final = re.compile(rb" (M?\d{2})/(M?\d{2})?(?=[ =]|$)")
_TENTHS: Final = re.compile(rb" T([01]\d{3})([01]\d{3})?\b")
_PRESSURE: Final = re.compile(rb" ([QA])(\d{4})\b")
_TREND: Final = re.compile(rb" (?:TEMPO|BECMG|NOSIG)\b")
"""From here on stands what is expected."""
IN_KNOTS: Final = {b"KT": 1.0, b"MPS": 3600 / 1852, b"KMH": 1 / 1.852}
HPA_OF_INCHES: Final = 0.3386389
"""Of hundredths of an inch of mercury."""


def with_plain_rows(text: bytes) -> bytes:
    """Give a text with a row of values for each time; any other text as it is.

    Args:
        text: in UTF-8.
    """
    return _without_value_told_once(_with_reports_decoded(_with_minutes_as_times(with_a_row_for_each_day(text))))


def _without_value_told_once(text: bytes) -> bytes:
    """Give names and a first row without what stands behind them alone, as Lascar's loggers write a serial number."""
    lines = text[:HEAD_BYTES].split(b"\n", LINES_LOOKED_AT)[:LINES_LOOKED_AT]
    sign = next((sign for sign in (b";", b"\t", b",") if sign in lines[0]), b"")
    if not sign or len(lines) < LINES_LOOKED_AT or any(b'"' in line for line in lines):
        return text
    names, first, *others = (line.rstrip().split(sign) for line in lines)
    if any(len(row) != len(names) - 1 for row in others) or len(first) != len(names):
        return text
    if not _OF_LOGGER.search(names[-1]):
        return text  # what is measured may be left out of the rows where it is missing
    told = b"\n".join(sign.join(row[:-1]) for row in (names, first))
    return told + text[len(lines[0]) + 1 + len(lines[1]) :]


def _with_minutes_as_times(text: bytes) -> bytes:
    """Give rows whose time counts minutes from a date above the names, as of the Oklahoma Mesonet, with their times."""
    found = _DATE_ABOVE.match(text[:HEAD_BYTES])
    if found is None:
        return text
    names = found[2].split()
    place = names.index(b"TIME")
    try:
        begins = datetime.strptime(b" ".join(found[1].split()).decode(), "%Y %m %d %H %M %S")
    except ValueError:
        return text
    rows = [line.split() for line in text[found.end() :].split(b"\n")]
    if not all(row[place : place + 1] and row[place].isdigit() for row in rows if row):
        return text
    for row in filter(None, rows):
        row[place] = (begins + timedelta(minutes=int(row[place]))).isoformat().encode()
    names[place] = b"TIME_UTC"
    return text[: found.start(2)] + b"\n".join(b",".join(row) for row in [names, *rows])


def _with_reports_decoded(text: bytes) -> bytes:
    """Give airports' reports in METAR, each behind its station and time, with the values that it holds."""
    found = _REPORTS.match(text[:HEAD_BYTES])
    if found is None:
        return text
    names = found[1].split(b",")
    valid = next(place for place, name in enumerate(names) if name.startswith(b"valid"))
    beside = [place for place in range(len(names) - 1) if place != valid]
    rows = [text[: found.start(1)] + b",".join([*(names[place] for place in beside), DECODED])]
    for line in text[found.end() :].split(b"\n"):
        values = line.strip().split(b",", len(names) - 1)
        if len(values) != len(names):
            rows.append(line)  # whoever reads the rows says what is wrong with it
            continue
        told = _decoded(values[valid], values[-1].strip(b'" '))
        if told:  # a report that is missing, or holds none of the values, is no reading
            rows.append(b",".join([*(values[place] for place in beside), told]))
    return b"\n".join(rows)


def _decoded(valid: bytes, report: bytes) -> bytes:
    now = _TREND.split(report, maxsplit=1)[0]
    body, _, remarks = now.partition(b" RMK")
    wind, warmth, tenths = _WIND.search(body), _WARMTH.search(body), _TENTHS.search(remarks)
    values: list[bytes] = []
    if wind is None:
        values += [b"", b"", b""]
    else:
        factor = IN_KNOTS[wind[4]]
        speed, gust = (f"{int(each) * factor:.6g}".encode() if each else b"" for each in (wind[2], wind[3]))
        values += [b"" if not int(wind[2]) else wind[1], speed, gust]
    coarse = [_signed(each, b"M", 1) for each in warmth.groups()] if warmth else [b"", b""]
    fine = [_signed(each, b"1", 10) for each in tenths.groups()] if tenths else [b"", b""]
    values += [one or other for one, other in zip(fine, coarse, strict=True)]
    pressure = _PRESSURE.search(body)
    hpa = int(pressure[2]) * (HPA_OF_INCHES if pressure[1] == b"A" else 1.0) if pressure else None
    values.append(b"" if hpa is None else f"{hpa:.2f}".encode())
    return b",".join([_issued(valid, report), *values]) if any(values) else b""


def _signed(text: bytes | None, minus: bytes, parts: int) -> bytes:
    if not text:
        return b""
    is_below, digits = text.startswith(minus), text[-3 if parts > 1 else -2 :]
    return f"{'-' if is_below else ''}{int(digits) / parts:g}".encode()


def _issued(valid: bytes, report: bytes) -> bytes:
    """Give when a report was made, which it says itself by the day of the month, nearest to its time by any clock."""
    found = _ISSUED.search(report)
    try:
        shown = datetime.fromisoformat(valid.decode().strip())
    except ValueError:
        return b""
    if found is None:
        return b"none in " + report[:20].replace(b",", b" ")
    day, hour, minute = map(int, found.groups())
    for days in (0, 1, -1):
        near = (shown + timedelta(days=days)).replace(hour=0, minute=0, second=0, tzinfo=None)
        if near.day == day and hour < 24 and minute < 60:  # noqa: PLR2004
            return (near + timedelta(hours=hour, minutes=minute)).isoformat().encode()
    return found[0].strip()
