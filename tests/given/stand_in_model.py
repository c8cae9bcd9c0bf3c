"""A registered model that knows the truth and errs as it is told; MLflow runs this file when it loads a version."""

import json
from pathlib import Path
from types import SimpleNamespace

import mlflow
import numpy as np
import pandas as pd


class StandInForecaster:
    """Gives what was measured, plus an error of a set size that is the same whenever it is asked."""

    def __init__(self, behaviour: dict) -> None:
        self.behaviour = behaviour
        self.preparation = SimpleNamespace(steps=behaviour["steps"], sampling_minutes=180.0)

    def forecast_at(self, readings: pd.DataFrame, issue_times: pd.DatetimeIndex) -> np.ndarray:
        if self.behaviour["fails"]:
            raise ValueError(self.behaviour["fails"])
        valid = issue_times + pd.Timedelta(hours=24)
        draw = np.random.default_rng(self.behaviour["seed"]).standard_normal(len(readings))
        rows = readings.index.get_indexer(valid)
        return (readings["T (degC)"].to_numpy()[rows] + self._sizes(valid) * draw[rows]).astype(np.float32)

    model_forecast_at = forecast_at

    def forecasts_at(self, readings: pd.DataFrame, issue_times: pd.DatetimeIndex) -> pd.DataFrame:
        return pd.DataFrame({"forecast": self.forecast_at(readings, issue_times)})

    def quantiles_at(self, forecasts: np.ndarray, issue_times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Those of its errors, times what it is told to doubt itself by."""
        from scipy.stats import norm

        probabilities = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
        sizes = self._sizes(pd.DatetimeIndex(issue_times) + pd.Timedelta(hours=24)) * self.behaviour["doubt"]
        return forecasts[:, None] + sizes[:, None] * norm.ppf(probabilities), probabilities

    def _sizes(self, valid: pd.DatetimeIndex) -> np.ndarray:
        return np.array([self.behaviour["errors"].get(str(month), self.behaviour["error"]) for month in valid.month])


class StandInModel(mlflow.pyfunc.PythonModel):
    def load_context(self, context) -> None:
        self.forecaster = StandInForecaster(json.loads(Path(context.artifacts["behaviour"]).read_text()))

    def predict(self, context, model_input: pd.DataFrame, params=None) -> pd.DataFrame:
        return model_input


mlflow.models.set_model(StandInModel())
