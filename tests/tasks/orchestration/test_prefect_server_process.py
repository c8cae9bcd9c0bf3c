"""Temporary Prefect servers of several commands: each begins when no other one is at their common database."""

import threading
import time

import uvicorn

from tasks.orchestration.prefect_server_process import InTurn
from tasks.serving.model_server import listening


def test_servers_of_one_database_begin_one_after_the_other(tmp_path):
    beginning, at_once = [], []

    async def begins_slowly(scope, receive, send):
        await receive()
        beginning.append(scope)
        time.sleep(0.2)
        at_once.append(len(beginning))
        beginning.pop()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    def begin_and_end():
        with listening("127.0.0.1", 0) as listener:
            server = InTurn(uvicorn.Config(begins_slowly, lifespan="on", log_level="error"), tmp_path / "new" / "lock")
            server.should_exit = True
            server.run(sockets=[listener])

    servers = [threading.Thread(target=begin_and_end) for _ in range(3)]
    for server in servers:
        server.start()
    for server in servers:
        server.join()

    assert at_once == [1, 1, 1]
