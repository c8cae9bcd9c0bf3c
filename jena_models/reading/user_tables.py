"""A table as a user, a Parquet file or a database has it, to readings in UTC; and forecasts back into the clock."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from jena_models.errors import HistoryIncompleteError, SourceUnreadableError
from jena_models.reading.number_texts import numbers_of_column
from jena_models.reading.timestamps import times_of_column
from jena_models.stations.schema import StationSchema

PLACE: Final = "The table of readings"
INDEX: Final = "time"
SAMPLED_ROWS: Final = 60


class FrameColumns:
    """The columns of a data frame, its index among them where that is more than row numbers."""

    def __init__(self, frame: pd.DataFrame, name: str) -> None:
        if not isinstance(frame.index, pd.RangeIndex):
            frame = frame.reset_index(names=str(frame.index.name or INDEX))
        if frame.empty:
            raise SourceUnreadableError(f"The file {name} holds no row of readings.")
        self.name, self.units, self.first_line = name, (), 1
        self._frame = frame

    @property
    def header(self) -> tuple[str, ...]:
        """Give the columns' names."""
        return tuple(str(name) for name in self._frame.columns)

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
        return numbers_of_column(self.column(position), self.name, quantity=quantity)


def user_readings(table: pd.DataFrame, station: StationSchema) -> pd.DataFrame:
    """Give a table with the same columns, indexed by time in UTC.

    Times are taken from a column that has one of the station's names for it, whatever its case, or from the index;
    they are understood as those of a file are.

    Raises:
        HistoryIncompleteError: where there are no times, or one of them cannot be read for certain.
    """
    if table.empty:
        return table.set_axis(pd.DatetimeIndex([]))
    names = {str(name).strip().casefold(): name for name in table.columns}
    aliases = (INDEX, *station.time_columns, *station.time_aliases)
    found = next((names[alias.casefold()] for alias in aliases if alias.casefold() in names), None)
    if found is None and isinstance(table.index, pd.RangeIndex):
        raise HistoryIncompleteError(
            "The readings have no time stamps; give them as an index or a column named 'time'."
        )
    given = table.index if found is None else table[found]
    try:
        times = times_of_column(given, station.time_formats, station.local, PLACE)
    except SourceUnreadableError as error:
        raise HistoryIncompleteError(str(error)) from error
    kept = table if found is None else table.drop(columns=[found])
    return kept.set_axis(pd.DatetimeIndex(times, name="time"))


def in_station_clock(forecasts: pd.DataFrame, station: StationSchema) -> pd.DataFrame:
    """Give forecasts with `issue_time` and `valid_time` in the station's clock, with its offset."""
    zone = station.local.zone
    times = {
        name: pd.DatetimeIndex(forecasts[name]).tz_localize("UTC").tz_convert(zone)
        for name in ("issue_time", "valid_time")
    }
    return forecasts.assign(**times)


def _text(value: object) -> str:
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
