"""One training in a process of its own, with its share of the cores; it never outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final, NoReturn, cast

from pydantic import TypeAdapter

from jena_models.architectures import find_architecture
from jena_models.errors import TrainingError, TrainingInterruptedError
from jena_models.training.jobs.progress_events import OnEvent, TrainingEvent
from jena_models.training.process import IDLE_CORE, NO_IDLE_CORE, Outcome, Request
from tasks.training.forked_process import Child, forked, training_environment

SCRATCH_FOLDER: Final = "scratch"
TOLD_TO_END: Final = (signal.SIGINT, signal.SIGTERM)

_message: Final[TypeAdapter[TrainingEvent | Outcome]] = TypeAdapter(TrainingEvent | Outcome)
_children: set[Child] = set()
_at_work: dict[Child, int] = {}
"""Those that have their requests, and how many threads all trainings of the study may have."""
_children_lock = threading.Lock()
_ended = threading.Event()


def fulfil_in_child(request: Request, on_event: OnEvent, lock: int) -> None:
    """Train as requested in a child process and pass its events on.

    Args:
        request: what to train.
        on_event: called in the calling thread.
        lock: file descriptor that the child inherits, so that the lock is held until both have ended.

    Raises:
        TrainingError: where the child says why it failed, or dies.
        TrainingInterruptedError: where it is told to end, or all trainings are.
    """
    scratch = made_scratch(request.folder)
    environment = training_environment(request.threads or 1) | {"TMPDIR": str(scratch)}
    packages = find_architecture(request.architecture).packages
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints:
        child: Child = forked(environment, packages, complaints, lock) or subprocess.Popen(
            [sys.executable, "-m", "jena_models.training.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=environment,
            pass_fds=(lock,),
            encoding="utf-8",
        )
        with _children_lock:
            _children.add(child)
        try:
            require_going_on(request.architecture)
            outcome = _converse(child, request, on_event)
        finally:
            child.kill()
            code = child.wait()
            for pipe in (child.stdin, child.stdout):
                # Closing writes what a child that died at its start never read.
                with suppress(BrokenPipeError):
                    cast("IO[str]", pipe).close()
            with _children_lock:
                _children.discard(child)
        if outcome is None:
            if -code in TOLD_TO_END:
                _ended_from_outside(request.architecture)
            require_going_on(request.architecture)
            raise TrainingError(_obituary(request.architecture, code, complaints))
        if outcome.error is not None:
            raise TrainingError(outcome.error)


def made_scratch(folder: Path) -> Path:
    """Give a training's folder of temporary files, of what TensorFlow generates: it goes with what a kill leaves."""
    scratch = folder / SCRATCH_FOLDER
    scratch.mkdir(exist_ok=True)
    return scratch


@contextmanager
def ending_trainings() -> Iterator[None]:
    """End every training where the block is interrupted or told to end, and let none begin after it.

    Each can go on later from its last whole epoch.
    """
    _ended.clear()
    try:
        yield
    except Exception:
        raise
    except BaseException:
        _end_trainings()
        raise


def _end_trainings() -> None:
    _ended.set()
    with _children_lock:
        for child in _children:
            child.kill()


@contextmanager
def told_to_end_afterwards() -> Iterator[None]:
    """Have a signal to end in the block end trainings at once and the process after it, as of one that imports.

    A handler's exception may be lost in it: native modules make it an ImportError, and libraries pass over some.
    """
    if threading.current_thread() is not threading.main_thread():  # which alone hears
        yield
        return
    told: list[int] = []

    def hear(number: int, _: object) -> None:
        told.append(number)
        _end_trainings()

    before = {number: signal.signal(number, hear) for number in TOLD_TO_END}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
        if told:
            signal.raise_signal(told[0])


def require_going_on(architecture: str) -> None:
    """Make sure that trainings have not been told to end.

    Raises:
        TrainingInterruptedError: where they have.
    """
    if _ended.is_set():
        _ended_from_outside(architecture)


def _ended_from_outside(architecture: str) -> NoReturn:
    raise TrainingInterruptedError(
        f"The training of {architecture} was interrupted; run again to go on from its last whole epoch."
    )


def _converse(child: Child, request: Request, on_event: OnEvent) -> Outcome | None:
    requests, events = cast("IO[str]", child.stdin), cast("IO[str]", child.stdout)
    try:
        requests.write(f"{request.model_dump_json()}\n")
        requests.flush()
    except BrokenPipeError:
        return None
    with _hearing_of_idle_cores(child, request):
        for line in events:
            message = _message.validate_json(line)
            if isinstance(message, Outcome):
                return message
            on_event(message)
    return None


@contextmanager
def _hearing_of_idle_cores(child: Child, request: Request) -> Iterator[None]:
    """Tell a training, and those beside it, which of them may have a second thread, as long as it goes on."""
    with _children_lock:
        _at_work[child] = _threads_in_all(request)
        _tell_of_idle_cores()
    try:
        yield
    finally:
        with _children_lock:
            del _at_work[child]
            _tell_of_idle_cores()


def _threads_in_all(request: Request) -> int:
    """Give how many threads the trainings of a study may have; none, where other processes train beside them."""
    settings = request.settings
    if settings.runner != "processes":
        return 0
    return min(os.cpu_count() or 1, settings.workers * (request.threads or 1))


def _tell_of_idle_cores() -> None:
    for child, threads in _at_work.items():
        with suppress(OSError, ValueError):  # of one that has just ended
            stdin = cast("IO[str]", child.stdin)
            stdin.write(f"{IDLE_CORE if 2 * len(_at_work) <= threads else NO_IDLE_CORE}\n")
            stdin.flush()


def _obituary(architecture: str, code: int, complaints: IO[str]) -> str:
    complaints.seek(0)
    lines = [line.strip() for line in complaints if line.strip()]
    last = f": {lines[-1][:300]}" if lines else ""
    if code < 0:
        cause = f"was ended by {signal.Signals(-code).name}"
        if -code == signal.SIGKILL:
            cause += ", as happens where memory runs out"
    else:
        cause = f"ended with exit code {code}{last}"
    return f"The training of {architecture} {cause}; run again to go on from its last whole epoch."
