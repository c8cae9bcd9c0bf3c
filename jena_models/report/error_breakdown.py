"""Where a forecast errs: by season, hour of the day and tenth of the target, and in which week the most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.evaluation.seasons import SEASONS, season_numbers

TENTHS: Final = 10
DAYS_OF_A_WEEK: Final = 7
LEAST_OF_A_WEEK: Final = 0.9
"""A week with a smaller share of its forecasts is no week to judge by."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Grouped:
    """Errors by group; the arrays have shape (groups,)."""

    mean_absolute: Numbers
    bias: Numbers
    """Mean of forecast − measured."""
    windows: NDArray[np.int64]


def by_season(forecasts: pd.DataFrame, latitude: float) -> Grouped:
    """Give the errors in each season of `SEASONS`; NaN in one without windows.

    Args:
        forecasts: `valid_time`, `measured` and `forecast`.
        latitude: of the station, in degrees north.
    """
    return _grouped(forecasts, season_numbers(_times(forecasts), latitude), len(SEASONS))


def by_hour(forecasts: pd.DataFrame) -> Grouped:
    """Give the errors in each hour of the day that a forecast is for, in the station's own clock."""
    return _grouped(forecasts, _times(forecasts).astype("datetime64[h]").astype(np.int64) % 24, 24)


def by_tenth(forecasts: pd.DataFrame) -> tuple[Numbers, Grouped]:
    """Give the mean of what was measured in each tenth of the windows, the lowest first, and the errors there."""
    measured = forecasts["measured"].to_numpy(np.float64)
    numbers = np.empty(len(measured), dtype=np.int64)
    numbers[np.argsort(measured, kind="stable")] = np.arange(len(measured)) * TENTHS // max(len(measured), 1)
    counts = np.bincount(numbers, minlength=TENTHS)
    with np.errstate(invalid="ignore"):
        centres = np.bincount(numbers, weights=measured, minlength=TENTHS) / counts
    return centres, _grouped(forecasts, numbers, TENTHS)


def best_and_worst_week(forecasts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Give the rows of the seven days, from midnight, with the lowest and the highest mean absolute error.

    None where there are not seven days with nearly all their forecasts.
    """
    days = pd.DatetimeIndex(forecasts["valid_time"]).floor("D")
    errors = (forecasts["forecast"] - forecasts["measured"]).abs().to_numpy(np.float64)
    daily = pd.Series(errors, index=days).groupby(level=0).agg(["sum", "count"])
    daily = daily.reindex(pd.date_range(days.min(), days.max(), freq="D"), fill_value=0)
    weekly = daily.rolling(DAYS_OF_A_WEEK).sum()
    whole = weekly["count"] >= LEAST_OF_A_WEEK * weekly["count"].max()
    means = (weekly["sum"] / weekly["count"])[whole & (weekly["count"] > 0)]
    if means.empty:
        return None
    weeks = []
    for last in (means.idxmin(), means.idxmax()):
        first = last - pd.Timedelta(days=DAYS_OF_A_WEEK - 1)
        weeks.append(forecasts[(days >= first) & (days <= last)])
    return weeks[0], weeks[1]


def mean_absolute_error_of(forecasts: pd.DataFrame) -> float:
    """Give the mean of `|forecast − measured|`."""
    return float((forecasts["forecast"] - forecasts["measured"]).abs().mean())


def _times(forecasts: pd.DataFrame) -> NDArray[np.datetime64]:
    times: NDArray[np.datetime64] = forecasts["valid_time"].to_numpy().astype("datetime64[s]")
    return times


def _grouped(forecasts: pd.DataFrame, numbers: NDArray[np.int64], groups: int) -> Grouped:
    errors = (forecasts["forecast"] - forecasts["measured"]).to_numpy(np.float64)
    counts = np.bincount(numbers, minlength=groups)
    with np.errstate(invalid="ignore"):
        absolute = np.bincount(numbers, weights=np.abs(errors), minlength=groups) / counts
        bias = np.bincount(numbers, weights=errors, minlength=groups) / counts
    return Grouped(absolute, bias, counts)
