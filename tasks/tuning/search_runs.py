"""The runs of a search in MLflow: one for all of it, and under it one a trial. None says anything of the test split."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jena_models.exactness import as_exact
from jena_models.settings import Settings
from jena_models.training.jobs.fit_result import EpochRecord, FitResult
from jena_models.tuning.search_result import SearchResult, Trial, ranked
from jena_models.tuning.space import Dimension
from tasks.tracking import (
    ParentRun,
    attach,
    client,
    log_epochs,
    patiently,
)
from tasks.training import FIT_VERSION
from tasks.workspace import Prepared, cache_folder, content_key

VERSION: Final = 2
RESULT_FILE: Final = "trials.json"
METRICS: Final = ("val_mae", "val_rmse", "val_skill", "parameters", "best_epoch", "seconds_per_epoch", "seconds")
SECONDS_BETWEEN_LOGS: Final = 2.0
"""Boosting tells of rounds many times a second."""


class Curve:
    """Logs the epochs of a trial, several at a time where they come fast."""

    def __init__(self, run_id: str) -> None:
        self._run_id, self._waiting, self._logged = run_id, list[EpochRecord](), -SECONDS_BETWEEN_LOGS

    def __call__(self, record: EpochRecord) -> None:
        """Take an epoch."""
        self._waiting.append(record)
        if time.monotonic() - self._logged >= SECONDS_BETWEEN_LOGS:
            self.close()

    def close(self) -> None:
        """Log what is not logged yet."""
        if self._waiting:
            log_epochs(self._run_id, self._waiting)
            self._waiting, self._logged = [], time.monotonic()


def search_id(architecture: str, dimensions: Sequence[Dimension], prepared: Prepared, settings: Settings) -> str:
    """Give the 12 hex digits that name all that trials depend on, but for how many there are."""
    return content_key(
        versions=[VERSION, FIT_VERSION],
        data=prepared.key,
        architecture=architecture,
        hyperparameters=settings.hyperparameters[architecture],
        dimensions=[repr(each) for each in dimensions],
        training=settings.training,
        seed=settings.seed,
        tuning=settings.tuning.model_dump(exclude={"trials"}),
        station=settings.station,
    )[:12]


def trials_path(search: str) -> Path:
    """Give the file of a search's trials."""
    return cache_folder() / "tune" / f"{search}.db"


def finish_trial(run_id: str, result: FitResult | None, reason: str = "") -> None:
    """Mark a trial's run as finished: with its scores on validation, or as given up where there are none."""
    from mlflow.entities import Metric, RunTag

    now = round(time.time() * 1000)
    metrics = [Metric(name, float(getattr(result, name)), now, 0) for name in METRICS] if result else []
    tags = [RunTag("state", "complete" if result else "pruned"), *([RunTag("reason", reason)] if reason else [])]
    patiently(client().log_batch, run_id, metrics=metrics, tags=tags)
    patiently(client().set_terminated, run_id, "FINISHED")


def finish_search(begun: ParentRun, result: SearchResult, profile: str) -> None:
    """Attach the trials and the winner's profile to the search's run, and mark it as finished."""
    from mlflow.entities import Metric, RunTag

    attach(begun.run_id, RESULT_FILE, result.model_dump_json(indent=2))
    attach(begun.run_id, f"{result.architecture}.yaml", profile)
    now = round(time.time() * 1000)
    best = result.best
    metrics = [Metric("best_val_mae", best.val_mae or 0.0, now, len(result.trials))]
    tags = {"best_trial": str(best.number), "trials": str(len(result.trials)), "mlflow.note.content": _note(result)}
    patiently(client().log_batch, begun.run_id, metrics=metrics, tags=[RunTag(*each) for each in tags.items()])
    patiently(client().set_terminated, begun.run_id, "FINISHED")


def _note(result: SearchResult) -> str:
    """Give what MLflow's page of the run shows first, as Markdown."""
    names = list(result.best.values)
    lines = [
        result.sentence,
        "",
        f"| trial | val MAE | {' | '.join(names)} |",
        f"| ---: | ---: |{' --- |' * len(names)}",
    ]
    lines += [_row(trial, names) for trial in ranked(result.trials)]
    return "\n".join(lines)


def _row(trial: Trial, names: Sequence[str]) -> str:
    values = " | ".join(str(trial.values[name]) for name in names)
    return f"| {trial.number} | {as_exact(trial.val_mae or 0.0, 4)} | {values} |"
