"""A server that is told to end, and answers all who had asked by then."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import Any, Final, cast

import uvicorn

IDLE_SECONDS: Final = 1.0
"""How long a connection is kept for a further request that is on its way, once the server is told to end."""
NEW_SECONDS: Final = 5.0
"""How long one is kept on which nothing was asked yet: who has just come is about to ask, if slowly."""
LET_IN_SECONDS: Final = 0.1
"""How long it takes until who was let in is a connection; asyncio drops those that are not when it is closed."""
CLOSE: Final = (b"connection", b"close")


class PatientServer(uvicorn.Server):
    """Uvicorn's server, but for its end.

    That closes connections on which nothing was read yet, and those that nobody has taken from the system's queue; a
    request on one of them is lost. This one takes them all, and then lets nobody else in. Its last answers tell clients
    not to ask again on the same connection.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._app: Any = config.app
        self._ending = False
        config.app, config.interface = self._answer, "asgi3"

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        async def tell(message: Any) -> None:
            if self._ending and message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), CLOSE]}
            await send(message)

        await self._app(scope, receive, tell)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End, after the last answers."""
        self._ending = True
        loop = asyncio.get_running_loop()
        for listener in sockets or []:
            loop.remove_reader(listener)
        await asyncio.sleep(LET_IN_SECONDS)
        waiting = [each for listener in sockets or [] for each in _queued(listener)]
        for server in self.servers:
            server.close()
        for each in waiting:
            with suppress(OSError):  # it has gone
                await loop.connect_accepted_socket(self._protocol, each)
        began = loop.time()
        await asyncio.sleep(LET_IN_SECONDS)
        while self._awaited(loop.time() - began):
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)

    def _awaited(self, seconds: float) -> bool:
        """Tell whether a request may still come on a connection that there is."""
        asked = [getattr(each, "cycle", each) is not None for each in self.server_state.connections]
        return (seconds < IDLE_SECONDS and any(asked)) or (seconds < NEW_SECONDS and not all(asked))

    def _protocol(self) -> asyncio.Protocol:
        protocol = cast("Any", self.config.http_protocol_class)
        made: asyncio.Protocol = protocol(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made


def _queued(listener: socket.socket) -> list[socket.socket]:
    """Take the connections that the system holds for a listener, which waits for none."""
    found = []
    with suppress(BlockingIOError):
        while True:
            found.append(listener.accept()[0])
    return found
