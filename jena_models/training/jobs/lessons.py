"""What may be learnt from of a training job: its windows as histories, and their targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from jena_models.features.histories import Histories
from jena_models.models.learner import Lesson, Member
from jena_models.stations.clock import seconds_of
from jena_models.training.jobs.job import TrainingJob
from jena_models.windows.history import known_values
from jena_models.windows.later_targets import LaterTargets


def lesson_of(job: TrainingJob) -> Lesson:
    """Give what a learner may see of a job that is not trained by itself."""
    return lesson_with(job, histories_of_splits(job, ("train", "validation")), {})


def lesson_with(job: TrainingJob, histories: Mapping[str, Histories], members: Mapping[str, Member]) -> Lesson:
    """Give what a learner may see, with the histories of the splits and what an ensemble is made of."""
    return Lesson(
        train=histories["train"],
        train_target=job.readings.targets("train"),
        validation=histories["validation"],
        validation_target=job.readings.targets("validation"),
        target=job.preparation.target,
        station=job.station,
        seed=job.seed,
        threads=job.threads,
        members=members,
        target_scale=job.preparation.target_scale,
        later=LaterTargets.of(job.readings, job.preparation.cadence_minutes or job.preparation.sampling_minutes),
        leads_minutes=job.leads_minutes,
    )


def histories_of_splits(job: TrainingJob, splits: Sequence[str]) -> dict[str, Histories]:
    """Give the histories of the windows of each split; the readings that they share are filled once."""
    ahead = round(job.station.local.standard_offset.total_seconds())
    steps, measured = np.arange(job.readings.steps) * job.readings.stride_rows, job.measured()
    readings = known_values(measured, job.preparation.history, job.preparation.cadence_minutes)
    seconds, missing = seconds_of(job.times), np.isnan(measured)
    return {
        split: Histories(
            readings=readings,
            columns=job.preparation.columns,
            seconds=seconds,
            rows=job.readings.starts[split][:, None] + steps,
            sampling_minutes=job.preparation.sampling_minutes,
            horizon_minutes=job.preparation.horizon_minutes,
            missing=missing,
            service=None if job.service is None else job.service.shifted(ahead),
        )
        for split in splits
    }
