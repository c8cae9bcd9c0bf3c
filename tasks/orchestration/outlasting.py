"""A flow run's process prints to a pipe that its worker reads: where the worker dies, printing must not end the run."""

from __future__ import annotations

import os
import select
import stat
import threading


def outlast_the_worker() -> None:
    """Let what this process prints go nowhere once nobody reads it; rich ends a process that it cannot print for."""
    threading.Thread(target=_watch, name="outlast the worker", daemon=True).start()


def _watch() -> None:
    read, printed = select.poll(), [each for each in (1, 2) if stat.S_ISFIFO(os.fstat(each).st_mode)]
    for each in printed:
        read.register(each, 0)  # of nothing but that its other end is closed
    while printed:
        for each, _ in read.poll():
            read.unregister(each)
            printed.remove(each)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, each)
            os.close(nowhere)
