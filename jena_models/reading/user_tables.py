"""A table as a user, a Parquet file or a database has it, to readings in UTC; and forecasts back into the clock."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from jena_models.errors import HistoryIncompleteError, SourceEmptyError, SourceUnreadableError
from jena_models.reading.texts.number_texts import numbers_of_column
from jena_models.reading.texts.rows_alone import units_behind
from jena_models.reading.times.time_columns import TimeColumns, time_columns
from jena_models.reading.times.timestamps import times_of_column
from jena_models.reading.times.told_times import times_of
from jena_models.stations.schema import StationSchema

PLACE: Final = "The table of readings"
INDEX: Final = "time"
SAMPLED_ROWS: Final = 60


class FrameColumns:
    """The columns of a data frame, its index among them where that is more than row numbers."""

    def __init__(self, frame: pd.DataFrame, name: str, units: Sequence[str] = (), remarks: Sequence[str] = ()) -> None:
        if not isinstance(frame.index, pd.RangeIndex):
            unnamed = [INDEX, *(f"{INDEX} {level}" for level in range(2, frame.index.nlevels + 1))]
            names = [str(own or other) for own, other in zip(frame.index.names, unnamed, strict=True)]
            frame = frame.reset_index(names=names)
        if frame.empty:
            raise SourceEmptyError(f"The file {name} holds no row of readings.")
        self.name, self.first_line, self.remarks = name, 1, remarks
        self._frame = frame
        self._behind = units_behind(self.sample())
        """By position: the unit that stands behind every number of a column of texts."""
        told = [self._behind.get(position, "") for position in range(len(frame.columns))]
        self.units: Sequence[str] = units or (told if any(told) else ())

    @property
    def header(self) -> tuple[str, ...]:
        """Give the columns' names."""
        return tuple(str(name) for name in self._frame.columns)

    @property
    def told_clock(self) -> str:
        """A table that is in memory has nothing above its names."""
        return ""

    def with_value(self, name: str, value: str | float) -> FrameColumns:
        """Give the same with a column that holds one value in each row."""
        units = (*self.units, "") if self.units else ()
        return FrameColumns(self._frame.assign(**{name: value}), self.name, units, self.remarks)

    def sample(self) -> list[list[str]]:
        """Give the first rows as texts."""
        head = self._frame.head(SAMPLED_ROWS)
        return [[_text(value) for value in row] for row in head.itertuples(index=False)]

    def load(self, texts: object, numbers: object) -> None:
        """All columns are there already."""

    def column(self, position: int) -> pd.Series:
        """Give a column as it is."""
        return self._frame.iloc[:, position]

    def texts(self, position: int) -> pa.ChunkedArray:
        """Give a column as texts."""
        return pa.chunked_array([pa.array([_text(value) for value in self.column(position)], pa.string())])

    def numbers(self, position: int, quantity: str) -> NDArray[np.float64]:
        """Give a column as numbers.

        Raises:
            SourceUnreadableError: where a value is no number.
        """
        behind = self._behind.get(position, "")
        return numbers_of_column(self.column(position), self.name, quantity=quantity, behind=behind)


def user_readings(table: pd.DataFrame, station: StationSchema) -> pd.DataFrame:
    """Give a table with the same columns, indexed by time in UTC, the station's own columns as numbers.

    Times are taken from the columns that tell them in the station's files, whatever their case, or from the index;
    times and numbers are understood as those of a file are.

    Raises:
        HistoryIncompleteError: where there are no times, or a time or a number cannot be read for certain.
    """
    if table.empty:
        return table.set_axis(pd.DatetimeIndex([]))
    names = time_names_among(table, station)
    if not names and isinstance(table.index, pd.RangeIndex):
        raise HistoryIncompleteError(
            "The readings have no time stamps; give them as an index or a column named 'time'."
        )
    try:
        times = _times(table, names, station)
        known = [name for name in station.names if name in table.columns and name not in names]
        numbers = {
            name: numbers_of_column(table[name], PLACE.lower(), quantity=station.column(name).quantity)
            for name in known
        }
    except SourceUnreadableError as error:
        raise HistoryIncompleteError(str(error)) from error
    kept = table.drop(columns=list(names)).assign(**numbers)
    return kept.set_axis(pd.DatetimeIndex(times, name="time"))


def time_names_among(table: pd.DataFrame, station: StationSchema) -> tuple[Hashable, ...]:
    """Give the names of the columns that tell the time, as the table has them; none where its index does."""
    folded = {str(name).strip().casefold(): name for name in reversed(table.columns)}
    together = [folded.get(name.casefold()) for name in station.time_columns]
    if together and None not in together:
        return tuple(name for name in together if name is not None)
    named = [folded[name.casefold()] for name in accepted_time_names(station) if name.casefold() in folded]
    if not named and not isinstance(table.index, pd.RangeIndex):
        return ()
    source = FrameColumns(table.reset_index(drop=True), PLACE)
    found = time_columns(source.header, source.sample(), station.model_copy(update={"time_columns": ()}))
    if found is not None and (len(found.positions) > 1 or not named):
        return tuple(table.columns[position] for position in found.positions)
    return tuple(named[:1])


def accepted_time_names(station: StationSchema) -> tuple[str, ...]:
    """Give what a table of the station's readings may call its column of times, whatever the case."""
    return tuple(dict.fromkeys((INDEX, *station.time_columns, *station.time_aliases)))


def _times(table: pd.DataFrame, names: Sequence[Hashable], station: StationSchema) -> NDArray[np.datetime64]:
    if len(names) <= 1:
        given = table[names[0]] if names else table.index
        return times_of_column(given, station.time_formats, station.local, PLACE)
    source = FrameColumns(table[list(names)].reset_index(drop=True), PLACE)
    wanted = station.model_copy(update={"time_columns": tuple(source.header)})
    found = time_columns(source.header, source.sample(), wanted) or TimeColumns(tuple(range(len(names))))
    return times_of(found, source.texts, station, PLACE, 1)


def in_station_clock(forecasts: pd.DataFrame, station: StationSchema) -> pd.DataFrame:
    """Give forecasts with `issue_time` and `valid_time` in the station's clock, with its offset.

    `service_run`, where there is one, becomes a text in the same clock, empty where no run was used.
    """
    zone = station.local.zone
    times = {
        name: pd.DatetimeIndex(forecasts[name]).tz_localize("UTC").tz_convert(zone)
        for name in ("issue_time", "valid_time")
    }
    if "service_run" not in forecasts:
        return forecasts.assign(**times)
    runs = pd.DatetimeIndex(forecasts["service_run"]).tz_localize("UTC").tz_convert(zone)
    return forecasts.assign(**times, service_run=["" if pd.isna(run) else run.isoformat() for run in runs])


def _text(value: object) -> str:
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
