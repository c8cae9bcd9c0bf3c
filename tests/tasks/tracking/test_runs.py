"""What is kept of a study in MLflow, whatever happens to the processes that log it."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from opened_runs import open_child, status, steps
from small_study import SETTINGS, STATION, epoch, small_fit, small_prepared

from jena_models.settings import Settings
from tasks.studies import study_run as study_runs
from tasks.tracking import run_contents
from tasks.tracking import runs as tracking
from tasks.tracking.parent_runs import STUDY, finished_parent
from tasks.tracking.store import client
from tasks.workspace.stage_results import LeaderboardRow, Promoted

ROOT = Path(tracking.__file__).parents[2]


ROW = dict.fromkeys(("val_mae", "test_mae", "val_rmse", "test_rmse", "val_skill", "test_skill"), 2.3)


def row(architecture, run_id, version=1):
    return LeaderboardRow(
        architecture=architecture,
        **ROW,
        parameters=3,
        best_epoch=2,
        seconds_per_epoch=1,
        version=version,
        standing="candidate",
        run_id=run_id,
        study="s",
    )


def test_every_setting_is_a_parameter_and_every_origin_a_tag(store, study, run_id, prepared):
    for run in (store.get_run(study.run_id), store.get_run(run_id)):
        logged, tags = run.data.params, run.data.tags
        assert logged["training.batch_size"] == "256"
        assert logged["hyperparameters.lstm.units"] == "16"
        assert len(logged) >= len(run_contents.run_parameters(SETTINGS))
        assert tags["data_hash"] == "sourcekey0000000"
        assert (tags["source"], tags["kind"], tags["profile"]) == ("station.csv", "real", "quick")
        assert tags["study"] == study.identity
        assert tags["code_revision"]
        assert tags["code_dirty"] in {"true", "false", "unknown"}
        dataset = run.inputs.dataset_inputs[0].dataset
        assert (dataset.name, dataset.digest) == ("station.csv", "sourcekey0000000")
        assert json.loads(dataset.profile)["num_rows"] == 600
    child = store.get_run(run_id).data
    assert child.tags["mlflow.parentRunId"] == study.run_id
    assert (child.tags["role"], child.tags["architecture"]) == ("architecture", "dense")
    assert child.params["units"] == "16"


def test_settings_can_be_read_back(store, study):
    import yaml

    path = store.download_artifacts(study.run_id, "settings.yaml")
    assert Settings.model_validate(yaml.safe_load(Path(path).read_text())) == SETTINGS


@pytest.mark.parametrize(
    "changed",
    [
        {"workers": 7},
        {"profile": "mine"},
        {"source": "elsewhere.csv"},
        {"page": {"port": 8080}},
        {"architectures": ("lstm", "persistence", "dense")},
        {"hyperparameters": {"conv1d": {"filters": 3}}},
        {"hyperparameters": {"curve_boosting": {"rounds": 3}}},
    ],
)
def test_what_changes_no_result_changes_no_study(prepared, changed):
    settings = Settings.model_validate(SETTINGS.model_dump() | changed)
    assert run_contents.study_id(prepared, settings) == run_contents.study_id(prepared, SETTINGS)


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": 7},
        {"training": {"loss": "mae"}},
        {"architectures": ("lstm", "persistence")},
        {"hyperparameters": {"lstm": {"units": 3}}},
        {"promotion": {"margin": 0.5}},
    ],
)
def test_what_changes_a_result_is_another_study(prepared, changed):
    settings = Settings.model_validate(SETTINGS.model_dump() | changed)
    assert run_contents.study_id(prepared, settings) != run_contents.study_id(prepared, SETTINGS)


def test_a_member_of_an_ensemble_that_learns_otherwise_makes_another_study(prepared):
    ensemble = {"architectures": ("ensemble",), "hyperparameters": {"ensemble": {"members": ("ridge",)}}}
    first = Settings.model_validate(SETTINGS.model_dump() | ensemble)
    ensemble["hyperparameters"]["ridge"] = {"penalty": 7.0}
    second = Settings.model_validate(SETTINGS.model_dump() | ensemble)

    assert run_contents.study_id(prepared, first) != run_contents.study_id(prepared, second)


@pytest.mark.parametrize("name", ["partial_boosting", "curve_boosting"])
def test_what_every_version_has_beside_it_makes_another_study_where_it_learns_otherwise(prepared, name):
    first = SETTINGS.model_copy(update={"leads_hours": (6.0,)})
    second = Settings.model_validate(first.model_dump() | {"hyperparameters": {name: {"rounds": 3}}})

    assert run_contents.study_id(prepared, first) != run_contents.study_id(prepared, second)


def test_other_data_is_another_study(home, prepared):
    other = small_prepared(home / "other", key="otherkey00000000")
    assert run_contents.study_id(other, SETTINGS) != run_contents.study_id(prepared, SETTINGS)


def test_epochs_are_logged_once_however_often_they_are_told(store, run_id):
    for number in (1, 2, 2, 1, 3):
        tracking.log_epoch(run_id, epoch(number))
    tracking.log_epochs(run_id, [epoch(number) for number in (2, 3, 4)])
    assert steps(store, run_id) == [1, 2, 3, 4]
    assert [point.value for point in store.get_metric_history(run_id, "epoch/loss")] == [9, 4.5, 3, 2.25]
    assert "val_mae" not in store.get_run(run_id).data.metrics


@pytest.mark.slow
def test_a_finished_run_holds_scores_epochs_figures_and_forecasts(store, run_id, home, prepared):
    fit = small_fit(home / "fit", prepared, epochs=3)
    fit = fit.model_copy(update={"result": fit.result.model_copy(update={"device": "Some GPU"})})
    tracking.log_epoch(run_id, epoch(1))
    tracking.finish_architecture_run(run_id, fit, prepared, "jena-temperature-24h", 4)
    run = store.get_run(run_id)
    assert run.info.status == "FINISHED"
    for name in tracking.FINAL_METRICS:
        assert run.data.metrics[name] == getattr(fit.result, name)
    assert run.data.params["device"] == "Some GPU"
    assert run.data.metrics["val_coverage_80"] == pytest.approx(0.81)
    assert run.data.metrics["test_width_90"] == pytest.approx(7.2)
    assert run.data.metrics["test_coverage_90_spring"] == 0.9
    assert steps(store, run_id) == [1, 2, 3]
    assert (run.data.tags["version"], run.data.tags["model_name"]) == ("4", "jena-temperature-24h")
    kept = {file.path for file in store.list_artifacts(run_id)}
    assert kept == {
        *("test_predictions.parquet", "validation_predictions.parquet", "test_predictions.png"),
        *("training_curves.png", "result.json", "intervals.json"),
    }
    forecasts = pd.read_parquet(store.download_artifacts(run_id, "test_predictions.parquet"))
    assert list(forecasts.columns) == ["issue_time", "valid_time", "measured", "forecast"]
    assert ((forecasts["valid_time"] - forecasts["issue_time"]) == pd.Timedelta(hours=24)).all()
    readings = pd.read_parquet(prepared.divided.checked.readings)
    np.testing.assert_allclose(forecasts["measured"], readings["T (degC)"][forecasts["valid_time"]], atol=1e-5)


def test_an_architecture_without_epochs_is_finished_too(store, study, home, prepared):
    run_id = open_child(study, prepared, "persistence")
    tracking.finish_architecture_run(run_id, small_fit(home / "fit", prepared, "persistence", epochs=0), prepared)
    assert status(store, run_id) == "FINISHED"
    assert "version" not in store.get_run(run_id).data.tags


@pytest.mark.slow
def test_a_finished_study_holds_what_it_was_decided_by(store, study, run_id, prepared):
    promoted = Promoted(
        model="m", challenger=1, champion=1, promoted=True, gates=(), sentence="Version 1 is the champion."
    )
    assert finished_parent(STUDY, study.identity, SETTINGS.tracking.experiment) is None
    ranked = [row("persistence", "p", None), row("dense", run_id)]
    study_runs.finish_study(study, prepared, ranked, promoted, STATION, report=True)
    assert finished_parent(STUDY, study.identity, SETTINGS.tracking.experiment).info.run_id == study.run_id
    kept = {file.path for file in store.list_artifacts(study.run_id)}
    assert kept == {
        *("data_docs", "cleaning_report.json", "validation.json", "quarantine.csv", "settings.yaml"),
        *("leaderboard.json", "leaderboard.csv", "leaderboard.html", "promotion.json", "report.html", "station.json"),
    }
    table = pd.read_csv(store.download_artifacts(study.run_id, "leaderboard.csv"))
    assert table["architecture"].tolist() == ["persistence", "dense"]
    assert store.get_run(study.run_id).data.tags["best_architecture"] == "dense"


LOGGING_WORKER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from small_study import SETTINGS, STATION, epoch, open_architecture_run, open_study, small_prepared
from tasks.studies import study_run as study_runs
from tasks.tracking import runs as tracking
from tasks.workspace.stage_results import Promoted
prepared = small_prepared(Path(sys.argv[1]), key=sys.argv[1][-16:])
study = open_study(SETTINGS, prepared)
def log(architecture):
    run = open_architecture_run(study, architecture, SETTINGS, prepared)
    for number in range(1, 11):
        tracking.log_epoch(run, epoch(number))
with ThreadPoolExecutor(2) as pool:
    list(pool.map(log, ["dense", "lstm"]))
promoted = Promoted(model="m", challenger=None, champion=None, promoted=False, gates=(), sentence="None was trained.")
study_runs.finish_study(study, prepared, [], promoted, STATION, report=True)
"""


@pytest.mark.slow
def test_processes_that_start_and_log_at_once_lose_nothing(home):
    command = [sys.executable, "-c", LOGGING_WORKER]
    workers = [
        subprocess.Popen(
            [*command, str(home / f"prepared-{number}"), str(Path(__file__).parents[2] / "given")],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    said = [worker.communicate(timeout=300)[1] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * 3, said
    assert not [text for text in said if "locked" in text or "Traceback" in text]
    store = client()
    runs = store.search_runs([store.get_experiment_by_name("jena").experiment_id])
    children = [run.info.run_id for run in runs if run.data.tags["role"] == "architecture"]
    assert len(runs) == 9
    assert all(len(run.data.params) >= len(run_contents.run_parameters(SETTINGS)) for run in runs)
    for name in tracking.EPOCH_METRICS:
        assert [sorted(steps(store, run, f"epoch/{name}")) for run in children] == [[*range(1, 11)]] * 6
    left = {path.name for path in home.iterdir() if path.name.startswith("mlflow.db")}
    assert left <= {"mlflow.db", "mlflow.db-wal", "mlflow.db-shm", "mlflow.db.lock"}


@pytest.mark.slow
def test_threads_of_one_process_log_at_once(store, study, prepared):
    def log(architecture):
        run_id = open_child(study, prepared, architecture)
        for number in range(1, 16):
            tracking.log_epoch(run_id, epoch(number))
        return run_id

    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(log, ["dense", "lstm", "conv1d", "simple_rnn"]))
    assert [sorted(steps(store, run_id)) for run_id in runs] == [[*range(1, 16)]] * 4
