"""Forecasts of a training beside what was measured."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from tasks.workspace import Fit, Prepared


def forecasts_of(fit: Fit, prepared: Prepared, split: Literal["validation", "judging", "test"]) -> pd.DataFrame:
    """Give `issue_time`, `valid_time`, `measured` and `forecast` of each window of a split, in the target's unit.

    Times are by the station's clock without daylight saving, so that hours and seasons are those of the sun.
    """
    starts = prepared.starts(split)
    ahead = np.timedelta64(round(prepared.preparation.utc_offset_hours * 3600), "s")
    times = prepared.rows("time") + ahead
    target = prepared.rows("target")
    with np.load(fit.folder / "predictions.npz") as predictions:
        forecast = predictions[split].reshape(-1)
    last_steps = starts + prepared.last_step_row
    targets = starts + prepared.target_offset_rows
    return pd.DataFrame(
        {
            "issue_time": times[last_steps],
            "valid_time": times[targets],
            "measured": target[targets],
            "forecast": forecast,
        }
    )
