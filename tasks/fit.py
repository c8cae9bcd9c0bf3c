"""Train an architecture once: what is finished is reused, what was interrupted goes on."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from jena_models.architectures import find_architecture
from jena_models.settings import Settings
from jena_models.training.events import TrainingEvent
from jena_models.training.job import RESULT_FILE, RESULT_FILES
from jena_models.training.result import EpochRecord, FitResult
from tasks.fit_child import fulfil_in_child, require_going_on
from tasks.fit_process import Request, fulfil
from tasks.handovers import Fit, Prepared
from tasks.progress import publish
from tasks.stage import stage_folder

VERSION: Final = 1
LOCK_FILE: Final = "lock"

OnEpoch = Callable[[EpochRecord], None]

logger = logging.getLogger("jena")


def fit_architecture(architecture: str, prepared: Prepared, settings: Settings, on_epoch: OnEpoch | None = None) -> Fit:
    """Give an architecture trained on these windows with these settings, from an earlier run where there is one.

    Args:
        architecture: its name.
        prepared: the windows.
        settings: of which the hyper-parameters of this architecture, `training` and `seed` matter for the result.
        on_epoch: called once for each epoch, in order, also for those that were trained before.

    Raises:
        SettingsError: where there is no such architecture.
        TrainingError: where the training ends without a model.
        TrainingInterruptedError: where it is ended from outside.
    """
    folder = stage_folder("fit", VERSION, _parts(architecture, prepared, settings))
    trained_now = False
    if not folder.is_dir():
        with _alone(folder) as (partial, lock):
            if not folder.is_dir():
                request = Request(
                    architecture=architecture,
                    settings=settings,
                    arrays=prepared.folder,
                    preparation=prepared.preparation,
                    stride_rows=prepared.stride_rows,
                    target_offset_rows=prepared.target_offset_rows,
                    folder=partial,
                    started=time.time(),
                )
                trained_now = _train(request, lock, on_epoch)
                _publish(partial, folder)
    result = FitResult.model_validate_json((folder / RESULT_FILE).read_text(encoding="utf-8"))
    if not trained_now:
        logger.info("%s was trained before", architecture)
        if on_epoch:
            for record in result.epochs:
                on_epoch(record)
    return Fit(folder=folder, result=result, key=folder.name)


def _parts(architecture: str, prepared: Prepared, settings: Settings) -> dict[str, Any]:
    hyperparameters = settings.hyperparameters[find_architecture(architecture).name]
    training = settings.training
    return {
        "prepared": prepared.key,
        "architecture": architecture,
        "hyperparameters": hyperparameters.model_dump(mode="json", exclude={"epochs"}),
        "training": training.model_dump(mode="json", exclude={"epochs"}),
        "epochs": training.epochs or hyperparameters.epochs,
        "seed": settings.seed,
    }


def _train(request: Request, lock: int, on_epoch: OnEpoch | None) -> bool:
    """Train into the request's folder, and tell whether there was anything left to do."""
    if (request.folder / RESULT_FILE).is_file():
        return False

    def tell(event: TrainingEvent) -> None:
        require_going_on(event.architecture)
        publish(event)
        if on_epoch and event.finished:
            on_epoch(event.finished)

    workers = request.settings.workers
    if workers == 1 and request.settings.runner == "processes":
        fulfil(request, tell)
    else:
        threads = max(1, len(os.sched_getaffinity(0)) // workers)
        fulfil_in_child(request.model_copy(update={"threads": threads}), tell, lock)
    return True


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


def _publish(partial: Path, folder: Path) -> None:
    for path in partial.iterdir():
        if path.name not in (*RESULT_FILES, LOCK_FILE):
            path.unlink()
    partial.rename(folder)
    # Not before: whoever finds no lock makes a new one, and would train in a folder that is about to move.
    (folder / LOCK_FILE).unlink()
