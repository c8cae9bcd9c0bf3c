"""Train an architecture once: what is finished is reused, what was interrupted goes on."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final

from jena_models.architectures import LearnerHyperparameters, find_architecture, find_member
from jena_models.curves.leads import leads_minutes
from jena_models.errors import TrainingAbandonedError
from jena_models.settings import DEFAULT_WORKERS, Settings
from jena_models.training.jobs.fit_result import EpochRecord, FitResult
from jena_models.training.jobs.job import RESULT_FILE, RESULT_FILES
from jena_models.training.jobs.progress_events import OnEvent, TrainingEvent
from jena_models.training.process import Request, fulfil
from tasks.training.child_process import fulfil_in_child, require_going_on
from tasks.training.forked_process import prepare_to_fork, training_environment
from tasks.training.progress import publish
from tasks.workspace import Fit, Prepared, holding, stage_folder

FIT_VERSION: Final = 14
LOCK_FILE: Final = "lock"
PARTIAL: Final = "partial_boosting"
CURVE: Final = "curve_boosting"

_here: ContextVar[bool] = ContextVar("training_here", default=False)

OnEpoch = Callable[[EpochRecord], None]

logger = logging.getLogger("jena")


def training_here() -> AbstractContextManager[None]:
    """Have learners taught in the running process, which is for whoever has one whose libraries keep to a thread."""
    return holding(_here, True)


def fit_architecture(
    architecture: str,
    prepared: Prepared,
    settings: Settings,
    on_epoch: OnEpoch | None = None,
    judge: OnEvent | None = None,
    *,
    is_part: bool = False,
) -> Fit:
    """Give an architecture trained on these windows with these settings, from an earlier run where there is one.

    Args:
        architecture: its name.
        prepared: the windows.
        settings: of which the hyper-parameters of this architecture, `training` and `seed` matter for the result.
        on_epoch: called once for each epoch, in order, also for those that were trained before.
        judge: called with all that a training tells, which then has a process of its own; where it abandons the
            training, nothing is left of that.
        is_part: whether others ask for it, an ensemble or every version of a study: again and again, which is no news.

    Raises:
        SettingsError: where there is no such architecture.
        TrainingAbandonedError: where it is abandoned.
        TrainingError: where the training ends without a model.
        TrainingInterruptedError: where it is ended from outside.
    """
    combines = find_architecture(architecture).combines
    members = _members(architecture, prepared, settings) if combines else {}
    folder = stage_folder("fit", FIT_VERSION, _parts(architecture, prepared, settings, members))
    trained_now = False
    if not folder.is_dir():
        with _alone(folder) as (partial, lock):
            if not folder.is_dir():
                beside = {name: member.folder for name, member in members.items()}
                service = prepared.divided.checked.service
                request = training_request(architecture, prepared, settings, partial, members=beside, service=service)
                try:
                    trained_now = _train(request, lock, on_epoch, judge)
                except TrainingAbandonedError:
                    _forget(partial)
                    raise
                _publish(partial, folder)
    result = FitResult.model_validate_json((folder / RESULT_FILE).read_text(encoding="utf-8"))
    if trained_now:
        logger.info("%s was trained on %s", architecture, result.device)
    else:
        level = logging.DEBUG if is_part else logging.INFO
        logger.log(level, "%s is taken from an earlier training on the same readings and settings", architecture)
        if on_epoch:
            for record in result.epochs:
                on_epoch(record)
    return Fit(folder=folder, result=result, key=folder.name)


def training_request(architecture: str, prepared: Prepared, settings: Settings, folder: Path, **more: Any) -> Request:
    """Give what asks for a training of these windows, into a folder; `more` by the names that `Request` has."""
    return Request(
        architecture=architecture,
        settings=settings,
        arrays=prepared.folder,
        preparation=prepared.preparation,
        readings=prepared.divided.checked.readings,
        station=prepared.station,
        stride_rows=prepared.stride_rows,
        target_offset_rows=prepared.target_offset_rows,
        folder=folder,
        started=time.time(),
        **more,
    )


def prepare_trainings(settings: Settings) -> None:
    """Have what the trainings of a study need be imported while other things are done, where they are done here."""
    if settings.runner == "processes" and settings.workers > 1:
        packages = {package for name in settings.architectures for package in find_architecture(name).packages}
        prepare_to_fork(training_environment(threads_of_a_training()), sorted(packages))


def trained_beside(prepared: Prepared, settings: Settings) -> tuple[str, ...]:
    """Give what a study trains for every version, named or not: for missing parts, and for all leads where several."""
    is_registered = settings.tracking.fallback and settings.tracking.register_versions
    several = len(leads_minutes(settings.leads_hours, prepared.preparation)) > 1
    return (*([PARTIAL] if is_registered else []), *([CURVE] if several else []))


def fit_partial(prepared: Prepared, settings: Settings) -> Fit | None:
    """Give what speaks where parts of a history are missing, trained once for all of a study; None where not wanted."""
    return _fit_beside(PARTIAL, prepared, settings)


def fit_curve(prepared: Prepared, settings: Settings) -> Fit | None:
    """Give what forecasts every lead, trained once for all of a study; None where there is but one."""
    return _fit_beside(CURVE, prepared, settings)


def _fit_beside(architecture: str, prepared: Prepared, settings: Settings) -> Fit | None:
    is_wanted = architecture in trained_beside(prepared, settings)
    return fit_architecture(architecture, prepared, settings, is_part=True) if is_wanted else None


def _members(architecture: str, prepared: Prepared, settings: Settings) -> dict[str, Fit]:
    """Give what an ensemble learns from, trained first where it is not yet."""
    names: tuple[str, ...] = settings.hyperparameters[architecture].members  # type: ignore[union-attr]
    return {
        find_member(name, architecture).name: fit_architecture(name, prepared, settings, is_part=True) for name in names
    }


def _parts(architecture: str, prepared: Prepared, settings: Settings, members: Mapping[str, Fit]) -> dict[str, Any]:
    hyperparameters = settings.hyperparameters[architecture]
    parts: dict[str, Any] = {
        "prepared": prepared.key,
        "architecture": architecture,
        "hyperparameters": hyperparameters.model_dump(mode="json", exclude={"epochs"}),
        "seed": settings.seed,
        "latitude": prepared.station.latitude,
        "longitude": prepared.station.longitude,
        "members": {name: member.key for name, member in members.items()},
    }
    if architecture == CURVE:
        parts["leads_minutes"] = leads_minutes(settings.leads_hours, prepared.preparation)
    if isinstance(hyperparameters, LearnerHyperparameters):
        return parts
    training = settings.training
    # A device that is asked for trains anew; one that is left open is whatever the machine has.
    left_out = {"epochs", "device"} if training.device == "auto" else {"epochs"}
    return parts | {
        "training": training.model_dump(mode="json", exclude=left_out),
        "epochs": training.epochs or hyperparameters.epochs,
    }


def _train(request: Request, lock: int, on_epoch: OnEpoch | None, judge: OnEvent | None) -> bool:
    """Train into the request's folder, and tell whether there was anything left to do."""
    if (request.folder / RESULT_FILE).is_file():
        return False

    def tell(event: TrainingEvent) -> None:
        require_going_on(event.architecture)
        publish(event)
        if judge:
            judge(event)
        if on_epoch and event.finished:
            on_epoch(event.finished)

    chosen = request.model_copy(update={"threads": threads_of_a_training()})
    if not judge and _is_trained_here(chosen):
        fulfil(chosen, tell)
    else:
        fulfil_in_child(chosen, tell, lock)
    return True


def _is_trained_here(request: Request) -> bool:
    """Tell whether a process of its own would cost more than it is worth.

    It does where nothing is trained, and where one network is trained after the other, each of which would import
    TensorFlow anew. A learner has a process of its own all the same: only there its libraries keep to their threads.
    """
    entry, settings = find_architecture(request.architecture), request.settings
    alone = settings.workers == 1 and settings.runner == "processes"
    return not entry.is_trained or _here.get() or (alone and "tensorflow" in entry.packages)


def threads_of_a_training() -> int:
    """Give how many threads a training has: its share of the machine where as many run as by default.

    Not of those that do run: sums in another order differ in their last digits, and a study has one result.
    """
    return max(1, (os.cpu_count() or 1) // DEFAULT_WORKERS)


@contextmanager
def _alone(folder: Path) -> Iterator[tuple[Path, int]]:
    """Give the folder of an unfinished training and its lock, which the caller holds alone; waits for it.

    The lock is the file's, not the process's: a child that inherits it holds it for as long as it lives.
    """
    partial = folder.with_name(f".{folder.name}.partial")
    while True:
        partial.mkdir(parents=True, exist_ok=True)
        try:
            lock = os.open(partial / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
        except FileNotFoundError:
            continue  # another process finished, and renamed the folder, in between
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if folder.is_dir():
                # Either the lock that was waited for went along with the finished folder, or this one came after it.
                shutil.rmtree(partial, ignore_errors=True)
            yield partial, lock
            return
        finally:
            os.close(lock)


def _forget(partial: Path) -> None:
    for path in partial.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LOCK_FILE:
            path.unlink()


def _publish(partial: Path, folder: Path) -> None:
    for path in partial.iterdir():
        if path.name in (*RESULT_FILES, LOCK_FILE):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    partial.rename(folder)
    # Not before: whoever finds no lock makes a new one, and would train in a folder that is about to move.
    (folder / LOCK_FILE).unlink()
