"""The forecasts that were made, added to and never changed: in files of this machine, or where many machines write.

Which of both is a setting, `forecasting.table`: without it each registered model has Parquet files under `JENA_HOME`; a
folder or an address of an object store holds one Delta table with the rows of all models.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

import pandas as pd

from jena_models.stations import Clock
from tasks.forecasting.tables.parquet_forecasts import ParquetForecasts


class ForecastsTable(Protocol):
    """Where forecasts are kept."""

    def place(self, model_name: str) -> str:
        """Give where those of a registered model are, as a person may be shown it."""

    def add(self, model_name: str, rows: pd.DataFrame, clock: Clock) -> int:
        """Add the rows that the table does not hold yet; gives how many those are.

        The first of the same issue time, horizon and version stays, however many processes write at once.

        Args:
            model_name: of the registered model.
            rows: the `COLUMNS` of `forecast_rows`, in any order; times name their zone, or are in UTC.
            clock: of the station.

        Raises:
            ForecastsTableError: where the table cannot be read or written.
        """

    def read(
        self,
        model_name: str,
        clock: Clock,
        start: datetime | None = None,
        end: datetime | None = None,
        horizon_hours: float | None = None,
    ) -> pd.DataFrame:
        """Give the rows that were issued from `start` to `end`, in the order of issue time, lead and version."""

    def newest(self, model_name: str, clock: Clock, span: timedelta) -> pd.DataFrame:
        """Give the rows that were issued in the span before the newest one, in the same order."""

    def last_written(self, model_name: str) -> int | None:
        """Give when a model's rows were last added to, in nanoseconds of the machine's clock; None where never.

        It costs a few looks at the disk, and opens no file of them; of a Delta table, the list of its files.
        """


def forecasts_table(place: str | None = None) -> ForecastsTable:
    """Give the table at a place.

    Args:
        place: the setting `forecasting.table`; the files of this machine where not given.

    Raises:
        RequestError: where a place has a password in it, or needs a package that is not installed.
    """
    if place is None:
        return ParquetForecasts()
    from tasks.forecasting.tables.delta_forecasts import DeltaForecasts

    return DeltaForecasts(place)


def read_forecasts(
    model_name: str,
    clock: Clock,
    start: datetime | None = None,
    end: datetime | None = None,
    horizon_hours: float | None = None,
    *,
    place: str | None = None,
) -> pd.DataFrame:
    """Give the forecasts that were issued from `start` to `end`, both included, in the order of issue time and lead.

    Args:
        model_name: of the registered model.
        clock: of the station.
        start: in UTC, without a zone, as are the times of the table.
        end: likewise.
        horizon_hours: the one lead to give; every one where not given.
        place: of the table, as `forecasts_table` takes it.

    Raises:
        ForecastsTableError: where the table cannot be read.
    """
    return forecasts_table(place).read(model_name, clock, start, end, horizon_hours)
