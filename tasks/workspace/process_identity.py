"""Which process a run belongs to, and whether it is still there."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from typing import Final

CLOCK_SECONDS: Final = 2.0
"""How far the start of one process may seem to move when the machine's clock is set."""


def process_tags() -> dict[str, str]:
    """Give the tags that name the running process: its host, its number and when it started."""
    import psutil

    started = psutil.Process().create_time()
    return {"host": socket.gethostname(), "pid": str(os.getpid()), "process_started": f"{started:.2f}"}


def is_of_this_host(tags: Mapping[str, str]) -> bool:
    """Tell whether a run's process runs, or ran, on this machine."""
    return tags.get("host") == socket.gethostname()


def is_of_this_process(tags: Mapping[str, str]) -> bool:
    """Tell whether a run's process is the running one."""
    return is_of_this_host(tags) and tags.get("pid") == str(os.getpid()) and may_be_running(tags)


def may_be_running(tags: Mapping[str, str]) -> bool:
    """Tell whether a run's process is there; of another host's nothing is known, so it may be."""
    import psutil

    if not is_of_this_host(tags):
        return "host" in tags
    try:
        process = psutil.Process(int(tags["pid"]))
        same = abs(process.create_time() - float(tags["process_started"])) < CLOCK_SECONDS
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except (KeyError, ValueError, psutil.NoSuchProcess):
        return False
    except psutil.AccessDenied:
        return True
