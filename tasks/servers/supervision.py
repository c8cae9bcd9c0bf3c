"""Programs that a supervisor keeps running: configured in a folder, asked and told over a socket in it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jena_models.errors import JenaError

if TYPE_CHECKING:
    import psutil

LONGEST_SOCKET_PATH: Final = 95
"""In bytes. The system allows 107, and the supervisor appends its process number while it opens the socket."""

POLL_SECONDS: Final = 0.25
ANSWER_SECONDS: Final = 30.0
"""How long a supervisor may take to answer, which does nothing but that and start programs."""

GIVEN_UP: Final = ("FATAL", "UNKNOWN")
"""States of a program that ended again and again while it started."""

SECTIONS: Final = """\
[supervisord]
logfile = {folder}/supervisor.log
pidfile = {folder}/supervisor.pid
childlogdir = {folder}
directory = {directory}

[unix_http_server]
file = {folder}/control.sock
chmod = 0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""

PROGRAM: Final = """
[program:{name}]
command = {command}
autostart = {autostart}
autorestart = true
startsecs = 5
startretries = 2
stopasgroup = {stop_as_group}
killasgroup = true
stopwaitsecs = {stop_seconds}
redirect_stderr = true
stdout_logfile = {log}
stdout_logfile_maxbytes = 10MB
stdout_logfile_backups = 3
"""


class ServersError(JenaError):
    """The servers of this machine cannot be started, reached or ended."""


class SupervisorSilentError(ServersError):
    """The supervisor is there, and does not answer."""


@dataclass(frozen=True)
class Program:
    """What is kept running."""

    name: str
    command: Sequence[str]
    starts_at_once: bool = True
    stop_as_group: bool = True
    """Whether its children are told to end too, or left to it."""


@dataclass(frozen=True)
class ProgramState:
    """How a program is, in the supervisor's words: STOPPED, STARTING, RUNNING, BACKOFF, STOPPING, EXITED, FATAL."""

    state: str
    pid: int | None


def start_supervisor(
    folder: Path, programs: Sequence[Program], environment: Mapping[str, str], directory: Path, stop_seconds: float
) -> None:
    """Start the supervisor as a process of its own, and with it the programs that start at once.

    Raises:
        ServersError: where it does not start.
    """
    if len(os.fsencode(_socket(folder))) > LONGEST_SOCKET_PATH:
        raise ServersError(f"The folder {folder} lies too deep for a socket in it; name a shorter JENA_HOME.")
    configuration = folder / "supervisor.conf"
    configuration.write_text(_configuration(folder, programs, directory, stop_seconds), encoding="utf-8")
    ended = subprocess.run(  # noqa: S603  (the command is made of constants and our own file)
        [sys.executable, "-m", "supervisor.supervisord", "--configuration", str(configuration)],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if ended.returncode:
        said = (ended.stderr or ended.stdout).strip().splitlines() or ["it did not say why"]
        raise ServersError(f"The supervisor did not start ({said[-1]}); see {folder / 'supervisor.log'}.")
    deadline = time.monotonic() + 30
    while program_states(folder) is None:
        if time.monotonic() > deadline:
            raise ServersError(f"The supervisor does not answer; see {folder / 'supervisor.log'}.")
        time.sleep(POLL_SECONDS)


def program_states(folder: Path) -> dict[str, ProgramState] | None:
    """Give how each program is; None where no supervisor runs in the folder, and none where it is about to end."""
    told = _ask(folder, "getAllProcessInfo")
    if told is None:
        return None
    return {info["name"]: ProgramState(state=info["statename"], pid=info["pid"] or None) for info in told}


def start_program(folder: Path, name: str) -> None:
    """Start a program, unless it is started."""
    _ask(folder, "startProcess", name, False)


def stop_program(folder: Path, name: str, longest_seconds: float) -> None:
    """Tell a program to end and wait until it has, or until the time is up."""
    _ask(folder, "stopProcess", name, False)
    deadline = time.monotonic() + longest_seconds
    while time.monotonic() < deadline:
        program = (program_states(folder) or {}).get(name)
        if program is None or program.pid is None:
            return
        time.sleep(POLL_SECONDS)


def stop_supervisor(folder: Path, longest_seconds: float) -> None:
    """Tell the supervisor to end with all its programs, and wait until it has, or until the time is up."""
    _ask(folder, "shutdown")
    deadline = time.monotonic() + longest_seconds
    while program_states(folder) is not None and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)


def processes_of(folder: Path) -> list[psutil.Process]:
    """Give every process that came of the folder's supervisor, itself and children of children too.

    The supervisor tells what it starts the address of its socket, and they pass it on with their environment. A child
    that it has only just started does not have it yet, and is known by its parent.
    """
    import psutil

    sign, supervisor = f"unix://{_socket(folder)}", _supervisor(folder)
    known = {process.pid: process for process in _with_children(supervisor)}
    told = [process for process in psutil.process_iter() if _variable(process, "SUPERVISOR_SERVER_URL") == sign]
    return list((known | {process.pid: process for process in told}).values())


def flow_runs_of(folder: Path) -> list[psutil.Process]:
    """Give the processes of flow runs, without the children that each of them looks after itself."""
    runs = {process.pid: process for process in processes_of(folder) if _variable(process, "PREFECT__FLOW_RUN_ID")}
    return [process for process in runs.values() if process.ppid() not in runs]


def end_processes(processes: Sequence[psutil.Process], grace_seconds: float) -> None:
    """Tell processes to end, and end those that have not in time."""
    import psutil

    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(processes, timeout=grace_seconds)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=10)


def log_of(folder: Path, name: str) -> Path:
    """Give the file that a program's output goes to."""
    return folder / f"{name}.log"


def tail(log: Path) -> str:
    """Give the last eight lines of a log that hold something."""
    try:
        told = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join([line.rstrip() for line in told if line.strip()][-8:])


def _ask(folder: Path, method: str, *given: object) -> Any:
    """Give what the supervisor answers; None where nothing answers, nothing at all where it will not.

    Raises:
        SupervisorSilentError: where it is there, and says nothing.
    """
    from xmlrpc.client import Fault, ServerProxy

    from supervisor.xmlrpc import SupervisorTransport, UnixStreamHTTPConnection

    class Connection(UnixStreamHTTPConnection):  # type: ignore[misc]  # it has no types
        def connect(self) -> None:
            super().connect()
            self.sock.settimeout(ANSWER_SECONDS)

    class Transport(SupervisorTransport):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(serverurl=f"unix://{_socket(folder)}")
            self._get_connection = self._impatient

        def _impatient(self) -> Connection:
            connection = Connection("localhost")
            connection.socketfile = str(_socket(folder))
            return connection

    transport = Transport()
    try:
        return getattr(ServerProxy("http://supervisor", transport=transport).supervisor, method)(*given)
    except Fault:
        return ()
    except TimeoutError:
        raise SupervisorSilentError(
            f"The supervisor of the servers in {folder} has said nothing for {ANSWER_SECONDS:g} seconds, as where it "
            "was stopped or its disk hangs; `jena down` ends it with all that it runs."
        ) from None
    except (OSError, HTTPException):
        return None
    finally:
        transport.close()


def _configuration(folder: Path, programs: Sequence[Program], directory: Path, stop_seconds: float) -> str:
    parts = [SECTIONS.format(folder=_plain(str(folder)), directory=_plain(str(directory)))]
    parts += [
        PROGRAM.format(
            name=program.name,
            command=_plain(shlex.join(program.command)),
            autostart=str(program.starts_at_once).lower(),
            stop_as_group=str(program.stop_as_group).lower(),
            stop_seconds=round(stop_seconds),
            log=_plain(str(log_of(folder, program.name))),
        )
        for program in programs
    ]
    return "".join(parts)


def _plain(text: str) -> str:
    """The supervisor fills in what a % begins."""
    return text.replace("%", "%%")


def _socket(folder: Path) -> Path:
    return folder / "control.sock"


def _variable(process: psutil.Process, name: str) -> str:
    """Give a variable of a process's environment; nothing where it is gone, over, or somebody else's."""
    import psutil

    try:
        return str(process.environ().get(name, "")) if _runs(process) else ""
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return ""


def _with_children(supervisor: psutil.Process | None) -> list[psutil.Process]:
    """Give the supervisor and those of its children that still run; none where it is gone."""
    import psutil

    if supervisor is None:
        return []
    try:
        children = supervisor.children()
    except psutil.NoSuchProcess:
        return []
    return [process for process in (supervisor, *children) if _runs(process)]


def _runs(process: psutil.Process) -> bool:
    import psutil

    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _supervisor(folder: Path) -> psutil.Process | None:
    import psutil

    try:
        process = psutil.Process(int((folder / "supervisor.pid").read_text(encoding="utf-8")))
        return process if str(folder / "supervisor.conf") in process.cmdline() else None
    except (OSError, ValueError, psutil.AccessDenied, psutil.NoSuchProcess):
        return None
