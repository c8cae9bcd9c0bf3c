"""An empty store, and a study that has just begun in it."""

import shutil

import pytest
from opened_runs import open_child
from small_study import SETTINGS, open_study, small_prepared

from tasks.tracking.sqlite_store import prepare_database
from tasks.tracking.store import client


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory):
    path = tmp_path_factory.mktemp("store") / "mlflow.db"
    prepare_database(f"sqlite:///{path}")
    return path


@pytest.fixture
def store(home, empty_store):
    shutil.copy(empty_store, home / "mlflow.db")
    return client()


@pytest.fixture
def prepared(home):
    return small_prepared(home / "prepared")


@pytest.fixture
def study(store, prepared):
    return open_study(SETTINGS, prepared)


@pytest.fixture
def run_id(study, prepared):
    return open_child(study, prepared)
