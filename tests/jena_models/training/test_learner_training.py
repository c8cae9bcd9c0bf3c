"""Learners: taught, kept and scored like networks, without one."""

import json
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from full_disk import files_of_at_most

from jena_models.architectures import ARCHITECTURES
from jena_models.errors import TrainingError
from jena_models.evaluation.probability_scores import crps_normal
from jena_models.features.histories import Histories
from jena_models.models.model_files import load_model
from jena_models.training.jobs.job import RESULT_FILES
from jena_models.training.loop import train

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
QUICK = {
    "climatology": {},
    "ridge": {},
    "gradient_boosting": {"boosters": 2, "rounds": 60, "windows_in_leaf": 20},
    "feature_network": {"networks": 2, "passes": 3, "units": (16,)},
}


def histories(job, split, readings=None):
    rows = job.readings.starts[split][:, None] + np.arange(job.readings.steps) * job.readings.stride_rows
    given = job.measured() if readings is None else readings
    seconds = job.times.astype(np.int64)
    return Histories(given, job.preparation.columns, seconds, rows, 120, 360)


def forecasts(job):
    with np.load(job.folder / "predictions.npz") as kept:
        return {split: kept[split] for split in ("validation", "test")}


@pytest.fixture(scope="module")
def trained(jobs_within, tmp_path_factory):
    """Give a quick job of a learner, its result and what it told, trained once for all that only look at it."""
    job = jobs_within(tmp_path_factory.mktemp("trained"))

    @cache
    def once(name, **changed):
        told = []
        task = job(name, "-".join((name, *changed)), hyperparameters=QUICK[name] | changed)
        return task, train(task, told.append), told

    return once


@pytest.mark.parametrize("name", QUICK)
def test_what_lies_in_the_folder_forecasts_what_was_scored(trained, readings, name):
    # When
    task, result, told = trained(name)

    # Then
    left = {path.name for path in task.folder.iterdir()}
    assert left == {*RESULT_FILES} - {"model.keras", "curves.npz"}
    model = load_model(task.folder)
    for split, mae in (("validation", result.val_mae), ("test", result.test_mae)):
        again = model.forecast(histories(task, split))
        np.testing.assert_array_equal(again, forecasts(task)[split])
        assert mae == pytest.approx(np.abs(again - readings[0].targets(split)).mean(), abs=1e-5)
    assert result.parameters > 0
    # And every round was told once, the last one as such
    finished = [event.finished for event in told]
    assert finished == list(result.epochs)
    assert told[-1].epoch == told[-1].epochs
    assert result.best_epoch == min(result.epochs, key=lambda record: record.val_loss).epoch


def test_trees_that_find_no_room_fail_as_files_do(trained, tmp_path):
    task, *_ = trained("gradient_boosting")
    model = load_model(task.folder)

    with files_of_at_most(10_000), pytest.raises(OSError, match="too large"):
        model.save(tmp_path)


def test_what_another_thread_draws_changes_no_network(trained, job, request):
    alone, *_ = trained("feature_network", networks=1)
    beside = job("feature_network", hyperparameters=QUICK["feature_network"] | {"networks": 1})

    request.getfixturevalue("numbers_drawn_meanwhile")
    train(beside, lambda event: None)

    np.testing.assert_array_equal(forecasts(alone)["validation"], forecasts(beside)["validation"])


def test_the_numbers_that_others_draw_do_not_begin_anew_with_each_network(job):
    drawn = []
    for folder in ("first", "again"):
        one = QUICK["feature_network"] | {"networks": 1}
        train(job("feature_network", folder, hyperparameters=one), lambda event: None)
        drawn.append((random.random(), np.random.random()))  # noqa: S311

    assert drawn[0][0] != drawn[1][0]
    assert drawn[0][1] != drawn[1][1]


@pytest.mark.parametrize(
    ("name", "alone"), [("gradient_boosting", {"boosters": 1}), ("feature_network", {"networks": 1})]
)
def test_one_seed_gives_the_same_forecasts_twice_and_another_seed_others(trained, job, name, alone):
    before, *_ = trained(name, **alone)
    tasks = [job(name, f"{seed}", seed=seed, hyperparameters=QUICK[name] | alone) for seed in (before.seed, 2)]

    for task in tasks:
        train(task, lambda _: None)

    first, second, other = (forecasts(task)["test"] for task in (before, *tasks))
    np.testing.assert_array_equal(first, second)
    assert np.abs(first - other).max() > 0


def test_without_test_windows_validation_is_scored_all_the_same(job, readings):
    windows, _ = readings
    starts = {**windows.starts, "test": np.empty(0, dtype=np.int64)}
    task = replace(job("ridge"), readings=replace(windows, starts=starts))

    result = train(task, lambda _: None)

    assert np.isfinite(result.val_mae)
    with np.load(task.folder / "predictions.npz") as kept:
        assert kept.files == ["validation"]


@pytest.mark.parametrize("name", ["ridge", "gradient_boosting"])
def test_a_learner_beats_persistence_on_a_daily_wave(trained, name):
    _, result, _ = trained(name)

    assert result.test_skill > 0.2


@pytest.mark.parametrize("name", QUICK)
def test_missing_readings_give_a_forecast_all_the_same(trained, name):
    task, *_ = trained(name)
    holes = task.measured().copy()
    holes[np.random.default_rng(0).random(holes.shape) < 0.1] = np.nan

    forecast = load_model(task.folder).forecast(histories(task, "test", holes))

    assert np.isfinite(forecast).all()
    assert np.abs(forecast - forecasts(task)["test"]).mean() < 5


def test_ridge_is_the_solution_of_its_normal_equations(trained):
    """The oracle is scikit-learn's ridge on the same features."""
    from sklearn.linear_model import Ridge

    task, *_ = trained("ridge")
    learnt = load_model(task.folder)._learnt
    given = histories(task, "train")
    scaled = learnt.scaling(learnt.builder.build(given)).astype(np.float64)
    last = given.steps_of("T (degC)")[:, -1]
    change = task.readings.targets("train") - last

    oracle = Ridge(alpha=0.3 * len(scaled)).fit(scaled, change)

    test = learnt.scaling(learnt.builder.build(histories(task, "test")))
    expected = histories(task, "test").steps_of("T (degC)")[:, -1] + oracle.predict(test)
    np.testing.assert_allclose(forecasts(task)["test"], expected, atol=1e-3)


def test_the_network_on_features_forecasts_without_tensorflow_what_keras_trained(job):
    import keras

    from jena_models.architectures.feature_network import FeatureNetworkHyperparameters, _network, outputs

    model, dense = _network(5, FeatureNetworkHyperparameters(units=(8, 4)))
    windows = np.random.default_rng(1).normal(size=(20, 5)).astype(np.float32)

    layers = [tuple(layer.get_weights()) for layer in dense]

    np.testing.assert_allclose(outputs(layers, windows), keras.ops.convert_to_numpy(model(windows))[:, 0], atol=1e-5)


def test_the_loss_of_a_network_that_foretells_its_spread_is_the_score_of_a_normal_distribution():
    from keras import ops

    from jena_models.architectures.feature_network import _crps

    mean, log_spread, changes = np.random.default_rng(1).normal(size=(3, 20)).astype(np.float32)

    loss = ops.convert_to_numpy(_crps(changes[:, None], np.stack([mean, log_spread], axis=1)))

    np.testing.assert_allclose(loss, crps_normal(mean, np.exp(log_spread), changes), rtol=1e-4)


def test_a_network_that_foretells_its_spread_forecasts_the_mean_and_knows_how_far_it_errs(job):
    chosen = {
        "networks": 1,
        "passes": 30,
        "units": (16,),
        "feature_dropout": 0.0,
        "dropout": 0.0,
        "learning_rate": 5e-3,
    }
    by_error = train(job("feature_network", "mae", hyperparameters=chosen), lambda event: None)
    task = job("feature_network", "crps", hyperparameters=chosen | {"loss": "crps"})

    by_score = train(task, lambda event: None)

    # The second output costs a weight a unit and a bias
    assert by_score.parameters == by_error.parameters + 16 + 1
    assert by_score.val_mae == pytest.approx(by_error.val_mae, rel=0.25)
    # It is the logarithm of the spread, and what is told of training is the mean's absolute error, no score
    model, windows = load_model(task.folder), histories(task, "train")
    (first, second), inputs = model._networks[0], model._inputs
    hidden = np.maximum(inputs.scaling(inputs.builder.build(windows)) @ first[0] + first[1], 0)
    mean, log_spread = (hidden @ second[0] + second[1]).T
    changes = (task.readings.targets("train") - inputs.builder.start(windows)) / inputs.target_scale
    assert np.exp(log_spread).mean() == pytest.approx((changes - mean).std(), rel=0.3)
    assert by_score.epochs[-1].mae == pytest.approx(inputs.target_scale * np.abs(changes - mean).mean(), rel=0.1)


def test_forecasting_with_trees_imports_no_network(trained):
    task, *_ = trained("gradient_boosting")
    code = (
        "import sys, pathlib; from jena_models.models.model_files import load_model;"
        f"load_model(pathlib.Path({str(task.folder)!r}));"
        "print([m for m in ('tensorflow', 'keras', 'prefect', 'mlflow') if m in sys.modules])"
    )

    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"


def test_an_ensemble_is_the_weighted_mean_of_copies_of_its_members(trained, job, tmp_path):
    # Given
    names = ("ridge", "climatology", "gradient_boosting")
    members = {name: shutil.copytree(trained(name)[0].folder, tmp_path / name) for name in names}
    task = replace(job("ensemble", hyperparameters={"members": names}), members=members)

    # When
    result = train(task, lambda _: None)

    # Then
    weights = json.loads((task.folder / "learner" / "weights.json").read_text())
    assert sum(weights.values()) == pytest.approx(1)
    assert min(weights.values()) >= 0
    expected = sum(weight * np.load(members[name] / "predictions.npz")["test"] for name, weight in weights.items())
    np.testing.assert_allclose(forecasts(task)["test"], expected, atol=1e-4)
    # And the folder stands alone
    for folder in members.values():
        folder.rename(folder.with_name(f"{folder.name}-gone"))
    np.testing.assert_allclose(
        load_model(task.folder).forecast(histories(task, "test")), forecasts(task)["test"], atol=1e-4
    )
    assert load_model(task.folder).packages in ((), ("lightgbm",))
    # And its validation error is not that of weights that have seen the targets
    seen = np.abs(forecasts(task)["validation"] - task.readings.targets("validation")).mean()
    assert result.val_mae != pytest.approx(seen, abs=1e-6)


def test_an_error_that_is_no_number_ends_in_a_sentence(job):
    task = job("ridge")
    broken = replace(task, measured=lambda: np.full((700, 3), np.nan))

    with pytest.raises(Exception, match="no training value"):
        train(broken, lambda _: None)


def test_every_learner_of_the_register_is_tested_here():
    learners = {name for name, entry in ARCHITECTURES.items() if entry.learner}

    # What speaks where parts are missing, of every lead, for a fleet, and after a weather service has tests of its own.
    elsewhere = {"partial_boosting", "curve_boosting", "shared_boosting", "weather_service", "emos"}
    assert learners == {*QUICK, "ensemble", *elsewhere}
    assert issubclass(TrainingError, Exception)
