"""The forecasts that were made: Parquet, one partition a month of issue time, added to and never changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from jena_models.errors import ForecastsTableError
from jena_models.whole_files import whole_file
from tasks.workspace import exclusive, home_folder

COLUMNS: Final = {
    "issue_time": "datetime64[s]",
    "valid_time": "datetime64[s]",
    "horizon_hours": "float64",
    "forecast": "float64",
    "lower": "float64",
    "upper": "float64",
    "persistence": "float64",
    "model": "str",
    "version": "int64",
    "data_hash": "str",
    "rung": "str",
    "missing": "str",
}
"""Times are in the station's own clock; `lower` and `upper` are NaN where a model gives no interval.

`rung` is who spoke (`tasks.forecasting.rungs.Rung`), `missing` names the columns that it had to do without.
"""

IDENTITY: Final = ["issue_time", "horizon_hours", "version"]
"""What makes two rows the same forecast."""

PERSISTENCE_VERSION: Final = 0
"""Stands for "same as now", which no version of the registry has: those begin at 1."""

FILE: Final = "forecasts.parquet"


def forecasts_folder(model_name: str) -> Path:
    """Give the folder of a registered model's forecasts, written or not."""
    return home_folder() / "forecasts" / model_name


def add_forecasts(model_name: str, rows: pd.DataFrame) -> int:
    """Add the forecasts that the table does not hold yet; gives how many those are.

    The first of the same issue time, horizon and version stays. Processes take turns, and a partition is written
    beside its place and renamed, so that none is ever half there.

    Args:
        model_name: of the registered model.
        rows: the `COLUMNS`, in any order.

    Raises:
        ForecastsTableError: where a partition cannot be read.
    """
    given = _typed(rows)
    folder = forecasts_folder(model_name)
    added = 0
    with exclusive(folder / ".lock"):
        for month, of_month in given.groupby(given["issue_time"].dt.strftime("%Y-%m")):
            file = folder / f"month={month}" / FILE
            before = _read(file)
            after = pd.concat([before, of_month]).drop_duplicates(IDENTITY, keep="first")
            if len(after) > len(before):
                _write(after.sort_values(IDENTITY, ignore_index=True), file)
                added += len(after) - len(before)
    return added


def read_forecasts(model_name: str, start: datetime | None = None, end: datetime | None = None) -> pd.DataFrame:
    """Give the forecasts that were issued from `start` to `end`, both included, in the order of issue time.

    Raises:
        ForecastsTableError: where a partition cannot be read.
    """
    tables = [_read(file) for file in _partitions(forecasts_folder(model_name), start, end)]
    table = pd.concat([_empty(), *tables], ignore_index=True)
    first, last = start or table["issue_time"].min(), end or table["issue_time"].max()
    return table[table["issue_time"].between(first, last)].reset_index(drop=True)


def _partitions(folder: Path, start: datetime | None, end: datetime | None) -> Iterator[Path]:
    first = f"month={start:%Y-%m}" if start else ""
    for file in sorted(folder.glob(f"month=*/{FILE}")):
        if file.parent.name >= first and (end is None or file.parent.name <= f"month={end:%Y-%m}"):
            yield file


def _read(file: Path) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not file.exists():
        return _empty()
    try:
        # As a single file: as part of a data set it would be given the folder's name as a column.
        return _typed(pq.ParquetFile(file).read().to_pandas())
    except (pa.ArrowException, OSError, KeyError) as error:
        raise ForecastsTableError(
            f"The forecasts in {file} cannot be read; put the file back from a copy, or move it away to begin it anew."
        ) from error


def _write(table: pd.DataFrame, file: Path) -> None:
    with whole_file(file) as beside:
        table.to_parquet(beside, index=False)


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    if "rung" not in rows:  # a table of earlier times, when there were two rungs
        rung = np.where(rows["version"] == PERSISTENCE_VERSION, "persistence", "champion")
        rows = rows.assign(rung=rung, missing="")
    return rows[list(COLUMNS)].astype(COLUMNS)


def _empty() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})
