"""How good forecasts were, once it is known what came, and how far readings lie from those of other years."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FORECASTS: Final = "forecasts"
RESIDUAL: Final = "residual"
TOLERANCE: Final = timedelta(minutes=30)
"""How far the minute of a reading may be from that of the forecast, at most: the station's clock slips at gaps."""
LEAST_VALUES: Final = 20


def verified(forecasts: pd.DataFrame, measured: pd.Series) -> pd.DataFrame:
    """Give the forecasts whose valid time was measured: `measured` and `residual` beside them, indexed by valid time.

    Args:
        forecasts: `valid_time`, `forecast`, `persistence`, `lower`, `upper`, a row a forecast; others are kept.
        measured: the target, indexed by time, in order; one that is more than half a step away is of another step.
    """
    table = forecasts.sort_values("valid_time").set_index("valid_time")
    came = measured.dropna()
    if came.empty:
        return table.assign(measured=np.nan, residual=np.nan).iloc[:0]
    steps = np.diff(measured.index.to_numpy())
    near = min(TOLERANCE, np.median(steps).astype("timedelta64[s]").item() / 2) if len(steps) else TOLERANCE
    positions = came.index.get_indexer(pd.DatetimeIndex(table.index), method="nearest", tolerance=near)
    known = positions >= 0
    table = table[known].assign(measured=came.to_numpy()[positions[known]])
    table[RESIDUAL] = table["measured"] - table["forecast"]
    return table[table[RESIDUAL].notna()]


def score(window: pd.DataFrame, _: pd.DataFrame | None = None) -> dict[str, float]:
    """Give `forecasts/MAE` in the target's unit, `forecasts/skill` against persistence, `forecasts/coverage` (shares).

    NaN where a figure cannot be had, such as the coverage of forecasts without intervals.
    """
    error = window[RESIDUAL].abs().mean()
    reference = (window["measured"] - window["persistence"]).abs().mean()
    bounded = window[window["lower"].notna() & window["upper"].notna()]
    held = bounded["measured"].between(bounded["lower"], bounded["upper"]).mean() if len(bounded) else np.nan
    return {
        f"{FORECASTS}/MAE": float(error),
        f"{FORECASTS}/skill": float(1 - error / reference) if reference else np.nan,
        f"{FORECASTS}/coverage": float(held),
    }


def residual_distances(window: pd.DataFrame, reference: pd.DataFrame) -> dict[str, float]:
    """Give the distances of the residuals, measured less forecast, from those of the same weeks; see `distances`."""
    return distances(window[[RESIDUAL]], reference[[RESIDUAL]])


def distances(window: pd.DataFrame, reference: pd.DataFrame) -> dict[str, float]:
    """Give, for each column, `<column>/distance` (Wasserstein's, in the column's unit) and `<column>/KS distance`.

    Wasserstein's distance is how far values must be moved, on average, to be distributed as the others; that of
    Kolmogorov and Smirnov is the largest difference between the shares of values below any one value.
    """
    from scipy import stats

    found = {}
    for column in window.columns:
        values, others = _values(window[column]), _values(reference[column])
        enough = min(values.size, others.size) >= LEAST_VALUES
        found[f"{column}/distance"] = stats.wasserstein_distance(values, others) if enough else np.nan
        found[f"{column}/KS distance"] = stats.ks_2samp(values, others, method="asymp").statistic if enough else np.nan
    return {name: float(value) for name, value in found.items()}


def _values(column: pd.Series) -> NDArray[np.float64]:
    values = column.to_numpy(dtype=np.float64)
    return np.asarray(values[np.isfinite(values)])
