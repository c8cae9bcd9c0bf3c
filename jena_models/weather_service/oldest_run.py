"""Up to which age a weather service's run is worth more than the station's history alone."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.frozen import Frozen
from jena_models.weather_service.service_runs import NO_RUN

STEP_HOURS: Final = 6.0
"""Ages are judged so many hours at a time."""
FEWEST: Final = 50
"""Fewer forecasts than this say nothing about an age."""
LATE_BY_HOURS: Final = (0.0, 6.0, 12.0, 18.0, 24.0, 36.0, 48.0)
"""How late runs are made, to see how a model does with older ones."""

OLDEST_RUN_FILE: Final = "oldest_run.json"
"""Beside a registered model that runs of some age are worth less to than its history alone."""

Values = NDArray[np.floating]


class OldestRun(Frozen):
    """Up to which age runs are used."""

    hours: float
    """A run that is so old, or older, is not."""


def ages_hours(issue_seconds: NDArray[np.int64], run_seconds: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give how old runs were when forecasts were made, in hours; infinity where none was known.

    Args:
        issue_seconds: of the forecasts, shape (forecasts,).
        run_seconds: the issue time of the run that each used, or `NO_RUN`.
    """
    known = run_seconds != NO_RUN
    return np.where(known, (issue_seconds - np.where(known, run_seconds, 0)) / 3600, math.inf)


def are_worth_it(ages: Values, oldest_hours: float) -> NDArray[np.bool_]:
    """Tell which runs are used, by their ages in hours: those that are younger than the first age that is not worth it.

    Args:
        ages: of the runs; infinity where none is known.
        oldest_hours: as `oldest_worth_hours` gives it.
    """
    return np.asarray(np.isfinite(ages) & (ages < oldest_hours))


def oldest_worth_hours(ages: Values, with_run: Values, alone: Values) -> float:
    """Give from which age on the errors with a run are larger than those of history alone; infinity where at none.

    The ages are looked at in steps, the youngest first; the first whose forecasts err more in the mean than history
    alone does ends what is worth it, whatever comes after. 0 where not even the youngest is.

    Args:
        ages: of the run that each forecast used, in hours, shape (forecasts,).
        with_run: absolute or squared errors of what was fed by it, shape (forecasts,); NaN where not known.
        alone: those of history alone, for the same targets.
    """
    known = np.isfinite(ages) & np.isfinite(with_run) & np.isfinite(alone)
    steps = np.floor(ages[known] / STEP_HOURS).astype(np.int64)
    better = alone[known].astype(np.float64) - with_run[known].astype(np.float64)
    for step in np.unique(steps):
        of_step = better[steps == step]
        if len(of_step) >= FEWEST and of_step.mean() < 0:
            return float(step * STEP_HOURS)
    return math.inf
