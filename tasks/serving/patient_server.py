"""A server that is told to end, and answers all who had asked by then."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import Any, Final, cast

import uvicorn

IDLE_SECONDS: Final = 1.0
"""How long a connection without a request is kept for one that is on its way, once the server is told to end."""
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
        waiting = [each for listener in sockets or [] for each in _queued(listener)]
        for server in self.servers:
            server.close()
        loop = asyncio.get_running_loop()
        for each in waiting:
            with suppress(OSError):  # it has gone
                await loop.connect_accepted_socket(self._protocol, each)
        end = loop.time() + IDLE_SECONDS
        while self.server_state.connections and loop.time() < end:
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)

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
