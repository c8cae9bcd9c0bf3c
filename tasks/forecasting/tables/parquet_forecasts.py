"""Forecasts in files of this machine: Parquet, a folder a registered model, one partition a month of issue time.

Times are in UTC, and say so in the files. Those of before did not, and were in the station's clock: they are converted
when they are read, and when their partition is added to.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pandas as pd

from jena_models.errors import ForecastsTableError
from jena_models.stations import Clock
from jena_models.whole_files import whole_file
from tasks.forecasting.tables.forecast_rows import IDENTITY, TIMES, in_utc, no_rows, of_lead, typed
from tasks.workspace import exclusive, home_folder, newest_change

BESIDE: Final = timedelta(days=1)
"""A partition of before, of a month of the station's clock, may reach so far into the month beside it."""

FILE: Final = "forecasts.parquet"


def forecasts_folder(model_name: str) -> Path:
    """Give the folder of a registered model's forecasts, written or not."""
    return home_folder() / "forecasts" / model_name


class ParquetForecasts:
    """The table of this machine. Processes take turns, and no partition is ever half there."""

    def place(self, model_name: str) -> str:
        """Give the folder of a registered model's forecasts."""
        return str(forecasts_folder(model_name))

    def add(self, model_name: str, rows: pd.DataFrame, clock: Clock) -> int:
        """Add the forecasts that the table does not hold yet; gives how many those are.

        Raises:
            ForecastsTableError: where a partition cannot be read.
        """
        given = typed(rows)
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

    def newest(self, model_name: str, clock: Clock, span: timedelta) -> pd.DataFrame:
        """Give the forecasts of the span before the newest one; only the months that it reaches into are read.

        Raises:
            ForecastsTableError: where a partition cannot be read.
        """
        table = no_rows()
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

    def last_written(self, model_name: str) -> int | None:
        """Give when a model's table was last added to; it costs a few looks at the disk, and opens nothing."""
        return newest_change(forecasts_folder(model_name), "month=*", FILE)

    def read(
        self,
        model_name: str,
        clock: Clock,
        start: datetime | None = None,
        end: datetime | None = None,
        horizon_hours: float | None = None,
    ) -> pd.DataFrame:
        """Give the forecasts that were issued from `start` to `end`, both included.

        Raises:
            ForecastsTableError: where a partition cannot be read.
        """
        tables = [_read(file, clock) for file in _partitions(forecasts_folder(model_name), start, end)]
        table = pd.concat([no_rows(), *tables], ignore_index=True).sort_values(IDENTITY, ignore_index=True)
        first, last = start or table["issue_time"].min(), end or table["issue_time"].max()
        return of_lead(table[table["issue_time"].between(first, last)], horizon_hours).reset_index(drop=True)


def _partitions(folder: Path, start: datetime | None, end: datetime | None) -> Iterator[Path]:
    first = f"month={_month(start, -BESIDE)}" if start else ""
    last = f"month={_month(end, BESIDE)}" if end else ""
    for file in sorted(folder.glob(f"month=*/{FILE}")):
        if file.parent.name >= first and (not last or file.parent.name <= last):
            yield file


def _month(time: datetime, beside: timedelta) -> str:
    """Give the month of a time and a little; the first and the last day that there are have nothing beside them."""
    with suppress(OverflowError):
        time += beside
    return time.isoformat()[:7]  # four digits of the year, also before the year 1000


def _read(file: Path, clock: Clock) -> pd.DataFrame:
    import pyarrow.parquet as pq

    if not file.exists():
        return no_rows()
    try:
        # As a single file: as part of a data set it would be given the folder's name as a column.
        table = pq.ParquetFile(file).read().to_pandas()
        for name in TIMES:
            if table[name].dt.tz is None:
                table[name] = clock.column_to_utc(table[name].to_numpy().astype("datetime64[s]"))
        # Of a file that was put together by hand a forecast may stand there twice, and what was said first counts.
        return typed(table).drop_duplicates(IDENTITY, keep="first")
    except Exception as error:  # a file that was changed by hand may fail in any way
        raise ForecastsTableError(
            f"The forecasts in {file} cannot be read; put the file back from a copy, or move it away to begin it anew."
        ) from error


def _write(table: pd.DataFrame, file: Path) -> None:
    with whole_file(file) as beside:
        in_utc(table).to_parquet(beside, index=False)
