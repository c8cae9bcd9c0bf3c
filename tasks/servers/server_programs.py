"""What runs on one machine: Prefect's server, MLflow's, and a worker; their commands, addresses and environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from jena_models.frozen import Frozen
from jena_models.options.production_options import Page, Servers
from tasks.servers.server_health import POOL, worker_name
from tasks.servers.supervision import Program, ServersError
from tasks.tracking import artifacts_folder
from tasks.workspace import home_folder, search_path, tracking_uri

THE_CALLERS_OWN: Final = (
    "PREFECT_LOGGING_LEVEL",
    "PREFECT_LOGGING_INTERNAL_LEVEL",
    "PREFECT_LOGGING_ROOT_LEVEL",
    "PREFECT_LOGGING_EXTRA_LOGGERS",
)
"""Variables that the command line sets for itself, and that would silence the flow runs."""

WATCHED: Final = "P7D"
"""A run that was going on when the whole machine stopped is found if the servers are up again within a week."""

ANY_ADDRESS: Final = ("0.0.0.0", "::")  # noqa: S104  (compared with, not bound to)


class Addresses(Frozen):
    """Where the servers answer."""

    prefect: str
    mlflow: str
    page: str = ""
    """Empty where it is not served."""

    @property
    def prefect_api(self) -> str:
        """What `PREFECT_API_URL` is to name."""
        return f"{self.prefect}/api"


def servers_folder() -> Path:
    """Give the folder of what the servers of this machine keep: logs, the supervisor's files, Prefect's database."""
    return home_folder() / ".servers"


def addresses_of(asked: Servers, page: Page) -> Addresses:
    """Give the addresses by which this machine reaches the servers."""
    return Addresses(
        prefect=f"http://{_reached(asked.address)}:{asked.prefect_port}",
        mlflow=f"http://{_reached(asked.address)}:{asked.mlflow_port}",
        page=f"http://{_reached(page.address)}:{page.port}" if asked.page else "",
    )


def _reached(address: str) -> str:
    host = "127.0.0.1" if address in ANY_ADDRESS else address
    return f"[{host}]" if ":" in host else host


def store_behind(addresses: Addresses) -> str:
    """Give the address of the database that the MLflow server is to serve.

    Raises:
        ServersError: where another MLflow server than this one is configured.
    """
    uri = tracking_uri()
    if not uri.startswith(("http://", "https://")):
        return uri
    if uri.rstrip("/") != addresses.mlflow:
        raise ServersError(
            f"MLFLOW_TRACKING_URI names another MLflow server, {uri}; unset it to serve the project's store here, or "
            f"keep it and start a worker alone: prefect worker start --pool {POOL}."
        )
    return f"sqlite:///{home_folder() / 'mlflow.db'}"


def programs(asked: Servers, store: str) -> tuple[Program, ...]:
    """Give what is to run, in the order of starting."""
    artifacts = artifacts_folder(store)
    # Whoever uses the store without the server finds the artifacts in the same place.
    placed = ["--no-serve-artifacts", "--default-artifact-root", artifacts.as_uri()] if artifacts else []
    prefect = ["-m", "prefect", "server", "start", "--host", asked.address, "--port", str(asked.prefect_port)]
    mlflow = ["-m", "mlflow", "server", "--host", asked.address, "--port", str(asked.mlflow_port), "--workers", "1"]
    # It reads the store itself, where that is a file: no server is asked a thing while people look.
    page = ["-m", "flows.command_line", "page", "--registry", store]
    worker = ["-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process", "--name", worker_name()]
    return (
        Program("prefect", [sys.executable, *prefect]),
        Program("mlflow", [sys.executable, *mlflow, "--backend-store-uri", store, *placed]),
        *([Program("page", [sys.executable, *page])] if asked.page else []),
        # It ends its flow runs itself, and tells Prefect of it.
        Program("worker", [sys.executable, *worker], starts_at_once=False, stop_as_group=False),
    )


def environment(addresses: Addresses) -> dict[str, str]:
    """Give the variables of all that runs; flow runs have them from their worker."""
    inherited = {name: value for name, value in os.environ.items() if name not in THE_CALLERS_OWN}
    return {
        "PREFECT_SERVER_EVENTS_EXPIRED_BUCKET_BUFFER": WATCHED,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # evaluates language models, in processes of its own
        **inherited,
        "JENA_HOME": str(home_folder()),
        "MLFLOW_TRACKING_URI": addresses.mlflow,
        "PREFECT_API_URL": addresses.prefect_api,
        "PREFECT_HOME": str(servers_folder() / "prefect"),  # the database, whichever shell they are started from
        "PYTHONPATH": search_path(),
    }
