"""Forecasts in a Delta table that many machines write to, beside what this machine's own files still hold."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import pandas as pd

from jena_models.stations import Clock
from tasks.forecasting.tables.delta_store import GROUP, MODEL, MONTH, DeltaStore, group_of
from tasks.forecasting.tables.forecast_rows import IDENTITY, of_lead
from tasks.forecasting.tables.parquet_forecasts import ParquetForecasts
from tasks.forecasting.tables.unsent_forecasts import are_sent_later, is_to_be_taken_over, keep_unsent, send

NANOSECONDS: Final = 1_000_000
"""In a millisecond."""


class DeltaForecasts:
    """The table at a place. What is added is kept on this machine until it is there."""

    def __init__(self, place: str) -> None:
        self._store = DeltaStore(place)

    def place(self, model_name: str) -> str:
        """Give the table's address."""
        return self._store.address

    def add(self, model_name: str, rows: pd.DataFrame, clock: Clock) -> int:
        """Add the forecasts that the table does not hold yet; gives how many those are, or all where they wait.

        Raises:
            ForecastsTableError: where the table cannot be written; then they go there with the next.
        """
        keep_unsent(self._store, model_name, rows, clock)
        return len(rows) if are_sent_later() else send(self._store)[model_name]

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
            ForecastsTableError: where the table cannot be read.
        """
        rows = self._store.rows(model_name, start, end)
        if is_to_be_taken_over(self._store, model_name):
            own = ParquetForecasts().read(model_name, clock, start, end)
            rows = pd.concat([own, rows]).drop_duplicates(IDENTITY, keep="first")
        return of_lead(rows, horizon_hours).sort_values(IDENTITY, ignore_index=True)

    def newest(self, model_name: str, clock: Clock, span: timedelta) -> pd.DataFrame:
        """Give the forecasts of the span before the newest one; only the months that it reaches into are read.

        Raises:
            ForecastsTableError: where the table cannot be read.
        """
        files = self._of_group(model_name)
        since = files["max.issue_time"].max().tz_localize(None) - span if len(files) else None
        rows = self.read(model_name, clock, since)
        if since is not None and (rows.empty or rows["issue_time"].max() - span < since):
            # Others of its group are newer.
            rows = self.read(model_name, clock, rows["issue_time"].max() - span if len(rows) else None)
        if rows.empty:
            return rows
        within: pd.DataFrame = rows[rows["issue_time"] >= rows["issue_time"].max() - span]
        return within.reset_index(drop=True)

    def last_written(self, model_name: str) -> int | None:
        """Give when a model's rows were last added to, of the last two months that anything was added to.

        Files that others of its group have added to are opened once.
        """
        files = self._of_group(model_name)
        written = ParquetForecasts().last_written(model_name)
        if files.empty:
            return written
        may_hold = (files[f"min.{MODEL}"] <= model_name) & (files[f"max.{MODEL}"] >= model_name)
        recent = files[f"partition.{MONTH}"].isin(sorted(files[f"partition.{MONTH}"].unique())[-2:])
        chosen = files[may_hold & recent].sort_values("modification_time", ascending=False)
        places = zip(chosen["path"], chosen[f"partition.{MONTH}"], chosen["modification_time"], strict=True)
        for path, month, modified in places:
            if model_name in self._store.models_in(path, month, group_of(model_name)):
                return max(int(modified) * NANOSECONDS, written or 0)
        return written

    def _of_group(self, model_name: str) -> pd.DataFrame:
        files = self._store.files()
        return files[files[f"partition.{GROUP}"] == group_of(model_name)] if len(files) else files
