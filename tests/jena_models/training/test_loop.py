"""Training: what is learned, kept and scored, and that an interruption changes none of it."""

import json

import numpy as np
import pytest

from jena_models.errors import TrainingError
from jena_models.evaluation.intervals import Intervals
from jena_models.models.model_files import LEARNER_FOLDER
from jena_models.training.jobs.fit_result import FitResult
from jena_models.training.jobs.job import CURVES_FILE, RESULT_FILES
from jena_models.training.loop import train
from jena_models.training.networks.session import reloaded_forecasts

pytestmark = pytest.mark.slow


class InterruptionError(Exception):
    """Stands for a kill at a chosen moment."""


def gathered(windows, starts):
    """Give the windows that begin at some rows, shape (windows, steps, features)."""
    return windows.features[starts[:, None] + windows.stride_rows * np.arange(windows.steps)]


def figures(result):
    """All that two equal trainings have in common: everything but how long they took."""
    epochs = [record.model_dump(exclude={"seconds"}) for record in result.epochs]
    return epochs, result.model_dump(exclude={"epochs", "seconds", "seconds_per_epoch", "windows_per_second"})


def ignore(event):
    """Listen to nothing."""


def forecasts(job):
    with np.load(job.folder / "predictions.npz") as kept:
        return {split: kept[split] for split in ("validation", "test")}


def test_persistence_is_the_last_reading_and_has_no_skill(job, readings):
    # Given
    windows, _ = readings
    task = job("persistence")

    # When
    result = train(task, ignore)

    # Then
    last = windows.starts["test"] + 7 * windows.stride_rows
    np.testing.assert_allclose(forecasts(task)["test"], windows.target[last], atol=1e-5)
    expected = np.abs(windows.target[last] - windows.targets("test")).mean()
    assert result.test_mae == pytest.approx(expected, abs=1e-5)
    assert (result.val_skill, result.test_skill, result.parameters, result.best_epoch) == (0, 0, 0, 0)
    assert not (task.folder / "model.keras").exists()


def test_scores_are_those_of_the_model_that_lies_in_the_folder(job, readings):
    import keras

    # Given
    windows, _ = readings
    task = job("dense", epochs=6, hyperparameters={"learning_rate": 0.01})

    # When
    result = train(task, ignore)

    # Then the file alone, by plain Keras, gives the forecasts and the scores
    model = keras.models.load_model(task.folder / "model.keras")
    for split, mae, rmse in (
        ("validation", result.val_mae, result.val_rmse),
        ("test", result.test_mae, result.test_rmse),
    ):
        given = gathered(windows, windows.starts[split])
        expected = np.asarray(model(given))[:, 0]
        np.testing.assert_allclose(forecasts(task)[split], expected, atol=1e-4)
        errors = expected.astype(np.float64) - windows.targets(split)
        assert mae == pytest.approx(np.abs(errors).mean(), abs=1e-5)
        assert rmse == pytest.approx(np.sqrt((errors**2).mean()), abs=1e-5)
    assert FitResult.model_validate_json((task.folder / "result.json").read_text()) == result


@pytest.mark.parametrize("architecture", ["persistence", "dense"])
def test_intervals_are_fitted_on_validation_and_scored_on_test(job, readings, architecture):
    # Given
    windows, _ = readings
    task = job(architecture, epochs=1)

    # When
    result = train(task, ignore)

    # Then
    intervals = Intervals.model_validate_json((task.folder / "intervals.json").read_text())
    kept = forecasts(task)
    for split, scored in (("validation", None), ("test", result.intervals[-1])):
        valid = task.times[windows.starts[split] + windows.target_offset_rows]
        lower, upper = intervals.bounds(kept[split], valid, 0.9)
        inside = (windows.targets(split) >= lower) & (windows.targets(split) <= upper)
        if scored is None:
            # The weather's scale is near 1 here, and few windows: nearly all that they were fitted on is held.
            assert inside.mean() >= 0.85
        else:
            assert (scored.split, scored.level, scored.windows) == ("test", 0.9, inside.size)
            assert scored.coverage == pytest.approx(inside.mean())


def test_the_epoch_with_the_lowest_validation_loss_is_kept(job):
    # Given a learning rate so high that the loss goes up and down
    task = job("dense", epochs=8, hyperparameters={"learning_rate": 0.3})

    # When
    result = train(task, ignore)

    # Then
    best = min(result.epochs, key=lambda record: record.val_loss)
    assert result.best_epoch == best.epoch < 8
    assert result.val_mae == pytest.approx(best.val_mae, abs=1e-5)


def test_training_is_that_of_plain_keras(job, readings):
    """The oracle is `train_on_batch` of a plain compiled model, on the same batches."""
    import keras

    from jena_models.architectures import build
    from jena_models.training.networks.shuffling import epoch_batches

    # Given
    windows, _ = readings
    task = job("lstm", epochs=2)
    keras.utils.set_random_seed(task.seed)
    model = build("lstm", task.hyperparameters, windows.steps, 3)
    model.compile("rmsprop", "mse", metrics=["mae"])
    for epoch in (1, 2):
        for starts in epoch_batches(windows.starts["train"], seed=42, epoch=epoch, batch_size=16, batches=20):
            given = gathered(windows, starts)
            model.train_on_batch(given, windows.target[starts + windows.target_offset_rows][:, None])

    # When
    result = train(task, ignore)

    # Then
    given = gathered(windows, windows.starts["validation"])
    errors = np.asarray(model(given))[:, 0] - windows.targets("validation")
    assert result.epochs[-1].val_mae == pytest.approx(np.abs(errors).mean(), abs=1e-3)
    assert result.epochs[-1].val_loss == pytest.approx((errors**2).mean(), rel=1e-3)


@pytest.mark.parametrize("architecture", ["conv1d", "stacked_gru_dropout"])
def test_one_seed_gives_the_same_figures_twice_and_another_seed_others(job, architecture):
    small = {"kernel_sizes": (3,)} if architecture == "conv1d" else {}

    first, second, other = (
        train(job(architecture, folder, seed=seed, epochs=2, hyperparameters=small), ignore)
        for folder, seed in (("first", 42), ("second", 42), ("other", 43))
    )

    assert figures(first) == figures(second)
    assert figures(first) != figures(other)


def test_what_another_thread_draws_changes_nothing(job, request):
    undisturbed = train(job("dense", "undisturbed", epochs=1), ignore)

    request.getfixturevalue("numbers_drawn_meanwhile")

    assert figures(train(job("dense", "beside", epochs=1), ignore)) == figures(undisturbed)


@pytest.mark.parametrize("architecture", ["dense", "lstm_dropout"])
@pytest.mark.parametrize(("epoch", "finished"), [(1, False), (2, False), (3, True), (4, True)])
def test_an_interrupted_training_ends_with_the_figures_of_an_undisturbed_one(
    job, monkeypatch, architecture, epoch, finished
):
    # Given a training that ends in the middle of an epoch, or right after one was kept
    monkeypatch.setattr("jena_models.training.jobs.progress_events.SECONDS_BETWEEN_EVENTS", 0.0)
    undisturbed = train(job(architecture, "undisturbed"), ignore)
    disturbed = job(architecture, "disturbed")

    def interrupt(event):
        if (event.epoch, event.finished is not None) == (epoch, finished):
            raise InterruptionError

    with pytest.raises(InterruptionError):
        train(disturbed, interrupt)

    # When it is started again
    events = []
    resumed = train(disturbed, events.append)

    # Then
    assert figures(resumed) == figures(undisturbed)
    assert [event.finished.epoch for event in events if event.finished] == [1, 2, 3, 4]
    trained = {event.epoch for event in events if event.finished is None}
    assert trained == set(range(epoch + finished, 5))
    for split, expected in forecasts(job(architecture, "undisturbed")).items():
        np.testing.assert_array_equal(forecasts(disturbed)[split], expected)


def test_what_the_best_epoch_forecast_of_validation_is_kept_and_not_computed_again(job, monkeypatch):
    # Given a training whose last epoch is not its best, and a witness of what the reloaded model is asked for
    asked = []

    def witness(path, device, readings, starts):
        asked.append(sorted(starts))
        return reloaded_forecasts(path, device, readings, starts)

    monkeypatch.setattr("jena_models.training.networks.session.reloaded_forecasts", witness)
    task = job("dense", epochs=8, hyperparameters={"learning_rate": 0.3})

    # When
    result = train(task, ignore)

    # Then the forecasts that are left are the best epoch's, as the kept model makes them
    assert result.best_epoch < 8
    assert asked == [["test"]]
    again = job("dense", epochs=8, hyperparameters={"learning_rate": 0.3})
    train(again, ignore)  # nothing is left to train, so that both splits are forecast by the model in the folder
    assert asked[1] == ["test", "validation"]
    np.testing.assert_array_equal(forecasts(again)["validation"], forecasts(task)["validation"])


def test_a_state_that_cannot_be_read_means_a_fresh_start(job, caplog):
    task = job("dense")
    (task.folder / "state.npz").write_bytes(b"half a file")

    with caplog.at_level("WARNING", logger="jena"):
        result = train(task, ignore)

    assert figures(result) == figures(train(job("dense", "fresh"), ignore))
    assert "begins anew" in caplog.text


def test_patience_ends_a_training_that_no_longer_gets_better(job):
    result = train(job("dense", epochs=30, patience=2, hyperparameters={"learning_rate": 0.5}), ignore)

    assert len(result.epochs) == result.best_epoch + 2 < 30


def test_a_loss_that_is_no_number_is_told_in_a_sentence(job):
    task = job("dense", hyperparameters={"learning_rate": 1e30})

    with pytest.raises(TrainingError, match="loss of dense is no longer a number in epoch 1; lower its learning_rate"):
        train(task, ignore)

    assert not (task.folder / "result.json").exists()


def test_what_is_left_has_the_names_that_the_next_stages_read(job, readings):
    task = job("dense")

    train(task, ignore)

    assert {*RESULT_FILES} - {LEARNER_FOLDER, CURVES_FILE} <= {path.name for path in task.folder.iterdir()}
    assert json.loads((task.folder / "preparation.json").read_text())["columns"] == list(readings[1].columns)


@pytest.mark.parametrize("loss", ["mae", "huber"])
def test_other_losses_and_optimizers_learn_too(job, loss):
    result = train(
        job("dense", loss=loss, epochs=6, hyperparameters={"optimizer": "adam", "learning_rate": 0.02}), ignore
    )

    assert result.epochs[-1].loss < result.epochs[0].loss


def test_events_tell_how_far_it_is(job, monkeypatch):
    monkeypatch.setattr("jena_models.training.jobs.progress_events.SECONDS_BETWEEN_EVENTS", 0.0)
    events = []

    result = train(job("dense", epochs=2), events.append)

    assert [(e.epoch, e.batch, e.finished is not None) for e in events] == [
        (1, 16, False),
        (1, 20, False),
        (1, 20, True),
        (2, 16, False),
        (2, 20, False),
        (2, 20, True),
    ]
    assert events[0].val_mae is None
    assert events[3].val_mae == result.epochs[0].val_mae
    assert events[-1].seconds_left == 0
