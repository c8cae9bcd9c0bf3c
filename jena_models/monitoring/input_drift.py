"""How far readings lie from those of the same weeks in other years."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LEAST_VALUES: Final = 20


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
