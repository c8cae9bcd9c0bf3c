"""Processes of trainings that are forked from one with all that they import; elsewhere each begins from nothing."""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import IO, Final, Protocol

from jena_models.training.fork_server import FORKED
from tasks.workspace import search_path

THREAD_VARIABLES: Final = (
    *("MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTEROP_THREADS"),
    "TF_NUM_INTRAOP_THREADS",
)
READ_ONCE: Final = (*THREAD_VARIABLES, "JENA_VECTOR_WIDTH", "PYTHONPATH")
"""Variables that what is imported reads while it is; others may be another training's own."""


class Child(Protocol):
    """A training's process, as its parent knows it."""

    @property
    def stdin(self) -> IO[str] | None:
        """Where it is told what to train."""

    @property
    def stdout(self) -> IO[str] | None:
        """Where it tells how far it is."""

    def kill(self) -> None:
        """End it, unless it has ended."""

    def wait(self) -> int:
        """Give its exit code once it has ended, below zero where that was by a signal."""


class _Server:
    """The parent's end of a process that forks trainings."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._orders, far_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._one_at_a_time = threading.Lock()
        self._numbers = count()
        with far_end:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jena_models.training.fork_server"],
                stdin=far_end.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=dict(environment),
            )

    def have_imported(self, packages: Sequence[str]) -> None:
        """Have packages imported before a training needs them.

        Raises:
            OSError: where the server is gone.
        """
        self._orders.send(json.dumps({"packages": list(packages)}).encode())

    def fork(self, environment: Mapping[str, str], packages: Sequence[str], complaints: IO[str], lock: int) -> _Forked:
        """Have a training forked.

        Raises:
            OSError: where the server is gone, as where it could not import what it needs.
        """
        number = next(self._numbers)
        order = {"number": number, "environment": dict(environment), "packages": list(packages)}
        (theirs_in, ours_in), (ours_out, theirs_out), (ours_status, theirs_status) = os.pipe(), os.pipe(), os.pipe()
        theirs = [theirs_in, theirs_out, complaints.fileno(), theirs_status, lock]
        training = _Forked(self, number, ours_in, ours_out, ours_status)
        try:
            with self._one_at_a_time:
                socket.send_fds(self._orders, [json.dumps(order).encode()], theirs)
                if self._orders.recv(len(FORKED)) != FORKED:
                    raise ConnectionResetError
        except OSError:
            training.forget()
            raise
        finally:
            for descriptor in (theirs_in, theirs_out, theirs_status):
                os.close(descriptor)
        return training

    def kill(self, number: int) -> None:
        """Have a training killed, unless it has ended."""
        with suppress(OSError):  # a server that is gone took its trainings along
            self._orders.send(json.dumps({"kill": number}).encode())

    def end(self) -> None:
        """End the server, and its trainings with it."""
        self._orders.close()
        self.process.kill()
        self.process.wait()


class _Forked:
    """A training's process that a server forked."""

    def __init__(self, server: _Server, number: int, requests: int, events: int, status: int) -> None:
        self._server, self._number = server, number
        self.stdin: IO[str] = os.fdopen(requests, "w", encoding="utf-8")
        self.stdout: IO[str] = os.fdopen(events, encoding="utf-8")
        self._status = os.fdopen(status, encoding="ascii")

    def forget(self) -> None:
        """Close what leads to it, where there is no such process."""
        for pipe in (self.stdin, self.stdout, self._status):
            pipe.close()

    def kill(self) -> None:
        self._server.kill(self._number)

    def wait(self) -> int:
        with self._status:
            code = self._status.read()  # nothing where the server itself was killed
        return int(code) if code else -signal.SIGKILL


_servers: Final[dict[tuple[str | None, ...], _Server]] = {}
_servers_lock: Final = threading.Lock()


def training_environment(threads: int) -> dict[str, str]:
    """Give the variables of a training's process that may use so many threads."""
    return {
        **os.environ,
        **dict.fromkeys(THREAD_VARIABLES, str(threads)),
        "KERAS_BACKEND": "tensorflow",
        "PYTHONPATH": search_path(),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def forked(environment: Mapping[str, str], packages: Sequence[str], complaints: IO[str], lock: int) -> Child | None:
    """Give a training's process, forked; None where that cannot be had.

    Args:
        environment: of the training.
        packages: which it needs.
        complaints: a file for its standard error.
        lock: file descriptor that it holds, so that the lock is held until it has ended.
    """
    try:
        server = _server(environment)
        return server.fork(environment, packages, complaints, lock) if server else None
    except OSError:
        return None


def prepare_to_fork(environment: Mapping[str, str], packages: Sequence[str]) -> None:
    """Have what trainings import be imported while other things are done."""
    with suppress(OSError):
        if server := _server(environment):
            server.have_imported(packages)


def _server(environment: Mapping[str, str]) -> _Server | None:
    """Give the server for an environment, started where there is none; None where a process cannot be forked.

    With a GPU's driver at work that may not be done.
    """
    if sys.platform != "linux" or any(Path("/dev").glob("nvidia[0-9]*")):
        return None
    key = tuple(environment.get(name) for name in READ_ONCE)
    with _servers_lock:
        server = _servers.get(key)
        if server is None or server.process.poll() is not None:
            server = _servers[key] = _Server(environment)
        return server


@atexit.register
def _end_servers() -> None:
    for server in _servers.values():
        server.end()
