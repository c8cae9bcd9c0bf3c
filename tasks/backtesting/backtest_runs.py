"""The runs of a backtest: one for all of it, and under it one an architecture, with a point an origin."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Final

import pandas as pd

from jena_models.backtesting.backtest_result import BacktestResult
from jena_models.backtesting.backtest_scores import Score, chosen
from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.settings import Settings
from tasks.backtesting.prepared_folds import FoldAtLead
from tasks.studies import lead_name
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

if TYPE_CHECKING:
    from mlflow.entities import Metric

VERSION: Final = 5
"""Raise it when the same trainings would be scored otherwise."""

RESULT_FILE: Final = "backtest.json"
FIGURES: Final = ("mae", "rmse", "bias", "skill")


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


def metrics_of(result: BacktestResult, architecture: str) -> list[Metric]:
    """Give every score of an architecture.

    Over all windows as `mae_lead_24h`, by season as `mae_lead_24h_winter`, by hour as `hour/mae_lead_24h` with the hour
    as step, by origin as `origin/mae_lead_24h` with the origin's number as step and its date as time.
    """
    own = [score for score in result.scores if score.architecture == architecture]
    return [metric for score in own for metric in _metrics(score, result)]


def best_metrics(score: Score) -> list[Metric]:
    """Give the scores of the best architecture, as `best_mae_lead_24h`."""
    return list(_named(score, "best_{}", 0, _now()))


def _metrics(score: Score, result: BacktestResult) -> Iterator[Metric]:
    if score.by == "origin":
        fold = next(fold for fold in result.folds if f"{fold.origin:%Y-%m-%d}" == score.group)
        then = round(fold.origin.replace(tzinfo=UTC).timestamp() * 1000)
        return _named(score, "origin/{}", fold.number, then)
    if score.by == "hour":
        return _named(score, "hour/{}", int(score.group), _now())
    return _named(score, "{}" if score.by == "all" else f"{{}}_{score.group}", 0, _now())


def _named(score: Score, pattern: str, step: int, milliseconds: int) -> Iterator[Metric]:
    from mlflow.entities import Metric

    lead = lead_name(score.lead_hours)
    for figure in FIGURES:
        yield Metric(pattern.format(f"{figure}_{lead}"), getattr(score, figure), milliseconds, step)


def _now() -> int:
    return round(time.time() * 1000)
