"""The forecasts that were made: Parquet, one partition a month of issue time, added to and never changed.

Times are in UTC, and say so in the files. Those of before did not, and were in the station's clock: they are converted
when they are read, and when their partition is added to.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from jena_models.errors import ForecastsTableError
from jena_models.stations import Clock
from jena_models.whole_files import whole_file
from tasks.workspace import exclusive, home_folder, newest_change

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
    "service_run": "str",
}
"""A row a lead. Times are in UTC; `lower` and `upper` are NaN where a model gives no interval.

`rung` is who spoke (`tasks.forecasting.rungs.Rung`), `missing` names the columns that it had to do without, and
`service_run` is the issue time of the weather service's run that was used, empty where none was.
"""

TIMES: Final = ("issue_time", "valid_time")
BESIDE: Final = timedelta(days=1)
"""A partition of before, of a month of the station's clock, may reach so far into the month beside it."""

IDENTITY: Final = ["issue_time", "horizon_hours", "version"]
"""What makes two rows the same forecast."""

PERSISTENCE_VERSION: Final = 0
"""Stands for "same as now", which no version of the registry has: those begin at 1."""

FILE: Final = "forecasts.parquet"


def forecasts_folder(model_name: str) -> Path:
    """Give the folder of a registered model's forecasts, written or not."""
    return home_folder() / "forecasts" / model_name


def add_forecasts(model_name: str, rows: pd.DataFrame, clock: Clock) -> int:
    """Add the forecasts that the table does not hold yet; gives how many those are.

    The first of the same issue time, horizon and version stays. Processes take turns, and a partition is written
    beside its place and renamed, so that none is ever half there.

    Args:
        model_name: of the registered model.
        rows: the `COLUMNS`, in any order; times name their zone, or are in UTC.
        clock: of the station.

    Raises:
        ForecastsTableError: where a partition cannot be read.
    """
    given = _typed(rows)
    folder = forecasts_folder(model_name)
    added = 0
    with exclusive(folder / ".lock"):
        for month, of_month in given.groupby(given["issue_time"].dt.strftime("%Y-%m")):
            file = folder / f"month={month}" / FILE
            before = _read(file, clock)
            after = pd.concat([before, of_month]).drop_duplicates(IDENTITY, keep="first")
            if len(after) > len(before):
                _write(after.sort_values(IDENTITY, ignore_index=True), file)
                added += len(after) - len(before)
    return added


def newest_forecasts(model_name: str, clock: Clock, span: timedelta) -> pd.DataFrame:
    """Give the forecasts that were issued in the span before the newest one, in the order of issue time.

    Only the months that it reaches into are read.

    Raises:
        ForecastsTableError: where a partition cannot be read.
    """
    table = _empty()
    for file in sorted(forecasts_folder(model_name).glob(f"month=*/{FILE}"), reverse=True):
        of_month = _read(file, clock)
        table = of_month if table.empty else pd.concat([of_month, table])
        # Of another clock, the month before may reach a day into this one.
        if len(table) and table["issue_time"].min() <= table["issue_time"].max() - span - BESIDE:
            break
    if table.empty:
        return table
    within: pd.DataFrame = table[table["issue_time"] >= table["issue_time"].max() - span]
    return within.sort_values(IDENTITY, ignore_index=True)


def last_written(model_name: str) -> int | None:
    """Give when a model's table was last added to, in nanoseconds of the machine's clock; None where it never was.

    It costs a few looks at the disk, and opens nothing.
    """
    return newest_change(forecasts_folder(model_name), "month=*", FILE)


def read_forecasts(
    model_name: str,
    clock: Clock,
    start: datetime | None = None,
    end: datetime | None = None,
    horizon_hours: float | None = None,
) -> pd.DataFrame:
    """Give the forecasts that were issued from `start` to `end`, both included, in the order of issue time and lead.

    Args:
        model_name: of the registered model.
        clock: of the station.
        start: in UTC, without a zone, as are the times of the table.
        end: likewise.
        horizon_hours: the one lead to give; every one where not given.

    Raises:
        ForecastsTableError: where a partition cannot be read.
    """
    tables = [_read(file, clock) for file in _partitions(forecasts_folder(model_name), start, end)]
    table = pd.concat([_empty(), *tables], ignore_index=True).sort_values(IDENTITY, ignore_index=True)
    first, last = start or table["issue_time"].min(), end or table["issue_time"].max()
    chosen = table["issue_time"].between(first, last)
    if horizon_hours is not None:
        chosen &= np.isclose(table["horizon_hours"], horizon_hours)
    return table[chosen].reset_index(drop=True)


def _partitions(folder: Path, start: datetime | None, end: datetime | None) -> Iterator[Path]:
    first = f"month={start - BESIDE:%Y-%m}" if start else ""
    last = f"month={end + BESIDE:%Y-%m}" if end else ""
    for file in sorted(folder.glob(f"month=*/{FILE}")):
        if file.parent.name >= first and (not last or file.parent.name <= last):
            yield file


def _read(file: Path, clock: Clock) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not file.exists():
        return _empty()
    try:
        # As a single file: as part of a data set it would be given the folder's name as a column.
        table = pq.ParquetFile(file).read().to_pandas()
        for name in TIMES:
            if table[name].dt.tz is None:
                table[name] = clock.column_to_utc(table[name].to_numpy().astype("datetime64[s]"))
        return _typed(table)
    except (pa.ArrowException, OSError, KeyError) as error:
        raise ForecastsTableError(
            f"The forecasts in {file} cannot be read; put the file back from a copy, or move it away to begin it anew."
        ) from error


def _write(table: pd.DataFrame, file: Path) -> None:
    in_utc = table.assign(**{name: table[name].dt.tz_localize("UTC") for name in TIMES})
    with whole_file(file) as beside:
        in_utc.to_parquet(beside, index=False)


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    if "rung" not in rows:  # a table of earlier times, when there were two rungs
        rung = np.where(rows["version"] == PERSISTENCE_VERSION, "persistence", "champion")
        rows = rows.assign(rung=rung, missing="")
    if "service_run" not in rows:
        rows = rows.assign(service_run="")
    plain = {name: pd.to_datetime(rows[name], utc=True).dt.tz_localize(None) for name in TIMES}
    return rows[list(COLUMNS)].assign(**plain).astype(COLUMNS)


def _empty() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})
