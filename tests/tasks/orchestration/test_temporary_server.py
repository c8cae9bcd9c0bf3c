"""One Prefect server a run: started, shared through the environment, and ended."""

import os
import socket
import subprocess

import httpx
import pytest
from made_once import furnish
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

from jena_models.errors import RequestError
from tasks.orchestration import temporary_server as module
from tasks.orchestration.temporary_server import OrchestratorError, free_port, prefect_server

pytestmark = pytest.mark.slow


def test_a_server_is_started_shared_and_ended(tmp_path, monkeypatch):
    furnish(tmp_path, with_store=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)

    with temporary_settings({PREFECT_API_URL: None}), prefect_server() as answers:
        answers()
        address = os.environ["PREFECT_API_URL"]
        assert PREFECT_API_URL.value() == address
        assert httpx.get(f"{address}/health").json() is True

    assert "PREFECT_API_URL" not in os.environ
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/health")


def test_a_configured_server_that_does_not_answer_is_named():
    address = f"http://127.0.0.1:{free_port()}/api"

    with (
        temporary_settings({PREFECT_API_URL: address}),
        prefect_server() as answers,
        pytest.raises(OrchestratorError, match=address),
    ):
        answers()


@pytest.mark.parametrize("asking", ["a client", "a flow"])
def test_a_server_that_goes_while_it_is_needed_is_named(asking):
    address = f"http://127.0.0.1:{free_port()}/api"

    with (
        temporary_settings({PREFECT_API_URL: address}),
        pytest.raises(OrchestratorError, match=f"{address} no longer answers .* the same command goes on"),
        prefect_server(),
    ):
        get_client(sync_client=True).hello().raise_for_status() if asking == "a client" else flow(lambda: 1)()


REFUSED = httpx.Response(422, request=httpx.Request("GET", "http://127.0.0.1:1/api"))


@pytest.mark.parametrize(
    "error", [RuntimeError("mine"), httpx.HTTPStatusError("mine", request=REFUSED.request, response=REFUSED)]
)
def test_a_failure_that_is_not_the_servers_stays_what_it_is(error):
    with (
        temporary_settings({PREFECT_API_URL: "http://127.0.0.1:1/api"}),
        pytest.raises(type(error), match="mine"),
        prefect_server(),
    ):
        raise error


def test_a_server_that_ends_while_it_starts_is_told_of(monkeypatch):
    monkeypatch.setattr(module, "_start", lambda: (subprocess.Popen(["false"], stdin=subprocess.PIPE), 1))

    with (
        temporary_settings({PREFECT_API_URL: None}),
        prefect_server() as answers,
        pytest.raises(OrchestratorError, match="exit code 1"),
    ):
        answers()


def test_a_server_whose_database_was_in_use_for_a_moment_is_asked_again(monkeypatch):
    answers = [500, 500, 200]
    monkeypatch.setattr("time.sleep", lambda _: None)
    transport = httpx.MockTransport(lambda request: httpx.Response(answers.pop(0), request=request, json={}))

    with (
        temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}),
        get_client(httpx_settings={"transport": transport}, sync_client=True) as client,
    ):
        client.hello()

    assert not answers


@pytest.fixture
def started(monkeypatch):
    """The processes of servers that are started."""
    processes, start = [], module._start
    monkeypatch.delenv("PREFECT_API_URL", raising=False)

    def witness():
        process, port = start()
        processes.append(process)
        return process, port

    monkeypatch.setattr(module, "_start", witness)
    return processes


def test_a_folder_that_no_address_of_a_database_can_name_is_refused_before_a_server_serves(
    tmp_path, monkeypatch, started
):
    monkeypatch.setattr(module, "tell_to_serve", lambda *_: pytest.fail("a server was told to serve"))

    with (
        temporary_settings({PREFECT_API_URL: None, PREFECT_HOME: tmp_path / "what?"}),
        pytest.raises(RequestError, match="PREFECT_HOME"),
        prefect_server(),
    ):
        pass
    assert [process.returncode is None for process in started] == [False]


def test_beside_a_server_that_is_configured_none_goes_on(started):
    address = f"http://127.0.0.1:{free_port()}/api"

    with temporary_settings({PREFECT_API_URL: address}), prefect_server():
        assert [process.returncode is None for process in started] == [False]
        assert "PREFECT_API_URL" not in os.environ


def test_a_server_ends_that_was_not_told_what_to_serve(started):
    process, _ = module._start()
    process.stdin.close()

    assert process.wait(timeout=600) == 0


def test_nobody_else_gets_the_port_of_a_server_that_is_not_ready_yet(started):
    process, port = module._start()

    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))

    process.kill()
    process.wait()
    with socket.socket() as other:  # and it goes with the server
        other.bind(("127.0.0.1", port))
