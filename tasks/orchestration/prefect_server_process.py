"""A temporary Prefect server that ends with its parent: `python -m tasks.orchestration.prefect_server_process SOCKET`.

SOCKET is the number of a file that it inherits, a socket bound to a port. It serves there from the first line of
standard input on, which it waits for with everything imported, and which stays open for as long as the parent lives.
"""

from __future__ import annotations

import gc
import os
import socket
import sys
import threading
from pathlib import Path
from typing import Final

import uvicorn

from tasks.workspace import exclusive

LOCK_FILE: Final = "jena-start.lock"
"""In Prefect's folder, beside its database."""


class InTurn(uvicorn.Server):
    """Uvicorn's server, which starts when no other one is starting on the same database.

    Prefect makes its database at its start, and brings one of an earlier Prefect up to date. Of two servers that do so
    at once one stumbles over the other's tables and ends.
    """

    def __init__(self, config: uvicorn.Config, lock: Path) -> None:
        super().__init__(config)
        self._lock = lock

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, when it is its turn."""
        with exclusive(self._lock):
            await super().startup(sockets)


def main(inherited: int) -> None:
    """Serve on a socket that is bound and does not listen yet."""
    gc.disable()  # nothing that is imported is garbage, and to look takes a tenth of the time
    from prefect.server.api import server  # noqa: F401  (takes seconds, while the parent is not ready either)
    from prefect.settings import PREFECT_HOME

    gc.freeze()
    gc.enable()
    if not sys.stdin.readline():
        return
    threading.Thread(target=_end_when_parent_does, daemon=True).start()
    os.set_inheritable(inherited, False)
    served = uvicorn.Config("prefect.server.api.server:create_app", factory=True, log_level="error", lifespan="on")
    InTurn(served, PREFECT_HOME.value() / LOCK_FILE).run(sockets=[socket.socket(fileno=inherited)])


def _end_when_parent_does() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
