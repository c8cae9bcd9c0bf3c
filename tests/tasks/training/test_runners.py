"""The order of trainings, and what runs them."""

import json
import logging
import socket
import subprocess
import sys
import time

import pytest
from prefect.task_runners import ThreadPoolTaskRunner

from jena_models.errors import ClusterLostError, SettingsError
from tasks.training import runners
from tasks.training.runners import longest_first, task_runner, with_runner
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


class Asking:
    """A flow, as far as its runner is concerned, whose body asks the cluster for what never comes."""

    def __init__(self, address: str, meanwhile=lambda: None) -> None:
        self.address, self.meanwhile = address, meanwhile

    def fn(self) -> None: ...

    def with_options(self, *, task_runner):
        from distributed import Client

        def asked() -> None:
            with Client(self.address, set_as_default=False) as client:
                waiting = client.submit(abs, 1)
                self.meanwhile()
                waiting.result(timeout=60)

        return asked


def on_dask(address: str):
    return resolve("quick", {"runner": "dask", "dask_address": address}, {})


@pytest.fixture
def scheduler(tmp_path):
    """A scheduler without workers, as a process, and its address."""
    pytest.importorskip("prefect_dask")
    file = tmp_path / "scheduler.json"
    options = ["--host=127.0.0.1", "--port=0", "--no-dashboard", f"--scheduler-file={file}"]
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", *options]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + 60
        while not file.exists():
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)
        yield process, json.loads(file.read_text())["address"]
    finally:
        process.kill()
        process.wait(30)


@pytest.mark.slow
def test_a_scheduler_that_is_lost_on_the_way_is_one_sentence(scheduler, caplog):
    process, address = scheduler
    caplog.set_level(logging.WARNING, "jena")

    with pytest.raises(ClusterLostError, match="run the same command again: what is trained is kept") as lost:
        with_runner(Asking(address, process.kill), on_dask(address))()

    assert str(lost.value).startswith(f"The Dask cluster at {address} was lost (scheduler-connection-lost); ")
    assert f"The Dask cluster at {address} has no workers" in caplog.text


@pytest.mark.slow
def test_whatever_fails_first_where_the_scheduler_is_lost_is_that_sentence(scheduler):
    """What had not gone to the scheduler yet found no connection, and that was said to be what should not have been."""
    from distributed import Client

    process, address = scheduler

    def lost():
        process.kill()
        until = time.monotonic() + 60
        while any(client.status == "running" for client in Client._instances):
            assert time.monotonic() < until
            time.sleep(0.05)
        raise OSError("Timed out trying to connect")

    with pytest.raises(ClusterLostError, match=r"was lost \(Timed out trying to connect\); see to it that"):
        with_runner(Asking(address, lost), on_dask(address))()


@pytest.mark.slow
def test_what_fails_on_a_cluster_that_goes_on_is_what_it_is(scheduler):
    with pytest.raises(ZeroDivisionError):
        with_runner(Asking(scheduler[1], lambda: 1 / 0), on_dask(scheduler[1]))()


@pytest.mark.slow
def test_a_scheduler_that_is_not_there_is_one_sentence(monkeypatch):
    pytest.importorskip("prefect_dask")
    monkeypatch.setattr(runners, "CONNECT_SECONDS", 0.5)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"

    with pytest.raises(ClusterLostError, match=f"No Dask scheduler answers at {address}; start it"):
        with_runner(Asking(address), on_dask(address))()


@pytest.mark.slow
def test_an_address_that_is_none_is_refused():
    pytest.importorskip("prefect_dask")
    with pytest.raises(SettingsError, match="'dask_address' cannot be 'rubbish': missing port number"):
        with_runner(Asking("rubbish"), on_dask("rubbish"))()
