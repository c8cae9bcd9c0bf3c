"""When runs were issued and what they are for: by columns, by a file's name, or by the hours at which runs are made."""

from __future__ import annotations

import logging
import re
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.reading.assembly import Columns
from jena_models.reading.times.stamp_shapes import shape_of
from jena_models.reading.times.time_columns import time_columns
from jena_models.reading.times.told_times import times_of
from jena_models.reading.user_tables import FrameColumns
from jena_models.stations.forecast_sources import ForecastSource
from jena_models.stations.schema import StationSchema
from jena_models.weather_service.run_files.run_columns import ISSUED, VALID
from jena_models.weather_service.run_files.run_leads import coded
from jena_models.weather_service.run_files.run_times import Times, by_told_clock, stamps

DIGITS: Final = {"%Y": 4, "%m": 2, "%d": 2, "%H": 2, "%M": 2, "%S": 2, "%y": 2, "%j": 3}
"""How many digits each part of a time has in a file's name."""
DAY: Final = np.timedelta64(1, "D")
MOST_SPARSE: Final = 8
"""Where runs have together more leads than so many times as a run has, they share hardly any."""

Seconds = NDArray[np.int64]

logger = logging.getLogger("jena")


def issue_and_valid_times(
    table: Columns, source: ForecastSource, station: StationSchema, unclear: tuple[str, ...], keep: NDArray[np.bool_]
) -> tuple[Times | None, Times | None]:
    """Give the issue and the valid time, in UTC, of the rows of a table that count; None for what other columns tell.

    Args:
        table: of the source.
        source: says where the two stand.
        station: what is read with its own columns of the time is read as its readings are.
        unclear: how stamps are written where the day or the month may come first.
        keep: which of the table's rows count.

    Raises:
        DayUncertainError: where nothing tells whether the day comes first.
        SourceUnreadableError: where a time is missing or cannot be read for certain.
    """

    def told(names: tuple[str, ...]) -> Times | None:
        if not names:
            return None
        by_clock = by_told_clock(table, names, source)
        if len(names) > 1:
            return _told_together(table, names, by_clock, station, unclear, keep)
        return stamps(table, list(table.header).index(names[0]), by_clock, unclear, keep)

    valid = told(source.valid_time)
    if source.by_valid_time:
        return None, valid
    if source.issue_time_in_name:
        return np.full(int(keep.sum()), _in_name(table.name, source)), valid
    if source.issued_at_hours and valid is not None:
        return _last_before(valid, source.issued_at_hours), valid
    return told(source.issue_time), valid


def are_days_alone(table: Columns, source: ForecastSource) -> bool:
    """Tell whether issue times are written as days without a time of the day."""
    if source.issue_time_in_name:
        return not set(re.findall("%.", source.issue_time_in_name)) & {"%H", "%M"}
    if source.issued_at_hours or source.by_valid_time or len(source.issue_time) != 1:
        return False
    position = list(table.header).index(source.issue_time[0])
    if isinstance(table, FrameColumns) and table.column(position).dtype.kind in "Miuf":
        return False
    first = next((str(text).strip() for text in coded(table.texts(position)).dictionary.to_pylist() if text), "")
    shape = shape_of(first)
    return shape is not None and bool(shape.text) and not re.search("%[HI]", shape.text)


def tell_of_days_alone(rows: pd.DataFrame, source: ForecastSource) -> None:
    """Say that runs whose issue time is a day count as made at its midnight, where they look ahead by hours.

    Of runs of noon each would be had twelve hours before it was made.

    Args:
        rows: with the issue and valid time of each.
        source: says how long after its issue time a run can be had.
    """
    leads = (rows[VALID] - rows[ISSUED]).dt.total_seconds() / 3600
    if not (leads % 24).any():
        return
    logger.warning(
        "%s: its issue times tell the day alone, and count as its midnight in %s; a run counts as had %g h after that, "
        "and begins %g h after it: where runs are made later in the day, name the column of the hour too, or make "
        "available_after_hours as much longer",
        *(source.name, source.clock, source.available_after_hours, leads.groupby(rows[ISSUED]).min().median()),
    )


def made_at_steps(issued: Seconds, valid: Seconds, ahead: NDArray[np.bool_]) -> tuple[Seconds, NDArray[np.bool_]]:
    """Give issue times at which runs share their leads, and which rows count then.

    Downloads are issued at any minute of hours whose first is told: of each lead there would be one run. They count as
    issued at the next step, never earlier; of those within one step the newest does, time by time.

    Args:
        issued: of each row, in seconds since 1970.
        valid: likewise; none twice of one issue time.
        ahead: which rows count as they are.
    """
    runs = len(np.unique(issued[ahead]))
    if len(np.unique((valid - issued)[ahead])) * runs <= MOST_SPARSE * ahead.sum():
        return issued, ahead
    order = np.lexsort((valid, issued))
    apart = np.diff(valid[order])[np.diff(issued[order]) == 0]
    if not len(apart):
        return issued, ahead
    step = int(apart.min())
    phase = int(np.median(valid % step))
    made = issued + (phase - issued) % step
    order = np.lexsort((issued, valid, made))
    is_newest = np.ones(len(issued), bool)
    is_newest[order[:-1]] = (np.diff(made[order]) != 0) | (np.diff(valid[order]) != 0)
    return made, ahead & is_newest & (valid >= made)


def _told_together(  # noqa: PLR0917  (one caller)
    table: Columns,
    names: tuple[str, ...],
    source: ForecastSource,
    station: StationSchema,
    unclear: tuple[str, ...],
    keep: NDArray[np.bool_],
) -> Times:
    """Give the time that several columns tell, as a date and an hour, each that is different understood once."""
    header = list(table.header)
    texts = pd.DataFrame(
        {header.index(name): table.texts(header.index(name)).filter(pa.array(keep)).to_pylist() for name in names}
    )
    distinct, row = texts.drop_duplicates(ignore_index=True), texts.groupby(list(texts), dropna=False, sort=False)
    as_station = station.model_copy(
        update={"time_columns": names, "time_formats": source.time_formats or unclear, "clock": source.clock}
    )
    found = time_columns(header, table.sample(), as_station)
    if found is None:
        raise SourceUnreadableError(f"The columns {', '.join(names)} of {table.name} tell no time together.")
    columns = {place: pa.chunked_array([pa.array(distinct[place], pa.string())]) for place in texts}
    times = times_of(found, columns.__getitem__, as_station, f"The file {table.name}", table.first_line)
    return np.asarray(times[row.ngroup().to_numpy()])


def _in_name(name: str, source: ForecastSource) -> np.datetime64:
    """Give the issue time, in UTC, that a file has in its name.

    Raises:
        SourceUnreadableError: where it has none, or several.
    """
    parts = re.split(r"(%[A-Za-z])", source.issue_time_in_name)
    pattern = "".join(rf"(\d{{{DIGITS[part]}}})" if part in DIGITS else re.escape(part) for part in parts)
    ways = [part for part in parts if part in DIGITS]
    found = {
        moment
        for each in re.finditer(rf"(?=(?<!\d){pattern}(?!\d))", name)
        if (moment := _moment(" ".join(each.groups()), " ".join(ways)))
    }
    if len(found) != 1:
        raise SourceUnreadableError(
            f"The name of the file {name} of the forecast source '{source.name}' has {len(found) or 'no'} issue "
            f"time{'s' if found else ''} written like '{source.issue_time_in_name}'; mend 'issue_time_in_name'."
        )
    issued: np.datetime64 = source.local.column_to_utc(np.array(list(found), "datetime64[s]"))[0]
    return issued


def _moment(text: str, time_format: str) -> datetime | None:
    try:
        return datetime.strptime(text, time_format)
    except ValueError:
        return None


def _last_before(valid: Times, hours: tuple[float, ...]) -> Times:
    """Give the last of some hours of the day, in UTC, that lies before each valid time."""
    since = valid - valid.astype("datetime64[D]")
    seconds = (np.asarray(hours) * 3600).round().astype("timedelta64[s]")
    ago = np.min((since[:, None] - seconds - np.timedelta64(1, "s")) % DAY, axis=1) + np.timedelta64(1, "s")
    return np.asarray(valid - ago)
