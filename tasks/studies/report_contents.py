"""All that a study's page is made from, gathered from its runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd
from pydantic import BaseModel, ValidationError

from jena_models.errors import SettingsError
from jena_models.evaluation.intervals import Intervals
from jena_models.evaluation.permutation_importance import Importance
from jena_models.forecaster import INTERVALS_FILE, STATION_FILE
from jena_models.report.study_contents import Contender, StudyReport, Windows
from jena_models.stations.cleaned.cleaning_report import CleaningReport
from jena_models.stations.named_stations import load_station
from jena_models.stations.schema import StationSchema
from jena_models.training.jobs.fit_result import FitResult
from tasks.studies.leaderboard import best_trained, ranks, rows_under, with_ties
from tasks.studies.neighbour_gains import gains_of
from tasks.studies.study_significance import measure, read
from tasks.tracking import client, json_of, patiently, table_of
from tasks.workspace import Finding, LeaderboardRow, Promoted

if TYPE_CHECKING:
    from mlflow.entities import Run

IMPORTANCE: str = "importance.json"

Read = TypeVar("Read", bound=BaseModel)


def gather(study_run: Run) -> StudyReport:
    """Give the contents of a study's page, from the tracking store alone; what its runs lack is left out."""
    run_id = study_run.info.run_id
    run = patiently(client().get_run, run_id)
    params, tags = run.data.params, run.data.tags
    station = _station(run)
    ranked = rows_under(run)
    found = read(run_id)
    if found is None:
        found = measure(ranked, float(params.get("horizon_hours", 24)))
        ranked = with_ties(ranked, found)
    promoted = _read(Promoted, json_of(run_id, "promotion.json"))
    findings = [_read(Finding, each) for each in json_of(run_id, "validation.json") or []]
    best = best_trained(ranked)
    return StudyReport(
        study=tags.get("study", run_id),
        finished=_finished(run),
        station_title=station.title if station else params.get("station", ""),
        credit=station.credit if station and tags.get("kind") == "real" else "",
        latitude=station.latitude if station else 0.0,
        clock=station.clock if station else "",
        target=station.target if station else "",
        target_name=station.target_name if station else "target",
        history_hours=float(params.get("history_hours", np.nan)),
        sampling_minutes=float(params.get("sampling_minutes", np.nan)),
        horizon_hours=float(params.get("horizon_hours", np.nan)),
        source=tags.get("source", ""),
        kind=tags.get("kind", ""),
        contenders=_contenders(ranked),
        forecasts=_forecasts(ranked),
        bounds=_read(Intervals, json_of(best.run_id, INTERVALS_FILE)) if best else None,
        significance=found,
        importance=_read(Importance, json_of(run_id, IMPORTANCE)),
        neighbours=gains_of(run_id),
        cleaning=_read(CleaningReport, json_of(run_id, "cleaning_report.json")),
        windows=_windows(run),
        expectations=tuple(filter(None, findings)),
        gates=promoted.gates if promoted else (),
        promotion=promoted.sentence if promoted else "",
        settings=params,
        origin=_origin(run),
    )


def _station(run: Run) -> StationSchema | None:
    """Give the schema that the study ended with; that of the shipped station where it left none."""
    kept = json_of(run.info.run_id, STATION_FILE)
    try:
        if kept is not None:
            return StationSchema.kept_before(kept)
    except (ValidationError, TypeError):  # of another version of this project
        pass
    try:
        return load_station(run.data.params.get("station", ""))
    except SettingsError:
        return None


def _contenders(ranked: Sequence[LeaderboardRow]) -> tuple[Contender, ...]:
    told = []
    for rank, row in zip(ranks(ranked), ranked, strict=True):
        result = _read(FitResult, json_of(row.run_id, "result.json"))
        told.append(
            Contender(
                rank=rank,
                epochs=result.epochs if result else (),
                intervals=result.intervals if result else (),
                distributions=result.distributions if result else (),
                **dict(row),
            )
        )
    return tuple(told)


def _forecasts(ranked: Sequence[LeaderboardRow]) -> dict[str, pd.DataFrame]:
    found = {}
    for row in ranked:
        table = table_of(row.run_id, "test_predictions.parquet")
        if table is not None:
            table = table.sort_values("valid_time", ignore_index=True)
            known = np.isfinite(table[["measured", "forecast"]].to_numpy(np.float64)).all(axis=1)
            if known.any():
                found[row.architecture] = table[known]
    return found


def _windows(run: Run) -> tuple[Windows, ...]:
    inputs = run.inputs.dataset_inputs if run.inputs else []
    profile = json.loads(inputs[0].dataset.profile or "{}") if inputs else {}
    left_out = profile.get("left_out", {})
    return tuple(
        Windows(split=split, used=used, left_out=left_out.get(split, 0))
        for split, used in profile.get("windows", {}).items()
    )


def _origin(run: Run) -> dict[str, str]:
    tags = run.data.tags
    revision = tags.get("code_revision", "unknown")
    changed = " with changes that were not committed" if tags.get("code_dirty") == "true" else ""
    return {
        "settings": "settings.yaml, attached to the study’s run, is a profile: jena train --profile settings.yaml",
        "profile": tags.get("profile", ""),
        "seed": run.data.params.get("seed", ""),
        "data, by its hash": tags.get("data_hash", ""),
        "code": f"{revision}{changed}",
        "run in MLflow": run.info.run_id,
    }


def _finished(run: Run) -> datetime | None:
    ended = run.info.end_time
    return datetime.fromtimestamp(ended / 1000, UTC) if ended else None


def _read(model: type[Read], content: Any) -> Read | None:
    """Give what a run left; None where it left nothing, or another version of this project left it."""
    try:
        return None if content is None else model.model_validate(content)
    except ValidationError:
        return None
