"""Forecasts of one lead become rows of every lead."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.curves.curve_fit import CurveFit
from jena_models.evaluation.intervals import Bounds, percent
from jena_models.stations.clock import Clock


def rows_of_leads(
    headlines: pd.DataFrame,
    curves: NDArray[np.float64],
    fit: CurveFit,
    levels: Sequence[float],
    clock: Clock,
) -> pd.DataFrame:
    """Give a row for each lead in place of each headline, with the lead as `horizon_hours`.

    Args:
        headlines: `issue_time`, `valid_time` (in UTC), `forecast`, `missing`, and `lower_90` and the like by level.
        curves: that pass through them, shape (headlines, leads), NaN where nothing can be said.
        fit: of the version.
        levels: of the intervals.
        clock: of the station.
    """
    leads = np.asarray(fit.leads_minutes)
    rows = headlines.loc[headlines.index.repeat(len(leads))].reset_index(drop=True)
    later = pd.to_timedelta(np.tile(leads, len(headlines)), unit="min")
    rows["valid_time"] = pd.DatetimeIndex(rows["issue_time"]) + later
    rows["horizon_hours"] = np.tile(leads / 60, len(headlines))
    rows["forecast"] = curves.reshape(-1)
    times = clock.standard_time(rows["valid_time"].to_numpy()).reshape(curves.shape)
    missing = (headlines["missing"] != "").to_numpy()
    inner: tuple[Bounds, Bounds] | None = None
    for level in sorted(levels):
        names = [f"{side}_{percent(level)}" for side in ("lower", "upper")]
        low, high = (headlines[name].to_numpy(np.float64) for name in names)
        lower, upper = fit.bounds(curves, times, level, low, high, missing)
        if inner:  # a headline may widen one level's interval by more than another's
            lower, upper = np.minimum(lower, inner[0]), np.maximum(upper, inner[1])
        inner = lower, upper
        for name, bound in zip(names, inner, strict=True):
            rows[name] = bound.reshape(-1)
    return rows
