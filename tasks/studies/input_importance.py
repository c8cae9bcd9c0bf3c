"""What the best model of a study relies on, asked of the registered version on validation windows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from jena_models.evaluation.permutation_importance import Importance, increases, separate_windows
from jena_models.stations.schema import StationSchema
from tasks.readings import service_of
from tasks.registry import reload, unbroken
from tasks.tracking import client
from tasks.workspace import LeaderboardRow, Prepared


def measure_importance(row: LeaderboardRow, model_name: str, prepared: Prepared) -> Importance:
    """Exchange the history of one input after the other between windows, and see how much worse the forecasts are.

    Args:
        row: of the architecture; it must have a version.
        model_name: of the registered model.
        prepared: the study's windows.

    Raises:
        RescoringError: where the version cannot be loaded.
        ValueError: where there are not two windows whose histories are apart.
    """
    if row.version is None:
        raise ValueError(f"{row.architecture} was not registered")
    service = service_of(prepared.divided.checked)
    forecaster: Any = reload(client(), model_name, row.version).fed(service).forecaster
    station: StationSchema = forecaster.station
    preparation, checked = prepared.preparation, prepared.divided.checked
    readings = pd.read_parquet(checked.readings)
    windows = unbroken(prepared, "validation")
    issue_times, valid_times = windows.issue_times, windows.valid_times
    times = readings.index.to_numpy().astype("datetime64[s]")
    span = np.timedelta64(timedelta(minutes=preparation.sampling_minutes * (preparation.steps - 1)))
    first, last = np.searchsorted(times, issue_times - span), np.searchsorted(times, issue_times)
    rows = int(np.median(last - first)) if len(last) else 0
    whole = np.flatnonzero((last - first == rows) & np.isin(issue_times, times) & np.isin(valid_times, times))
    picked = whole[separate_windows(first[whole], last[whole])]
    if len(picked) <= 1:
        raise ValueError("fewer than two validation windows have histories that are apart")
    # Only these rows are looked at, so only these need be prepared.
    histories = np.arange(len(picked) * (rows + 1)).reshape(len(picked), rows + 1)
    table = readings.iloc[(first[picked, None] + np.arange(rows + 1)).ravel()]
    measured = readings[preparation.target].to_numpy()[np.searchsorted(times, valid_times[picked])]
    columns = [name for name in preparation.columns if name in table.columns]
    sensors = [name for name in columns if station.column(name).kind != "derived"]
    measured_alone = table[[name for name in table.columns if station.column(name).kind != "derived"]]

    def found(given: pd.DataFrame, exchanged: list[str]) -> tuple[float, tuple[object, ...]]:
        return increases(
            forecaster.model_forecast_at,
            given,
            columns=exchanged,
            histories=histories,
            issue_times=issue_times[picked],
            measured=measured,
        )

    mae, of_columns = found(table, columns)
    _, of_sensors = found(measured_alone, sensors)
    return Importance(
        architecture=row.architecture, mae=mae, windows=len(picked), sensors=of_sensors, columns=of_columns
    )
