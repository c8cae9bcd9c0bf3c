"""What a client posted, as the table of readings that a version asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from jena_models.errors import SourceUnreadableError, nearest

Values = NDArray[np.float64] | ExtensionArray

TIME: Final = "time"
MISSING_TEXTS: Final = ("", "-", "na", "n/a", "nan", "none", "null")
MOST_NAMED: Final = 10
"""How many columns a sentence may list."""


@dataclass(frozen=True)
class Wanted:
    """What a version's signature asks for."""

    required: tuple[str, ...]
    numeric: tuple[str, ...]
    time_names: tuple[str, ...]
    """What the column of time stamps may be called; upper and lower case count as one."""


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
    times = _times(columns, table.index, wanted.time_names)
    missing = [name for name in wanted.required if name not in columns]
    if missing:
        known = {TIME, *wanted.numeric}
        others = [name for name in columns if name not in known]
        advice = nearest(missing[0], others[:MOST_NAMED]) if others else "send it under this name."
        raise SourceUnreadableError(f"The readings have no column '{missing[0]}', which the model needs; {advice}")
    numbers = {name: _numbers(columns[name]) for name in wanted.numeric if name in columns}
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


def _times(columns: dict[str, pd.Series], index: pd.Index, names: Sequence[str]) -> dict[str, Values]:
    """Give the times as the column `time`, whatever they are called, and also where they are the table's index."""
    folded = {name.casefold(): name for name in reversed(columns)}
    found = next((folded[name.casefold()] for name in (TIME, *names) if name.casefold() in folded), None)
    if found is None:
        return {} if isinstance(index, pd.RangeIndex) else {TIME: index.array}
    times = columns[found]
    if times.dtype == object:
        for row, value in enumerate(times, start=1):
            if isinstance(value, list | dict):
                raise SourceUnreadableError(
                    f"The time stamp of row {row} is no text; write it like 2009-01-31 00:10:00."
                )
    return {TIME: times.array}


def _numbers(column: pd.Series) -> Values:
    if column.dtype.kind in "fiu":
        return column.to_numpy(dtype=np.float64)
    try:
        numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError, OverflowError):
        raise SourceUnreadableError(f"The column '{column.name}' holds values that are no numbers.") from None
    for row in np.flatnonzero(np.isnan(numbers) & column.notna().to_numpy()):
        value = str(column.iloc[row])[:40]
        if value.strip().casefold() not in MISSING_TEXTS:
            raise SourceUnreadableError(
                f"The column '{column.name}' holds '{value}' in row {row + 1}, which is no number; "
                "leave out what was not measured."
            )
    return numbers
