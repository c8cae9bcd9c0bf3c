"""A trained model and all it needs, so that raw readings go in and the target's own unit comes out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.errors import RegistryError
from jena_models.evaluation.intervals import Bounds, Intervals, percent
from jena_models.features.histories import Histories
from jena_models.models.learner import Model
from jena_models.models.model_files import load_model
from jena_models.models.network import PREPARATION_FILE
from jena_models.stations.schema import StationSchema
from jena_models.windows.history import (
    history_rows,
    history_table,
    issue_times,
    newest_issue_time,
    require_values,
    seconds_of,
)
from jena_models.windows.preparation import Preparation

STATION_FILE: Final = "station.json"
INTERVALS_FILE: Final = "intervals.json"

AT_A_TIME: Final = 65_536
"""Issue times whose histories are looked up at a time: 63 MB of 120 steps."""


@dataclass(frozen=True)
class Forecaster:
    """Forecasts one target of one station."""

    preparation: Preparation
    station: StationSchema
    model: Model
    intervals: Intervals | None = None
    """None for a model that was registered before there were any."""

    @classmethod
    def load(cls, folder: Path) -> Forecaster:
        """Read the model, `preparation.json`, `station.json` and, where it is there, `intervals.json`."""
        preparation = Preparation.model_validate_json((folder / PREPARATION_FILE).read_text(encoding="utf-8"))
        station = StationSchema.kept_before(json.loads((folder / STATION_FILE).read_text(encoding="utf-8")))
        path, intervals = folder / INTERVALS_FILE, None
        if path.is_file():
            intervals = Intervals.model_validate_json(path.read_text(encoding="utf-8"))
        return cls(preparation, station, load_model(folder), intervals)

    def forecast(self, readings: pd.DataFrame) -> pd.DataFrame:
        """Give one row, made at the last time that the readings allow: `issue_time`, `valid_time`, `forecast`.

        Where there are intervals, `lower_80`, `upper_80`, `lower_90` and `upper_90` are theirs, by level.

        Args:
            readings: canonical columns and the time (see `jena_models.windows.history.history_table`) of at least the
                history that the model needs, at its sampling or denser.

        Raises:
            HistoryIncompleteError: where they do not cover it; the sentence says what is missing.
        """
        table = history_table(readings, self.preparation, self.station)
        issue_time = newest_issue_time(pd.DatetimeIndex(table.index), self.preparation)
        history = timedelta(minutes=self.preparation.sampling_minutes * (self.preparation.steps - 1))
        require_values(table.loc[issue_time - history : issue_time])
        return self._issued_at(pd.DatetimeIndex([issue_time]), table)

    def forecast_all(self, readings: pd.DataFrame) -> pd.DataFrame:
        """Give a row for each time at which the readings allow a forecast, in order; columns and `readings` as above.

        Raises:
            HistoryIncompleteError: where there is no such time; the sentence says what is missing for the last one.
        """
        table = history_table(readings, self.preparation, self.station)
        return self._issued_at(issue_times(table, self.preparation).as_unit("us"), table)  # as a single one is

    def _issued_at(self, issued: pd.DatetimeIndex, table: pd.DataFrame) -> pd.DataFrame:
        forecasts = self._forecasts(table, seconds_of(issued)).astype(np.float64)
        columns = {"issue_time": issued, "valid_time": self._valid_times(issued), "forecast": forecasts}
        for level in self.intervals.levels if self.intervals else ():
            lower, upper = self.interval_at(forecasts, issued, level)
            columns |= {f"lower_{percent(level)}": lower, f"upper_{percent(level)}": upper}
        return pd.DataFrame(columns)

    def forecast_at(
        self, readings: pd.DataFrame, issue_times: NDArray[np.datetime64] | pd.DatetimeIndex
    ) -> NDArray[np.float32]:
        """Give the forecast made at each issue time, shape (issue times,); NaN where a step of its history is no row.

        Args:
            readings: as for `forecast`, covering all issue times' histories.
            issue_times: in any order.
        """
        table = history_table(readings, self.preparation, self.station)
        return self._forecasts(table, seconds_of(pd.DatetimeIndex(issue_times)))

    def interval_at(
        self,
        forecasts: NDArray[np.floating],
        issue_times: NDArray[np.datetime64] | pd.DatetimeIndex,
        level: float,
    ) -> tuple[Bounds, Bounds]:
        """Give the lower and upper bounds of the forecasts made at these times, each of shape (issue times,).

        Args:
            forecasts: of `forecast_at`; NaN has bounds that are NaN.
            issue_times: the same.
            level: one of `intervals.levels`.

        Raises:
            RegistryError: where the model came without intervals.
            RequestError: where it has none of this level.
        """
        if self.intervals is None:
            raise RegistryError("This version was registered without intervals; train and promote a newer one.")
        valid_times = self._valid_times(pd.DatetimeIndex(issue_times)).to_numpy()
        return self.intervals.bounds(forecasts, self.station.local.standard_time(valid_times), level)

    def _valid_times(self, issue_times: pd.DatetimeIndex) -> pd.DatetimeIndex:
        return issue_times + timedelta(minutes=self.preparation.horizon_minutes)

    def _forecasts(self, table: pd.DataFrame, issue_seconds: NDArray[np.int64]) -> NDArray[np.float32]:
        readings, seconds = table.to_numpy(dtype=np.float64), seconds_of(pd.DatetimeIndex(table.index))
        by_the_sun = seconds + round(self.station.local.standard_offset.total_seconds())
        forecasts = np.full(len(issue_seconds), np.nan, dtype=np.float32)
        for first in range(0, len(issue_seconds), AT_A_TIME):
            rows, complete = history_rows(seconds, issue_seconds[first : first + AT_A_TIME], self.preparation)
            if complete.any():
                forecasts[first : first + AT_A_TIME][complete] = self.model.forecast(
                    Histories(
                        readings,
                        self.preparation.columns,
                        by_the_sun,
                        rows[complete],
                        self.preparation.sampling_minutes,
                        self.preparation.horizon_minutes,
                    )
                )
        return forecasts
