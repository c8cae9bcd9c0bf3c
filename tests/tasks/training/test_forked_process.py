"""Trainings are forked from one process with all that they import, and fare as those that begin from nothing."""

import signal

import numpy as np
import psutil
import pytest
from small_study import SETTINGS, small_prepared

from jena_models.errors import TrainingError
from jena_models.training.process import PROCESS_NAME
from tasks.training import child_process, fit_architecture, forked_process, listen

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    return small_prepared(tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def servers(home, monkeypatch):
    """Those that the test starts; they end with it."""
    started = {}
    monkeypatch.setattr(forked_process, "_servers", started)
    yield started
    for server in started.values():
        server.end()


def trained(architecture, prepared, home, monkeypatch, cache, **hyperparameters):
    monkeypatch.setenv("JENA_CACHE", str(home / cache))
    chosen = SETTINGS.hyperparameters[architecture].model_copy(update=hyperparameters)
    every = SETTINGS.hyperparameters.model_copy(update={architecture: chosen})
    settings = SETTINGS.model_copy(update={"workers": 2, "hyperparameters": every})
    return fit_architecture(architecture, prepared, settings)


def test_trainings_are_children_of_one_process_and_end_as_those_that_begin_from_nothing(
    prepared, home, servers, monkeypatch
):
    parents = []

    def note(_):
        [training] = [each for each in psutil.Process().children(recursive=True) if each.name() == PROCESS_NAME]
        parents.append(training.ppid())

    with listen(note):
        forked = trained("dense", prepared, home, monkeypatch, "forked")
        trained("gradient_boosting", prepared, home, monkeypatch, "forked")
    [server] = servers.values()
    monkeypatch.setattr(child_process, "forked", lambda *_: None)
    from_nothing = trained("dense", prepared, home, monkeypatch, "from nothing")

    assert len(parents) > 2
    assert set(parents) == {server.process.pid}
    np.testing.assert_array_equal(*(np.load(fit.folder / "predictions.npz")["test"] for fit in (forked, from_nothing)))


def test_a_server_that_is_killed_takes_its_training_along_and_another_takes_its_place(
    prepared, home, servers, monkeypatch
):
    def kill(_):
        for server in servers.values():
            server.process.kill()

    with listen(kill), pytest.raises(TrainingError, match="training of gradient_boosting was ended by SIGKILL"):
        trained("gradient_boosting", prepared, home, monkeypatch, "cache", rounds=1_000_000, patience=1_000_000)
    [killed] = list(servers.values())
    killed.process.wait(60)  # a training's end is seen a moment before that of the server

    assert trained("gradient_boosting", prepared, home, monkeypatch, "cache").result.epochs
    [server] = servers.values()
    assert killed.process.returncode == -signal.SIGKILL
    assert server.process.poll() is None


def test_what_cannot_be_forked_begins_from_nothing(prepared, home, servers, monkeypatch):
    monkeypatch.setattr(forked_process.sys, "platform", "darwin")

    assert trained("ridge", prepared, home, monkeypatch, "cache").result.epochs
    assert not servers
