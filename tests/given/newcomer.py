"""A newcomer with a clone of their own: `jena` and `prefect` as processes of their own, and Prefect's API."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from commands import BRIEF, run_here

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 600
"""The longest that a command may take on a busy machine."""


class Newcomer:
    def __init__(self, folder: Path, prefect_port: int, mlflow_port: int, page_port: int) -> None:
        self.clone = folder / "clone"
        for name in ("flows", "jena_models", "profiles", "tasks"):
            shutil.copytree(ROOT / name, self.clone / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "prefect.yaml", self.clone)
        self.client = httpx.Client(timeout=60)
        self.ports = {"prefect": prefect_port, "mlflow": mlflow_port, "page": page_port}
        # What is compiled may be kept: the clone goes with the test.
        foreign = ("JENA_", "MLFLOW_", "PREFECT_", "PWD", "PYTHONDONTWRITEBYTECODE")
        paths = [str(self.clone), *filter(None, [os.environ.get("PYTHONPATH")])]
        self.shell = {name: value for name, value in os.environ.items() if not name.startswith(foreign)} | {
            "JENA_SERVERS__PREFECT_PORT": str(prefect_port),
            "JENA_SERVERS__MLFLOW_PORT": str(mlflow_port),
            "JENA_PAGE__PORT": str(page_port),
            "PREFECT_HOME": str(folder / "prefect"),
            "PYTHONPATH": os.pathsep.join(paths),
            **BRIEF,
        }

    def jena(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run("flows.command_line", *arguments)

    def jena_here(self, *arguments: str) -> tuple[int, str]:
        """Run a command on the clone in the test's own process; gives its exit code and its standard output."""
        return run_here({**self.shell, "JENA_HOME": str(self.clone)}, *arguments)

    def prefect(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run("prefect", *arguments)

    def request_run(self, deployment: str, **parameters: Any) -> str:
        """Ask for a run of a deployment, as the button of Prefect's page does; gives the run's id."""
        named = self.ask(f"deployments/name/{deployment}")["id"]
        return str(self._answered("POST", f"deployments/{named}/create_flow_run", {"parameters": parameters})["id"])

    def take_run(self, deployment: str) -> str:
        """Ask for a run as a worker has it that dies before it begins; gives the run's id."""
        named = self.ask(f"deployments/name/{deployment}")
        pending = {"flow_id": named["flow_id"], "name": "taken", "state": {"type": "PENDING"}}
        return str(self._answered("POST", "flow_runs/", pending)["id"])

    def run_deployment(self, deployment: str, **parameters: Any) -> dict[str, Any]:
        """Run a deployment and wait for its end; gives its final state."""
        run = self.request_run(deployment, **parameters)
        ended = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
        return eventually(lambda: (state := self.ask(f"flow_runs/{run}")["state"])["type"] in ended and state)

    @contextmanager
    def serving(self, model: str, port: int) -> Iterator[str]:
        """Let `jena serve` answer, and end it as Ctrl-C does; gives its address."""
        address = f"http://127.0.0.1:{port}"
        log = self.clone.parent / "serve.log"
        command = [sys.executable, "-m", "flows.command_line", "serve", "--model", model, "--port", str(port)]
        with log.open("w") as output:
            server = subprocess.Popen(command, cwd=self.clone, env=self.shell, stdout=output, stderr=subprocess.STDOUT)

        def answers() -> bool:
            assert server.poll() is None, log.read_text()
            try:
                return httpx.get(f"{address}/ping", timeout=60).is_success
            except httpx.HTTPError:
                return False

        try:
            eventually(answers)
            yield address
            server.send_signal(signal.SIGINT)
            assert server.wait(SECONDS) == 0, log.read_text()
        finally:
            server.kill()
            server.wait()

    def export(self, printed: str) -> None:
        """Do what a shell does with the lines that `jena up` prints."""
        for line in printed.splitlines():
            name, _, value = line.removeprefix("export ").partition("=")
            self.shell[name] = value

    def ask(self, path: str, **filters: Any) -> Any:
        """Give what Prefect's API answers to a question."""
        return self._answered("POST", path, filters) if path.endswith("filter") else self._answered("GET", path)

    def latest_run(self, deployment: str) -> dict[str, Any]:
        """Give the run of a deployment that was asked for last."""
        named = self.ask(f"deployments/name/{deployment}")
        only = {"deployment_id": {"any_": [named["id"]]}}
        runs = self.ask("flow_runs/filter", flow_runs=only, sort="START_TIME_DESC")
        return next(run for run in runs if not run["auto_scheduled"])

    def _answered(self, method: str, path: str, content: dict[str, Any] | None = None) -> Any:
        """Give what Prefect's API answers; asked again, as its own clients do, while it is busy."""
        address = f"{self.shell['PREFECT_API_URL']}/{path}"
        changes_nothing = method == "GET" or path.endswith("filter")  # the rest might be done twice

        def answer() -> httpx.Response | None:
            try:
                given = self.client.request(method, address, json=content)
            except httpx.ReadTimeout:
                if changes_nothing:
                    return None
                raise
            return None if given.status_code == httpx.codes.SERVICE_UNAVAILABLE else given

        return eventually(answer).raise_for_status().json()

    def _run(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=self.clone,
            env=self.shell,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )


def eventually(moment: Callable[[], Any], seconds: float = SECONDS) -> Any:
    """Give what a question is answered with as soon as it is answered with something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := moment():
            return answer
        time.sleep(0.5)
    raise AssertionError("the moment never came")
