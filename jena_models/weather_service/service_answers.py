"""What weather services answer, in the shape that they document, as rows of a long table."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from jena_models.errors import SourceUnreadableError
from jena_models.stations.great_circle import kilometres_between

ISSUED, VALID = "issue_time", "valid_time"
DAYS_BEFORE: Final = "_previous_day"
DWD: Final = "{https://opendata.dwd.de/weather/lib/pointforecast_dwd_extension_V1_0.xsd}"
LARGEST_KML: Final = 64 * 1024 * 1024
"""Of one station; what would be larger is none."""
CATALOGUE_ROW: Final = re.compile(
    r"^(?P<id>\S{4,6})\s+\S{4}\s+(?P<name>.+?)\s+(?P<lat>-?\d+\.\d\d)\s+(?P<lon>-?\d+\.\d\d)\s+-?\d+\s*$"
)
"""`10554 ---- JENA (STERNW.)        50.55   11.35   155`: degrees and, after the point, minutes."""


def rows_of_run(answer: Mapping[str, Any], issued: datetime, names: Sequence[str]) -> pd.DataFrame:
    """Give a run of Open-Meteo's Single Runs API: issue time, valid time, and a column for each name.

    Raises:
        SourceUnreadableError: where the answer holds no such hours, or is the sentence of an error.
    """
    hourly, valid = _hourly(answer)
    return pd.DataFrame({ISSUED: np.datetime64(issued, "s"), VALID: valid} | {n: _column(hourly, n) for n in names})


def rows_of_previous_runs(answer: Mapping[str, Any], names: Sequence[str], days: int) -> pd.DataFrame:
    """Give what Open-Meteo's Previous Runs API says was forecast so many days before each hour.

    A value of the day before was forecast 24 hours before its valid time, which stands for its issue time.

    Raises:
        SourceUnreadableError: as above.
    """
    hourly, valid = _hourly(answer)
    tables = []
    for day in range(1, days + 1):
        columns = {name: _column(hourly, f"{name}{DAYS_BEFORE}{day}") for name in names}
        tables.append(pd.DataFrame({ISSUED: valid - np.timedelta64(24 * day, "h"), VALID: valid} | columns))
    return pd.concat(tables, ignore_index=True)


def rows_of_mosmix(content: bytes, names: Sequence[str]) -> pd.DataFrame:
    """Give a run of MOSMIX, a zipped KML of one station; what is undefined, `-`, is NaN.

    Raises:
        SourceUnreadableError: where it is none.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            member = archive.infolist()[0]
            if member.file_size > LARGEST_KML:
                raise SourceUnreadableError("What came as a run of MOSMIX is too large for one station.")
            root = ElementTree.fromstring(archive.read(member))  # noqa: S314 (of a size that is known)
    except (zipfile.BadZipFile, IndexError, ElementTree.ParseError) as error:
        raise SourceUnreadableError(f"What came as a run of MOSMIX is no zipped KML ({error}).") from error
    issued, steps = root.find(f".//{DWD}IssueTime"), root.findall(f".//{DWD}TimeStep")
    if issued is None or not steps:
        raise SourceUnreadableError("What came as a run of MOSMIX names no issue time, or no time steps.")
    told = {
        each.get(f"{DWD}elementName", ""): (each.findtext(f"{DWD}value") or "").split()
        for each in root.iter(f"{DWD}Forecast")
    }
    columns = {}
    for name in names:
        values = told.get(name, ["-"] * len(steps))
        if len(values) != len(steps):
            raise SourceUnreadableError(f"In a run of MOSMIX '{name}' has {len(values)} values for {len(steps)} steps.")
        columns[name] = [float("nan") if value == "-" else float(value) for value in values]
    valid = [_utc(step.text) for step in steps]
    return pd.DataFrame({ISSUED: _utc(issued.text), VALID: valid} | columns)


def nearest_of_catalogue(text: str, latitude: float, longitude: float) -> tuple[str, str, float]:
    """Give the id, the name and the distance in km of the nearest station in MOSMIX's catalogue.

    Raises:
        SourceUnreadableError: where it lists none.
    """
    found = [match for line in text.splitlines() if (match := CATALOGUE_ROW.match(line))]
    if not found:
        raise SourceUnreadableError("The catalogue of MOSMIX's stations lists none; name one with 'station_id'.")
    places = [(_degrees(each["lat"]), _degrees(each["lon"])) for each in found]
    apart = kilometres_between((latitude, longitude), places)
    best = int(np.argmin(apart))
    return found[best]["id"], found[best]["name"].strip(), float(apart[best])


def _hourly(answer: Mapping[str, Any]) -> tuple[Mapping[str, Any], np.ndarray]:
    if answer.get("error"):
        raise SourceUnreadableError(f"Open-Meteo answers: {answer.get('reason', 'an error')}")
    hourly = answer.get("hourly")
    if not isinstance(hourly, Mapping) or not hourly.get("time"):
        raise SourceUnreadableError("Open-Meteo's answer holds no hours.")
    if answer.get("utc_offset_seconds"):
        raise SourceUnreadableError("Open-Meteo's answer is not in UTC, as it was asked to be.")
    return hourly, np.array(hourly["time"], dtype="datetime64[s]")


def _column(hourly: Mapping[str, Any], name: str) -> np.ndarray:
    values = hourly.get(name)
    if values is None or len(values) != len(hourly["time"]):
        raise SourceUnreadableError(f"Open-Meteo's answer has no '{name}' for each of its hours.")
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _utc(stamp: str | None) -> np.datetime64:
    time = pd.Timestamp(stamp or "").tz_convert("UTC").tz_localize(None)
    return np.datetime64(time.isoformat(timespec="seconds"), "s")


def _degrees(text: str) -> float:
    """Give degrees of degrees with minutes after the point, as `50.55` is 50° 55′."""
    whole, _, minutes = text.lstrip("-").partition(".")
    size = int(whole) + int(minutes) / 60
    return -size if text.startswith("-") else size
