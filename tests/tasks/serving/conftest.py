"""A registry with three versions of one model, and `jena serve` on it."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from small_study import SETTINGS, STATION, open_architecture_run, open_study, small_fit, small_prepared, with_model

from tasks.orchestration.temporary_server import free_port
from tasks.registry import by_hand as registry
from tasks.registry.registering import registration as register
from tasks.tracking.store import client

NAME = "jena-temperature-24h"
ROOT = Path(__file__).resolve().parents[3]
OTHERS = ("JENA_", "MLFLOW_TRACKING", "MLFLOW_REGISTRY")
SECONDS = 400
"""The longest that anything may take on a busy machine."""


@dataclass
class Running:
    """A server that answers."""

    process: subprocess.Popen
    address: str
    log: Path

    def post(self, content: str | bytes, headers: dict, query: str = "") -> httpx.Response:
        address = f"{self.address}/invocations{query}"
        return httpx.post(address, content=content, headers=headers, timeout=SECONDS)

    def until(self, moment) -> None:
        """Come back when the moment is there; the process must live so long."""
        for _ in range(SECONDS * 50):
            if moment():
                return
            try:
                self.process.wait(0.02)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(self.log.read_text())
        raise AssertionError(f"the moment never came: {self.log.read_text()}")

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/ping", timeout=SECONDS).is_success
        except httpx.HTTPError:
            return False


@contextmanager
def running(home: Path):
    """Start `jena serve` and end it as Ctrl-C does."""
    port, log = free_port(), home / f"serve-{free_port()}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.command_line", "serve", "--port", str(port)],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith(OTHERS)}
            | {"JENA_HOME": str(home)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Running(process, f"http://127.0.0.1:{port}", log)
    try:
        server.until(server.answers)
        yield server
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            assert process.wait(SECONDS) == 0, log.read_text()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def registry_home(tmp_path_factory):
    """A registry with three versions of one model: the champion 1, the better 2, and 3, whose file is torn."""
    import mlflow

    folder = tmp_path_factory.mktemp("serving")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("JENA_CACHE", "MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
            patch.delenv(name, raising=False)
        patch.setenv("JENA_HOME", str(folder))
        prepared = small_prepared(folder / "prepared")
        study = open_study(SETTINGS, prepared)
        for number in (1, 2, 3):
            fit = with_model(small_fit(folder / f"fit{number}", prepared, key=f"fit{number}"), prepared)
            run_id = open_architecture_run(study, "dense", SETTINGS, prepared)
            register.register_version(fit, prepared, STATION, run_id=run_id, name=NAME, settings=SETTINGS)
        artifacts = mlflow.artifacts.download_artifacts(client().get_model_version_download_uri(NAME, "3"))
        next(Path(artifacts).rglob("model.keras")).write_bytes(b"torn")
        registry.promote_by_hand(NAME, 1)
    return folder


@pytest.fixture(scope="module")
def server(registry_home):
    """A server of the file's own, whose last test may end it."""
    with running(registry_home) as started:
        yield started
