"""What holds for every Prefect task, whichever file it stands in."""

import importlib
import pkgutil

import tasks
from tasks.workspace.deferred_task import DeferredTask

FOUND = {
    name: each
    for module in pkgutil.walk_packages(tasks.__path__, "tasks.")
    for name, each in vars(importlib.import_module(module.name)).items()
    if isinstance(each, DeferredTask)
}


def test_every_task_ends_at_some_time():
    assert len(FOUND) > 20
    assert [name for name, each in FOUND.items() if not each.timeout_seconds] == []


def test_no_training_is_tried_again():
    trainings = {name: FOUND[name] for name in ("train_architecture", "train_at_fold", "try_values")}

    assert [name for name, each in trainings.items() if each.retries] == []
