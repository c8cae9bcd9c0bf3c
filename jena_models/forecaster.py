"""A trained model and all it needs, so that raw readings go in and the target's own unit comes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.history import history_rows, history_table, newest_issue_time, require_values, seconds_of
from jena_models.normalization import normalized
from jena_models.preparation import Preparation
from jena_models.stations.schema import StationSchema
from jena_models.tensorflow_start import start_tensorflow

MODEL_FILE: Final = "model.keras"
PREPARATION_FILE: Final = "preparation.json"
STATION_FILE: Final = "station.json"

BATCH: Final = 1024
"""Windows forecast at a time: 7 MB of 14 columns and 120 steps, and past the size where larger ones are faster."""


@dataclass(frozen=True)
class Forecaster:
    """Forecasts one target of one station."""

    preparation: Preparation
    station: StationSchema
    model: Any
    """The Keras model: normalized windows (batch, steps, columns) in, the target (batch, 1) out."""

    @classmethod
    def load(cls, folder: Path) -> Forecaster:
        """Read `model.keras`, `preparation.json` and `station.json` from a folder."""
        start_tensorflow()
        import keras

        preparation = Preparation.model_validate_json((folder / PREPARATION_FILE).read_text(encoding="utf-8"))
        station = StationSchema.model_validate_json((folder / STATION_FILE).read_text(encoding="utf-8"))
        return cls(preparation, station, keras.models.load_model(folder / MODEL_FILE, compile=False))

    def forecast(self, readings: pd.DataFrame) -> pd.DataFrame:
        """Give one row, made at the last time that the readings allow: `issue_time`, `valid_time`, `forecast`.

        Args:
            readings: canonical columns and the time (see `jena_models.history.history_table`) of at least the history
                that the model needs, at its sampling or denser.

        Raises:
            HistoryIncompleteError: where they do not cover it; the sentence says what is missing.
        """
        table = history_table(readings, self.preparation, self.station)
        issue_time = newest_issue_time(pd.DatetimeIndex(table.index), self.preparation)
        history = timedelta(minutes=self.preparation.sampling_minutes * (self.preparation.steps - 1))
        require_values(table.loc[issue_time - history : issue_time])
        return pd.DataFrame(
            {
                "issue_time": [issue_time],
                "valid_time": [issue_time + timedelta(minutes=self.preparation.horizon_minutes)],
                "forecast": self._forecasts(table, seconds_of(pd.DatetimeIndex([issue_time]))).astype(np.float64),
            }
        )

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

    def _forecasts(self, table: pd.DataFrame, issue_seconds: NDArray[np.int64]) -> NDArray[np.float32]:
        features = normalized(
            table.to_numpy(),
            np.asarray(self.preparation.mean),
            np.asarray(self.preparation.standard_deviation),
        )
        seconds = seconds_of(pd.DatetimeIndex(table.index))
        forecasts = np.full(len(issue_seconds), np.nan, dtype=np.float32)
        for first in range(0, len(issue_seconds), BATCH):
            rows, complete = history_rows(seconds, issue_seconds[first : first + BATCH], self.preparation)
            if complete.any():
                forecasts[first : first + BATCH][complete] = self._predict(features[rows[complete]])
        return forecasts

    def _predict(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        count = len(windows)
        if 1 < count < BATCH:
            # Each new shape would be compiled anew; two shapes serve all.
            windows = np.concatenate([windows, np.zeros((BATCH - count, *windows.shape[1:]), np.float32)])
        forecasts: NDArray[np.float32] = self.model.predict_on_batch(windows)
        return forecasts.reshape(-1)[:count]
