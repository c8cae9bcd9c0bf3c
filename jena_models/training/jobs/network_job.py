"""A training job as one network sees it: with its own recipe, and with its channels beside the readings."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from jena_models.architectures.residual import ResidualHyperparameters
from jena_models.features.channels import Channels
from jena_models.models.registry import Hyperparameters
from jena_models.training.jobs.job import TrainingJob
from jena_models.windows.history import seconds_of_times
from jena_models.windows.network_inputs import with_channels

OFTEN: Final = 0.005
"""Of the readings to train on; a channel that hardly ever tells anything is not learnt from, and then misleads."""


def prepared_for(job: TrainingJob, chosen: Hyperparameters) -> TrainingJob:
    """Give the job with the network's recipe and, where it has channels, wider readings and the preparation of them."""
    job = replace(job, training=chosen.recipe(job.training, len(job.readings.starts["train"])))
    if not isinstance(chosen, ResidualHyperparameters):
        return job
    channels = _channels(job, chosen)
    preparation = job.preparation.model_copy(update={"channels": channels})
    missing = np.isnan(job.measured()) if channels.missing else None
    features = with_channels(job.readings.features, seconds_of_times(job.times), preparation, missing)
    return replace(job, preparation=preparation, readings=replace(job.readings, features=features))


def _channels(job: TrainingJob, chosen: ResidualHyperparameters) -> Channels:
    speed, direction = job.station.named("wv"), job.station.named("wd")
    columns = job.preparation.columns
    measured = chosen.wind_vector and speed in columns and direction in columns
    return Channels(
        calendar=chosen.calendar,
        sun=chosen.sun,
        wind=(str(speed), str(direction)) if measured else None,
        latitude=job.station.latitude,
        longitude=job.station.longitude,
        utc_offset_hours=job.station.local.standard_hours,
        missing=_often_missing(job) if job.preparation.history else (),
    )


def _often_missing(job: TrainingJob) -> tuple[str, ...]:
    """Give the columns that miss so many of the readings to train on that a network can learn what that means."""
    rows = int(job.readings.starts["train"].max()) + job.readings.target_offset_rows
    shares = np.isnan(job.measured()[:rows]).mean(axis=0)
    return tuple(name for name, share in zip(job.preparation.columns, shares, strict=True) if share >= OFTEN)
