"""What a flow run shows on its page in Prefect: the cleaning of the readings, leaderboard, gates, MLflow's runs.

Keys stay the same from run to run, so that Prefect shows how each came to be what it is. Outside a flow run nothing
is shown, and a page that cannot be written never costs a study.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Final, ParamSpec

from jena_models.exactness import as_exact
from tasks.tracking import client, patiently
from tasks.workspace import Checked, LeaderboardRow, Promoted, StudyResult, tracking_uri

logger = logging.getLogger("jena")

Given = ParamSpec("Given")

CLEANING: Final = "cleaning-report"
LEADERBOARD: Final = "leaderboard"
GATES: Final = "gates"
STUDY: Final = "mlflow-study"
RUNS: Final = "mlflow-runs"


def within_a_flow_run(show: Callable[Given, None]) -> Callable[Given, None]:
    """Let a function that makes artifacts do so where a flow runs, and nowhere else; what fails is logged alone."""

    @wraps(show)
    def shown(*args: Given.args, **kwargs: Given.kwargs) -> None:
        if "prefect" not in sys.modules:
            return
        from prefect.context import FlowRunContext

        if FlowRunContext.get() is None:
            return
        try:
            show(*args, **kwargs)
        except Exception as error:  # whatever it is, a finished study is not lost for its page
            logger.warning("The run's page could not be completed: %s", error)

    return shown


@within_a_flow_run
def show_cleaning(checked: Checked) -> None:
    """Show what was mended, set aside or warned of."""
    from prefect.artifacts import create_markdown_artifact

    create_markdown_artifact(cleaning_page(checked), key=CLEANING, description="What the readings were like.")


@within_a_flow_run
def show_study(result: StudyResult) -> None:
    """Show the leaderboard, each gate's verdict with its evidence, and where the runs are in MLflow."""
    from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

    create_table_artifact(leaderboard_table(result.leaderboard), key=LEADERBOARD, description=f"Study {result.study}")
    create_table_artifact(gates_table(result.promotion), key=GATES, description=result.promotion.sentence)
    uri = tracking_uri()
    if uri.startswith(("http://", "https://")):
        experiment = patiently(client().get_run, result.run_id).info.experiment_id
        runs = f"{uri.rstrip('/')}/#/experiments/{experiment}/runs"
        create_link_artifact(f"{runs}/{result.run_id}", f"Study {result.study}", key=STUDY, description="Its run.")
        create_markdown_artifact(runs_page(result, runs), key=RUNS, description="A run an architecture.")


def cleaning_page(checked: Checked) -> str:
    """Give, as Markdown, the report of cleaning and every expectation that does not simply hold."""
    ingested, findings = checked.ingested, checked.findings
    noted = [finding for finding in findings if finding.outcome != "pass"]
    lines = [f"# Readings of {ingested.source.origin}", "", ingested.report.summary(), ""]
    lines += [f"{len(findings) - len(noted)} of {len(findings)} expectations hold for every reading.", ""]
    if noted:
        lines += ["| outcome | readings | what was found |", "| --- | ---: | --- |"]
        lines += [f"| {each.outcome} | {each.rows:,} | {each.sentence.replace('|', '/')} |" for each in noted]
    return "\n".join(lines)


def leaderboard_table(rows: Sequence[LeaderboardRow]) -> list[dict[str, Any]]:
    """Give the leaderboard in rows of what a reader compares."""
    return [
        {
            "architecture": row.architecture,
            "validation MAE": as_exact(row.val_mae),
            "test MAE": as_exact(row.test_mae),
            "skill": f"{row.val_skill:+.1%}",
            "parameters": f"{row.parameters:,}",
            "version": "" if row.version is None else str(row.version),
            "standing": row.standing,
        }
        for row in rows
    ]


def gates_table(promotion: Promoted) -> list[dict[str, Any]]:
    """Give each gate with its verdict and evidence."""
    return [
        {"gate": gate.gate, "verdict": "passed" if gate.passed else "closed", "evidence": gate.evidence}
        for gate in promotion.gates
    ]


def runs_page(result: StudyResult, runs: str) -> str:
    """Give, as Markdown, a link to the run of each architecture.

    Args:
        result: of the study.
        runs: MLflow's address of the experiment's runs.
    """
    lines = ["| architecture | validation MAE | run |", "| --- | ---: | --- |"]
    lines += [
        f"| {row.architecture} | {as_exact(row.val_mae)} | [{row.run_id}]({runs}/{row.run_id}) |"
        for row in result.leaderboard
    ]
    return "\n".join(lines)
