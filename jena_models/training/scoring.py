"""Scores of forecasts on validation and test, next to persistence on the same windows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.evaluation.interval_scores import Hindcast
from jena_models.evaluation.metrics import mean_absolute_error, root_mean_squared_error, skill
from jena_models.training.jobs.job import TrainingJob
from jena_models.windows.placement import WindowedReadings
from jena_models.windows.preparation import Preparation


@dataclass(frozen=True)
class Scores:
    """Of one split, in the target's unit."""

    mae: float
    rmse: float
    skill: float


NOT_SCORED: Final = Scores(mae=math.nan, rmse=math.nan, skill=math.nan)


def persistence_forecasts(readings: WindowedReadings, preparation: Preparation, split: str) -> NDArray[np.float32]:
    """Give "the target stays as it is at the last step" for each window of a split, shape (windows,).

    Where the last step was measured that is the reading to the digit, so that what does not change, such as a plant's
    power at night, has no error; else it is the value that stands in for it.
    """
    column = preparation.columns.index(preparation.target)
    last_steps = readings.starts[split] + (readings.steps - 1) * readings.stride_rows
    latest: NDArray[np.float64] = readings.features[last_steps, column].astype(np.float64)
    stands_in = (latest * preparation.standard_deviation[column] + preparation.mean[column]).astype(np.float32)
    measured = readings.target[last_steps]
    return np.where(np.isfinite(measured), measured, stands_in)


def score(forecasts: NDArray[np.float32], readings: WindowedReadings, preparation: Preparation, split: str) -> Scores:
    """Score the forecasts of all windows of a split."""
    targets = readings.targets(split)
    mae = mean_absolute_error(forecasts, targets)
    persistence_mae = mean_absolute_error(persistence_forecasts(readings, preparation, split), targets)
    return Scores(mae, root_mean_squared_error(forecasts, targets), skill(mae, persistence_mae))


def hindcast(job: TrainingJob, split: str, forecasts: NDArray[np.float32] | None = None) -> Hindcast:
    """Give forecasts of all windows of a split beside what came; those of persistence where none are given."""
    persistence = persistence_forecasts(job.readings, job.preparation, split)
    return Hindcast(
        measured=job.readings.targets(split),
        forecasts=persistence if forecasts is None else forecasts,
        persistence=persistence,
        valid_times=job.times[job.readings.starts[split] + job.readings.target_offset_rows],
    )
