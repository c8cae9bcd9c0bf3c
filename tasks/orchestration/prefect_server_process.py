"""A temporary Prefect server that ends with its parent: `python -m tasks.orchestration.prefect_server_process`.

It is told its port in the first line of standard input, which it waits for with everything imported, and which stays
open for as long as the parent lives.
"""

from __future__ import annotations

import gc
import os
import sys
import threading


def main() -> None:
    """Serve on a port of the loopback address."""
    gc.disable()  # nothing that is imported is garbage, and to look takes a tenth of the time
    import uvicorn
    from prefect.server.api import server  # noqa: F401  (takes seconds, while the parent is not ready either)

    gc.freeze()
    gc.enable()
    port = sys.stdin.readline()
    if not port:
        return
    threading.Thread(target=_end_when_parent_does, daemon=True).start()
    uvicorn.run(
        "prefect.server.api.server:create_app",
        factory=True,
        host="127.0.0.1",
        port=int(port),
        log_level="error",
        lifespan="on",
    )


def _end_when_parent_does() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
