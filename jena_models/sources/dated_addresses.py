"""Addresses with `{year}` or `{month}` in them: a file a year or a month, of as many as there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from jena_models.errors import DownloadError, NothingThereError, RequestError

FIELD: Final = re.compile(r"\{(year|month)(?::(\d+)(?:-(\d+))?)?\}")
NEWEST_ABSENT: Final = 2
"""So many of the newest files need not be there yet: those of this year and month come with their first days."""
EARLIEST_YEAR: Final = 1850
FARTHEST_EAST: Final = timedelta(hours=14)
"""So long before it does in UTC a year or a month begins somewhere."""
SETTLED: Final = timedelta(days=60)
"""So long after its end a month's or a year's file changes no more."""

Fetch = Callable[[str, Path], None]
"""Brings an address to a file, or raises NothingThereError where nothing is at the address."""


@dataclass(frozen=True)
class Dated:
    """One of the files."""

    address: str
    name: str
    begin: date
    end: date
    """The day after its last."""


def is_dated(address: str) -> bool:
    """Tell whether an address stands for a file a year or a month."""
    return FIELD.search(address) is not None


def fetch_dated(address: str, folder: Path, suffix: str, fetch: Fetch, now: datetime | None = None) -> None:
    """Bring the files of all years or months to a folder, the newest first, back to the first that is not there.

    `{year:2009-2016}` names the years, of which every one must be there; `{year}` counts back from this year.

    Args:
        address: with the fields in it.
        folder: for the files, and nothing else.
        suffix: of the files' names.
        fetch: brings one.
        now: in UTC; for tests.

    Raises:
        RequestError: where the years cannot be.
        DownloadError: where no file is there, or one of those that were named is not.
    """
    now = now or datetime.now(UTC)
    today, told, found, absent = now.date(), _years(address), 0, 0
    for each in _each(address, told, (now + FARTHEST_EAST).date()):
        file = folder / f"{each.name}{suffix}"
        if _is_settled(file, each.end):
            found += 1
            continue
        try:
            fetch(each.address, file)
            found += 1
        except NothingThereError as error:
            if each.begin > today:
                continue
            absent += 1
            if told is not None and each.end <= today:
                raise DownloadError(f"{error} Its years say that it is there.") from error
            if told is None and (found or absent > NEWEST_ABSENT):
                break
    if not found:
        raise DownloadError(
            f"Nothing is at {address} for any of the newest {absent}; where the record ended earlier, write its years, "
            "such as {year:2009-2016}."
        )


def _each(address: str, told: range | None, latest: date) -> Iterator[Dated]:
    by_month = any(found[1] == "month" for found in FIELD.finditer(address))
    has_year = any(found[1] == "year" for found in FIELD.finditer(address))
    if not has_year:
        raise RequestError(f"The address {address} names a month and no year; write {{year}} into it too.")
    years = reversed(told) if told is not None else range(latest.year, EARLIEST_YEAR, -1)
    for year in years:
        for month in range(12, 0, -1) if by_month else (12,):
            begin = date(year, month if by_month else 1, 1)
            if begin > latest:
                continue
            end = date(year + month // 12, month % 12 + 1, 1)
            name = f"{year}-{month:02d}" if by_month else str(year)
            yield Dated(_filled(address, year, month), name, begin, end)


def _years(address: str) -> range | None:
    for found in FIELD.finditer(address):
        if found[1] == "year" and found[2]:
            years = range(int(found[2]), int(found[3] or found[2]) + 1)
            if not years or years[0] < EARLIEST_YEAR:
                raise RequestError(f"'{found[0]}' names no years; write them like {{year:2009-2016}}.")
            return years
    return None


def _filled(address: str, year: int, month: int) -> str:
    return FIELD.sub(lambda found: str(year) if found[1] == "year" else f"{month:02d}", address)


def _is_settled(file: Path, end: date) -> bool:
    if not file.is_file():
        return False
    brought = datetime.fromtimestamp(file.stat().st_mtime, tz=UTC).date()
    return brought > end + SETTLED
