"""The leaderboard of a study, as the tracking store and the registry tell it now."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from jena_models.errors import RequestError, nearest
from jena_models.evaluation.comparisons import Significance, within_seeds
from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.exactness import digits_for
from tasks.registry import CHAMPION, find_model, versions_of
from tasks.studies.curve_scores import by_lead
from tasks.studies.seed_spread import Spread, spreads
from tasks.studies.study_significance import read as read_significance
from tasks.tracking import client as open_store
from tasks.tracking import nothing_kept_yet, patiently
from tasks.workspace import Justify, LeaderboardRow, as_text, plain_table

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run
    from rich.console import RenderableType

DIGITS: Final = 3
"""After the point, of errors about 1."""
COLUMNS: Final[dict[str, Justify]] = {
    "rank": "right",
    "architecture": "left",
    "val MAE": "right",
    "over seeds": "right",
    "test MAE": "right",
    "CRPS": "right",
    "skill": "right",
    "parameters": "right",
    "s/epoch": "right",
    "version": "right",
    "standing": "left",
}

NAMED: Final = re.compile(r"[\w.-]+")
"""What a study's id may be made of; anything else would be more than a name in a search."""


def rows(study: str | None = None) -> tuple[LeaderboardRow, ...]:
    """Give one row for each architecture that the study of `study_run` has finished, the lowest validation MAE first.

    Raises:
        RequestError: where there is no such study, or none has finished.
    """
    return rows_under(study_run(study))


def study_run(study: str | None = None) -> Run:
    """Give the run of a study; the one that finished last where no id is given.

    Raises:
        RequestError: where there is no such study, or none has finished.
    """
    if nothing_kept_yet():
        raise RequestError("There is no study yet; run `jena train` first.")
    client = open_store()
    return _study_run(client, _experiments(client), study)


def rows_under(parent: Run) -> tuple[LeaderboardRow, ...]:
    """Give one row for each architecture that finished under a study's run, the lowest validation MAE first."""
    client = open_store()
    experiments = _experiments(client)
    children = patiently(
        client.search_runs,
        experiments,
        f"tags.role = 'architecture' and tags.`mlflow.parentRunId` = '{parent.info.run_id}'",
        max_results=1000,
    )
    finished = [run for run in children if run.info.status == "FINISHED" and "val_mae" in run.data.metrics]
    standings = _standings(client, {run.data.tags.get("model_name", "") for run in finished})
    over_seeds = spreads(experiments, finished)
    found = [_row(run, standings, over_seeds.get(run.info.run_id)) for run in finished]
    ranked = sorted(found, key=lambda row: (math.inf if math.isnan(row.val_mae) else row.val_mae, row.architecture))
    return with_ties(ranked, read_significance(parent.info.run_id))


def with_ties(ranked: Sequence[LeaderboardRow], significance: Significance | None) -> tuple[LeaderboardRow, ...]:
    """Tell of each row whether its validation error differs from the first one's by no more than noise.

    Noise is that of the weather (it is in the Model Confidence Set) or of the seeds, whichever is the larger.
    """
    if not ranked or not significance or not significance.comparisons:
        return tuple(ranked)
    best = ranked[0]
    told = []
    for row in ranked:
        found = significance.uncertainty("validation", row.architecture)
        seeds_alone = within_seeds(row.val_mae - best.val_mae, row.val_mae_spread, best.val_mae_spread)
        tied = None if found is None else found.may_be_best or seeds_alone
        told.append(row.model_copy(update={"tied_with_best": True if row is best else tied}))
    return tuple(told)


def best_trained(ranked: Sequence[LeaderboardRow]) -> LeaderboardRow | None:
    """Give the first row of an architecture that is trained; None where there is none."""
    return next((row for row in ranked if row.architecture != PERSISTENCE), None)


def ranks(ranked: Sequence[LeaderboardRow]) -> tuple[str, ...]:
    """Give each row's rank: `1=` for those that share the first place, else its number."""
    shared = [number for number, row in enumerate(ranked) if number and row.tied_with_best]
    return tuple("1=" if shared and row.tied_with_best else str(number + 1) for number, row in enumerate(ranked))


def render(ranked: Sequence[LeaderboardRow]) -> str:
    """Give the leaderboard as a table for a terminal: the best is marked, persistence is the one to beat."""
    title = f"Study {ranked[0].study}" if ranked else "No architecture has been trained"
    seeded = any(row.val_mae_spread is not None for row in ranked)
    scored = any(row.test_crps is not None for row in ranked)
    asked = {"over seeds": seeded, "CRPS": scored}
    columns = {name: side for name, side in COLUMNS.items() if asked.get(name, True)}
    caption = "MAE in the target's unit; skill against persistence, on validation."
    if "1=" in ranks(ranked):
        caption += " 1=: no worse than the first by more than noise."
    if seeded:
        caption += " Over seeds: ± one standard deviation (of so many seeds)."
    if scored:
        caption += " CRPS, of the whole distribution, on test: the lower, the better."
    table = plain_table(title, columns, caption=caption)
    best = best_trained(ranked)
    exact = digits_for(ranked[0].test_mae, DIGITS) if ranked else DIGITS
    for rank, row in zip(ranks(ranked), ranked, strict=True):
        table.add_row(
            rank,
            f"{'★' if row is best else ' '} {row.architecture}",
            f"{row.val_mae:.{exact}f}",
            *([_over_seeds(row, exact)] if seeded else []),
            f"{row.test_mae:.{exact}f}",
            *(["" if row.test_crps is None else f"{row.test_crps:.{exact}f}"] if scored else []),
            "to beat" if row.architecture == PERSISTENCE else f"{row.val_skill:+.1%}",
            f"{row.parameters:,}",
            f"{row.seconds_per_epoch:.1f}" if row.seconds_per_epoch else "",
            "" if row.version is None else str(row.version),
            row.standing,
            style=_style(row, is_best=row is best),
        )
    return as_text(table, *_by_lead(ranked))


def _by_lead(ranked: Sequence[LeaderboardRow]) -> list[RenderableType]:
    """Give a table of skill by lead under its title, where the best has a curve."""
    rows_with_leads = [row for row in ranked if row.by_lead]
    if not rows_with_leads:
        return []
    leads = sorted({skill.lead_hours for row in rows_with_leads for skill in row.by_lead})
    columns: dict[str, Justify] = {"architecture": "left", **{f"{lead:g} h": "right" for lead in leads}}
    table = plain_table(None, columns, caption="The best one's curve; skill against persistence at the same lead.")
    for row in rows_with_leads:
        skills = {skill.lead_hours: skill for skill in row.by_lead}
        for split in ("val_skill", "test_skill"):
            cells = [f"{getattr(skills[lead], split):+.1%}" if lead in skills else "" for lead in leads]
            table.add_row(f"{row.architecture}, {'validation' if split == 'val_skill' else 'test'}", *cells)
    return ["\nSkill by lead", table]


def _over_seeds(row: LeaderboardRow, digits: int) -> str:
    return "" if row.val_mae_spread is None else f"±{row.val_mae_spread:.{digits}f} ({row.seeds})"


def _experiments(client: MlflowClient) -> list[str]:
    return [experiment.experiment_id for experiment in patiently(client.search_experiments)]


def _style(row: LeaderboardRow, *, is_best: bool) -> str | None:
    if row.architecture == PERSISTENCE:
        return "dim"
    if row.standing == CHAMPION:
        return "bold green" if is_best else "green"
    return "bold" if is_best else None


def _study_run(client: MlflowClient, experiments: list[str], study: str | None) -> Run:
    """Give the run of a study that finished last, or one that has not; without a name, that of the last study at all.

    Asked for one by one: of a thousand stations, to read every study's run would take seconds.
    """

    def newest(wanted: str, order: str) -> Run | None:
        found = patiently(client.search_runs, experiments, wanted, order_by=[f"attributes.{order} DESC"], max_results=1)
        return found[0] if found else None

    wanted = "tags.role = 'study'"
    if study is not None:
        if not NAMED.fullmatch(study):
            raise _no_such_study(client, experiments, study)
        wanted += f" and tags.study = '{study}'"
    finished = newest(f"{wanted} and attributes.status = 'FINISHED'", "end_time")
    if finished:
        return finished
    if study is None:
        raise RequestError("No study has finished yet; run `jena train` first.")
    begun = newest(wanted, "start_time")
    if not begun:
        raise _no_such_study(client, experiments, study)
    return begun


def _no_such_study(client: MlflowClient, experiments: list[str], study: str) -> RequestError:
    runs = patiently(client.search_runs, experiments, "tags.role = 'study'", max_results=50_000)
    named = {run.data.tags.get("study", "") for run in runs}
    advice = nearest(study, named) if named else "run `jena train` first."
    return RequestError(f"There is no study '{study}'; {advice}")


def _standings(client: MlflowClient, model_names: set[str]) -> dict[tuple[str, int], str]:
    models = [model for name in sorted(model_names) if name and (model := find_model(client, name))]
    return {(model.name, found.version): found.standing for model in models for found in versions_of(client, model)}


def _row(run: Run, standings: dict[tuple[str, int], str], spread: Spread | None) -> LeaderboardRow:
    tags, metrics = run.data.tags, run.data.metrics
    version = int(tags["version"]) if tags.get("version", "").isdigit() else None
    return LeaderboardRow(
        architecture=tags.get("architecture") or run.info.run_name or "unknown",  # people may take a tag away
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
        seeds=spread.seeds if spread else 1,
        val_mae_spread=spread.val_mae if spread else None,
        test_mae_spread=spread.test_mae if spread else None,
        val_crps=metrics.get("val_crps"),
        test_crps=metrics.get("test_crps"),
        by_lead=by_lead(metrics),
    )
