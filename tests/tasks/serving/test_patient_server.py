"""A server that is told to end: what was asked by then is answered."""

import asyncio
import contextlib
import socket
import threading
import time

import pytest
import uvicorn

from tasks.serving.model_server import listening
from tasks.serving.patient_server import IDLE_SECONDS, NEW_SECONDS, PatientServer

REQUEST = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


async def app(scope, receive, send):
    """Take a moment, and answer."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await asyncio.sleep(0.2)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def served():
    """A server in a thread, and its address."""
    with listening("127.0.0.1", 0) as listener:
        server = PatientServer(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=10))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield server, listener.getsockname()
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive()


def answer(client: socket.socket) -> bytes:
    client.settimeout(20)
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while part := client.recv(4096):
            said += part
    return said


def test_a_request_that_comes_just_after_on_a_connection_that_was_there_is_answered(served):
    server, address = served
    with socket.create_connection(address) as early, socket.create_connection(address) as late:
        time.sleep(0.3)
        early.sendall(REQUEST)
        server.should_exit = True
        while server.servers and server.servers[0].is_serving():
            time.sleep(0.01)
        late.sendall(REQUEST)
        answers = [answer(each) for each in (early, late)]

    for each in answers:
        assert each.startswith(b"HTTP/1.1 200")
        assert b"connection: close" in each.lower()
        assert each.endswith(b"ok")


def test_those_who_wait_in_the_systems_queue_are_let_in_and_nobody_after_them(served):
    server, address = served
    busy = threading.Event()

    async def last_tick(_: int) -> bool:
        busy.set()
        time.sleep(0.5)  # nothing is accepted meanwhile, nor until it ends
        return True

    server.on_tick = last_tick
    busy.wait(5)
    clients = [socket.create_connection(address) for _ in range(20)]
    for client in clients:
        client.sendall(REQUEST)

    assert all(answer(client).endswith(b"ok") for client in clients)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)
    for client in clients:
        client.close()


@pytest.mark.parametrize(("asked_before", "seconds"), [(True, IDLE_SECONDS), (False, NEW_SECONDS)])
def test_a_connection_on_which_nothing_is_asked_holds_it_up_for_a_while_alone(served, asked_before, seconds):
    server, address = served
    with socket.create_connection(address) as client:
        if asked_before:
            client.sendall(REQUEST)
            while not client.recv(4096).endswith(b"ok"):
                pass
        time.sleep(0.3)
        began = time.monotonic()
        server.should_exit = True
        while server.server_state.connections:
            time.sleep(0.02)

    assert seconds <= time.monotonic() - began < seconds + 3
