"""A training job as one network sees it: with its own recipe, and with its channels beside the readings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from jena_models.architectures.residual import ResidualHyperparameters
from jena_models.features.almanac.week import holidays_of
from jena_models.features.channels import Channels
from jena_models.features.service_inputs import run_ages
from jena_models.features.service_vector import SERVICE_ALONE, ServiceVector
from jena_models.models.registry import Hyperparameters
from jena_models.stations.clock import seconds_of
from jena_models.training.jobs.job import TrainingJob
from jena_models.training.jobs.lessons import histories_of_splits, lesson_of
from jena_models.windows.network_inputs import with_channels
from jena_models.windows.placement import WindowVectors

OFTEN: Final = 0.005
"""Of the readings to train on; a channel that hardly ever tells anything is not learnt from, and then misleads."""


def prepared_for(job: TrainingJob, chosen: Hyperparameters, *, follows_week: bool = False) -> TrainingJob:
    """Give the job with the network's recipe and, where it has channels, wider readings and the preparation of them."""
    job = replace(job, training=chosen.recipe(job.training, len(job.readings.starts["train"])))
    channels = _channels(job, chosen, follows_week=follows_week)
    if channels is None:
        return job
    preparation = job.preparation.model_copy(update={"channels": channels})
    missing = np.isnan(job.measured()) if channels.missing else None
    features = with_channels(job.readings.features, seconds_of(job.times), preparation, missing)
    return replace(job, preparation=preparation, readings=replace(job.readings, features=features))


def _channels(job: TrainingJob, chosen: Hyperparameters, *, follows_week: bool) -> Channels | None:
    """Give what is shown beside the readings; None where nothing is, as to the chapter's networks of the weather."""
    station = job.station
    own: dict[str, Any] = {"calendar": False, "sun": False, "wind": None}
    if isinstance(chosen, ResidualHyperparameters):
        speed, direction = station.named("wv"), station.named("wd")
        measured = chosen.wind_vector and {speed, direction} <= set(job.preparation.columns)
        own = {
            "calendar": chosen.calendar,
            "sun": chosen.sun,
            "wind": (str(speed), str(direction)) if measured else None,
            "missing": _often_missing(job) if job.preparation.history else (),
        }
    elif not follows_week:
        return None
    return Channels(
        latitude=station.latitude,
        longitude=station.longitude,
        utc_offset_hours=station.local.standard_hours,
        week=follows_week,
        holidays=holidays_of(station.holidays, seconds_of(job.times[: _training_rows(job)])) if follows_week else (),
        **own,
    )


def _training_rows(job: TrainingJob) -> int:
    return int(job.readings.starts["train"].max()) + job.readings.target_offset_rows


def _often_missing(job: TrainingJob) -> tuple[str, ...]:
    """Give the columns that miss so many of the readings to train on that a network can learn what that means."""
    shares = np.isnan(job.measured()[: _training_rows(job)]).mean(axis=0)
    return tuple(name for name, share in zip(job.preparation.columns, shares, strict=True) if share >= OFTEN)


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
