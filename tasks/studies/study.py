"""A study from its first run to its last word, as the flows see it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from jena_models.architectures import find_architecture
from jena_models.errors import StoreUnreachableError
from jena_models.evaluation.significance import import_resampling
from jena_models.frozen import Frozen
from jena_models.models.tensorflow_start import start_tensorflow
from jena_models.optional_imports import leave_out_unneeded
from jena_models.settings import Settings
from jena_models.stations import StationSchema
from tasks.registry import as_it_stands, model_name, promote, register_fallback
from tasks.studies.curve_scores import score_curve
from tasks.studies.leaderboard import rows
from tasks.studies.study_run import finish_study
from tasks.tracking import (
    STUDY,
    ParentRun,
    client,
    database_path,
    finished_parent,
    json_of,
    mark_orphans,
    nothing_kept_yet,
    open_parent,
    study_id,
    tracked_whole,
)
from tasks.training import ending_trainings, fit_curve, fit_partial, told_to_end_afterwards, trainings_at_a_time
from tasks.workspace import (
    BACK_OFF_SECONDS,
    Fit,
    Prepared,
    Promoted,
    StudyResult,
    cache_folder,
    exclusive,
    only_after,
    task,
    tracking_uri,
)

logger = logging.getLogger("jena")

REACHING_SECONDS: Final = [1.0, 5.0]
"""Before anything is done, a store that is not there is better told of soon."""


class Trained(Frozen):
    """An architecture that was trained, scored, tracked and, where there is a model, registered."""

    architecture: str
    fit: Fit
    run_id: str
    version: int | None


@task(
    name="reach the tracking store",
    retry_delay_seconds=REACHING_SECONDS,
    timeout_seconds=300,
)
def reach_store() -> None:
    """Make sure, before anything is read or trained, that its results can be kept; makes nothing.

    Raises:
        StoreUnreachableError: where the store does not answer, or its file cannot be made.
    """
    if nothing_kept_yet():
        _require_writable(database_path(tracking_uri()).parent)
        return
    client()


def earlier_result(study: str, experiment: str) -> StudyResult | None:
    """Give the result of a study, by its id, where it was finished before and its version is still there; else None."""
    if nothing_kept_yet():
        return None
    finished = finished_parent(STUDY, study, experiment)
    if finished is None:
        return None
    run_id = str(finished.info.run_id)
    kept = json_of(run_id, "promotion.json")
    promotion = as_it_stands(Promoted.model_validate(kept)) if kept else None
    if promotion is None:
        logger.warning("What study %s left in the tracking store is gone in part; it is concluded anew.", study)
        return None
    return StudyResult(study=study, run_id=run_id, leaderboard=rows(study), promotion=promotion)


@contextmanager
def alone_at(study: str) -> Iterator[None]:
    """Be the only one on this machine at a study; whoever comes while another is at it waits, and finds its result."""
    lock = cache_folder() / "locks" / f"study-{study}.lock"
    with ExitStack() as held:
        try:
            held.enter_context(exclusive(lock, wait=False))
        except BlockingIOError:
            logger.info("Another process is at study %s; waiting for what it finds.", study)
            held.enter_context(exclusive(lock))
        yield


@task(
    name="begin the study",
    retry_delay_seconds=BACK_OFF_SECONDS,
    retry_condition_fn=only_after(Exception),
    timeout_seconds=600,
)
def begin_study(prepared: Prepared, settings: Settings) -> ParentRun:
    """Open the study's run, after what killed processes left behind is marked."""
    client()
    mark_orphans(settings.tracking.experiment)
    return open_parent(STUDY, study_id(prepared, settings), prepared, settings)


@contextmanager
def studying(
    begin: Callable[[Prepared, Settings], ParentRun], prepared: Prepared, settings: Settings
) -> Iterator[ParentRun]:
    """Begin a study, by `begin_study`, and train so many at a time.

    Where the block does not come to its end, trainings are ended, and the study's runs are marked as failed or killed.
    """
    identity, experiment = study_id(prepared, settings), settings.tracking.experiment
    with (
        tracked_whole(STUDY, identity, experiment),
        ending_trainings(),
        trainings_at_a_time(settings.workers),
    ):
        yield begin(prepared, settings)


def get_ready_to_conclude(settings: Settings) -> None:
    """Import what a study ends with, which takes seconds, while its trainings go on."""
    with told_to_end_afterwards(), suppress(ImportError):  # whoever needs it says so
        import_resampling()
        if any("tensorflow" in find_architecture(name).packages for name in settings.architectures):
            start_tensorflow()  # with which the best forecasts once more, before the gates


@task(name="conclude the study", timeout_seconds=3600)
def conclude_study(
    begun: ParentRun, trained: Sequence[Trained], prepared: Prepared, station: StationSchema, settings: Settings
) -> StudyResult:
    """Rank the architectures, put the best before the gates, and attach all that to the study's run.

    What speaks where the champion cannot is registered first.
    """
    leave_out_unneeded()  # all trainings have ended, so that no other thread imports anything
    name = model_name(station, settings, prepared.divided.checked.ingested.source.kind)
    partial = fit_partial(prepared, settings)
    curve = fit_curve(prepared, settings)
    if partial:
        register_fallback(partial, prepared, station, run_id=begun.run_id, name=name, settings=settings, curve=curve)
    candidates = [(each.version, each.fit) for each in trained if each.version is not None]
    promoted = promote(name, candidates, prepared=prepared, settings=settings, now=datetime.now(UTC))
    able = [each for each in trained if find_architecture(each.architecture).is_trained]
    if curve and able:
        best = min(able, key=lambda each: each.fit.result.val_mae)
        score_curve(best.fit, curve, prepared, station, best.run_id)
    report = settings.tracking.report
    finish_study(begun, prepared, rows(begun.identity), promoted, station, report=report)
    return StudyResult(study=begun.identity, run_id=begun.run_id, leaderboard=rows(begun.identity), promotion=promoted)


def _require_writable(folder: Path) -> None:
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    if not (nearest.is_dir() and os.access(nearest, os.W_OK)):
        raise StoreUnreachableError(
            f"The tracking store cannot be made in {folder}, which cannot be written; "
            "name another in MLFLOW_TRACKING_URI."
        )
