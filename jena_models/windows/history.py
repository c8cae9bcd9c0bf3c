"""Raw readings, as a user has them, to the table that a model's history is taken from."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.errors import HistoryIncompleteError
from jena_models.stations.formulas import derive
from jena_models.stations.schema import StationSchema
from jena_models.windows.preparation import Preparation

Seconds = NDArray[np.int64]


def history_table(readings: pd.DataFrame, preparation: Preparation, station: StationSchema) -> pd.DataFrame:
    """Give the model's columns as floats, in its order, by time; of rows with the same time stamp the first stays.

    Sentinels become missing, and columns that are absent or empty are computed by formula where there is one.

    Args:
        readings: canonical columns, indexed by time in UTC; any order, other columns are ignored.
        preparation: what the model needs.
        station: the schema of the columns.

    Raises:
        HistoryIncompleteError: without rows, an index of times, or a column that the model needs.
    """
    if readings.empty:
        raise HistoryIncompleteError(f"There are no readings; the model needs the last {_span(preparation)}.")
    times = _times(readings)
    present = [name for name in station.names if name in readings.columns]
    values = {name: _numbers(readings[name], station) for name in present}
    table = pd.DataFrame({name: _column(name, values, station) for name in preparation.columns}, index=times)
    table = table[~table.index.duplicated(keep="first")]
    return table.sort_index()


def newest_issue_time(times: pd.DatetimeIndex, preparation: Preparation) -> pd.Timestamp:
    """Give the last time whose whole history is there, at most one step of the history before the last reading.

    Args:
        times: of the readings, in order and unique.
        preparation: how many steps the history has, and how far apart they are.

    Raises:
        HistoryIncompleteError: where there is none; the sentence names what is missing for the last reading.
    """
    seconds = seconds_of(times)
    sampling = round(preparation.sampling_minutes * 60)
    candidates = seconds[seconds > seconds[-1] - sampling][::-1]
    complete = history_rows(seconds, candidates, preparation)[1]
    if complete.any():
        return pd.Timestamp(int(candidates[np.argmax(complete)]), unit="s")
    last, first = seconds[-1], seconds[-1] - sampling * (preparation.steps - 1)
    if seconds[0] > first:
        raise HistoryIncompleteError(
            f"The readings begin at {times[0]}, but to forecast from {times[-1]} the model needs the last "
            f"{_span(preparation)}; give readings from {pd.Timestamp(int(first), unit='s')} on."
        )
    wanted = np.arange(first, last + 1, sampling)
    missing = wanted[~np.isin(wanted, seconds)]
    raise HistoryIncompleteError(
        f"To forecast from {times[-1]} the model needs a reading every {preparation.sampling_minutes:g} minutes of the "
        f"last {_span(preparation)}, and {len(missing)} of {len(wanted)} are not there, the first at "
        f"{pd.Timestamp(int(missing[0]), unit='s')}; fill the gap, or wait until the history no longer reaches it."
    )


def issue_times(table: pd.DataFrame, preparation: Preparation) -> pd.DatetimeIndex:
    """Give every time of a table whose whole history is there, with a value in each column.

    Args:
        table: what `history_table` gives.
        preparation: how many steps the history has, and how far apart they are.

    Raises:
        HistoryIncompleteError: where there is none; the sentence says what is missing for the last reading.
    """
    times = pd.DatetimeIndex(table.index)
    rows, complete = history_rows(seconds_of(times), seconds_of(times), preparation)
    values = np.vstack([np.zeros(table.shape[1], np.intp), table.notna().to_numpy().cumsum(axis=0)])
    complete &= (values[rows[:, -1] + 1] > values[rows[:, 0]]).all(axis=1)
    if not complete.any():
        newest = times.searchsorted(newest_issue_time(times, preparation))
        require_values(table.iloc[rows[newest, 0] : newest + 1])
    return times[complete]


def history_rows(
    seconds: Seconds, issue_seconds: Seconds, preparation: Preparation
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Give the row of each step before each issue time, shape (issue times, steps), and whether all of them are there.

    Args:
        seconds: times of the rows, in order.
        issue_seconds: times of the last step of each history.
        preparation: how many steps the history has, and how far apart they are.
    """
    offsets = np.arange(1 - preparation.steps, 1) * round(preparation.sampling_minutes * 60)
    wanted = issue_seconds[:, None] + offsets
    rows = np.minimum(np.searchsorted(seconds, wanted), len(seconds) - 1)
    return rows, (seconds[rows] == wanted).all(axis=1)


def require_values(window: pd.DataFrame) -> None:
    """Refuse a history in which a column has no value at all.

    Raises:
        HistoryIncompleteError: naming the first such column.
    """
    empty = window.columns[window.isna().all()]
    if len(empty):
        raise HistoryIncompleteError(
            f"Column '{empty[0]}' has no value from {window.index[0]} to {window.index[-1]}; "
            "the model needs at least one, so give readings of a time when its sensor worked."
        )


def seconds_of(times: pd.DatetimeIndex) -> Seconds:
    """Give whole seconds since 1970."""
    return seconds_of_times(times.to_numpy())


def seconds_of_times(times: NDArray[np.datetime64]) -> Seconds:
    """Give whole seconds since 1970 of times as arrays have them."""
    return np.asarray(times).astype("datetime64[s]").astype(np.int64)


def _span(preparation: Preparation) -> str:
    span = timedelta(minutes=preparation.steps * preparation.sampling_minutes)
    return f"{span.total_seconds() / 3600:g} hours"


def _times(readings: pd.DataFrame) -> pd.DatetimeIndex:
    if not isinstance(readings.index, pd.DatetimeIndex):
        raise HistoryIncompleteError("The readings are not indexed by time; see jena_models.reading.user_readings.")
    times = readings.index
    return (times if times.tz is None else times.tz_convert(None)).as_unit("s").rename("time")


def _numbers(column: pd.Series, station: StationSchema) -> NDArray[np.float64]:
    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
    values[np.isin(values, station.sentinels) | np.isinf(values)] = np.nan
    return values


def _column(name: str, values: dict[str, NDArray[np.float64]], station: StationSchema) -> NDArray[np.float64]:
    if name in values and not np.isnan(values[name]).all():
        return values[name]
    if station.column(name).kind == "derived":
        inputs = [station.named(quantity) for quantity in ("p", "T", "rh")]
        if all(column in values for column in inputs):
            pressure, temperature, humidity = (values[column] for column in inputs if column)
            return derive(station.column(name).quantity, pressure, temperature, humidity)
    if name in values:
        raise HistoryIncompleteError(f"Column '{name}' of the readings has no value; the model needs it.")
    raise HistoryIncompleteError(
        f"The readings have no column '{name}', which the model needs; add it under this name."
    )
