"""A training hears whether a core is idle, so that its kernels may have a second thread."""

import io
import os
import sys
import threading
from types import SimpleNamespace

import pytest

from jena_models.training import process
from jena_models.training.process import IDLE_CORE, NO_IDLE_CORE
from tasks.training import child_process


class Standing:
    """A training's process that goes on until it is let go."""

    def __init__(self):
        self.stdin = self.told = io.StringIO()
        self.stdout = self
        self.begun, self.going_on = threading.Event(), threading.Event()

    def __iter__(self):
        self.begun.set()
        self.going_on.wait(timeout=10)
        return iter(())

    @property
    def heard(self):
        return self.told.getvalue().splitlines()[1:]  # the first is the request


def request(workers=2, runner="processes", threads=1):
    return SimpleNamespace(
        settings=SimpleNamespace(workers=workers, runner=runner),
        threads=threads,
        architecture="dense",
        model_dump_json=lambda: "{}",
    )


@pytest.fixture
def begin(monkeypatch):
    """Begins a training, gives its process and what ends it."""
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(child_process, "_at_work", {})

    def begun(**asked):
        child = Standing()
        thread = threading.Thread(target=child_process._converse, args=(child, request(**asked), lambda _: None))
        thread.start()
        assert child.begun.wait(timeout=10)

        def end():
            child.going_on.set()
            thread.join()

        return child, end

    return begun


def test_the_last_of_two_hears_that_a_core_is_idle(begin):
    first, end_first = begin()
    second, end_second = begin()
    end_first()

    assert first.heard == [IDLE_CORE, NO_IDLE_CORE]
    assert second.heard == [NO_IDLE_CORE, IDLE_CORE]
    end_second()


@pytest.mark.parametrize("asked", [{"workers": 1}, {"runner": "dask"}, {"workers": 1, "threads": None}])
def test_where_others_may_train_beside_it_or_it_was_given_one_core_none_is_idle(begin, asked):
    only, end = begin(**asked)

    assert only.heard == [NO_IDLE_CORE]
    end()


def test_a_training_with_a_share_of_two_cores_uses_both(begin, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    trainings = [begin(workers=4, threads=2) for _ in range(4)]

    assert {line for child, _ in trainings for line in child.heard} == {IDLE_CORE}
    for _, end in trainings:
        end()


def test_one_that_has_just_ended_holds_up_no_other(begin):
    gone, end_gone = begin()
    gone.stdin = SimpleNamespace(write=lambda _: None, flush=lambda: os.write(-1, b""))
    other, end_other = begin()

    assert other.heard == [NO_IDLE_CORE]
    end_other()
    end_gone()


def test_a_training_heeds_what_it_is_told(monkeypatch):
    idle, heard = threading.Event(), []

    def lines():
        for line in (IDLE_CORE, NO_IDLE_CORE, IDLE_CORE):
            yield f"{line}\n"
            heard.append(idle.is_set())

    monkeypatch.setattr(sys, "stdin", lines())
    monkeypatch.setattr(os, "_exit", heard.append)

    process._heed_parent(idle)

    assert heard == [True, False, True, process.PARENT_GONE]
