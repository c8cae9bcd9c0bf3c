"""A search from begin to end: runs, trials and winner, and nothing of the test split."""

import shutil
import threading

import pytest
from scene import empty_store
from small_study import SETTINGS, small_prepared

from jena_models.errors import TrainingAbandonedError, TrainingError, TrainingInterruptedError
from jena_models.options.training_options import Tuning
from tasks.tracking.store import client
from tasks.training.fit import fit_architecture
from tasks.tuning import search as tune
from tasks.tuning.requested_search import searched
from tasks.tuning.search import Search, conclude_search, searching, try_values
from tasks.tuning.trial_windows import without_test
from tasks.workspace.requested_settings import resolve

pytestmark = pytest.mark.slow


def asking(home):
    """A function that gives a search in a home whose tracking store is empty."""
    shutil.copy(empty_store(), home / "mlflow.db")
    shown = without_test(small_prepared(home / "prepared"))

    def asked(trials=3, architecture="climatology", **tuning):
        settings = SETTINGS.model_copy(update={"tuning": Tuning(trials=trials, **tuning), "workers": 2})
        dimensions = searched(architecture, settings)
        return Search(architecture=architecture, dimensions=dimensions, prepared=shown, settings=settings)

    return asked


def train_here(patch):
    """Trainings in this process: those of the architectures here take no time."""

    def fit(architecture, prepared, settings, on_epoch, judge):
        del judge
        return fit_architecture(architecture, prepared, settings.model_copy(update={"workers": 1}), on_epoch)

    patch.setattr(tune, "fit_architecture", fit)


@pytest.fixture
def ask(home):
    return asking(home)


@pytest.fixture
def quick(monkeypatch):
    train_here(monkeypatch)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A home with a search of three trials that is done, the search, and its result; the profile is `tuned.yaml`."""
    folder = tmp_path_factory.mktemp("searched")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JENA_HOME", str(folder))
        train_here(patch)
        search = asking(folder)()
        return folder, search, run(search, folder / "tuned.yaml")


@pytest.fixture
def found(home, done, monkeypatch):
    """The home, the search and its result, for tests that only look at them."""
    monkeypatch.setenv("JENA_HOME", str(done[0]))
    return done


def run(search, profile):
    with searching(search) as begun:
        for _ in range(search.trials.left):
            try_values.fn(begun, search)
        return conclude_search.fn(begun, search, "jena tune climatology", profile)


def runs(role):
    store = client()
    experiments = [each.experiment_id for each in store.search_experiments()]
    return sorted(
        store.search_runs(experiments, f"tags.role = '{role}'"), key=lambda found: found.data.tags.get("trial", "")
    )


def test_each_trial_is_a_run_under_the_searchs_with_its_values_and_its_error(found):
    _, _, result = found

    (parent,), trials = runs("tune"), runs("trial")
    assert parent.info.run_id == result.run_id
    assert [each.data.tags["trial"] for each in trials] == ["1", "2", "3"]
    for kept, told in zip(trials, result.trials, strict=True):
        assert kept.data.tags["mlflow.parentRunId"] == parent.info.run_id
        assert kept.info.status == "FINISHED"
        assert kept.data.tags["state"] == told.state == "complete"
        assert kept.data.metrics["val_mae"] == told.val_mae
        assert "epoch/val_mae" in kept.data.metrics
        assert {name: int(kept.data.params[name]) for name in told.values} == told.values
    assert parent.info.status == "FINISHED"
    assert parent.data.metrics["best_val_mae"] == min(trial.val_mae for trial in result.trials)
    assert {each.path for each in client().list_artifacts(parent.info.run_id)} == {
        "settings.yaml",
        "trials.json",
        "climatology.yaml",
    }


def test_no_run_says_anything_of_the_test_split(found):
    folder, _, _ = found

    for each in (*runs("tune"), *runs("trial")):
        assert not [name for name in each.data.metrics if "test" in name]
        for artifact in client().list_artifacts(each.info.run_id):
            assert "test" not in artifact.path
    assert '"test' not in (folder / "tuned.yaml").read_text()


def test_a_search_that_is_shown_the_test_split_is_a_mistake_that_shows(ask, quick, home):
    search = ask()

    assert search.prepared.windows["test"] == 0
    with searching(search) as begun:
        try_values.fn(begun, search)
    fits = [path for path in (home / ".cache" / "fit").iterdir() if not path.name.startswith(".")]
    for path in fits:
        assert '"test_mae": "NaN"' in (path / "result.json").read_text()


def test_the_winner_is_a_profile_that_train_takes(found):
    folder, _, result = found

    settings = resolve(str(folder / "tuned.yaml"), {}, {})

    hyperparameters = settings.hyperparameters["climatology"].model_dump()
    assert {name: hyperparameters[name] for name in result.best.values} == result.best.values
    assert "climatology" in settings.architectures


def test_more_trials_go_on_in_the_same_runs(ask, quick, home):
    few = run(ask(2), home / "tuned.yaml")
    more = run(ask(4), home / "tuned.yaml")

    assert more.run_id == few.run_id
    assert more.trials[:2] == few.trials
    assert len(runs("trial")) == 4


def test_a_search_that_is_complete_trains_nothing_again(found, monkeypatch, tmp_path):
    _, search, before = found
    monkeypatch.setattr(tune, "fit_architecture", lambda *_: pytest.fail("trained again"))

    assert run(search, tmp_path / "other.yaml").trials == before.trials
    assert (tmp_path / "other.yaml").is_file()


def test_interrupted_the_same_values_are_tried_again_under_the_same_run(ask, quick, home, monkeypatch):
    # Given a search whose second trial is interrupted
    search, plain = ask(), tune.fit_architecture

    def interrupted(*arguments):
        raise TrainingInterruptedError("told to end")

    def try_two():
        with searching(search) as begun:
            try_values.fn(begun, search)
            monkeypatch.setattr(tune, "fit_architecture", interrupted)
            try_values.fn(begun, search)

    with pytest.raises(TrainingInterruptedError):
        try_two()
    cut_off = runs("trial")[1]
    assert [cut_off.info.status, runs("tune")[0].info.status] == ["KILLED", "KILLED"]

    # When
    monkeypatch.setattr(tune, "fit_architecture", plain)
    result = run(search, home / "tuned.yaml")

    # Then
    assert [each.info.status for each in runs("trial")] == ["FINISHED"] * 3
    again = runs("trial")[1]
    assert again.info.run_id == cut_off.info.run_id
    assert [int(again.data.params[name]) for name in result.trials[1].values] == list(result.trials[1].values.values())


def test_a_trial_that_cannot_be_trained_does_not_end_the_search(ask, quick, home, monkeypatch):
    plain, failed = tune.fit_architecture, []

    def first_fails(*arguments):
        if failed:
            return plain(*arguments)
        failed.append(1)
        raise TrainingError("The loss is no longer a number.")

    monkeypatch.setattr(tune, "fit_architecture", first_fails)
    result = run(ask(), home / "tuned.yaml")

    assert [each.state for each in result.trials] == ["failed", "complete", "complete"]
    assert result.trials[0].reason == "The loss is no longer a number."
    assert [each.info.status for each in runs("trial")] == ["FAILED", "FINISHED", "FINISHED"]


def test_where_none_can_be_trained_the_search_fails_and_says_why(ask, home, monkeypatch):
    def fails(*arguments):
        raise TrainingError("The loss is no longer a number.")

    monkeypatch.setattr(tune, "fit_architecture", fails)

    with pytest.raises(TrainingError, match=r"None of the 3 trials .* The loss is no longer a number"):
        run(ask(), home / "tuned.yaml")
    assert runs("tune")[0].info.status == "FAILED"
    assert not (home / "tuned.yaml").exists()


def test_a_trial_that_is_given_up_keeps_its_curve_and_has_no_score(ask, quick, home, monkeypatch):
    plain, given_up = tune.fit_architecture, []

    def second_is_worse(*arguments):
        given_up.append(1)
        fit = plain(*arguments)
        if len(given_up) == 2:
            raise TrainingAbandonedError("it is worse than half of the trials before.")
        return fit

    monkeypatch.setattr(tune, "fit_architecture", second_is_worse)
    result = run(ask(), home / "tuned.yaml")

    assert [each.state for each in result.trials] == ["complete", "pruned", "complete"]
    kept = runs("trial")[1]
    assert (kept.info.status, kept.data.tags["state"]) == ("FINISHED", "pruned")
    assert "epoch/val_mae" in kept.data.metrics
    assert "val_mae" not in kept.data.metrics


def test_told_to_end_as_it_begins_a_search_leaves_no_run_behind(ask, monkeypatch):
    open_parent = tune.open_parent

    def open_and_be_told_to_end(*of_what):
        open_parent(*of_what)
        raise KeyboardInterrupt

    monkeypatch.setattr(tune, "open_parent", open_and_be_told_to_end)
    with pytest.raises(KeyboardInterrupt), searching(ask()):
        pass

    assert [run.info.status for run in runs("tune")] == ["KILLED"]


def test_two_processes_cannot_be_at_the_same_search(ask):
    search, refused = ask(), []

    def second():
        try:
            with searching(search):
                pass
        except TrainingError as error:
            refused.append(str(error))

    with searching(search):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()

    assert refused == ["Another process is at the same search; wait for its end, or end it."]
    assert len(runs("tune")) == 1


def test_given_up_a_training_ends_its_process_and_leaves_nothing(home):
    # Given
    shown, told = without_test(small_prepared(home / "prepared")), []

    def judge(event):
        told.append(event)
        raise TrainingAbandonedError("it is worse than half of the trials before.")

    # When
    with pytest.raises(TrainingAbandonedError):
        fit_architecture("ridge", shown, SETTINGS.model_copy(update={"workers": 1}), judge=judge)

    # Then
    assert len(told) == 1
    left = [path for path in (home / ".cache" / "fit").rglob("*") if path.is_file() and path.name != "lock"]
    assert left == []
    done = fit_architecture("ridge", shown, SETTINGS.model_copy(update={"workers": 1}), judge=told.append)
    assert done.result.val_mae > 0
