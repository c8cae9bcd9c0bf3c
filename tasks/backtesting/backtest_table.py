"""A backtest as a terminal shows it, and as its page in Prefect does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from jena_models.backtesting.backtest_result import BacktestResult
from jena_models.backtesting.backtest_scores import By, Score, chosen
from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.exactness import as_exact
from tasks.orchestration import within_a_flow_run
from tasks.workspace import Justify, as_text, plain_table

if TYPE_CHECKING:
    from rich.table import Table

LEAD_COLUMNS: Final[dict[str, Justify]] = {
    "lead": "right",
    "architecture": "left",
    "windows": "right",
    "MAE": "right",
    "RMSE": "right",
    "bias": "right",
    "skill": "right",
}


def render(result: BacktestResult) -> str:
    """Give the scores by lead with all figures, then MAE and skill at the horizon by origin, season and hour."""
    ahead = f"{result.horizon_hours:g} hours ahead"
    return as_text(
        _by_lead(result),
        f"\nBy origin, {ahead}",
        _side_by_side(result, "origin"),
        f"\nBy season of the time that is forecast, {ahead}",
        _side_by_side(result, "season"),
        f"\nBy hour of the time that is forecast, {ahead}",
        _side_by_side(result, "hour"),
        f"\n{result.sentence}",
    )


@within_a_flow_run
def show_backtest(result: BacktestResult) -> None:
    """Show the scores by lead on the flow run's page in Prefect."""
    from prefect.artifacts import create_table_artifact

    rows = [dict(zip(LEAD_COLUMNS, _cells_by_lead(score), strict=True)) for score in _in_order(result)]
    create_table_artifact(rows, key="backtest", description=result.sentence)


def _in_order(result: BacktestResult) -> list[Score]:
    return sorted(chosen(result.scores, "all"), key=lambda score: (score.lead_hours, score.mae))


def _by_lead(result: BacktestResult) -> Table:
    caption = f"Errors in {result.unit}; skill against persistence on the same windows."
    table = plain_table(f"Backtest {result.backtest}: {result.origins}", LEAD_COLUMNS, caption=caption)
    for score in _in_order(result):
        table.add_row(*_cells_by_lead(score), style="dim" if score.architecture == PERSISTENCE else None)
    return table


def _cells_by_lead(score: Score) -> tuple[str, ...]:
    return (
        f"{score.lead_hours:g} h",
        score.architecture,
        f"{score.windows:,}",
        as_exact(score.mae),
        as_exact(score.rmse),
        as_exact(score.bias, sign="+"),
        _skill(score),
    )


def _side_by_side(result: BacktestResult, by: By) -> Table:
    """Give a row a group, with the MAE of persistence, and MAE and skill of each other architecture."""
    scores = chosen(result.scores, by, result.horizon_hours)
    architectures = list(dict.fromkeys(score.architecture for score in scores))
    columns: dict[str, Justify] = {by: "left", "windows": "right"}
    for name in architectures:
        columns |= {name: "right"} if name == PERSISTENCE else {name: "right", f"{name} skill": "right"}
    table = plain_table(None, columns)
    for group in dict.fromkeys(score.group for score in scores):
        of_group = {score.architecture: score for score in scores if score.group == group}
        table.add_row(group, f"{of_group[PERSISTENCE].windows:,}", *_cells([of_group[name] for name in architectures]))
    return table


def _cells(scores: Sequence[Score]) -> list[str]:
    cells = []
    for score in scores:
        cells += [as_exact(score.mae)] if score.architecture == PERSISTENCE else [as_exact(score.mae), _skill(score)]
    return cells


def _skill(score: Score) -> str:
    return "to beat" if score.architecture == PERSISTENCE else f"{score.skill:+.1%}"
