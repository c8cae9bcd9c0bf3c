"""Forks the processes of trainings from one that has imported what they need.

Started as `python -m jena_models.training.fork_server`, with a socket of whole messages as standard input. The end of
the parent, who holds the other end, is the end of this process and of its trainings. Nothing here may start a thread or
compute, for a fork does not take that along.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, NoReturn

from jena_models.training import process

MOST_BYTES: Final = 1 << 17
"""Of a message; an environment has a few thousand."""
FORKED: Final = b"forked"
NOT_FORKED: Final = b"not"
"""The answers to the order for a training."""
HANDED_OVER: Final = 5
"""Descriptors: a training's standard input, output and error, where its exit code goes, and its lock."""


class ForkServer:
    """Forks trainings and tells their exit codes, for as long as there is a parent."""

    def __init__(self, orders: socket.socket) -> None:
        self._orders = orders
        self._trainings: dict[int, tuple[int, int]] = {}
        """By process: the parent's number of the training, and where its exit code goes."""
        self._woken, self._wake = os.pipe()
        for end in (self._woken, self._wake):
            os.set_blocking(end, False)

    def serve(self) -> None:
        """Follow orders until there is nobody left to give any."""
        signal.signal(signal.SIGCHLD, lambda *_: None)  # of which the pipe below is told
        signal.set_wakeup_fd(self._wake)
        while True:
            ready, _, _ = select.select([self._orders.fileno(), self._woken], [], [])
            if self._woken in ready:
                with suppress(BlockingIOError):
                    os.read(self._woken, MOST_BYTES)
                self._tell_of_ended()
            if self._orders.fileno() in ready:
                message, descriptors, _, _ = socket.recv_fds(self._orders, MOST_BYTES, HANDED_OVER)
                if not message:
                    return
                self._follow(json.loads(message), descriptors)

    def _follow(self, order: Mapping[str, Any], descriptors: Sequence[int]) -> None:
        if "kill" in order:
            for process_id, (number, _) in self._trainings.items():
                if number == order["kill"]:
                    os.kill(process_id, signal.SIGKILL)
            return
        process.import_what_trains(order["packages"])
        process.die_with_parent(0)  # whose thread that started this one may end before it does
        gc.freeze()  # what is here by now stays, and its pages stay shared
        if not descriptors:
            return
        *standard, status, lock = descriptors
        try:
            process_id = os.fork()
        except OSError:  # for want of memory, say; the others go on
            for descriptor in descriptors:
                os.close(descriptor)
            self._orders.send(NOT_FORKED)
            return
        if not process_id:
            self._become_training(order["environment"], standard)
        for descriptor in (*standard, lock):
            os.close(descriptor)
        self._trainings[process_id] = (order["number"], status)
        self._orders.send(FORKED)

    def _become_training(self, environment: Mapping[str, str], standard: Sequence[int]) -> NoReturn:
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            self._orders.close()
            for descriptor in (self._woken, self._wake, *(status for _, status in self._trainings.values())):
                os.close(descriptor)
            for place, descriptor in enumerate(standard):
                os.dup2(descriptor, place)
                os.close(descriptor)
            os.environ.clear()
            os.environ.update(environment)
            tempfile.tempdir = None  # is looked up anew
            gc.enable()
            code = process.main()
        except BaseException:
            traceback.print_exc()
        finally:
            for stream in (sys.stdout, sys.stderr):
                with suppress(OSError):
                    stream.flush()
            os._exit(code)

    def _tell_of_ended(self) -> None:
        for process_id in list(self._trainings):
            ended, status = os.waitpid(process_id, os.WNOHANG)
            if ended:
                _, told = self._trainings.pop(process_id)
                with suppress(BrokenPipeError):
                    os.write(told, str(os.waitstatus_to_exitcode(status)).encode())
                os.close(told)


def main() -> int:
    """Serve the parent at the other end of the socket that the command line names."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # whoever is meant with it, the parent decides what becomes of trainings
    gc.disable()  # nothing that is imported is garbage, and to look takes a fifth of the time
    process.die_with_parent()  # until what takes seconds is imported: so long it hears of nothing else
    ForkServer(socket.socket(fileno=sys.stdin.fileno())).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
