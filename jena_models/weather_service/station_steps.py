"""What runs say of the steps that a station's readings are brought to: the mean over each, as of what was measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from jena_models.stations.cleaned.even_steps import LARGEST
from jena_models.stations.schema import StationSchema
from jena_models.weather_service.service_runs import Runs, Seconds, Values


def over_station_steps(runs: Runs, station: StationSchema) -> Runs:
    """Give what runs say of the station's step that ends with each lead, where readings are brought to longer steps.

    That is the mean, and of gusts the largest. A run says nothing of a step that began before it, or of which it lacks
    a part. A column with no more values than the station has steps is left as it is: each is of a step already.

    Args:
        runs: of one service, in the station's units.
        station: `resample_minutes` tells its step.
    """
    if not station.resample_minutes:
        return runs
    step = round(station.resample_minutes * 60)
    values, spread, means = runs.values.copy(), runs.spread.copy(), list(runs.held.tolist())
    for place, of in enumerate(runs.of):
        said, told = (each[:, :, place] for each in runs.steps)
        known = np.flatnonzero(np.isfinite(said).any(axis=0))
        leads = runs.lead_seconds[known]
        if len(leads) < 2 or np.median(np.diff(leads)) >= step:  # noqa: PLR2004
            continue
        is_largest = bool(of) and station.column(of).quantity in LARGEST
        means[place] = False
        values[:, :, place], spread[:, :, place] = np.nan, np.nan
        values[:, known, place] = _over(said[:, known], leads, step, largest=is_largest)
        spread[:, known, place] = _over(told[:, known], leads, step, largest=False)
    return replace(runs, values=values, spread=spread, step_means=tuple(means))


def _over(said: Values, leads: Seconds, step: int, *, largest: bool) -> Values:
    """Give the mean, or the largest, of the values within a step until each lead, shape (runs, leads)."""
    found: NDArray[np.float64] = np.full_like(said, np.nan)
    begun = np.searchsorted(leads, leads - step, side="right")
    before = np.where(begun > 0, leads[begun - 1], 0)
    for place in np.flatnonzero(before <= leads - step):
        within = said[:, begun[place] : place + 1]
        found[:, place] = within.max(axis=1) if largest else within.mean(axis=1)
    return found
