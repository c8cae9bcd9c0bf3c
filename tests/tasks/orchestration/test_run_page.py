"""What a run's page in Prefect shows."""

from pathlib import Path

import pytest
from prefect.context import FlowRunContext
from prefect.exceptions import PrefectException
from small_study import small_prepared

from jena_models.errors import StoreUnreachableError
from jena_models.evaluation.gates import GateVerdict
from jena_models.stations.cleaned.cleaning_report import CleaningReport
from tasks.orchestration import run_page
from tasks.orchestration.run_page import (
    cleaning_page,
    gates_table,
    leaderboard_table,
    runs_page,
    show_study,
    within_a_flow_run,
)
from tasks.workspace.stage_results import Finding, LeaderboardRow, Promoted, StudyResult


def row(architecture: str, run_id: str, version: int | None) -> LeaderboardRow:
    return LeaderboardRow(
        **dict.fromkeys(("val_mae", "test_mae", "val_rmse", "test_rmse"), 2.34567),
        val_skill=0.0421,
        test_skill=0.03,
        architecture=architecture,
        parameters=23_073,
        best_epoch=3,
        seconds_per_epoch=1.5,
        version=version,
        standing="candidate" if version else "",
        run_id=run_id,
        study="s",
    )


RESULT = StudyResult(
    study="s",
    run_id="parent",
    leaderboard=(row("lstm", "one", 4), row("persistence", "two", None)),
    promotion=Promoted(
        model="jena",
        challenger=4,
        champion=None,
        promoted=False,
        gates=(GateVerdict(gate="data", passed=False, evidence="It rained."),),
        sentence="Version 4 did not pass.",
    ),
)


def cleaned(folder: Path, findings: tuple[Finding, ...]):
    report = CleaningReport(
        **dict.fromkeys(("repeated_timestamps", "differing_repeats", "out_of_order"), 0),
        **dict.fromkeys(("gaps", "measured", "derived", "absent", "ignored"), ()),
        sentinels={},
        missing={},
        rows_read=10,
        rows=9,
        start="2020-01-01T00:00:00",
        end="2020-01-02T00:00:00",
        cadence_minutes=10.0,
    )
    checked = small_prepared(folder).divided.checked
    ingested = checked.ingested.model_copy(update={"report": report})
    return checked.model_copy(update={"ingested": ingested, "findings": findings})


def test_the_cleaning_page_tells_what_was_done_and_found(tmp_path):
    holds = Finding(expectation="time increases", outcome="pass", rows=0, example="", sentence="")
    warns = Finding(expectation="wv", outcome="warn", rows=1200, example="", sentence="expected wv | found none")

    page = cleaning_page(cleaned(tmp_path, (holds, warns)))

    assert page.splitlines()[0] == "# Readings of station.csv"
    assert "9 rows of 10" in page
    assert "1 of 2 expectations hold" in page
    assert "| warn | 1,200 | expected wv / found none |" in page


def test_the_leaderboard_shows_what_a_reader_compares():
    first, second = leaderboard_table(RESULT.leaderboard)

    assert (first["architecture"], first["validation MAE"], first["skill"]) == ("lstm", "2.346", "+4.2%")
    assert (first["version"], second["version"]) == ("4", "")


def test_gates_come_with_verdict_and_evidence():
    assert gates_table(RESULT.promotion) == [{"gate": "data", "verdict": "closed", "evidence": "It rained."}]


def test_each_architecture_is_linked_to_its_run():
    page = runs_page(RESULT, "http://mlflow/#/experiments/1/runs")

    assert "| lstm | 2.346 | [one](http://mlflow/#/experiments/1/runs/one) |" in page
    assert "[two](http://mlflow/#/experiments/1/runs/two)" in page


def test_outside_a_flow_run_nothing_is_shown(monkeypatch):
    monkeypatch.setattr(run_page, "leaderboard_table", lambda rows: pytest.fail("nothing is to be made"))

    show_study(RESULT)


@pytest.mark.parametrize("error", [PrefectException, StoreUnreachableError, KeyError])
def test_a_page_that_cannot_be_written_costs_no_study(monkeypatch, caplog, error):
    monkeypatch.setattr(FlowRunContext, "get", classmethod(lambda cls: object()))

    @within_a_flow_run
    def show() -> None:
        raise error("no server")

    show()

    assert "The run's page could not be completed: " in caplog.text
