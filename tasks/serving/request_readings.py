"""What a client posted, as the table of readings that a version asks for."""

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
