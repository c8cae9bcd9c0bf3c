"""What a study leaves of its runs, whenever it is told to end."""

import threading
from contextlib import nullcontext, suppress

import pytest
from small_study import SETTINGS, open_architecture_run, open_study, small_prepared

from jena_models.settings import Settings
from tasks.studies import study, studying
from tasks.tracking import client, runs, tracked


@pytest.fixture
def prepared(home):
    return small_prepared(home / "prepared")


@pytest.fixture(autouse=True)
def _let_later_tests_train(monkeypatch):
    monkeypatch.setattr(study, "ending_trainings", nullcontext)


def begin(prepared, settings):
    return open_study(settings, prepared)


def begin_and_be_told_to_end(prepared, settings):
    open_study(settings, prepared)
    raise KeyboardInterrupt


def status(run_id):
    return client().get_run(run_id).info.status


def test_told_to_end_as_it_begins_a_study_leaves_no_run_behind_and_others_alone(prepared):
    another = open_study(Settings(seed=1), prepared)

    with pytest.raises(KeyboardInterrupt), studying(begin_and_be_told_to_end, prepared, SETTINGS):
        pass

    found = client().search_runs([another.experiment_id])
    assert sorted(run.info.status for run in found) == ["KILLED", "RUNNING"]
    assert status(another.run_id) == "RUNNING"


@pytest.mark.parametrize(("raised", "left"), [(SystemExit(143), "KILLED"), (ValueError("broken"), "FAILED")])
def test_a_part_whose_run_was_just_opened_ends_with_its_study(prepared, raised, left):
    def open_and_raise():
        with studying(begin, prepared, SETTINGS) as begun:
            opened.extend([begun.run_id, open_architecture_run(begun, "dense", SETTINGS, prepared)])
            raise raised

    opened = []
    with pytest.raises(type(raised)):
        open_and_raise()

    assert [status(run_id) for run_id in opened] == [left, left]


def test_where_nothing_is_kept_yet_a_study_that_is_told_to_end_makes_no_store(prepared, home):
    def be_told_to_end(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), studying(be_told_to_end, prepared, SETTINGS):
        pass

    assert not (home / "mlflow.db").exists()


def test_a_training_and_its_study_that_end_at_once_mark_runs_one_after_the_other(monkeypatch):
    both, met = threading.Barrier(2), []

    def fail_run(*_):
        with suppress(threading.BrokenBarrierError):
            both.wait(0.3)
            met.append("both were at it")

    def be_told_to_end():
        with suppress(KeyboardInterrupt), tracked("run"):
            raise KeyboardInterrupt

    monkeypatch.setattr(runs, "fail_run", fail_run)
    ending = [threading.Thread(target=be_told_to_end) for _ in range(2)]
    for each in ending:
        each.start()
    for each in ending:
        each.join()

    assert met == []
