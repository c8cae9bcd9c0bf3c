"""One Prefect server a run: the one that is configured, else a temporary one that starts while the rest is imported."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final

from jena_models.errors import JenaError
from tasks.workspace import home_folder, named_folder, search_path

LONGEST_START_SECONDS: Final = 300
"""A busy machine takes its time to import the server."""

TEMPORARY: Final = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
"""What Prefect itself tells a temporary server: no pages, and no services that only a standing server needs."""

UNREACHED: Final = "Failed to reach API"
"""How Prefect's own sentence begins where it cannot reach its server."""


class OrchestratorError(JenaError):
    """The Prefect server cannot be started or reached."""


@contextmanager
def prefect_server() -> Iterator[Callable[[], None]]:
    """Start a temporary server where none is configured, and end it; gives a function that waits until it answers.

    Prefect would start one by itself, but only after importing the whole server into the running process as well, and
    another one in each process of a cluster. `PREFECT_API_URL` is set, so that all of a run's processes share this one.

    Raises:
        OrchestratorError: where the configured server does not answer, or the temporary one does not start; where
            one no longer answers in what the block does.
        RequestError: where its database cannot lie in the folder that is named for it.
    """
    # Both import Prefect at the same time: this process to see what is configured, that one to be ready by then.
    process, port = (None, 0) if os.environ.get("PREFECT_API_URL") else _start()
    try:
        from prefect.settings import PREFECT_API_URL, PREFECT_HOME, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings

        if configured := PREFECT_API_URL.value():
            _end(process)
            with _saying_that_it_went(configured):
                yield lambda: _answers_or_raise(configured)
            return
        home_folder()
        named_folder(str(PREFECT_HOME.value()), "PREFECT_HOME")
        if process is None:
            process, port = _start()
        address = f"http://127.0.0.1:{port}/api"
        tell_to_serve(process)
        os.environ["PREFECT_API_URL"] = address
        try:
            away = _saying_that_it_went(address)
            with temporary_settings({PREFECT_API_URL: address, PREFECT_LOGGING_TO_API_ENABLED: False}), away:
                yield lambda: _wait(process, port, address)
        finally:
            del os.environ["PREFECT_API_URL"]
    finally:
        _end(process)


@contextmanager
def _saying_that_it_went(address: str) -> Iterator[None]:
    """Say in a sentence that a server no longer answers, with which a run that goes on for minutes may end."""
    import httpx

    try:
        yield
    except (httpx.HTTPError, RuntimeError) as error:
        refused = isinstance(error, httpx.HTTPStatusError) and error.response.is_client_error
        if (isinstance(error, httpx.HTTPError) and not refused) or str(error).startswith(UNREACHED):
            raise OrchestratorError(
                f"The Prefect server at {address} no longer answers ({error}); once one does, the same command goes on "
                "where it was."
            ) from error
        raise


def free_port() -> int:
    """Give a port of the loopback address that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _start() -> tuple[subprocess.Popen[bytes], int]:
    return started_server({**os.environ, **TEMPORARY, "PYTHONPATH": search_path()})


def started_server(environment: Mapping[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    """Start a server that is to be told when to serve; gives its process, and the port that is already its own.

    A port that is but found free may be gone seconds later, when the server is imported: any connection may take it.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        process = subprocess.Popen(  # noqa: S603  (the command is this project's own)
            [sys.executable, "-m", "tasks.orchestration.prefect_server_process", str(listener.fileno())],
            env=environment,
            stdin=subprocess.PIPE,  # stays open for as long as this process lives: the server ends with it, in any case
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=(listener.fileno(),),
        )
        return process, int(listener.getsockname()[1])


def tell_to_serve(process: subprocess.Popen[bytes]) -> None:
    """Let a server that was started begin to answer."""
    with suppress(BrokenPipeError):  # it has ended, which whoever waits for it says
        if process.stdin:
            process.stdin.write(b"serve\n")
            process.stdin.flush()


def _end(process: subprocess.Popen[bytes] | None) -> None:
    if process is None:
        return
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, address: str) -> None:
    deadline = time.monotonic() + LONGEST_START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise OrchestratorError(
                f"Prefect's temporary server ended with exit code {process.returncode} while it started; "
                "`prefect server start` tells why."
            )
        if _is_listening(port) and _answers(address):
            return
        time.sleep(0.1)
    raise OrchestratorError(f"Prefect's temporary server did not answer within {LONGEST_START_SECONDS} seconds.")


def _is_listening(port: int) -> bool:
    """Tell whether it is worth asking: one asked in vain costs 20 to 60 ms of processor time."""
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def _answers_or_raise(address: str) -> None:
    if not _answers(address, timeout_seconds=10):
        raise OrchestratorError(
            f"The Prefect server at {address} does not answer; start it, or unset PREFECT_API_URL to do without."
        )


def _answers(address: str, timeout_seconds: float = 2) -> bool:
    import httpx

    try:
        return httpx.get(f"{address.rstrip('/')}/health", timeout=timeout_seconds).is_success
    except httpx.HTTPError:
        return False
