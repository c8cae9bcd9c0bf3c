"""From windows to a trained, scored model in a folder; goes on where an interrupted training stopped."""

from __future__ import annotations

import math
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jena_models.architectures import Hyperparameters, find_architecture
from jena_models.errors import TrainingError
from jena_models.evaluation.metrics import mean_absolute_error, mean_loss
from jena_models.models.network import MODEL_FILE
from jena_models.training.checkpoint import Progress
from jena_models.training.jobs.fit_result import EpochRecord, FitResult
from jena_models.training.jobs.job import TrainingJob
from jena_models.training.jobs.lessons import lesson_of
from jena_models.training.jobs.network_job import fed_by_service, prepared_for
from jena_models.training.jobs.progress_events import EpochTeller, OnEvent, best_of, tell_finished
from jena_models.training.kept_files import leave, scored_splits
from jena_models.training.learner_training import learn
from jena_models.training.networks.compiled import Trained
from jena_models.training.networks.shuffling import epoch_batches
from jena_models.training.scoring import persistence_forecasts

if TYPE_CHECKING:
    import keras

    from jena_models.training.networks.session import Session


def train(job: TrainingJob, on_event: OnEvent) -> FitResult:
    """Train, score and leave model, preparation, forecasts, intervals and, last, the result in the job's folder.

    Every epoch is told of once as finished, in order; those too that an interrupted training left behind.

    Raises:
        TrainingError: where the loss is no longer a number.
    """
    entry = find_architecture(job.architecture)
    if entry.learner:
        return learn(job, entry.learner, on_event)
    if not entry.is_trained:
        forecasts = {split: persistence_forecasts(job.readings, job.preparation, split) for split in scored_splits(job)}
        return leave(job, forecasts, Progress(), parameters=0, windows_per_epoch=0)
    if not isinstance(job.hyperparameters, Hyperparameters):
        raise TypeError(f"{job.architecture} is no network")
    follows_week = job.station.follows_week and lesson_of(job).follows_week
    prepared = prepared_for(fed_by_service(job), job.hyperparameters, follows_week=follows_week)
    return _train_network(prepared, job.hyperparameters, on_event)


def _train_network(job: TrainingJob, hyperparameters: Hyperparameters, on_event: OnEvent) -> FitResult:
    from jena_models.training.networks.session import Session, reloaded_forecasts

    session = Session(job, hyperparameters)
    before = session.restore(job.folder)
    progress, validation = _train_epochs(job, session, before, on_event)
    best_model = _model_of_epoch(job.folder, progress.best_epoch)
    shutil.copyfile(best_model, job.folder / MODEL_FILE)
    known = {} if validation is None else {"validation": validation}
    starts = {split: job.readings.starts[split] for split in scored_splits(job) if split not in known}
    forecasts = known | reloaded_forecasts(job.folder / MODEL_FILE, session.device, session.readings, starts)
    seconds = before.seconds + time.time() - job.started
    return leave(
        job,
        forecasts,
        progress.model_copy(update={"seconds": seconds}),
        parameters=session.parameters,
        windows_per_epoch=job.training.batch_size * job.training.batches_per_epoch,
        device=session.device.name,
    )


def _train_epochs(
    job: TrainingJob, session: Session, progress: Progress, on_event: OnEvent
) -> tuple[Progress, NDArray[np.float32] | None]:
    """Train what is left of the epochs; gives beside the progress what the best one forecast of the validation split.

    That is None where the best epoch was trained before an interruption.
    """
    kept = None
    for done in range(len(progress.epochs)):
        tell_finished(job, progress.epochs[: done + 1], on_event)
    seconds_before = progress.seconds
    while not _is_done(job, progress):
        record, validation = _train_epoch(job, session, progress, on_event)
        epochs = (*progress.epochs, record)
        best_epoch = best_of(epochs).epoch
        if best_epoch == record.epoch:
            _keep_model(session.model, job.folder, best_epoch)
            kept = validation
        seconds = seconds_before + time.time() - job.started
        progress = Progress(epochs=epochs, best_epoch=best_epoch, seconds=seconds)
        session.keep(job.folder, progress)
        _forget_other_models(job.folder, best_epoch)
        tell_finished(job, epochs, on_event)
    return progress, kept


def _is_done(job: TrainingJob, progress: Progress) -> bool:
    done, patience = len(progress.epochs), job.training.patience
    return done >= job.epochs or (patience is not None and done - progress.best_epoch >= patience and done > 0)


def _train_epoch(
    job: TrainingJob, session: Session, progress: Progress, on_event: OnEvent
) -> tuple[EpochRecord, NDArray[np.float32]]:
    """Train one epoch; gives beside its record what it forecasts of the validation split."""
    epoch, began = len(progress.epochs) + 1, time.perf_counter()
    batches = epoch_batches(
        job.readings.starts["train"],
        seed=job.seed,
        epoch=epoch,
        batch_size=job.training.batch_size,
        batches=job.training.batches_per_epoch,
    )
    teller = EpochTeller(job, progress.epochs, on_event)
    trained = Trained(0, math.nan, math.nan)
    for trained in session.train(batches):
        _require_number(job, epoch, trained.loss)
        teller.tell(trained.batches, trained.loss)

    forecasts = session.forecast(job.readings.starts["validation"])
    targets = job.readings.targets("validation")
    scale = np.float32(job.preparation.target_scale)
    val_loss = mean_loss(job.training.loss, forecasts / scale, targets / scale)
    _require_number(job, epoch, val_loss)
    record = EpochRecord(
        epoch=epoch,
        loss=trained.loss,
        mae=trained.mae,
        val_loss=val_loss,
        val_mae=mean_absolute_error(forecasts, targets),
        seconds=time.perf_counter() - began,
    )
    return record, forecasts


def _require_number(job: TrainingJob, epoch: int, loss: float) -> None:
    if not math.isfinite(loss):
        raise TrainingError(
            f"The loss of {job.architecture} is no longer a number in epoch {epoch}; "
            f"lower its learning_rate, which is {getattr(job.hyperparameters, 'learning_rate', math.nan):g}."
        )


def _model_of_epoch(folder: Path, epoch: int) -> Path:
    return folder / f"epoch-{epoch}.keras"


def _keep_model(model: keras.Model, folder: Path, epoch: int) -> None:
    # Keras tells formats apart by the name's ending.
    beside = folder / f".beside-{epoch}.keras"
    model.save(beside)
    beside.replace(_model_of_epoch(folder, epoch))


def _forget_other_models(folder: Path, best_epoch: int) -> None:
    for path in folder.glob("epoch-*.keras"):
        if path != _model_of_epoch(folder, best_epoch):
            path.unlink()
