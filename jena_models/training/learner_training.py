"""From windows to a learner that is taught, scored and kept in a folder; it takes seconds, so it always starts anew."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from jena_models.architectures.curve_boosting import CurveBoosting
from jena_models.architectures.ensemble import Ensemble, crosswise
from jena_models.architectures.partial_boosting import PartialBoosting
from jena_models.curves.past_curves import PastCurves, some_of
from jena_models.features.histories import Histories
from jena_models.models.learner import Forecasts, Learner, Member
from jena_models.models.model_files import load_learner, save_learner
from jena_models.models.registry import LearnerHyperparameters
from jena_models.training.checkpoint import Progress
from jena_models.training.jobs.fit_result import FitResult
from jena_models.training.jobs.job import PREDICTIONS_FILE, TrainingJob
from jena_models.training.jobs.lessons import histories_of_splits, lesson_with
from jena_models.training.jobs.progress_events import OnEvent, best_of
from jena_models.training.kept_files import leave, scored_splits
from jena_models.training.rounds import Rounds


def learn(job: TrainingJob, learner: type[Learner], on_event: OnEvent) -> FitResult:
    """Teach, score and leave the learner, its forecasts, intervals and, last, the result in the job's folder.

    Raises:
        TrainingError: where the error is no longer a number.
    """
    if not isinstance(job.hyperparameters, LearnerHyperparameters):
        raise TypeError(f"{job.architecture} is no learner")
    scored = scored_splits(job)
    histories = histories_of_splits(job, ("train", *scored))
    members = {name: _member(folder) for name, folder in job.members.items()}
    rounds = Rounds(job, on_event)
    lesson = lesson_with(job, histories, members)
    taught = learner.fit(lesson, job.hyperparameters, rounds.tell)
    records = rounds.close()
    save_learner(taught, job.architecture, job.folder)
    reloaded, held_out = load_learner(job.folder), None
    if isinstance(reloaded, Ensemble):
        forecasts = {split: reloaded.blend(_of(split, members)) for split in scored}
        held_out = crosswise(list(_of("validation", members).values()), lesson.validation_target)
    else:
        forecasts = {split: reloaded.forecast(histories[split]) for split in scored}
    if isinstance(reloaded, PartialBoosting):
        held_out = reloaded.forecast_with_parts_missing(histories["validation"], job.station, job.seed)
    if isinstance(reloaded, CurveBoosting):
        _past_curves(job, reloaded, {split: histories[split] for split in scored}).keep(job.folder)
    progress = Progress(epochs=records, best_epoch=best_of(records).epoch, seconds=time.time() - job.started)
    return leave(
        job,
        forecasts,
        progress,
        parameters=taught.parameters,
        windows_per_epoch=len(histories["train"]),
        held_out=held_out,
    )


def _past_curves(job: TrainingJob, model: CurveBoosting, histories: Mapping[str, Histories]) -> PastCurves:
    positions = {split: some_of(len(windows)) for split, windows in histories.items()}
    chosen = {split: windows.part(positions[split]) for split, windows in histories.items()}
    missing = model.curves_with_parts_missing(chosen["validation"], job.station, job.seed)
    return PastCurves(
        leads_minutes=model.leads_minutes,
        positions=positions,
        curves={split: model.curves(windows) for split, windows in chosen.items()},
        with_parts_missing={"validation": missing},
    )


def _member(folder: Path) -> Member:
    with np.load(folder / PREDICTIONS_FILE) as kept:
        return Member(folder, dict(kept))


def _of(split: str, members: Mapping[str, Member]) -> dict[str, Forecasts]:
    return {name: member.forecasts[split] for name, member in members.items()}
