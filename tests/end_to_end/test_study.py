"""A study as a newcomer runs it: real Prefect server, real processes, real MLflow store, on the simulated station."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from commands import BRIEF, environment, figures, finish_here, run_here
from made_once import furnish, prefect_address

pytestmark = pytest.mark.slow

SMALL = [
    "--source=simulated",
    "--architectures=persistence,dense,lstm",
    "--workers=2",
    "--set=ingestion.simulated_years=1",
    "--set=training.epochs=2",
    "--set=tracking.fallback=false",
    "--set=training.batches_per_epoch=20",
    "--set=leads_hours=[6, 24, 48]",
    "--set=dense.learning_rate=1e-4",
    "--set=curve_boosting.rounds=20",
    "--format=json",
]


def jena(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("JENA_", "MLFLOW_TRACKING", "PREFECT_API"))}
    return subprocess.run(
        [sys.executable, "-m", "flows.command_line", *arguments],
        env=inherited | {"JENA_HOME": str(home), "PREFECT_HOME": str(home / "prefect")} | more,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )


def here(home: Path, *arguments: str) -> tuple[int, str]:
    """A command in the test's own process, with nothing left out; its exit code and its standard output."""
    whole = {name: value for name, value in environment(home).items() if name not in BRIEF}
    return run_here(whole, *arguments)


@pytest.fixture(scope="module")
def home_of_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("study")


@pytest.fixture(scope="module")
def first(home_of_study: Path) -> subprocess.CompletedProcess[str]:
    ended = jena(home_of_study, "train", *SMALL)
    assert ended.returncode == 0, ended.stderr
    return ended


@pytest.fixture(scope="module")
def result(first) -> dict:
    return json.loads(first.stdout)


def test_standard_output_holds_the_leaderboard_and_the_gates_alone(result):
    asked = {
        *("architecture", "val_mae", "test_mae", "val_skill", "test_skill", "parameters"),
        *("seconds_per_epoch", "version", "standing", "run_id", "study"),
    }

    assert {row["architecture"] for row in result["leaderboard"]} == {"persistence", "dense", "lstm"}
    assert all(asked <= set(row) for row in result["leaderboard"])
    assert [gate["gate"] for gate in result["promotion"]["gates"]] == [
        *("data", "persistence", "champion", "groups", "leads", "coverage", "distribution", "reload")
    ]


def test_progress_goes_to_standard_error(first):
    assert "lstm: epoch 2/2" in first.stderr
    assert "validation MAE" in first.stderr


def test_simulated_readings_are_registered_under_a_name_of_their_own(result):
    assert result["promotion"]["model"] == "jena-temperature-24h-simulated"


def test_persistence_is_compared_but_not_registered(result):
    by_name = {row["architecture"]: row for row in result["leaderboard"]}

    assert by_name["persistence"]["version"] is None
    assert {by_name["dense"]["version"], by_name["lstm"]["version"]} == {1, 2}
    assert by_name["persistence"]["val_skill"] == 0


def test_the_best_by_validation_stood_for_promotion(result):
    trained = [row for row in result["leaderboard"] if row["version"]]
    best = min(trained, key=lambda row: row["val_mae"])

    assert result["promotion"]["challenger"] == best["version"]
    assert result["promotion"]["promoted"] == all(gate["passed"] for gate in result["promotion"]["gates"])


def test_every_run_has_ended_and_hangs_under_the_study(result, home_of_study: Path):
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{home_of_study / 'mlflow.db'}")
    runs = client.search_runs([client.get_experiment_by_name("jena").experiment_id])

    children = [run for run in runs if run.data.tags.get("mlflow.parentRunId") == result["run_id"]]
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert {run.data.tags["architecture"] for run in children} == {"persistence", "dense", "lstm"}
    assert len(runs) == 4


def test_the_same_command_again_ends_in_seconds_with_the_same_leaderboard(result, home_of_study: Path):
    before = sorted(path.name for path in (home_of_study / ".cache" / "fit").iterdir())
    started = time.monotonic()

    code, again = here(home_of_study, "train", *SMALL)

    assert (code, json.loads(again)) == (0, result)
    assert time.monotonic() - started < 90
    assert sorted(path.name for path in (home_of_study / ".cache" / "fit").iterdir()) == before


def test_its_forecasts_go_out_with_the_errors_that_the_leaderboard_tells(result, home_of_study: Path):
    code, told = here(home_of_study, "report", "--long", str(home_of_study / "windows.parquet"))
    table = pd.read_parquet(home_of_study / "windows.parquet")

    assert (code, f"{len(table):,} windows" in told) == (0, True)
    assert set(table.columns) == {"unique_id", "ds", "cutoff", "y", "persistence", "dense", "lstm"}
    assert set(table["ds"] - table["cutoff"]) == {pd.Timedelta(hours=24)}
    for row in result["leaderboard"]:
        assert (table["y"] - table[row["architecture"]]).abs().mean() == pytest.approx(row["test_mae"], abs=1e-4)


def test_the_leaderboard_can_be_read_again(result, home_of_study: Path):
    _, read = here(home_of_study, "leaderboard", "--format=json")

    assert json.loads(read) == result["leaderboard"]


def test_the_registry_tells_what_stands(result, home_of_study: Path):
    shown = json.loads(here(home_of_study, "registry", "show", "--format=json")[1])

    assert shown["model"] == "jena-temperature-24h-simulated"
    assert shown["champion"] == result["promotion"]["champion"]
    assert len(shown["versions"]) == 2


def test_a_person_may_promote_and_roll_back(result, home_of_study: Path):
    challenger = result["promotion"]["challenger"]
    other = 3 - challenger
    for version in (challenger, other):
        here(home_of_study, "registry", "promote", str(version))

    rolled = jena(home_of_study, "registry", "rollback")

    shown = json.loads(here(home_of_study, "registry", "show", "--format=json")[1])
    assert rolled.returncode == 0, rolled.stderr
    assert (shown["champion"], shown["previous"]) == (challenger, other)
    assert here(home_of_study, "registry", "promote", "99")[0] == 2


def test_one_seed_gives_the_same_figures_in_another_home(result, tmp_path: Path):
    elsewhere = finish_here(tmp_path, "train", *SMALL, "--architectures=lstm", "--workers=2")

    assert figures(elsewhere)["lstm"] == figures(result)["lstm"]


@pytest.mark.parametrize(
    ("arguments", "variables", "code", "sentence"),
    [
        (["--source=EMPTY"], {}, 1, "is empty"),
        (["--source=simulated", "--set=ingestion.simulated_years=0.03"], {}, 1, ""),
        (["--source=simulated"], {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9"}, 1, "tracking store"),
    ],
)
def test_work_that_cannot_be_done_ends_in_a_sentence_and_leaves_no_run(
    tmp_path: Path, arguments, variables, code, sentence
):
    furnish(tmp_path, with_store=False)
    (tmp_path / "empty.csv").touch()
    given = [argument.replace("EMPTY", str(tmp_path / "empty.csv")) for argument in arguments]

    ended = jena(tmp_path, "train", *given, PREFECT_API_URL=prefect_address(), **variables)

    assert ended.returncode == code
    assert ended.stdout == ""
    assert ended.stderr.strip().splitlines()[-1].startswith("jena: ")
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "mlflow.db").exists()
