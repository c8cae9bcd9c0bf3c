"""What is left by processes that ended early is marked, taken back, or gone on with."""

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from opened_runs import gone, open_child, status, steps
from small_study import SETTINGS, epoch, open_study, small_fit

from jena_models.errors import TrainingInterruptedError
from jena_models.settings import Settings
from tasks.tracking import runs as tracking
from tasks.tracking.logged_models import models_of


@pytest.mark.parametrize(
    ("raised", "left"),
    [
        (ValueError("broken"), "FAILED"),
        (KeyboardInterrupt(), "KILLED"),
        (SystemExit(143), "KILLED"),
        (TrainingInterruptedError("stopped"), "KILLED"),
    ],
)
def test_a_run_that_ends_early_says_so(store, run_id, raised, left):
    with pytest.raises(type(raised)), tracking.tracked(run_id):
        raise raised
    assert status(store, run_id) == left
    assert (str(raised) or type(raised).__name__) in store.get_run(run_id).data.tags["failure"]


def test_runs_of_a_process_that_is_gone_are_marked_and_others_left_alone(store, prepared, monkeypatch):
    alive = open_study(SETTINGS, prepared)
    with monkeypatch.context() as patch:
        gone(patch)
        dead = open_study(Settings(seed=1), prepared)
        child = open_child(dead, prepared)
    elsewhere = open_study(Settings(seed=2), prepared)
    store.set_tag(elsewhere.run_id, "host", "another-host")
    assert tracking.mark_orphans("jena") == 2
    found = [status(store, r) for r in (alive.run_id, dead.run_id, child, elsewhere.run_id)]
    assert found == ["RUNNING", "KILLED", "KILLED", "RUNNING"]


def test_an_interrupted_study_goes_on_in_the_same_runs(store, prepared, monkeypatch):
    with monkeypatch.context() as patch:
        gone(patch)
        first = open_study(SETTINGS, prepared)
        child = open_child(first, prepared)
        tracking.log_epoch(child, epoch(1))
    tracking.mark_orphans("jena")
    again = open_study(SETTINGS, prepared)
    assert again == first
    assert open_child(again, prepared) == child
    assert [status(store, r) for r in (first.run_id, child)] == ["RUNNING", "RUNNING"]
    assert "failure" not in store.get_run(child).data.tags
    for number in (1, 2):
        tracking.log_epoch(child, epoch(number))
    assert steps(store, child) == [1, 2]
    assert tracking.mark_orphans("jena") == 0


def logged_model(store, run_id, status="READY"):
    """A model that a run has logged; gives the folder of its files, which is called as the model is."""
    model = store.create_logged_model(store.get_run(run_id).info.experiment_id, "dense", run_id)
    store.log_model_artifacts(model.model_id, str(Path(__file__).parent))
    if status == "READY":
        store.finalize_logged_model(model.model_id, status)
    return Path(url2pathname(urlsplit(model.artifact_location).path)).parent


def logged(store, run_id):
    models = store.search_logged_models([store.get_run(run_id).info.experiment_id])
    return {model.model_id for model in models}


def test_models_that_no_version_names_go_with_the_runs_of_a_process_that_is_gone(store, prepared, monkeypatch):
    alive = open_study(SETTINGS, prepared).run_id
    with monkeypatch.context() as patch:
        gone(patch)
        dead = open_study(Settings(seed=1), prepared).run_id
    kept = [logged_model(store, alive, "PENDING"), logged_model(store, alive), logged_model(store, dead)]
    store.create_registered_model("some")
    store.create_model_version("some", str(kept[2] / "artifacts"))
    left = [logged_model(store, dead, "PENDING"), logged_model(store, dead)]

    tracking.mark_orphans("jena")

    assert logged(store, alive) == {folder.name for folder in kept}
    assert all(folder.exists() for folder in kept)
    assert not any(folder.exists() for folder in left)


def test_a_run_that_another_process_goes_on_with_meanwhile_keeps_its_models(store, prepared, monkeypatch):
    with monkeypatch.context() as patch:
        gone(patch)
        dead = open_study(SETTINGS, prepared).run_id

    def gone_on_with(run):
        monkeypatch.setattr(tracking, "models_of", models_of)
        assert open_study(SETTINGS, prepared).run_id == dead
        logged_model(store, dead, "PENDING")
        return models_of(run)

    monkeypatch.setattr(tracking, "models_of", gone_on_with)

    assert tracking.mark_orphans("jena") == 0
    assert len(logged(store, dead)) == 1
    assert status(store, dead) == "RUNNING"


def test_a_run_that_is_gone_on_with_loses_what_it_had_half_registered(store, run_id, study, prepared):
    logged_model(store, run_id, "PENDING")
    tracking.fail_run(run_id, "The disk was full.")

    assert open_child(study, prepared) == run_id
    assert logged(store, run_id) == set()


def test_a_study_that_another_process_is_at_is_not_taken_over(store, study, prepared):
    assert open_study(SETTINGS, prepared).run_id != study.run_id


@pytest.mark.slow
def test_a_finished_architecture_stays_finished_when_its_study_goes_on(store, study, run_id, home, prepared):
    tracking.finish_architecture_run(run_id, small_fit(home / "fit", prepared), prepared)
    assert open_child(study, prepared) == run_id
    assert status(store, run_id) == "FINISHED"
