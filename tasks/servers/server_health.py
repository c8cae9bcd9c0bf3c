"""Whether the servers of this machine answer, and the worker asks for work."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from typing import Final

POOL: Final = "jena"
"""The work pool that `prefect.yaml` names, and that the worker makes where it is not there."""

ANSWER_SECONDS: Final = 5.0

FRESH_SECONDS: Final = 120.0
"""A worker tells every 30 seconds that it is there."""


def answers(address: str) -> bool:
    """Tell whether a server says that it is well at `<address>/health`."""
    import httpx

    try:
        return httpx.get(f"{address}/health", timeout=ANSWER_SECONDS).is_success
    except httpx.HTTPError:
        return False


def worker_name() -> str:
    """Give the name that this machine's worker has in Prefect."""
    return socket.gethostname()


def worker_asks(api_address: str, since: datetime | None = None) -> bool:
    """Tell whether this machine's worker has lately asked the Prefect server for work.

    Args:
        api_address: of the Prefect server, with `/api`.
        since: when it was started; what an earlier one said does not count.
    """
    import httpx

    try:
        found = httpx.post(f"{api_address}/work_pools/{POOL}/workers/filter", json={}, timeout=ANSWER_SECONDS)
        workers = found.json() if found.is_success else []
    except (httpx.HTTPError, ValueError):
        return False
    heard = [datetime.fromisoformat(each["last_heartbeat_time"]) for each in workers if each["name"] == worker_name()]
    now = datetime.now(UTC)
    return any((now - time).total_seconds() < FRESH_SECONDS and (since is None or time > since) for time in heard)


def port_is_free(address: str, port: int) -> bool:
    """Tell whether a server could listen on a port."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, port))
        except OSError:
            return False
    return True
