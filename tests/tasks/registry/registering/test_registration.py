"""A training becomes a version once, and wholly or not at all."""

import json
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from small_study import (
    COLUMNS,
    SETTINGS,
    STATION,
    STEPS,
    opened_run,
    small_fit,
    small_prepared,
    small_readings,
    with_model,
)

from jena_models.errors import RegistryError, RescoringError
from jena_models.settings import Settings
from tasks.registry import model_name
from tasks.registry.registering import registration as register
from tasks.registry.rescoring import reload
from tasks.registry.version_files import running_scripts
from tasks.tracking import logged_models
from tasks.tracking.sqlite_store import prepare_database
from tasks.tracking.store import client
from tasks.training.fit import fit_architecture
from tasks.workspace import process_tags

NAME = "jena-temperature-24h"


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """An empty store, a prepared data set and a trained model, made once."""
    folder = tmp_path_factory.mktemp("register")
    prepare_database(f"sqlite:///{folder / 'mlflow.db'}")
    prepared = small_prepared(folder / "prepared")
    return folder, prepared, with_model(small_fit(folder / "fit", prepared), prepared)


@pytest.fixture
def registering(home, before):
    """A function that registers the model, and what it registers."""
    folder, prepared, fit = before
    shutil.copy(folder / "mlflow.db", home / "mlflow.db")
    run_id = opened_run(prepared)

    def registered(fit=fit, name=NAME):
        return register.register_version(fit, prepared, STATION, run_id=run_id, name=name, settings=SETTINGS)

    return registered, prepared, fit, run_id


def dead():
    """The number of a process that is gone."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        return process.pid


def versions(name=NAME):
    return client().search_model_versions(f"name = '{name}'")


def models(run_id):
    store = client()
    return store.search_logged_models([store.get_run(run_id).info.experiment_id])


def test_the_name_says_station_target_horizon_and_kind():
    assert model_name(STATION, Settings(), "real") == "jena-temperature-24h"
    assert model_name(STATION, Settings(), "simulated") == "jena-temperature-24h-simulated"
    assert model_name(STATION, Settings(horizon_hours=6), "real") == "jena-temperature-6h"


@pytest.mark.slow
def test_a_version_says_what_it_is_and_where_it_came_from(registering):
    registered, _, _, run_id = registering
    assert registered() == 1
    [version] = versions()
    study = client().get_run(run_id).data.tags["study"]
    assert version.run_id == run_id
    assert len(version.tags.pop("hashes")) == 64
    assert version.tags == {
        "study": study,
        "architecture": "dense",
        "fit": "fit0",
        "data": "sourcekey0000000",
        "kind": "real",
        "profile": "quick",
        "val_mae": "2.3",
        "val_skill": "0.06",
        "val_coverage_80": "0.81",
        "val_coverage_90": "0.91",
        "trained_until": "2012-03-13T11:10:00Z",
        "chosen_until": "2012-03-19T17:10:00Z",
        "validation_start": "2012-03-13T12:10:00Z",
        "validation_end": "2012-03-19T17:10:00Z",
        "run_id": run_id,
    }
    assert version.description == (
        "dense: MAE 2.3 °C on validation, +6.0% against persistence. "
        f"Trained on readings until 2012-03-13; study {study}."
    )
    experiment = client().get_experiment(client().get_run(run_id).info.experiment_id)
    assert experiment.tags["mlflow.experimentKind"] == "custom_model_development"
    [model] = models(run_id)
    assert (model.status, model.source_run_id) == ("READY", run_id)
    assert client().get_run(run_id).outputs.model_outputs[0].model_id == model.model_id


@pytest.mark.slow
def test_the_same_training_is_registered_once(registering):
    registered, _, fit, run_id = registering
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda _: registered(), range(3))) == [1, 1, 1]
    assert registered(fit.model_copy(update={"key": "another"})) == 2
    assert [int(version.version) for version in versions()] == [2, 1]
    assert len(models(run_id)) == 2


def test_no_version_is_loaded_by_another_thread_while_one_is_written(registering, monkeypatch):
    import mlflow

    registered, _, _, _ = registering
    held, write = [], mlflow.pyfunc.save_model

    def save_model(**given):
        held.append(running_scripts.locked())
        write(**given)

    monkeypatch.setattr(mlflow.pyfunc, "save_model", save_model)

    registered()

    assert held == [True]


@pytest.mark.parametrize("broken", ["_save", "_make_sure_there_is"])
def test_a_registration_that_fails_midway_leaves_nothing(registering, home, monkeypatch, broken):
    registered, _, _, run_id = registering
    with monkeypatch.context() as patch:
        patch.setattr(register, broken, lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            registered()
    assert versions() == []
    assert models(run_id) == []
    assert not list(home.glob("mlartifacts/models/*"))
    assert client().search_registered_models() == []
    assert registered() == 1


@pytest.mark.parametrize("lives", [False, True])
def test_what_was_logged_when_a_process_was_killed_goes_with_the_next_registration(
    registering, home, monkeypatch, lives
):
    registered, _, _, run_id = registering
    with monkeypatch.context() as patch:  # as kill -9 leaves it, or as it looks while another one is at it
        tags = process_tags()
        patch.setattr(logged_models, "process_tags", lambda: tags if lives else {**tags, "pid": str(dead())})
        patch.setattr(register, "_make_sure_there_is", lambda *_: 1 / 0)
        patch.setattr(register, "take_back", lambda _: None)
        with pytest.raises(ZeroDivisionError):
            registered()
    client().set_terminated(run_id)  # as the run of a model for all has been for long
    assert len(models(run_id)) == 1

    assert registered(name="another") == 1
    assert len(models(run_id)) == 2

    assert registered() == 1
    assert len(models(run_id)) == len(list(home.glob("mlartifacts/models/*"))) == 2 + lives


def test_interrupted_just_after_there_is_a_version_it_keeps_the_model(registering, monkeypatch):
    registered, _, _, run_id = registering

    def create(*args, **given):
        created(*args, **given)
        raise KeyboardInterrupt

    created = client().create_model_version
    with monkeypatch.context() as patch:
        patch.setattr(client(), "create_model_version", create)
        with pytest.raises(KeyboardInterrupt):
            registered()

    assert len(models(run_id)) == 1
    assert registered() == 1
    assert np.isfinite(reload(client(), NAME, 1).forecaster.forecast(small_readings())["forecast"]).all()


def test_the_folder_of_temporary_files_may_have_any_name(registering, tmp_path, monkeypatch):
    registered, _, _, _ = registering
    odd = tmp_path / "Wetter stätion %20#1"
    odd.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(odd))
    assert registered() == 1
    assert not list(odd.iterdir())


def test_what_was_not_trained_cannot_be_registered(registering, tmp_path):
    registered, prepared, _, _ = registering
    with pytest.raises(RegistryError, match="persistence has no trained model"):
        registered(small_fit(tmp_path / "fit", prepared, "persistence"))
    assert versions() == []


@pytest.mark.slow
def test_a_version_made_of_trees_forecasts_without_any_network(registering):
    import mlflow

    # Given
    registered, prepared, _, _ = registering
    boosting = SETTINGS.hyperparameters["gradient_boosting"].model_copy(update={"boosters": 1, "rounds": 20})
    table = SETTINGS.hyperparameters.model_copy(update={"gradient_boosting": boosting})
    fit = fit_architecture(
        "gradient_boosting", prepared, SETTINGS.model_copy(update={"workers": 1, "hyperparameters": table})
    )

    # When
    registered(fit)

    # Then
    folder = mlflow.artifacts.download_artifacts(versions()[0].source)
    needed = {line.split("==")[0] for line in Path(folder, "requirements.txt").read_text().split()}
    assert needed == {"mlflow", "lightgbm", "numpy", "pandas", "pydantic", "PyYAML"}
    starts = np.load(prepared.folder / "test_starts.npy")
    issue_times = np.load(prepared.folder / "time.npy")[starts + STEPS - 1]
    forecaster = mlflow.pyfunc.load_model(folder).unwrap_python_model().forecaster
    with np.load(fit.folder / "predictions.npz") as predictions:
        forecasts = forecaster.forecast_at(small_readings(), issue_times)
        np.testing.assert_allclose(forecasts, predictions["test"], atol=1e-5)


def test_requirements_are_exact_and_complete(registering):
    import mlflow

    registered, _, _, _ = registering
    registered()
    folder = mlflow.artifacts.download_artifacts(versions()[0].source)
    with Path(folder, "requirements.txt").open() as file:
        pinned = dict(line.strip().split("==") for line in file)
    assert set(pinned) == {"mlflow", "tensorflow", "keras", "numpy", "pandas", "pydantic", "PyYAML"}
    assert all(version[0].isdigit() for version in pinned.values())


def test_the_signature_and_example_are_the_columns_of_the_model(registering):
    import mlflow

    registered, prepared, _, _ = registering
    registered()
    folder = mlflow.artifacts.download_artifacts(versions()[0].source)
    signature = mlflow.models.Model.load(folder).signature
    assert {"time", "Time", "Date Time", "date time", "timestamp", *COLUMNS} <= set(signature.inputs.input_names())
    assert set(signature.inputs.required_input_names()) == {"p (mbar)", "T (degC)", "rh (%)"}
    assert signature.outputs.input_names() == [
        *("issue_time", "valid_time", "forecast", "missing"),
        *("lower_80", "upper_80", "lower_90", "upper_90"),
    ]
    example = register.input_example(prepared, STATION)
    assert len(example) == STEPS
    assert str(example["time"].iloc[-1]) <= "2012-03-19T18:10:00+01:00"
    with Path(folder, "serving_input_example.json").open() as file:
        assert len(json.load(file)["dataframe_split"]["data"]) == STEPS


@pytest.mark.slow
def test_one_digit_changed_in_a_registered_file_is_refused_and_nothing_is_left_behind(
    registering, tmp_path, monkeypatch
):
    import mlflow

    registered = registering[0]
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    version = registered()
    readings = small_readings()
    forecast = reload(client(), NAME, version).forecaster.forecast(readings)

    kept = Path(mlflow.artifacts.download_artifacts(versions()[0].source))
    [intervals] = kept.rglob("forecaster/preparation.json")
    text = intervals.read_text()
    changed = next(place for place, sign in enumerate(text) if sign in "12345678")
    intervals.write_text(text[:changed] + str(int(text[changed]) + 1) + text[changed + 1 :])

    assert np.isfinite(forecast["forecast"]).all()
    with pytest.raises(RescoringError, match=r"is not what was registered: .*preparation.json has changed or is gone"):
        reload(client(), NAME, version)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("jena-")] == []
