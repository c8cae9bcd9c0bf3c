"""One Prefect server a run: started, shared through the environment, and ended."""

import os
import subprocess

import httpx
import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

from jena_models.errors import RequestError
from tasks.orchestration import temporary_server as module
from tasks.orchestration.temporary_server import OrchestratorError, free_port, prefect_server

pytestmark = pytest.mark.slow


def test_a_server_is_started_shared_and_ended(tmp_path, monkeypatch):
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
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


def test_a_server_that_ends_while_it_starts_is_told_of(monkeypatch):
    monkeypatch.setattr(module, "_start", lambda port: subprocess.Popen(["false"], stdin=subprocess.PIPE))

    with (
        temporary_settings({PREFECT_API_URL: None}),
        prefect_server() as answers,
        pytest.raises(OrchestratorError, match="exit code 1"),
    ):
        answers()


def test_a_folder_that_no_address_of_a_database_can_name_is_refused_before_a_server_starts(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_start", lambda port: pytest.fail("a server was started"))

    with (
        temporary_settings({PREFECT_API_URL: None, PREFECT_HOME: tmp_path / "what?"}),
        pytest.raises(RequestError, match="PREFECT_HOME"),
        prefect_server(),
    ):
        pass
