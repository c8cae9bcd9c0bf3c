"""The servers of one machine: up, down, and how they are."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from jena_models.frozen import Frozen
from jena_models.options.production_options import Page, Servers
from tasks.page import access_of
from tasks.servers.server_health import POOL, answers, port_is_free, worker_asks
from tasks.servers.server_programs import (
    Addresses,
    addresses_of,
    environment,
    programs,
    servers_folder,
    store_behind,
)
from tasks.servers.supervision import (
    GIVEN_UP,
    POLL_SECONDS,
    ProgramState,
    ServersError,
    SupervisorSilentError,
    end_processes,
    flow_runs_of,
    log_of,
    processes_of,
    program_states,
    start_program,
    start_supervisor,
    stop_program,
    stop_supervisor,
    tail,
)
from tasks.tracking import is_sqlite, prepare_database
from tasks.workspace import ROOT, Justify, as_text, exclusive, marked, plain_table

TITLES: Final = {
    "prefect": "The Prefect server",
    "mlflow": "The MLflow server",
    "page": "The page",
    "worker": "The worker",
}
STOPPED: Final = ProgramState(state="STOPPED", pid=None)

logger = logging.getLogger("jena")


class Part(Frozen):
    """One of the servers, or the worker."""

    name: str
    state: str
    """In the supervisor's words, in lower case; `stopped` where none runs."""
    healthy: bool
    address: str
    """Empty for the worker."""
    pid: int | None
    log: Path


class ServersStanding(Frozen):
    """How the servers of this machine are."""

    addresses: Addresses
    parts: tuple[Part, ...]


def up(asked: Servers, page: Page) -> Addresses:
    """Start what does not run yet, and come back when everything is healthy.

    Raises:
        ServersError: where a port is taken, others run already, or a part is not healthy in time.
        PageError: where the page would let in everybody, or its token cannot be used.
        StoreUnreachableError: where the tracking store cannot be made or used.
    """
    addresses = addresses_of(asked, page)
    if asked.page:
        access_of(page)
        if page.port == 0:
            raise ServersError("The page needs a port that is known: set page.port, as in JENA_PAGE__PORT=5002.")
    with _alone() as folder:
        running = _running(folder)
        if running is not None and running != addresses:
            raise ServersError(
                f"The servers run already, at {running.prefect} and {running.mlflow}; "
                "end them with `jena down` before they are started elsewhere."
            )
        try:
            if running is None:
                _start(folder, asked, page, addresses)
            _wait_for_all(folder, asked, addresses)
        except BaseException:
            if running is None:
                _end(folder, asked)
            raise
    return addresses


def down(asked: Servers) -> bool:
    """End the servers and all that came of them, flow runs first; tells whether there was anything to end."""
    with _alone() as folder:
        found = bool(processes_of(folder))
        _end(folder, asked)
    return found


def standing(asked: Servers, page: Page) -> ServersStanding:
    """Tell how the servers are."""
    folder = servers_folder()
    addresses = _running(folder) or addresses_of(asked, page)
    states = program_states(folder) or {}
    checks: dict[str, Callable[[], bool]] = {
        "prefect": partial(answers, addresses.prefect_api),
        "mlflow": partial(answers, addresses.mlflow),
        **({"page": partial(answers, addresses.page)} if addresses.page else {}),
        "worker": partial(worker_asks, addresses.prefect_api),
    }
    parts = []
    for name, is_well in checks.items():
        program = states.get(name, STOPPED)
        parts.append(
            Part(
                name=name,
                state=program.state.lower(),
                healthy=program.pid is not None and is_well(),
                address=getattr(addresses, name, ""),
                pid=program.pid,
                log=log_of(folder, name),
            )
        )
    return ServersStanding(addresses=addresses, parts=tuple(parts))


def render(shown: ServersStanding) -> str:
    """Give how the servers are as a table for a terminal."""
    columns: dict[str, Justify] = {"": "center", "part": "left", "state": "left", "address": "left", "process": "right"}
    table = plain_table(None, columns)
    for part in shown.parts:
        pid = "" if part.pid is None else str(part.pid)
        table.add_row(marked(part.healthy), part.name, part.state, part.address, pid)
    return as_text(table, f"Logs are in {shown.parts[0].log.parent}.")


@contextmanager
def _alone() -> Iterator[Path]:
    """Keep others from starting or ending the same servers; gives their folder."""
    folder = servers_folder()
    with exclusive(folder / "lock"):
        yield folder


def _start(folder: Path, asked: Servers, page: Page, addresses: Addresses) -> None:
    # Servers whose supervisor was killed hold the ports, and nothing would ever end them.
    end_processes(processes_of(folder), grace_seconds=10)
    store = store_behind(addresses)
    ports = [
        ("prefect", asked.address, asked.prefect_port, "SERVERS__PREFECT_PORT"),
        ("mlflow", asked.address, asked.mlflow_port, "SERVERS__MLFLOW_PORT"),
    ]
    if asked.page:
        ports.append(("page", page.address, page.port, "PAGE__PORT"))
    for name, address, port, variable in ports:
        if not port_is_free(address, port):
            raise ServersError(
                f"{TITLES[name]} cannot have port {port} of {address}, which another process listens on; "
                f"end that one, or name another port: JENA_{variable}={port + 1}."
            )
    if is_sqlite(store):
        prepare_database(store)
    _note(folder).write_text(addresses.model_dump_json(), encoding="utf-8")
    start_supervisor(folder, programs(asked, store), environment(addresses), ROOT, asked.stop_seconds)


def _wait_for_all(folder: Path, asked: Servers, addresses: Addresses) -> None:
    deadline = time.monotonic() + asked.start_seconds
    answering = {"prefect": addresses.prefect_api, "mlflow": addresses.mlflow, "page": addresses.page}
    for name, address in answering.items():
        if not address:
            continue
        start_program(folder, name)
        _wait(folder, name, partial(answers, address), deadline, asked)
        logger.info("%s answers at %s.", TITLES[name], getattr(addresses, name))
    runs_already = _program(folder, "worker").pid is not None
    since = None if runs_already else datetime.now(UTC)
    start_program(folder, "worker")
    _wait(folder, "worker", partial(worker_asks, addresses.prefect_api, since), deadline, asked)
    logger.info("%s takes flow runs from the work pool %s.", TITLES["worker"], POOL)


def _wait(folder: Path, name: str, is_well: Callable[[], bool], deadline: float, asked: Servers) -> None:
    while not is_well():
        program = _program(folder, name)
        late = time.monotonic() > deadline
        if late or program.state in GIVEN_UP:
            why = f"is not healthy after {asked.start_seconds:g} seconds" if late else "ends as soon as it starts"
            log = log_of(folder, name)
            raise ServersError(f"{TITLES[name]} {why}; {log} ends with:\n{tail(log) or '(nothing)'}")
        time.sleep(POLL_SECONDS)


def _end(folder: Path, asked: Servers) -> None:
    with suppress(SupervisorSilentError):
        if program_states(folder) is not None:
            # A flow run that is told to end tells the Prefect server, if its worker, which it writes to, is there.
            end_processes(flow_runs_of(folder), asked.stop_seconds)
            stop_program(folder, "worker", asked.stop_seconds)
            stop_supervisor(folder, 2 * asked.stop_seconds)
    end_processes(processes_of(folder), grace_seconds=10)


def _running(folder: Path) -> Addresses | None:
    """Give where the servers that run were told to answer; None where none run."""
    if program_states(folder) is None or not _note(folder).is_file():
        return None
    return Addresses.model_validate_json(_note(folder).read_text(encoding="utf-8"))


def _program(folder: Path, name: str) -> ProgramState:
    return (program_states(folder) or {}).get(name, STOPPED)


def _note(folder: Path) -> Path:
    return folder / "addresses.json"
