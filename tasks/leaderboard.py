"""The leaderboard of a study, as the tracking store and the registry tell it now."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from jena_models.errors import RequestError, nearest
from tasks.handovers import LeaderboardRow
from tasks.store import client as open_store
from tasks.store import patiently
from tasks.tables import Justify, as_text, plain_table
from tasks.versions import CHAMPION, find_model, nothing_kept_yet, versions_of

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

REFERENCE: Final = "persistence"
COLUMNS: Final[dict[str, Justify]] = {
    "architecture": "left",
    "val MAE": "right",
    "test MAE": "right",
    "skill": "right",
    "parameters": "right",
    "s/epoch": "right",
    "version": "right",
    "standing": "left",
}


def rows(study: str | None = None) -> tuple[LeaderboardRow, ...]:
    """Give one row for each architecture that a study has finished, the lowest validation MAE first.

    Args:
        study: its id; the one that finished last where it is None.

    Raises:
        RequestError: where there is no such study, or none has finished.
    """
    if nothing_kept_yet():
        raise RequestError("There is no study yet; run `jena train` first.")
    client = open_store()
    experiments = [experiment.experiment_id for experiment in patiently(client.search_experiments)]
    parent = _study_run(client, experiments, study)
    children = patiently(
        client.search_runs,
        experiments,
        f"tags.role = 'architecture' and tags.`mlflow.parentRunId` = '{parent.info.run_id}'",
        max_results=1000,
    )
    finished = [run for run in children if run.info.status == "FINISHED" and "val_mae" in run.data.metrics]
    standings = _standings(client, {run.data.tags.get("model_name", "") for run in finished})
    ranked = sorted((_row(run, standings) for run in finished), key=lambda row: row.architecture)
    return tuple(sorted(ranked, key=lambda row: math.inf if math.isnan(row.val_mae) else row.val_mae))


def render(ranked: Sequence[LeaderboardRow]) -> str:
    """Give the leaderboard as a table for a terminal: the best is marked, persistence is the one to beat."""
    title = f"Study {ranked[0].study}" if ranked else "No architecture has been trained"
    table = plain_table(title, COLUMNS, caption="MAE in the target's unit; skill against persistence, on validation.")
    best = next((row.architecture for row in ranked if row.architecture != REFERENCE), None)
    for row in ranked:
        table.add_row(
            f"★ {row.architecture}" if row.architecture == best else f"  {row.architecture}",
            f"{row.val_mae:.3f}",
            f"{row.test_mae:.3f}",
            "to beat" if row.architecture == REFERENCE else f"{row.val_skill:+.1%}",
            f"{row.parameters:,}",
            f"{row.seconds_per_epoch:.1f}" if row.seconds_per_epoch else "",
            "" if row.version is None else str(row.version),
            row.standing,
            style=_style(row, best),
        )
    return as_text(table)


def _style(row: LeaderboardRow, best: str | None) -> str | None:
    if row.architecture == REFERENCE:
        return "dim"
    if row.standing == CHAMPION:
        return "bold green" if row.architecture == best else "green"
    return "bold" if row.architecture == best else None


def _study_run(client: MlflowClient, experiments: list[str], study: str | None) -> Run:
    runs = patiently(
        client.search_runs,
        experiments,
        "tags.role = 'study'",
        order_by=["attributes.start_time DESC"],
        max_results=50_000,
    )
    named = {run.data.tags.get("study", "") for run in runs}
    if study is not None and study not in named:
        advice = nearest(study, named) if named else "run `jena train` first."
        raise RequestError(f"There is no study '{study}'; {advice}")
    finished = [run for run in runs if run.info.status == "FINISHED"]
    asked = [run for run in finished if study in (None, run.data.tags.get("study"))]
    if asked:
        return max(asked, key=lambda run: run.info.end_time or 0)
    if study is None:
        raise RequestError("No study has finished yet; run `jena train` first.")
    return next(run for run in runs if run.data.tags.get("study") == study)


def _standings(client: MlflowClient, model_names: set[str]) -> dict[tuple[str, int], str]:
    models = [model for name in sorted(model_names) if name and (model := find_model(client, name))]
    return {(model.name, found.version): found.standing for model in models for found in versions_of(client, model)}


def _row(run: Run, standings: dict[tuple[str, int], str]) -> LeaderboardRow:
    tags, metrics = run.data.tags, run.data.metrics
    version = int(tags["version"]) if tags.get("version", "").isdigit() else None
    return LeaderboardRow(
        architecture=tags["architecture"],
        val_mae=metrics["val_mae"],
        test_mae=metrics["test_mae"],
        val_rmse=metrics["val_rmse"],
        test_rmse=metrics["test_rmse"],
        val_skill=metrics["val_skill"],
        test_skill=metrics["test_skill"],
        parameters=round(metrics["parameters"]),
        best_epoch=round(metrics["best_epoch"]),
        seconds_per_epoch=metrics["seconds_per_epoch"],
        version=version,
        standing="" if version is None else standings.get((tags.get("model_name", ""), version), ""),
        run_id=run.info.run_id,
        study=tags["study"],
    )
