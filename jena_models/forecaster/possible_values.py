"""Forecasts and their bounds kept within what the station file calls physically possible."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.stations.schema import Column


def possible_values(values: NDArray[np.floating], target: Column) -> NDArray[np.float64]:
    """Give the nearest values that the target can have, such as 0 m/s for less; NaN stays."""
    return np.clip(np.asarray(values, dtype=np.float64), target.minimum, target.maximum)


def possible_rows(rows: pd.DataFrame, target: Column) -> pd.DataFrame:
    """Give rows of forecasts with the nearest possible `forecast`, `lower_80`, `upper_80` and so on."""
    told = [name for name in rows.columns if name == "forecast" or name.startswith(("lower_", "upper_"))]
    return rows.assign(**{name: possible_values(rows[name].to_numpy(), target) for name in told})
