"""A real supervisor with programs that do next to nothing."""

import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from jena_models.options.production_options import Page, Servers
from tasks.servers import supervision
from tasks.servers.local_servers import down, standing
from tasks.servers.server_programs import servers_folder
from tasks.servers.supervision import (
    Program,
    ServersError,
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

pytestmark = pytest.mark.slow

SLEEPER = "import os, time; print('50 % there', flush=True); time.sleep(600)"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEPER!r}], start_new_session=True)"
AS_FLOW_RUN = "subprocess.run([sys.executable, '-c', {code!r}], env=os.environ | {{'PREFECT__FLOW_RUN_ID': 'r'}})"


def program(name: str, code: str, starts_at_once: bool = True) -> Program:
    return Program(name, [sys.executable, "-c", code], starts_at_once, stop_as_group=False)


@pytest.fixture
def folder(tmp_path: Path):
    yield tmp_path
    end_processes(processes_of(tmp_path), grace_seconds=5)


@pytest.fixture
def own_folder(home: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch):
    """The folder in which commands have their supervisor; its socket's path may not be as long as a test's name."""
    monkeypatch.setenv("JENA_HOME", str(tmp_path_factory.mktemp("home")))
    folder = servers_folder()
    folder.mkdir(parents=True)
    yield folder
    end_processes(processes_of(folder), grace_seconds=5)


def start(folder: Path, *programs: Program) -> None:
    start_supervisor(folder, programs, dict(os.environ), folder, stop_seconds=10)


def until(moment) -> None:
    deadline = time.monotonic() + 60
    while not moment():
        assert time.monotonic() < deadline, "the moment never came"
        time.sleep(0.1)


def test_programs_start_when_they_are_to_and_end_with_their_supervisor(folder: Path):
    start(folder, program("first", SLEEPER), program("second", SLEEPER, starts_at_once=False))
    states = program_states(folder)
    assert (states["first"].state in ("STARTING", "RUNNING"), states["second"].state) == (True, "STOPPED")

    start_program(folder, "second")
    until(lambda: tail(log_of(folder, "second")))
    started = processes_of(folder)
    assert len(started) == 3

    stop_program(folder, "second", 30)
    assert program_states(folder)["second"].pid is None
    stop_supervisor(folder, 10)

    assert program_states(folder) is None
    psutil.wait_procs(started, timeout=10)
    assert processes_of(folder) == []


def test_a_supervisor_that_says_nothing_is_told_of_and_ended_with_what_it_runs(own_folder: Path, monkeypatch):
    """One that was stopped, as a machine's administrator may, let `jena status` wait for ever."""
    monkeypatch.setattr(supervision, "ANSWER_SECONDS", 0.5)
    start(own_folder, program("first", SLEEPER))
    until(lambda: program_states(own_folder)["first"].pid)
    began = processes_of(own_folder)
    os.kill(int((own_folder / "supervisor.pid").read_text()), signal.SIGSTOP)

    with pytest.raises(ServersError, match=r"has said nothing for 0\.5 seconds.*jena down"):
        standing(Servers(), Page())
    assert down(Servers())

    assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in began)
    assert processes_of(own_folder) == []


def test_what_a_program_says_is_kept_and_its_percent_signs_too(folder: Path):
    start(folder, program("first", SLEEPER))

    until(lambda: tail(log_of(folder, "first")))

    assert tail(log_of(folder, "first")) == "50 % there"


def test_a_child_without_the_sign_as_each_is_for_a_moment_after_it_was_started_is_found(folder: Path):
    unsigned = ["env", "-u", "SUPERVISOR_SERVER_URL", sys.executable, "-c", SLEEPER]

    start(folder, Program("first", unsigned, starts_at_once=True, stop_as_group=False))
    until(lambda: tail(log_of(folder, "first")))

    assert SLEEPER in [process.cmdline()[-1] for process in processes_of(folder)]


def test_children_of_children_are_found_though_all_above_them_are_gone(folder: Path):
    start(folder, program("first", PARENT))
    until(lambda: len(processes_of(folder)) == 3)

    for process in processes_of(folder):
        if process.cmdline()[-1] != SLEEPER:
            process.kill()
    until(lambda: len(processes_of(folder)) == 1)

    assert program_states(folder) is None
    end_processes(processes_of(folder), grace_seconds=5)
    assert processes_of(folder) == []


def test_the_process_of_a_flow_run_is_found_without_its_children(folder: Path):
    run = f"import os, subprocess, sys; {AS_FLOW_RUN.format(code=PARENT)}"
    start(folder, program("plain", SLEEPER), program("worker", run))
    until(lambda: len(processes_of(folder)) == 5)

    assert [found.cmdline()[-1] for found in flow_runs_of(folder)] == [PARENT]


def test_a_program_that_ends_at_once_is_given_up(folder: Path):
    start(folder, program("broken", "raise SystemExit('no licence')"))

    until(lambda: program_states(folder)["broken"].state == "FATAL")

    assert "no licence" in tail(log_of(folder, "broken"))


def test_a_folder_too_deep_for_a_socket_is_refused_in_a_sentence(tmp_path: Path):
    deep = tmp_path / ("d" * 100)
    deep.mkdir()

    with pytest.raises(ServersError, match="name a shorter JENA_HOME"):
        start(deep, program("first", SLEEPER))


def test_nothing_runs_where_nothing_was_started(tmp_path: Path):
    assert program_states(tmp_path) is None
    assert processes_of(tmp_path) == []
    stop_program(tmp_path, "first", 1)
    stop_supervisor(tmp_path, 1)
