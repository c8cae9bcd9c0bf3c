"""Runs in MLflow: opened or gone on with, fed, finished, and never left RUNNING by a process that is gone."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Final

from jena_models.errors import JenaError, SettingsError, StoreUnreachableError, TrainingInterruptedError
from jena_models.evaluation.intervals import percent
from jena_models.forecaster import INTERVALS_FILE
from jena_models.training.jobs.fit_result import EpochRecord, FitResult
from tasks.tracking.logged_models import models_of, take_back
from tasks.tracking.run_contents import dataset_input
from tasks.tracking.run_figures import forecasts_figure, training_figure
from tasks.tracking.sqlite_store import artifacts_folder
from tasks.tracking.store import client, impatient, is_database, patiently
from tasks.training import forecasts_of
from tasks.workspace import Fit, Prepared, home_folder, is_of_this_host, may_be_running, scratch_folder, tracking_uri

if TYPE_CHECKING:
    from mlflow.entities import Metric, Run

logger = logging.getLogger("jena")

EPOCH_METRICS: Final = ("loss", "mae", "val_loss", "val_mae", "seconds")
"""Logged as `epoch/<name>`, a point an epoch: a plain `val_mae` is the kept model's, and only finished runs have it."""

FINAL_METRICS: Final = (
    *("val_mae", "test_mae", "val_rmse", "test_rmse", "val_skill", "test_skill"),
    *("parameters", "best_epoch", "seconds_per_epoch", "windows_per_second", "seconds"),
)

SPLIT_NAMES: Final = {"validation": "val", "test": "test"}
SHOWN: Final = (0.1, 0.5, 0.9)
"""Probabilities of the quantiles whose pinball losses a run shows."""

METRICS_A_BATCH: Final = 1000
PARAMETERS_A_BATCH: Final = 100
LONGEST_TAG: Final = 8000
"""MLflow's limits."""


OF_MODELS: Final = {"mlflow.experimentKind": "custom_model_development"}
"""The tag of an experiment for which MLflow shows runs of models; else they are taken for evaluations of prompts."""


def experiment_id(name: str) -> str:
    """Give the id of an experiment, which is made where it is not there.

    Raises:
        SettingsError: where it was deleted.
        StoreUnreachableError: where the store cannot be used.
    """
    from mlflow.exceptions import MlflowException

    store = client()
    found = patiently(store.get_experiment_by_name, name)
    if found is None:
        folder = artifacts_folder(tracking_uri())
        if folder is None and is_database(tracking_uri()):
            folder = home_folder() / "mlartifacts"  # MLflow's own is whatever folder a command was typed in
        try:
            return patiently(store.create_experiment, name, folder.as_uri() if folder else None, OF_MODELS)
        except MlflowException:
            # Another process was there first, or else it cannot be made and the next line says so too.
            found = patiently(store.get_experiment_by_name, name)
            if found is None:
                raise
    if found.lifecycle_stage == "deleted":
        raise SettingsError(
            f"The experiment '{name}' was deleted in MLflow; restore it with `mlflow experiments restore "
            f"--experiment-id {found.experiment_id}`, or name another with `--set tracking.experiment=NAME`."
        )
    return str(found.experiment_id)


def open_run(
    experiment: str, name: str, tags: Mapping[str, str], parameters: Mapping[str, str], prepared: Prepared
) -> str:
    """Start a run with all that it says about itself; gives its id."""
    run = patiently(client().create_run, experiment, tags=dict(tags), run_name=name)
    _describe(run, parameters, prepared)
    return str(run.info.run_id)


def reopen_run(run: Run, tags: Mapping[str, str], parameters: Mapping[str, str], prepared: Prepared) -> str:
    """Go on with a run that another process left, without the models that it left half registered; gives its id."""
    from mlflow.entities import RunTag

    store, run_id = client(), str(run.info.run_id)
    if not (run.info.status == "RUNNING" and may_be_running(run.data.tags)):
        for model in models_of(run):
            take_back(model)
    patiently(store.log_batch, run_id, tags=[RunTag(key, value) for key, value in tags.items()])
    if "failure" in run.data.tags:
        patiently(store.delete_tag, run_id, "failure")
    patiently(store.update_run, run_id, status="RUNNING")
    _describe(run, parameters, prepared)
    return run_id


def log_epoch(run_id: str, record: EpochRecord) -> None:
    """Log the figures of an epoch, once however often it is called."""
    log_epochs(run_id, [record])


def log_epochs(run_id: str, records: Sequence[EpochRecord]) -> None:
    """Log the figures of epochs; those that the run has already are left out."""
    from mlflow.entities import Metric

    logged = {metric.step for metric in patiently(client().get_metric_history, run_id, "epoch/val_mae")}
    now = round(time.time() * 1000)
    metrics = [
        Metric(f"epoch/{name}", getattr(record, name), now, record.epoch)
        for record in records
        if record.epoch not in logged
        for name in EPOCH_METRICS
    ]
    log_metrics(run_id, metrics)


def log_metrics(run_id: str, metrics: Sequence[Metric]) -> None:
    """Log figures, in batches of as many as MLflow takes at once."""
    for first in range(0, len(metrics), METRICS_A_BATCH):
        patiently(client().log_batch, run_id, metrics=metrics[first : first + METRICS_A_BATCH])


def finish_architecture_run(
    run_id: str,
    fit: Fit,
    prepared: Prepared,
    model_name: str = "",
    version: int | None = None,
    *,
    pictures: bool = True,
) -> None:
    """Log scores, epochs that are not logged yet, figures and test forecasts, and mark the run as finished."""
    from mlflow.entities import Metric, Param, RunTag

    store = client()
    log_epochs(run_id, fit.result.epochs)
    with scratch_folder() as folder:
        forecasts = forecasts_of(fit, prepared, "test")
        forecasts.to_parquet(folder / "test_predictions.parquet", index=False)
        validation = forecasts_of(fit, prepared, "validation")
        validation.to_parquet(folder / "validation_predictions.parquet", index=False)
        if (fit.folder / INTERVALS_FILE).is_file():
            shutil.copy(fit.folder / INTERVALS_FILE, folder)
        (folder / "result.json").write_text(fit.result.model_dump_json(indent=2), encoding="utf-8")
        target = prepared.preparation.target
        if pictures:
            forecasts_figure(forecasts, fit.result, target).savefig(folder / "test_predictions.png")
        if pictures and fit.result.epochs:
            training_figure(fit.result, target).savefig(folder / "training_curves.png")
        patiently(store.log_artifacts, run_id, str(folder))
    now = round(time.time() * 1000)
    figures = {name: float(getattr(fit.result, name)) for name in FINAL_METRICS} | interval_metrics(fit.result)
    metrics = [Metric(name, value, now, 0) for name, value in figures.items()]
    registered = {"model_name": model_name, "version": str(version)} if version is not None else {}
    tags = {"fit": fit.key, **registered}
    device = Param("device", fit.result.device)
    told = [RunTag(key, value) for key, value in tags.items()]
    patiently(store.log_batch, run_id, metrics=metrics, params=[device], tags=told)
    patiently(store.set_terminated, run_id, "FINISHED")


def interval_metrics(result: FitResult) -> dict[str, float]:
    """Give the figures of each level, as `test_coverage_90`, by season too, as `test_coverage_90_winter`, and CRPS.

    Of the distribution there are also three pinball losses, as `test_pinball_10`, and how uneven its ranks are.
    """
    metrics: dict[str, float] = {}
    for found in result.distributions:
        split = SPLIT_NAMES[found.split]
        metrics |= {f"{split}_crps": found.crps, f"{split}_rank_unevenness": found.unevenness}
        losses = {percent(probability): loss for probability, loss in found.pinball.items() if probability in SHOWN}
        metrics |= {f"{split}_pinball_{probability}": loss for probability, loss in losses.items()}
    for score in result.intervals:
        split, level = SPLIT_NAMES[score.split], percent(score.level)
        metrics |= {f"{split}_coverage_{level}": score.coverage, f"{split}_width_{level}": score.width}
        metrics |= {} if score.score is None else {f"{split}_interval_score_{level}": score.score}
        metrics |= {f"{split}_coverage_{level}_{season}": share for season, share in score.seasons.items()}
    return metrics


_being_marked: Final = threading.RLock()
"""A training's thread and that of its study may be told to end at once, and would mark one run at the same time."""


def fail_run(run_id: str, reason: str, killed: bool = False) -> None:
    """Mark a run as failed or killed, with the sentence that says why."""
    store = client()
    patiently(store.set_tag, run_id, "failure", reason[:LONGEST_TAG])
    patiently(store.set_terminated, run_id, "KILLED" if killed else "FAILED")


def tracked(run_id: str) -> AbstractContextManager[None]:
    """Mark a run as failed where the block raises, and as killed where it is interrupted or told to end."""
    return marking(lambda: [run_id])


@contextmanager
def marking(runs: Callable[[], Sequence[str]]) -> Iterator[None]:
    """Do as `tracked` does with runs whose ids are asked for when the block has raised."""
    try:
        yield
    except BaseException as error:
        killed = isinstance(error, TrainingInterruptedError) or not isinstance(error, Exception)
        reason = str(error) if isinstance(error, JenaError) else f"{type(error).__name__}: {error}".rstrip(": ")
        try:
            with impatient(), _being_marked:
                for run_id in runs():
                    fail_run(run_id, reason, killed)
        except StoreUnreachableError as unreachable:
            logger.warning("What ended could not be marked: %s", unreachable)
        raise


def mark_orphans(experiment: str) -> int:
    """Mark runs as killed that are RUNNING although their process, on this machine, is gone; gives how many.

    The models that they have logged, and that no version names, are taken back.
    """
    store = client()
    wanted = "attributes.status = 'RUNNING'"
    running = patiently(store.search_runs, [experiment_id(experiment)], wanted, max_results=1000)
    marked = 0
    for run in filter(_is_orphan, running):
        models = models_of(run)
        if not _is_orphan(patiently(store.get_run, run.info.run_id)):
            continue  # another process goes on with it meanwhile, and a model may be its
        for model in models:
            take_back(model)
        fail_run(run.info.run_id, "Its process ended without a word: killed, or the machine stopped.", killed=True)
        marked += 1
    if marked:
        logger.info("Marked %d runs of processes that are gone as killed.", marked)
    return marked


def _is_orphan(run: Run) -> bool:
    return is_of_this_host(run.data.tags) and not may_be_running(run.data.tags)


def _describe(run: Run, parameters: Mapping[str, str], prepared: Prepared) -> None:
    from mlflow.entities import Param

    store, run_id = client(), run.info.run_id
    missing = [Param(name, value) for name, value in parameters.items() if name not in run.data.params]
    for first in range(0, len(missing), PARAMETERS_A_BATCH):
        patiently(store.log_batch, run_id, params=missing[first : first + PARAMETERS_A_BATCH])
    patiently(store.log_inputs, run_id, [dataset_input(prepared)])
