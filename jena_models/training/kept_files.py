"""What a training leaves in its folder: forecasts, intervals, and scores of all of them, the result last."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jena_models.evaluation.interval_scores import Scored, fit_on, joined, score_crosswise, score_fitted
from jena_models.models.network import PREPARATION_FILE
from jena_models.training.checkpoint import Progress
from jena_models.training.jobs.fit_result import FitResult
from jena_models.training.jobs.job import INTERVALS_FILE, PREDICTIONS_FILE, RESULT_FILE, TrainingJob
from jena_models.training.networks.devices import CPU
from jena_models.training.scoring import NOT_SCORED, hindcast, score
from jena_models.whole_files import whole_file, write_whole
from jena_models.windows.shared_windows import windows_in

SCORED: Final = ("validation", "judging", "test")

Forecasts = NDArray[np.float32]


def scored_splits(job: TrainingJob) -> tuple[str, ...]:
    """Give the splits to forecast: a job that holds no window of the test split is scored on validation alone."""
    return tuple(split for split in SCORED if len(job.readings.starts.get(split, ())))


def leave(
    job: TrainingJob,
    forecasts: Mapping[str, Forecasts],
    progress: Progress,
    *,
    parameters: int,
    windows_per_epoch: int,
    held_out: Forecasts | None = None,
    device: str = CPU.name,
) -> FitResult:
    """Score a training and write all but its model.

    Args:
        job: what was trained.
        forecasts: of the model in the folder, for the windows of the splits to score.
        progress: the epochs it took.
        parameters: how many were trained.
        windows_per_epoch: how many training windows an epoch showed it.
        held_out: forecasts of the validation windows by what had not seen their targets, to score in place of the
            model's own; for a model that learnt from validation.
        device: what it was trained on.
    """
    scored = dict(forecasts) | ({} if held_out is None else {"validation": held_out})
    scores = {split: score(forecast, job.readings, job.preparation, split) for split, forecast in scored.items()}
    validation, test = scores["validation"], scores.get("test", NOT_SCORED)
    held = [hindcast(job, split, scored[split]) for split in SCORED if split in scored and split != "test"]
    before, judged = hindcast(job, "train"), joined(held)
    intervals = fit_on(judged, before, job.station.latitude)
    alike = windows_in(judged.valid_times, timedelta(minutes=job.preparation.horizon_minutes))
    crosswise, on_test = score_crosswise(judged, before, job.station.latitude, alike), Scored()
    if "test" in scored:
        on_test = score_fitted(intervals, hindcast(job, "test", scored["test"]), alike)
    seconds_per_epoch = statistics.median([record.seconds for record in progress.epochs] or [0.0])
    result = FitResult(
        architecture=job.architecture,
        parameters=parameters,
        epochs=progress.epochs,
        best_epoch=progress.best_epoch,
        val_mae=validation.mae,
        val_rmse=validation.rmse,
        val_skill=validation.skill,
        test_mae=test.mae,
        test_rmse=test.rmse,
        test_skill=test.skill,
        seconds_per_epoch=seconds_per_epoch,
        windows_per_second=windows_per_epoch / seconds_per_epoch if seconds_per_epoch else 0.0,
        seconds=progress.seconds or time.time() - job.started,
        intervals=crosswise.intervals + on_test.intervals,
        distributions=crosswise.distributions + on_test.distributions,
        device=device,
    )
    arrays: dict[str, Any] = dict(forecasts)
    with whole_file(job.folder / PREDICTIONS_FILE) as beside, beside.open("wb") as file:
        np.savez(file, **arrays)
    told = {PREPARATION_FILE: job.preparation, INTERVALS_FILE: intervals, RESULT_FILE: result}
    for name, model in told.items():
        write_whole(job.folder / name, model.model_dump_json(indent=2))
    return result
