"""Who is told to end is heard, though Python passes over what the handler raises."""

import asyncio
import signal
import sys
import threading
import weakref

import pytest

from flows.outcome import TERMINATED, heed_being_told_to_end
from tasks.orchestration import ending_in_a_sentence
from tasks.workspace import passed_over_signals
from tasks.workspace.passed_over_signals import send_again_what_is_passed_over

SECONDS = 10


class ToldToEnd(BaseException):
    """What a handler raises, as Prefect's does."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = number


class Referred:
    """What a weak reference may point to."""


@pytest.fixture(autouse=True)
def passed_over(monkeypatch):
    """What is passed over and told of; the process is told to end as before afterwards."""
    told = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    send_again_what_is_passed_over.cache_clear()
    yield told
    send_again_what_is_passed_over.cache_clear()
    for number, handler in before.items():
        signal.signal(number, handler)


def go_on_after(raised_in_a_callback) -> None:
    """Work on after the callback of a weak reference, in which Python passes over what is raised."""
    referred = Referred()
    reference = weakref.ref(referred, lambda _: raised_in_a_callback())
    del referred
    threading.Event().wait(SECONDS)
    raise AssertionError(reference)


def test_a_command_that_is_told_to_end_in_a_callback_ends():
    """It went on to its end, or for hours."""
    heed_being_told_to_end()

    with pytest.raises(SystemExit) as ended:
        go_on_after(lambda: signal.raise_signal(signal.SIGTERM))

    assert ended.value.code == TERMINATED


def test_a_command_that_is_interrupted_in_a_callback_ends():
    heed_being_told_to_end()
    signal.signal(signal.SIGINT, signal.default_int_handler)

    with pytest.raises(KeyboardInterrupt):
        go_on_after(lambda: signal.raise_signal(signal.SIGINT))


def test_a_flow_run_that_is_told_to_end_in_a_callback_ends():
    def end(number, _):
        raise ToldToEnd(number)

    @ending_in_a_sentence
    def body():
        go_on_after(lambda: signal.raise_signal(signal.SIGTERM))

    signal.signal(signal.SIGTERM, end)

    with pytest.raises(ToldToEnd):
        body()


@pytest.mark.parametrize("error", [ValueError("another"), asyncio.CancelledError()])
def test_what_no_signal_raised_is_told_as_before_and_ends_nothing(passed_over, monkeypatch, error):
    sent = []
    monkeypatch.setattr(passed_over_signals.os, "kill", lambda *told: sent.append(told))
    monkeypatch.setattr(passed_over_signals, "AGAIN_SECONDS", 0.0)
    send_again_what_is_passed_over()

    sys.unraisablehook(type("Args", (), {"exc_value": error})())

    assert [each.exc_value for each in passed_over] == [error]
    assert sent == []
