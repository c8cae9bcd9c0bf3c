"""The run of a study, the parent of its architectures' runs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from jena_models.forecaster import STATION_FILE
from jena_models.stations.schema import StationSchema
from tasks.studies.leaderboard import best_trained, with_ties
from tasks.studies.neighbour_gains import attach_neighbours
from tasks.studies.study_report import attach_report
from tasks.studies.study_significance import attach_significance
from tasks.tracking import ParentRun, client, patiently
from tasks.workspace import LeaderboardRow, Prepared, Promoted, scratch_folder


def finish_study(
    study: ParentRun,
    prepared: Prepared,
    leaderboard: Sequence[LeaderboardRow],
    promoted: Promoted,
    station: StationSchema,
    *,
    report: bool,
) -> None:
    """Attach what the study ends with, and mark its run as finished.

    `data_docs/`, `cleaning_report.json`, `validation.json`, the rows set aside, the leaderboard as JSON, CSV and a
    page, `significance.json`, `promotion.json`, `station.json`, `neighbours.json` where there are any, and
    `report.html` with all of it.
    """
    from mlflow.entities import Metric, RunTag

    store = client()
    horizon_hours = prepared.preparation.horizon_minutes / 60
    leaderboard = with_ties(leaderboard, attach_significance(study.run_id, leaderboard, horizon_hours))
    with scratch_folder() as scratch:
        _gather(scratch, prepared, leaderboard, promoted)
        _write(scratch / STATION_FILE, station.model_dump(mode="json"))
        patiently(store.log_artifacts, study.run_id, str(scratch))
    best = best_trained(leaderboard)
    metrics: list[Metric] = []
    tags = {
        "mlflow.note.content": _note(leaderboard, promoted),
        "promoted": str(promoted.promoted).lower(),
        "promotion": promoted.sentence,
    }
    if best:
        tags["best_architecture"] = best.architecture
        figures = ("val_mae", "test_mae", "val_skill", "test_skill")
        metrics = [Metric(f"best_{name}", getattr(best, name), 0, 0) for name in figures]
    patiently(store.log_batch, study.run_id, metrics=metrics, tags=[RunTag(key, text) for key, text in tags.items()])
    attach_neighbours(study.run_id, prepared, station)
    if report:
        attach_report(study.run_id, leaderboard, prepared, promoted)
    patiently(store.set_terminated, study.run_id, "FINISHED")


def _gather(folder: Path, prepared: Prepared, leaderboard: Sequence[LeaderboardRow], promoted: Promoted) -> None:
    checked = prepared.divided.checked
    shutil.copytree(checked.docs, folder / "data_docs")
    if checked.quarantine:
        shutil.copy(checked.quarantine, folder / "quarantine.csv")
    _write(folder / "cleaning_report.json", checked.ingested.report.model_dump(mode="json"))
    _write(folder / "validation.json", [finding.model_dump(mode="json") for finding in checked.findings])
    rows = [row.model_dump(mode="json") for row in leaderboard]
    _write(folder / "leaderboard.json", rows)
    table = pd.DataFrame(rows, columns=list(LeaderboardRow.model_fields)).astype({"version": "Int64"})
    table.to_csv(folder / "leaderboard.csv", index=False)
    table.to_html(folder / "leaderboard.html", index=False, na_rep="", float_format="{:.4g}".format, border=0)
    _write(folder / "promotion.json", promoted.model_dump(mode="json"))


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")


def _note(leaderboard: Sequence[LeaderboardRow], promoted: Promoted) -> str:
    """Give what MLflow's page of the run shows first, as Markdown."""
    lines = ["| architecture | val MAE | test MAE | val skill | version |", "| --- | ---: | ---: | ---: | ---: |"]
    lines += [
        f"| {row.architecture} | {row.val_mae:.3f} | {row.test_mae:.3f} | {row.val_skill:.1%} | {row.version or ''} |"
        for row in leaderboard
    ]
    return "\n".join([promoted.sentence, "", *lines])
