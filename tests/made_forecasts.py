"""Rows as a forecast leaves them in a table."""

import numpy as np
import pandas as pd

from jena_models.stations.clock import clock_named

MODEL = "jena-temperature-24h"
UTC = clock_named("UTC")


def forecasts(issue_times, *, version=3, forecast=7.5, horizon_hours=24.0):
    issue = pd.DatetimeIndex(issue_times).as_unit("s")
    return pd.DataFrame(
        {
            "issue_time": issue,
            "valid_time": issue + pd.Timedelta(hours=horizon_hours),
            "horizon_hours": horizon_hours,
            "forecast": forecast,
            "lower": np.nan,
            "upper": np.nan,
            "persistence": 6.0,
            "model": "lstm",
            "version": version,
            "data_hash": "0123456789abcdef",
            "rung": "champion",
            "missing": "",
            "service_run": "",
        }
    )
