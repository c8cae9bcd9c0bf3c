"""One study: every architecture on the same windows, side by side, and the best of them put before the gates."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.futures import PrefectFuture, as_completed, wait

from jena_models.settings import Settings
from jena_models.stations import StationSchema
from tasks.studies import (
    Trained,
    alone_at,
    begin_study,
    conclude_study,
    earlier_result,
    get_ready_to_conclude,
    studying,
    train_architecture,
    train_beside,
)
from tasks.tracking import study_id
from tasks.training import longest_first, with_runner
from tasks.workspace import Prepared, StudyResult, as_learnt_from


def compare(prepared: Prepared, station: StationSchema, settings: Settings) -> StudyResult:
    """Give the result of the study of these windows with these settings; one that is complete is not run again."""
    settings = as_learnt_from(settings, prepared)
    identity = study_id(prepared, settings)
    with alone_at(identity):
        return earlier_result(identity, settings.tracking.experiment) or with_runner(study, settings, in_slots=True)(
            prepared, station, settings
        )


@flow(name="study", flow_run_name="{settings.profile}", validate_parameters=False)
def study(prepared: Prepared, station: StationSchema, settings: Settings) -> StudyResult:
    """Train each architecture, register what comes out, rank it, and promote the best through the gates.

    What every version has beside it is trained first; what learns from other architectures' forecasts when those are.
    """
    with studying(begin_study, prepared, settings) as begun:
        beside = train_beside.submit(prepared, begun, settings)
        trainings: list[PrefectFuture[Trained]] = []
        for together in longest_first(settings):
            before = list(trainings)
            for name in together:
                training = train_architecture.with_options(task_run_name=name)
                trainings.append(
                    training.submit(name, prepared, station, begun, settings, wait_for=before, return_state=False)
                )
        _wait_for([beside, *trainings], settings)
        trained = [training.result() for training in trainings]
        return conclude_study(begun, trained, prepared, station, settings)


def _wait_for(trainings: list[PrefectFuture[Any]], settings: Settings) -> None:
    """Wait until all have ended; once the first has, get ready for what comes then."""
    if settings.workers > 1:
        next(as_completed(trainings))
        get_ready_to_conclude(settings)
    wait(trainings)
