"""A day under watch, as people read it: on a terminal, on Prefect's page, on MLflow's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import shorten
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from jena_models.monitoring.check import Check
from jena_models.monitoring.live_scores import FORECASTS
from tasks.monitoring.judged_days import MonitoredDay, days_folder
from tasks.orchestration import within_a_flow_run
from tasks.workspace import Justify, as_text, plain_table

SCORES: Final[dict[str, Justify]] = {
    "score": "left",
    "7 days": "right",
    "limit": "right",
    "30 days": "right",
    "limit ": "right",
    "promised": "right",
}
TEMPLATE: Final = Path(__file__).with_name("day_page.md.jinja")
WIDEST_NAME: Final = 84
"""Letters of a figure's name on a terminal, so that its numbers stand beside it; the decision says the rest."""
UNSCORED: Final = "Too few of this version's forecasts can be compared with what was measured, so far."
COLUMNS: Final[dict[str, Justify]] = {"figure": "left", "value": "right", "limit": "right", "past it": "center"}


@within_a_flow_run
def show_day(monitored: MonitoredDay) -> None:
    """Show the day on the flow run's page, under a key of the model's own."""
    from prefect.artifacts import create_markdown_artifact

    key = f"monitoring-{monitored.model}".lower().replace("_", "-").replace(".", "-")
    create_markdown_artifact(page(monitored), key=key, description=monitored.decision.sentence)


def render(monitored: MonitoredDay) -> str:
    """Give the day for a terminal: scores, what is past its limit, and the decision."""
    title = f"{monitored.model}, version {monitored.version} ({monitored.architecture}), {monitored.day}"
    rows = _score_rows(monitored)
    scores = plain_table(title, SCORES, None if rows else UNSCORED)
    for row in rows:
        scores.add_row(*row)
    beyond = [check for check in monitored.checks if check.past_limit]
    judged = [check for check in monitored.checks if check.value is not None and check.limit is not None]
    table = plain_table("Past their limit", COLUMNS)
    for check in beyond:
        name, *numbers = _row(check)
        table.add_row(shorten(name, WIDEST_NAME, placeholder=" …"), *numbers)
    kept = f"{len(judged) - len(beyond)} of {len(judged)} figures keep to their limit."
    where = f"All of them: {days_folder(monitored.model) / str(monitored.day.year) / f'{monitored.day}.json'}"
    warnings = [each.sentence() for each in monitored.neighbours]
    return as_text(scores, *([table] if beyond else []), kept, monitored.decision.sentence, *warnings, where)


def render_history(days: Sequence[MonitoredDay]) -> str:
    """Give the decisions of many days for a terminal, the oldest first."""
    if not days:
        return "No day of this station has been judged yet; `jena monitor` judges one."
    table = plain_table(days[-1].model, {"day": "left", "version": "right", "decision": "left", "evidence": "left"})
    for each in days:
        run = f" (flow run {each.decision.flow_run})" if each.decision.flow_run else ""
        table.add_row(str(each.day), str(each.version), each.decision.action, each.decision.sentence + run)
    return as_text(table)


def page(monitored: MonitoredDay) -> str:
    """Give the day as Markdown: the decision, the scores, and every figure with its limit."""
    environment = Environment(loader=FileSystemLoader(TEMPLATE.parent), trim_blocks=True, undefined=StrictUndefined)  # noqa: S701 (Markdown)
    return environment.get_template(TEMPLATE.name).render(
        day=monitored,
        score_header=list(SCORES),
        scores=_score_rows(monitored),
        unscored=UNSCORED,
        header=list(COLUMNS),
        rows=[_row(check) for check in monitored.checks],
    )


def _score_rows(monitored: MonitoredDay) -> list[list[str]]:
    """Give a row a score: first those of the headline, then those of the curve by groups of leads."""
    scores, promise = [check for check in monitored.checks if check.group == "scores"], monitored.promise
    told = {"MAE": promise.val_mae, "skill": promise.val_skill, "coverage": promise.val_coverage}
    rows = []
    for subject, figure in dict.fromkeys((check.subject, check.figure) for check in scores):
        of_row = [check for check in scores if (check.subject, check.figure) == (subject, figure)]
        found = {check.window_days: check for check in of_row}
        cells = [cell for days in (7, 30) for cell in _cells(found.get(days))]
        leads = subject.removeprefix(FORECASTS).strip()
        promised = None if leads else told.get(figure)
        rows.append([f"{figure}, {leads}" if leads else figure, *cells, _number(promised)])
    return rows


def _cells(check: Check | None) -> list[str]:
    return ["", ""] if check is None else [_number(check.value), _number(check.limit)]


def _row(check: Check) -> list[str]:
    window = f" over {check.window_days} days" if check.window_days else ""
    name = f"{check.subject}: {check.figure}{window}" + (f" ({check.unit})" if check.unit else "")
    name += f": {check.told}" if check.told and check.past_limit else ""
    return [name, _number(check.value), _number(check.limit), "yes" if check.past_limit else ""]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
