"""The runs of a backtest: one for all of it, and under it one an architecture, with a point an origin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from jena_models.backtesting.backtest_result import BacktestResult
from jena_models.backtesting.backtest_scores import chosen
from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.settings import Settings
from tasks.backtesting.backtest_metrics import best_metrics, metrics_of
from tasks.backtesting.prepared_folds import FoldAtLead
from tasks.tracking import (
    BACKTEST,
    ParentRun,
    client,
    finished_parent,
    log_metrics,
    open_part,
    patiently,
    text_of,
    tracked,
)
from tasks.training import FIT_VERSION
from tasks.workspace import Prepared, content_key, scratch_folder

VERSION: Final = 5
"""Raise it when the same trainings would be scored otherwise."""

RESULT_FILE: Final = "backtest.json"


def backtest_id(folds: Sequence[FoldAtLead], architectures: Sequence[str], settings: Settings) -> str:
    """Give the 12 hex digits that name all that a backtest's results depend on."""
    hyperparameters = {name: settings.hyperparameters[name] for name in architectures}
    members = {name for each in hyperparameters.values() for name in getattr(each, "members", ())}
    return content_key(
        versions=[VERSION, FIT_VERSION],
        folds=[fold.prepared.key for fold in folds],
        architectures=hyperparameters,
        members={name: settings.hyperparameters[name] for name in members},
        training=settings.training,
        seed=settings.seed,
        horizon_hours=settings.horizon_hours,
        station=settings.station,
    )[:12]


def finished_backtest(backtest: str, settings: Settings) -> BacktestResult | None:
    """Give the result of the latest finished run of a backtest; None where there is none."""
    finished = finished_parent(BACKTEST, backtest, settings.tracking.experiment)
    text = text_of(finished.info.run_id, RESULT_FILE) if finished else None
    return None if text is None else BacktestResult.model_validate_json(text)


def finish_backtest(
    begun: ParentRun, result: BacktestResult, forecasts: pd.DataFrame, prepared: Prepared, settings: Settings
) -> None:
    """Log the scores of each architecture to a run of its own, attach all of it, and mark the runs as finished.

    `backtest.json`, `scores.parquet`, and `forecasts.parquet` with every forecast beside what was measured.

    Args:
        begun: the backtest.
        result: what it ends with.
        forecasts: what `jena_models.backtesting.backtest_scores.score_forecasts` takes.
        prepared: of the last origin; its readings are all.
        settings: of the backtest.
    """
    from mlflow.entities import RunTag

    for architecture in dict.fromkeys(score.architecture for score in result.scores):
        _finish_architecture(begun, architecture, result, prepared, settings)
    store = client()
    with scratch_folder() as folder:
        (folder / RESULT_FILE).write_text(result.model_dump_json(indent=2), encoding="utf-8")
        pd.DataFrame([score.model_dump() for score in result.scores]).to_parquet(folder / "scores.parquet", index=False)
        forecasts.to_parquet(folder / "forecasts.parquet", index=False)
        patiently(store.log_artifacts, begun.run_id, str(folder))
    tags = {"mlflow.note.content": _note(result)}
    best = next((score for score in result.ranked if score.architecture != PERSISTENCE), None)
    if best:
        tags["best_architecture"] = best.architecture
    metrics = best_metrics(best) if best else []
    patiently(store.log_batch, begun.run_id, metrics=metrics, tags=[RunTag(key, text) for key, text in tags.items()])
    patiently(store.set_terminated, begun.run_id, "FINISHED")


def _finish_architecture(
    begun: ParentRun, architecture: str, result: BacktestResult, prepared: Prepared, settings: Settings
) -> None:
    """Keep the scores of an architecture in a run under the backtest's; one that has finished is left as it is."""
    run_id, finished = open_part(begun, {"architecture": architecture}, architecture, prepared, settings)
    if finished:
        return
    with tracked(run_id):
        log_metrics(run_id, metrics_of(result, architecture))
        patiently(client().set_terminated, run_id, "FINISHED")


def _note(result: BacktestResult) -> str:
    """Give what MLflow's page of the run shows first, as Markdown."""
    lines = [result.sentence, "", "| lead | architecture | MAE | RMSE | bias | skill |"]
    lines.append("| ---: | --- | ---: | ---: | ---: | ---: |")
    lines += [
        f"| {s.lead_hours:g} h | {s.architecture} | {s.mae:.3f} | {s.rmse:.3f} | {s.bias:+.3f} | {s.skill:+.1%} |"
        for s in chosen(result.scores, "all")
    ]
    return "\n".join(lines)
