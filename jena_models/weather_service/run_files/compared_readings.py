"""What a forecast is compared with: the reading at its time, or the mean of those of the step that it holds for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jena_models.weather_service.service_runs import Runs

Values = NDArray[np.float64]
Seconds = NDArray[np.int64]


def spans_of(runs: Runs, place: int) -> Seconds:
    """Give how long a step each value of a column is the mean of, in seconds, shape (runs, leads); 0 of other columns.

    A step begins at the one before of the same run that holds a value, or with the run.
    """
    shape = runs.values.shape[:2]
    if not runs.held[place]:
        return np.zeros(shape, np.int64)
    ends = np.where(np.isfinite(runs.values[:, :, place]), runs.lead_seconds, 0)
    before = np.concatenate([np.zeros((shape[0], 1), np.int64), ends[:, :-1]], axis=1)
    return np.asarray(runs.lead_seconds - np.maximum.accumulate(before, axis=1))


def measured_over(valid: Seconds, spans: Seconds, seconds: Seconds, measured: Values) -> Values:
    """Give what was measured at times, or in the mean of the spans that end there; NaN where not all of it is known.

    Args:
        valid: times, of any shape, in seconds since 1970.
        spans: of the same shape; 0, or no longer than from one reading to the next, for the reading itself.
        seconds: of the readings, ascending.
        measured: each of them, NaN where it is not known.
    """
    place = np.minimum(np.searchsorted(seconds, valid), len(seconds) - 1)
    at = np.where(seconds[place] == valid, measured[place], np.nan)
    step = np.median(np.diff(seconds)) if len(seconds) > 1 else np.inf
    if not (spans > step).any():
        return at
    known = np.isfinite(measured)
    sums, counts = (np.concatenate([[0], np.cumsum(each)]) for each in (np.where(known, measured, 0.0), known))
    first, last = (np.searchsorted(seconds, each, side="right") for each in (valid - spans, valid))
    count = counts[last] - counts[first]
    mean = np.where(count * step >= spans, (sums[last] - sums[first]) / np.maximum(count, 1), np.nan)
    return np.where(spans > step, mean, at)
