"""The run of a study, the parent of its architectures' runs."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd
from pydantic import Field

from jena_models.forecaster import STATION_FILE
from jena_models.frozen import Frozen
from jena_models.settings import Settings
from jena_models.stations.schema import StationSchema
from tasks.studies.leaderboard import with_ties
from tasks.studies.study_report import attach_report
from tasks.studies.study_significance import attach_significance
from tasks.tracking import client, experiment_id, open_run, patiently, reopen_run, run_parameters, run_tags, study_id
from tasks.workspace import LeaderboardRow, Places, Prepared, Promoted, may_be_running, places

if TYPE_CHECKING:
    from mlflow.entities import Run

logger = logging.getLogger("jena")

REFERENCE: Final = "persistence"


class StudyRun(Frozen):
    """A study and its run."""

    study: str
    """Of `tasks.tracking.run_contents.study_id`."""
    run_id: str
    experiment_id: str
    places: Places = Field(default_factory=places)
    """Where it keeps what it makes, whichever machine trains."""


def open_study(settings: Settings, prepared: Prepared) -> StudyRun:
    """Open the run of a study; one that was interrupted is gone on with, unless its process may still be at it.

    Raises:
        StoreUnreachableError: where the store cannot be used.
    """
    study, experiment = study_id(prepared, settings), experiment_id(settings.tracking.experiment)
    tags = {**run_tags(settings, prepared, study), "role": "study"}
    parameters = run_parameters(settings)
    unfinished = [run for run in _runs_of(study, experiment) if run.info.status != "FINISHED"]
    left = next((r for r in unfinished if r.info.status != "RUNNING" or not may_be_running(r.data.tags)), None)
    if left:
        logger.info("Going on with study %s, which was interrupted.", study)
        return StudyRun(study=study, run_id=reopen_run(left, tags, parameters, prepared), experiment_id=experiment)
    run_id = open_run(experiment, f"study {study}", tags, parameters, prepared)
    patiently(client().log_dict, run_id, settings.model_dump(mode="json"), "settings.yaml")
    return StudyRun(study=study, run_id=run_id, experiment_id=experiment)


def finished_study(study: str, settings: Settings) -> str | None:
    """Give the id of the latest run of a study that has finished, if there is one."""
    runs = _runs_of(study, experiment_id(settings.tracking.experiment))
    return next((str(run.info.run_id) for run in runs if run.info.status == "FINISHED"), None)


def finish_study(
    study: StudyRun,
    prepared: Prepared,
    leaderboard: Sequence[LeaderboardRow],
    promoted: Promoted | None,
    station: StationSchema | None = None,
) -> None:
    """Attach what the study ends with, and mark its run as finished.

    `data_docs/`, `cleaning_report.json`, `validation.json`, the rows set aside, the leaderboard as JSON, CSV and a
    page, `significance.json`, `promotion.json`, `station.json`, and `report.html` with all of it.
    """
    from mlflow.entities import Metric, RunTag

    store = client()
    horizon_hours = prepared.preparation.horizon_minutes / 60
    leaderboard = with_ties(leaderboard, attach_significance(study.run_id, leaderboard, horizon_hours))
    with tempfile.TemporaryDirectory(prefix="jena-") as scratch:
        _gather(Path(scratch), prepared, leaderboard, promoted)
        if station:
            _write(Path(scratch) / STATION_FILE, station.model_dump(mode="json"))
        patiently(store.log_artifacts, study.run_id, scratch)
    best = next((row for row in leaderboard if row.architecture != REFERENCE), None)
    metrics, tags = [], {"mlflow.note.content": _note(leaderboard, promoted)}
    if best:
        tags["best_architecture"] = best.architecture
        figures = ("val_mae", "test_mae", "val_skill", "test_skill")
        metrics = [Metric(f"best_{name}", getattr(best, name), 0, 0) for name in figures]
    if promoted:
        tags |= {"promoted": str(promoted.promoted).lower(), "promotion": promoted.sentence}
    patiently(store.log_batch, study.run_id, metrics=metrics, tags=[RunTag(key, text) for key, text in tags.items()])
    attach_report(study.run_id, leaderboard, prepared, promoted)
    patiently(store.set_terminated, study.run_id, "FINISHED")


def _runs_of(study: str, experiment: str) -> list[Run]:
    wanted = f"tags.study = '{study}' and tags.role = 'study'"
    return list(patiently(client().search_runs, [experiment], wanted, order_by=["attributes.start_time DESC"]))


def _gather(folder: Path, prepared: Prepared, leaderboard: Sequence[LeaderboardRow], promoted: Promoted | None) -> None:
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
    if promoted:
        _write(folder / "promotion.json", promoted.model_dump(mode="json"))


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")


def _note(leaderboard: Sequence[LeaderboardRow], promoted: Promoted | None) -> str:
    """Give what MLflow's page of the run shows first, as Markdown."""
    lines = ["| architecture | val MAE | test MAE | val skill | version |", "| --- | ---: | ---: | ---: | ---: |"]
    lines += [
        f"| {row.architecture} | {row.val_mae:.3f} | {row.test_mae:.3f} | {row.val_skill:.1%} | {row.version or ''} |"
        for row in leaderboard
    ]
    return "\n".join([*([promoted.sentence, ""] if promoted else []), *lines])
