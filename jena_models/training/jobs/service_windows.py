"""A network's training job with what the weather service says beside its windows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from jena_models.architectures.residual import ResidualHyperparameters
from jena_models.features.service_inputs import run_ages
from jena_models.features.service_vector import SERVICE_ALONE, ServiceVector
from jena_models.training.jobs.job import TrainingJob
from jena_models.training.jobs.lessons import histories_of_splits, lesson_of
from jena_models.windows.placement import WindowVectors


def fed_by_service(job: TrainingJob) -> TrainingJob:
    """Give a job with a vector for each window, and the preparation that makes them; else the same job.

    It is the same where the station names no weather service, where its runs say nothing in training, and where the
    network takes none.
    """
    chosen = job.hyperparameters
    if job.service is None or not isinstance(chosen, ResidualHyperparameters) or not chosen.weather_service:
        return job
    lesson = lesson_of(job)
    builder = lesson.feature_builder(SERVICE_ALONE)
    if not builder.service or not np.isfinite(run_ages(lesson.train)).any():
        return job
    features = builder.build(lesson.train)
    vector = ServiceVector.fitted(builder, features)
    others = {split: starts for split, starts in job.readings.starts.items() if split != "train" and len(starts)}
    vectors = [vector.of(lesson.train, features), *map(vector, histories_of_splits(job, tuple(others)).values())]
    starts = np.concatenate([job.readings.starts["train"], *others.values()])
    places = np.zeros(len(job.readings.features), np.int32)
    places[starts] = np.arange(len(starts))
    preparation = job.preparation.model_copy(update={"service_vector": vector})
    beside = WindowVectors(np.concatenate(vectors), places)
    return replace(job, preparation=preparation, readings=replace(job.readings, service=beside))
