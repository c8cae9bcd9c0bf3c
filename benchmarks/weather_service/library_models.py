"""What other libraries forecast of windows that were cut for them by hand; it runs in an environment of their own.

`python library_models.py WINDOWS.npz FORECASTS.npz`: the former holds `train` and `test`, shape (windows, hours), and
`train_said` and `test_said`, shape (windows, hours, columns), of which the last `leads` hours are to be forecast; of
the test their values are NaN. It imports nothing of this project.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd

HISTORY_LAGS = (1, 2, 3, 6, 12, 24)
TREES: dict[str, Any] = {
    "n_estimators": 300, "learning_rate": 0.05, "num_leaves": 15, "min_child_samples": 100, "colsample_bytree": 0.3,
    "reg_lambda": 50, "n_jobs": 1, "random_state": 20, "verbosity": -1,
}  # fmt: skip
BEGIN = pd.Timestamp("2000-01-01")


def by_darts(windows: Any, leads: int, model: Any) -> np.ndarray:
    """Give the forecasts of one of Darts' regressions, a series a window, with the runs as its future covariates."""
    from darts import TimeSeries

    def series(values: np.ndarray) -> Any:
        times = pd.date_range(BEGIN, periods=len(values), freq="h")
        return TimeSeries.from_times_and_values(times, values.reshape(len(values), -1).astype(np.float32))

    history = windows["train"].shape[1] - leads
    model.fit(
        [series(each) for each in windows["train"]],
        future_covariates=[series(each) for each in windows["train_said"]],
    )
    said = model.predict(
        leads,
        series=[series(each[:history]) for each in windows["test"]],
        future_covariates=[series(each) for each in windows["test_said"]],
    )
    return np.stack([each.values()[:, 0] for each in said])


def by_mlforecast(windows: Any, leads: int) -> np.ndarray:
    """Give the forecasts of mlforecast, step after step, a series a window, with the runs as exogenous columns."""
    from lightgbm import LGBMRegressor
    from mlforecast import MLForecast

    columns = [f"x{number}" for number in range(windows["train_said"].shape[2])]

    def long(values: np.ndarray, said: np.ndarray) -> pd.DataFrame:
        count, hours = values.shape
        table = pd.DataFrame(said.reshape(count * hours, -1), columns=columns)
        table.insert(0, "y", values.reshape(-1))
        table.insert(0, "ds", np.tile(pd.date_range(BEGIN, periods=hours, freq="h"), count))
        table.insert(0, "unique_id", np.repeat(np.arange(count), hours))
        return table

    history = windows["train"].shape[1] - leads
    forecast = MLForecast(models=[LGBMRegressor(**TREES)], freq="h", lags=list(HISTORY_LAGS))
    forecast.fit(long(windows["train"], windows["train_said"]), static_features=[])
    before = long(windows["test"][:, :history], windows["test_said"][:, :history])
    after = long(windows["test"], windows["test_said"]).drop(columns="y")
    after = after[after["ds"] >= BEGIN + pd.Timedelta(hours=history)]
    said = forecast.predict(leads, new_df=before, X_df=after).sort_values(["unique_id", "ds"])
    return np.asarray(said["LGBMRegressor"]).reshape(-1, leads)


def main(windows_path: str, to: str) -> None:
    """Fit and forecast with each, and keep what they say."""
    from darts.models import LightGBMModel, LinearRegressionModel

    with np.load(windows_path) as kept:
        windows = {name: kept[name] for name in kept.files}
    leads = int(windows["leads"])
    history = windows["train"].shape[1] - leads
    ahead = list(range(leads))
    shape: dict[str, Any] = {"lags": history, "lags_future_covariates": ahead, "output_chunk_length": leads}
    said: dict[str, Any] = {
        "Darts LightGBMModel": by_darts(windows, leads, LightGBMModel(**shape, **TREES)),
        "Darts LinearRegressionModel": by_darts(windows, leads, LinearRegressionModel(**shape)),
        "mlforecast LightGBM": by_mlforecast(windows, leads),
    }
    np.savez(to, **said)


if __name__ == "__main__":
    main(*sys.argv[1:])
