"""What a client posted, as the readings that a version asks for; what no station can have measured is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from jena_models.errors import SourceUnreadableError, nearest
from jena_models.reading.texts.number_texts import numbers_of_column
from jena_models.reading.user_tables import time_names_among, user_readings
from jena_models.stations.schema import StationSchema
from jena_models.windows.history import history_table
from jena_models.windows.preparation import Preparation

TIME: Final = "time"
PLACE: Final = "the request"
MOST_NAMED: Final = 10
"""How many columns a sentence may list."""


@dataclass(frozen=True)
class Wanted:
    """What a version's signature asks for."""

    required: tuple[str, ...]
    numeric: tuple[str, ...]
    station: StationSchema
    """Whose files say what the column of time stamps may be called."""


def readings_of(posted: Any, wanted: Wanted) -> pd.DataFrame:
    """Give the columns that the model reads as numbers, and the column `time` where one was posted.

    Args:
        posted: a table, or columns by name, as MLflow's server reads them from a request.
        wanted: what the version that answers asks for.

    Raises:
        SourceUnreadableError: where it is no such table; the sentence says why.
    """
    table = _table(posted)
    if table.empty:
        raise SourceUnreadableError("The request holds no readings; send at least the history that the model needs.")
    columns = {str(name).strip(): column for name, column in table.items()}
    if len(columns) < table.shape[1]:
        names = pd.Index([str(name).strip() for name in table.columns])
        raise SourceUnreadableError(f"The column '{names[names.duplicated()][0]}' is there twice; send it once.")
    table = table.set_axis(list(columns), axis="columns")
    times = _times(table, wanted.station)
    missing = [name for name in wanted.required if name not in columns]
    if missing:
        known = {TIME, *wanted.numeric, *time_names_among(table, wanted.station)}
        others = [name for name in columns if name not in known]
        advice = nearest(missing[0], others[:MOST_NAMED]) if others else "send it under this name."
        raise SourceUnreadableError(f"The readings have no column '{missing[0]}', which the model needs; {advice}")
    quantities = {column.name: column.quantity for column in wanted.station.columns}
    numbers = {name: _numbers(table[name], quantities.get(name, "")) for name in wanted.numeric if name in columns}
    return pd.DataFrame(times | numbers)


def _table(posted: Any) -> pd.DataFrame:
    if isinstance(posted, pd.DataFrame):
        if posted.index.nlevels > 1:
            raise SourceUnreadableError(
                "The rows of the request hold more values than it names columns; separate values by commas, and write "
                "decimals with a point."
            )
        return posted
    if isinstance(posted, dict):
        try:
            return pd.DataFrame(posted)
        except (ValueError, TypeError):
            raise SourceUnreadableError(
                "The columns of the request make no table; give each of them as many values as the others."
            ) from None
    raise SourceUnreadableError("The request holds values without the names of their columns; send a table with names.")


def _times(table: pd.DataFrame, station: StationSchema) -> dict[str, ExtensionArray | pd.Index]:
    """Give the times as the column `time`, whatever they are called, in several columns or the table's index."""
    names = time_names_among(table, station)
    for name in names:
        for row, value in enumerate(table[name], start=1):
            if isinstance(value, list | dict):
                raise SourceUnreadableError(
                    f"The time stamp of row {row} is no text; write it like 2009-01-31 00:10:00."
                )
    if len(names) > 1:
        return {TIME: pd.DatetimeIndex(user_readings(table[list(names)], station).index).tz_localize("UTC")}
    if names:
        return {TIME: table[names[0]].array}
    return {} if isinstance(table.index, pd.RangeIndex) else {TIME: table.index.array}


def _numbers(column: pd.Series, quantity: str) -> NDArray[np.float64]:
    try:
        numbers = numbers_of_column(column, PLACE, quantity=quantity)
    except (TypeError, ValueError, OverflowError):
        raise SourceUnreadableError(f"The column '{column.name}' holds values that are no numbers.") from None
    if np.isinf(numbers).any():
        raise SourceUnreadableError(f"The column '{column.name}' holds a number that is too large.")
    return numbers


def without_impossible(readings: pd.DataFrame, station: StationSchema) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Give readings whose values are possible or missing, and a sentence for each column that lost some.

    Args:
        readings: what `tasks.serving.request_readings.readings_of` gives.
        station: whose limits hold; its signs of a missing value are no loss.
    """
    kept, sentences = readings, []
    for column in station.columns:
        name, lowest, highest = column.name, column.minimum, column.maximum
        if name not in readings:
            continue
        values = readings[name].to_numpy(dtype=np.float64, na_value=np.nan)
        missing = np.isnan(values) | np.isin(values, station.sentinels_of(name))
        impossible = ~missing & ~((lowest <= values) & (values <= highest))
        if not impossible.any():
            continue
        row = int(np.argmax(impossible))
        at = f" at {readings[TIME].iloc[row]}" if TIME in readings else f" in row {row + 1}"
        sentences.append(
            f"{impossible.sum()} of {len(values)} values of '{name}' lie outside {lowest:g} to {highest:g} and count "
            f"as missing, the first is {values[row]:g}{at}."
        )
        kept = kept.assign(**{name: np.where(impossible, np.nan, values)})
    return kept, tuple(sentences)


def older_target(
    readings: pd.DataFrame, forecasts: pd.DataFrame, preparation: Preparation, station: StationSchema
) -> tuple[str, ...]:
    """Tell where the newest forecast had to take an older value of the target than one of its issue time.

    Args:
        readings: that it was made of.
        forecasts: with a column `issue_time` that names its zone, in order.
        preparation: of the version that made it.
        station: the schema of the columns.
    """
    target = preparation.target
    if target not in readings or not readings[target].isna().any():
        return ()
    issued = pd.Timestamp(forecasts["issue_time"].iloc[-1]).tz_convert(None)
    measured = history_table(user_readings(readings, station), preparation, station)[target].loc[:issued].dropna()
    if not len(measured) or measured.index[-1] == issued:
        return ()
    hours = (issued - measured.index[-1]).total_seconds() / 3600
    newest, asked = (f"{station.local.shown(time):%Y-%m-%d %H:%M %z}" for time in (measured.index[-1], issued))
    return (f"The newest value of '{target}' is of {newest}, {hours:g} hours before {asked}.",)
