"""One study: every architecture on the same windows, side by side, and the best of them put before the gates."""

from __future__ import annotations

from prefect import flow
from prefect.futures import wait

from jena_models.settings import Settings
from jena_models.stations import StationSchema
from tasks.handovers import Prepared, StudyResult
from tasks.runners import longest_first, task_runner
from tasks.studies import begin_study, conclude_study, earlier_result, studying
from tasks.train_architecture import train_architecture


def compare(prepared: Prepared, station: StationSchema, settings: Settings) -> StudyResult:
    """Give the result of the study of these windows with these settings; one that is complete is not run again."""
    return earlier_result(prepared, settings) or study.with_options(task_runner=task_runner(settings))(
        prepared, station, settings
    )


@flow(name="study", flow_run_name="{settings.profile}", validate_parameters=False)
def study(prepared: Prepared, station: StationSchema, settings: Settings) -> StudyResult:
    """Train each architecture, register what comes out, rank it, and promote the best through the gates."""
    begun = begin_study(prepared, settings)
    with studying(begun):
        trainings = [
            train_architecture.with_options(task_run_name=name).submit(name, prepared, station, begun, settings)
            for name in longest_first(settings)
        ]
        wait(trainings)
        return conclude_study(begun, [training.result() for training in trainings], prepared, station, settings)
