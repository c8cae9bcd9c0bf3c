"""So many trainings at a time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from jena_models.errors import TrainingInterruptedError
from tasks.training import child_process, training_slot, trainings_at_a_time


def test_no_more_go_on_than_may():
    going_on, most, counting, whole = 0, 0, threading.Lock(), threading.Barrier(2)

    def train():
        nonlocal going_on, most
        with training_slot("dense"):
            with counting:
                going_on += 1
                most = max(most, going_on)
            whole.wait(timeout=10)  # so many do go on
            with counting:
                going_on -= 1

    with trainings_at_a_time(2), ThreadPoolExecutor(6) as threads:
        done = [threads.submit(copy_context().run, train) for _ in range(6)]

    assert [each.result() for each in done] == [None] * 6
    assert most == 2


def test_whoever_waited_until_trainings_were_told_to_end_trains_no_more(monkeypatch):
    ended = threading.Event()
    monkeypatch.setattr(child_process, "_ended", ended)
    ended.set()

    with trainings_at_a_time(1), pytest.raises(TrainingInterruptedError), training_slot("dense"):
        pytest.fail("it trains")

    ended.clear()
    with trainings_at_a_time(1), training_slot("dense"):
        pass


def test_where_nobody_counts_nobody_waits():
    with training_slot("dense"), training_slot("lstm"):
        pass
