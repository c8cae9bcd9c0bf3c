"""What a row of a forecasts table holds, whichever way it is kept: a row a lead, times in UTC."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

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

IDENTITY: Final = ["issue_time", "horizon_hours", "version"]
"""What makes two rows of a registered model the same forecast."""

PERSISTENCE_VERSION: Final = 0
"""Stands for "same as now", which no version of the registry has: those begin at 1."""


def typed(rows: pd.DataFrame) -> pd.DataFrame:
    """Give rows with the `COLUMNS` and nothing else, typed; times that name a zone are converted to UTC."""
    if "rung" not in rows:  # a table of earlier times, when there were two rungs
        rung = np.where(rows["version"] == PERSISTENCE_VERSION, "persistence", "champion")
        rows = rows.assign(rung=rung, missing="")
    if "service_run" not in rows:
        rows = rows.assign(service_run="")
    plain = {name: pd.to_datetime(rows[name], utc=True).dt.tz_localize(None) for name in TIMES}
    return rows[list(COLUMNS)].assign(**plain).astype(COLUMNS)


def in_utc(rows: pd.DataFrame) -> pd.DataFrame:
    """Give rows whose times say that they are in UTC, as they are written."""
    return rows.assign(**{name: rows[name].dt.tz_localize("UTC") for name in TIMES})


def no_rows() -> pd.DataFrame:
    """Give the table before anything is in it."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})


def of_lead(rows: pd.DataFrame, horizon_hours: float | None) -> pd.DataFrame:
    """Give the rows of a lead, or all where none is named."""
    if horizon_hours is None:
        return rows
    return rows[np.isclose(rows["horizon_hours"], horizon_hours)]
