"""What is refused before anything starts, and what the servers are told."""

import os
import socket

import pytest

from jena_models.errors import PageError
from jena_models.options.production_options import Page, Servers
from tasks.servers.local_servers import down, render, standing, up
from tasks.servers.server_programs import addresses_of, environment, programs, servers_folder, store_behind
from tasks.servers.supervision import ServersError, program_states


@pytest.fixture
def listener():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken


def test_a_port_that_is_taken_is_named_with_the_way_out(home, listener, free_tcp_port):
    port = listener.getsockname()[1]

    with pytest.raises(ServersError, match=rf"port {port} of 127.0.0.1.*JENA_SERVERS__MLFLOW_PORT={port + 1}"):
        up(Servers(prefect_port=free_tcp_port, mlflow_port=port), Page())

    assert program_states(servers_folder()) is None
    assert not (home / "mlflow.db").exists()


def test_where_nothing_runs_each_part_is_stopped_and_there_is_nothing_to_end(home):
    shown = standing(Servers(), Page())

    assert [(part.name, part.state, part.healthy) for part in shown.parts] == [
        ("prefect", "stopped", False),
        ("mlflow", "stopped", False),
        ("page", "stopped", False),
        ("worker", "stopped", False),
    ]
    assert "http://127.0.0.1:4200" in render(shown)
    assert down(Servers()) is False


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("address", "reached"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]")],  # noqa: S104
)
def test_addresses_are_those_by_which_this_machine_reaches_them(address, reached):
    addresses = addresses_of(Servers(address=address, prefect_port=4201, mlflow_port=5001), Page(address=address))

    assert (addresses.prefect_api, addresses.mlflow) == (f"http://{reached}:4201/api", f"http://{reached}:5001")
    assert addresses.page == f"http://{reached}:5002"


def test_the_server_serves_the_store_that_commands_use_without_it(home, monkeypatch):
    addresses = addresses_of(Servers(), Page())
    plain = store_behind(addresses)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", addresses.mlflow)

    assert plain == store_behind(addresses) == f"sqlite:///{home}/mlflow.db"
    mlflow = next(program for program in programs(Servers(), plain) if program.name == "mlflow")
    assert mlflow.command[-3:] == ["--no-serve-artifacts", "--default-artifact-root", (home / "mlartifacts").as_uri()]


def test_another_mlflow_server_is_not_served_in_its_place(home, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://mlflow.example.org")

    with pytest.raises(ServersError, match=r"another MLflow server.*unset it"):
        up(Servers(), Page())


def test_flow_runs_are_told_where_the_servers_are_and_are_not_silenced(home, monkeypatch):
    monkeypatch.setenv("PREFECT_LOGGING_LEVEL", "CRITICAL")
    monkeypatch.setenv("PREFECT_HOME", "/elsewhere")
    monkeypatch.setenv("JENA_SOURCE", "station.csv")

    told = environment(addresses_of(Servers(), Page()))

    assert told["PREFECT_API_URL"] == "http://127.0.0.1:4200/api"
    assert told["MLFLOW_TRACKING_URI"] == "http://127.0.0.1:5000"
    assert (told["JENA_HOME"], told["JENA_SOURCE"]) == (str(home), "station.csv")
    assert "PREFECT_LOGGING_LEVEL" not in told
    assert told["PREFECT_HOME"].startswith(str(home))
    assert os.environ["PREFECT_HOME"] == "/elsewhere"


def test_a_page_that_everybody_could_look_at_is_refused_before_anything_starts(home):
    with pytest.raises(PageError, match=r"page\.token_file"):
        up(Servers(), Page(address="0.0.0.0"))  # noqa: S104

    assert program_states(servers_folder()) is None


def test_the_page_reads_the_store_itself_and_can_be_left_out(home):
    store = store_behind(addresses_of(Servers(), Page()))

    served, without = programs(Servers(), store), programs(Servers(page=False), store)

    page = next(program for program in served if program.name == "page")
    assert page.command[-2:] == ["--registry", f"sqlite:///{home}/mlflow.db"]
    assert [program.name for program in without] == ["prefect", "mlflow", "worker"]
    assert addresses_of(Servers(page=False), Page()).page == ""
