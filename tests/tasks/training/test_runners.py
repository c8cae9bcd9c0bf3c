"""The order of trainings, and what runs them."""

import pytest
from prefect.task_runners import ThreadPoolTaskRunner

from jena_models.errors import SettingsError
from tasks.training.runners import longest_first, task_runner
from tasks.workspace.requested_settings import resolve


def test_the_longest_training_begins_first():
    order, _ = longest_first(resolve("book", environment={}))

    assert order[:2] == ["stacked_gru_dropout", "lstm_dropout"]
    assert order[-1] == "persistence"


def test_all_are_trained_whatever_the_order():
    settings = resolve("best", environment={})

    alone, ensembles = longest_first(settings)

    assert sorted([*alone, *ensembles]) == sorted(settings.architectures)
    assert ensembles == ["ensemble"]


def test_wider_layers_count():
    narrow = resolve("quick", {"architectures": ["dense", "lstm"], "lstm.units": 256}, {})

    assert longest_first(narrow)[0][0] == "lstm"


def test_processes_are_watched_by_as_many_threads():
    runner = task_runner(resolve("quick", {"workers": 3}, {}))

    assert isinstance(runner, ThreadPoolTaskRunner)
    assert runner._max_workers == 3


@pytest.mark.parametrize(("workers", "threads"), [(1, 1), (2, 4), (3, 6)])
def test_tasks_that_train_in_slots_have_threads_to_wait_in(workers, threads):
    runner = task_runner(resolve("quick", {"workers": workers}, {}), in_slots=True)

    assert runner._max_workers == threads


def test_dask_needs_an_address():
    with pytest.raises(SettingsError, match="dask_address"):
        task_runner(resolve("quick", {"runner": "dask"}, {}))
