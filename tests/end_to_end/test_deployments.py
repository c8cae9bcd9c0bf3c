"""Servers, deployments and their runs on one machine, as a newcomer would use them."""

import json
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pandas as pd
import psutil
import pytest
from newcomer import Newcomer, eventually

from jena_models.options.readings_options import Ingestion
from jena_models.stations import load_station
from jena_models.stations.simulated import simulate
from jena_models.training.process import PROCESS_NAME
from tasks.orchestration.temporary_server import free_port
from tasks.servers.server_health import port_is_free
from tasks.servers.supervision import flow_runs_of, processes_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

SMALL = {"ingestion.simulated_years": 0.5, "tracking.fallback": False}
ENDLESS = {"ingestion.simulated_years": 0.5, "training.epochs": 100_000, "training.batches_per_epoch": 20}
SIMULATED_MODEL = "jena-temperature-24h-simulated"
STUDY = ["deployment", "run", "train/on-demand", "--param"]
LEARNERS = 'architectures=["persistence","climatology"]'
SILENCE_SECONDS = 90
"""Three times the 30 seconds between two heartbeats, which Prefect allows no fewer of, and more than a run takes to
begin beside other work: other runs go on meanwhile."""


def servers_folder(newcomer: Newcomer) -> Path:
    return newcomer.clone / ".servers"


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory):
    someone = Newcomer(tmp_path_factory.mktemp("d"), free_port(), free_port(), free_port())
    try:
        yield someone
    finally:
        for process in processes_of(servers_folder(someone)):
            with suppress(psutil.NoSuchProcess):
                process.kill()


@pytest.fixture(scope="module")
def up(newcomer: Newcomer):
    """Both times that `jena up` was run."""
    first = newcomer.jena("up")
    assert first.returncode == 0, first.stderr
    running = {process.pid for process in processes_of(servers_folder(newcomer))}
    second = newcomer.jena("up")
    newcomer.export(first.stdout)
    return first, second, running


@pytest.fixture(scope="module")
def deployed(newcomer: Newcomer, up):
    """Both times that the deployments were told."""
    return newcomer.prefect("deploy", "--all"), newcomer.prefect("deploy", "--all")


@pytest.fixture(scope="module")
def studied(newcomer: Newcomer, deployed):
    source = ["--param", "source=simulated", "--param", f"settings={json.dumps(SMALL)}"]
    return newcomer.prefect(*STUDY, LEARNERS, *source, "--watch", "--watch-timeout", "600")


@pytest.fixture(scope="module")
def served(newcomer: Newcomer, studied):
    """The address at which the first study's version answers."""
    assert newcomer.jena_here("registry", "promote", "1")[0] == 0
    with newcomer.serving(SIMULATED_MODEL, free_port()) as address:
        yield address


@pytest.fixture(scope="module")
def better(newcomer: Newcomer, served):
    """A second study, with a model that deserves to be the champion."""
    # A year to judge by, so that no season is without windows.
    split = {"split.train": 0.4, "split.validation": 0.4, "split.judging": 0.65}
    settings = {"ingestion.simulated_years": 4, "tracking.fallback": False, **split}
    return newcomer.run_deployment(
        "train/on-demand", architectures=["persistence", "ridge"], source="simulated", settings=settings
    )


def until(at: str) -> pd.DataFrame:
    """Give the simulated station's last five days and an hour."""
    readings = simulate(load_station("jena"), 0.5, Ingestion().simulated_seed).loc[:at]
    return readings.iloc[-6 * 121 :].reset_index()


def answering(address: str, readings: pd.DataFrame) -> tuple[int, dict]:
    """Give the version that answers a client, and its forecast."""
    csv = readings.to_csv(index=False)
    answer = httpx.post(f"{address}/invocations", content=csv, headers={"content-type": "text/csv"}, timeout=60)
    [forecast] = answer.raise_for_status().json()["predictions"]
    return int(answer.headers["x-model-version"]), forecast


def forecasting(newcomer: Newcomer, at: str) -> tuple[int, float]:
    """Give the version that forecasts through its deployment, and what it forecasts."""
    settings = {"ingestion.simulated_years": 0.5}
    state = newcomer.run_deployment("forecast/hourly", source="simulated", at=at, settings=settings)
    assert state["name"] == "Completed", state["message"]
    table = pd.concat(map(pd.read_parquet, (newcomer.clone / "forecasts").rglob("*.parquet")))
    [row] = table[table["issue_time"] == pd.Timestamp(at, tz="Etc/GMT-1")].itertuples()
    return int(row.version), row.forecast


def forecasting_here(newcomer: Newcomer, at: str) -> tuple[int, float]:
    """Give the version that forecasts by the command, on the same store, and what it forecasts."""
    asked = ("--source=simulated", f"--at={at}", "--set=ingestion.simulated_years=0.5", "--format=json")
    code, said = newcomer.jena_here("forecast", *asked)
    assert code == 0
    made = json.loads(said)
    return made["version"], made["forecast"]


def artifacts(newcomer: Newcomer, run: dict) -> dict[str, dict]:
    found = newcomer.ask("artifacts/filter", artifacts={"flow_run_id": {"any_": [run["id"]]}})
    return {artifact["key"]: artifact for artifact in found}


def start_endless(newcomer: Newcomer) -> str:
    """Start a study that does not end by itself; gives its run once it trains."""
    run = newcomer.request_run("train/on-demand", architectures=["dense"], source="simulated", settings=ENDLESS)

    def trains() -> bool:
        with suppress(psutil.NoSuchProcess):  # of a run that has only just ended
            runs = flow_runs_of(servers_folder(newcomer))
            return any(child.name() == PROCESS_NAME for each in runs for child in each.children(recursive=True))
        return False

    eventually(trains)
    return run


@pytest.fixture(scope="module")
def lost(newcomer: Newcomer, deployed) -> dict[str, str]:
    """Runs whose worker is killed, with their process or before they begin; it takes a while until that is noticed."""
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from tasks.orchestration.crashed_runs import mark_silent_runs

    with temporary_settings({PREFECT_API_URL: newcomer.shell["PREFECT_API_URL"]}):
        mark_silent_runs(SILENCE_SECONDS)
    taken = newcomer.take_run("train/on-demand")
    run = start_endless(newcomer)
    parts = json.loads(newcomer.jena_here("status", "--format=json")[1])["parts"]
    worker = next(part["pid"] for part in parts if part["name"] == "worker")
    for process in [psutil.Process(worker), *flow_runs_of(servers_folder(newcomer))]:
        process.kill()
    return {"taken": taken, "running": run}


def test_servers_answer_where_they_say_and_are_not_started_twice(newcomer: Newcomer, up):
    first, second, running = up

    assert first.stdout == (
        f"export PREFECT_API_URL=http://127.0.0.1:{newcomer.ports['prefect']}/api\n"
        f"export MLFLOW_TRACKING_URI=http://127.0.0.1:{newcomer.ports['mlflow']}\n"
    )
    assert httpx.get(f"{newcomer.shell['PREFECT_API_URL']}/health").json() is True
    assert httpx.get(f"{newcomer.shell['MLFLOW_TRACKING_URI']}/health").text == "OK"
    assert f"The page answers at http://127.0.0.1:{newcomer.ports['page']}." in first.stderr
    assert httpx.get(f"http://127.0.0.1:{newcomer.ports['page']}/health").text == "well\n"
    assert (second.returncode, second.stdout) == (0, first.stdout)
    assert running <= {process.pid for process in processes_of(servers_folder(newcomer))}


def test_status_tells_of_each_part(newcomer: Newcomer, up):
    shown = json.loads(newcomer.jena_here("status", "--format=json")[1])

    assert [(part["name"], part["state"], part["healthy"]) for part in shown["parts"]] == [
        ("prefect", "running", True),
        ("mlflow", "running", True),
        ("page", "running", True),
        ("worker", "running", True),
    ]


def test_other_ports_are_refused_while_servers_run(newcomer: Newcomer, up):
    newcomer.shell["JENA_SERVERS__PREFECT_PORT"] = str(free_port())
    refused = newcomer.jena("up")
    newcomer.shell["JENA_SERVERS__PREFECT_PORT"] = str(newcomer.ports["prefect"])

    assert refused.returncode == 1
    assert "The servers run already" in refused.stderr


def test_deployments_are_told_twice_without_a_question(newcomer: Newcomer, deployed):
    known = newcomer.ask("deployments/filter")

    assert [told.returncode for told in deployed] == [0, 0], deployed[0].stdout + deployed[0].stderr
    assert {deployment["name"] for deployment in known} == {"weekly", "on-demand", "hourly", "daily", "monthly"}
    limits = {each["entrypoint"]: each["global_concurrency_limit"] for each in known}
    assert limits.pop("flows/fleet_part.py:part") is None  # each worker takes as many parts as it has room for
    assert all(limit["limit"] == 1 for limit in limits.values())
    assert len(newcomer.ask("automations/filter")) == 1


def test_what_is_on_a_schedule_is_planned(newcomer: Newcomer, deployed):
    known = newcomer.ask("deployments/filter")
    scheduled = {d["id"]: d["name"] for d in known if any(schedule["active"] for schedule in d["schedules"])}

    def planned() -> bool:
        runs = newcomer.ask("flow_runs/filter", flow_runs={"state": {"type": {"any_": ["SCHEDULED"]}}})
        return {run["deployment_id"] for run in runs if run["auto_scheduled"]} == set(scheduled)

    assert eventually(planned, seconds=120)


def test_every_parameter_is_explained_in_the_run_form(newcomer: Newcomer, deployed):
    for deployment in newcomer.ask("deployments/filter"):
        for name, parameter in deployment["parameter_openapi_schema"]["properties"].items():
            assert parameter.get("description"), (deployment["name"], name)
            assert {"type", "anyOf"} & set(parameter), (deployment["name"], name)


def test_a_study_ends_well_and_says_what_was_promoted_or_why_not(newcomer: Newcomer, studied):
    run = newcomer.latest_run("train/on-demand")

    assert studied.returncode == 0, studied.stdout + studied.stderr
    assert run["state"]["name"] == "Completed"
    assert "Version 1 of jena-temperature-24h-simulated (climatology)" in run["state"]["message"]


def test_a_study_shows_what_came_of_it(newcomer: Newcomer, studied):
    shown = artifacts(newcomer, newcomer.latest_run("train/on-demand"))
    board = json.loads(newcomer.jena_here("leaderboard", "--format=json")[1])

    assert set(shown) == {"cleaning-report", "leaderboard", "gates", "mlflow-study", "mlflow-runs"}
    assert [row["architecture"] for row in json.loads(shown["leaderboard"]["data"])] == [
        row["architecture"] for row in board
    ]
    assert {"gate", "verdict", "evidence"} == set(json.loads(shown["gates"]["data"])[0])
    assert all(row["run_id"] in shown["mlflow-runs"]["data"] for row in board)
    assert f"{newcomer.shell['MLFLOW_TRACKING_URI']}/#/experiments/" in shown["mlflow-study"]["data"]


def test_a_run_logs_what_the_command_line_would_say(newcomer: Newcomer, studied):
    run = newcomer.latest_run("train/on-demand")
    logged = newcomer.ask("logs/filter", logs={"flow_run_id": {"any_": [run["id"]]}})

    assert any(record["name"] == "jena" and "expectations" in record["message"] for record in logged)


def test_artifacts_are_found_with_and_without_the_server(newcomer: Newcomer, studied):
    with_server = newcomer.jena("leaderboard", "--format=json").stdout
    address = newcomer.shell.pop("MLFLOW_TRACKING_URI")
    _, without = newcomer.jena_here("leaderboard", "--format=json")
    newcomer.shell["MLFLOW_TRACKING_URI"] = address

    assert json.loads(without) == json.loads(with_server) != []
    assert (newcomer.clone / "mlartifacts").is_dir()


def test_the_champion_forecasts_through_its_deployment_and_over_http(newcomer: Newcomer, served):
    version, forecast = forecasting(newcomer, "2009-06-30T12:00")
    answered, answer = answering(served, until("2009-06-30T12:00"))

    assert (version, answered) == (1, 1)
    assert answer["valid_time"] == "2009-07-01T12:00:00+01:00"
    assert answer["forecast"] == pytest.approx(forecast, abs=1e-3)


def test_a_second_study_promotes_a_better_version(newcomer: Newcomer, better):
    standing = json.loads(newcomer.jena_here("registry", "show", "--format=json")[1])

    assert better["name"] == "Completed"
    assert f"Version 2 of {SIMULATED_MODEL} (ridge) passed every gate" in better["message"]
    assert (standing["champion"], standing["previous"]) == (2, 1)


def test_server_and_forecast_see_the_better_version(newcomer: Newcomer, better, served):
    readings = until("2009-06-30T13:00")

    answer = eventually(lambda: (seen := answering(served, readings))[0] == 2 and seen[1])

    assert forecasting_here(newcomer, "2009-06-30T13:00") == (2, pytest.approx(answer["forecast"], abs=1e-3))


def test_a_rollback_is_seen_by_server_and_forecast(newcomer: Newcomer, better, served):
    assert newcomer.jena_here("registry", "rollback")[0] == 0

    readings = until("2009-06-30T14:00")
    answer = eventually(lambda: (seen := answering(served, readings))[0] == 1 and seen[1])
    assert forecasting_here(newcomer, "2009-06-30T14:00") == (1, pytest.approx(answer["forecast"], abs=1e-3))


def test_a_source_that_is_not_there_fails_the_run_in_one_sentence(newcomer: Newcomer, deployed):
    state = newcomer.run_deployment("train/on-demand", source="nowhere.csv")

    assert (state["type"], state["message"]) == (
        "FAILED",
        "There is no file nowhere.csv; name a file, a folder, an address, a database, 'simulated' or 'auto'.",
    )


def test_the_champion_is_monitored_through_its_deployment(newcomer: Newcomer, better, lost):
    settings = {"ingestion.simulated_years": 4}

    state = newcomer.run_deployment("monitor/daily", source="simulated", at="2012-12-30", settings=settings)

    assert state["name"] == "Completed"
    days = json.loads(newcomer.jena_here("monitor", "--history", "--format=json")[1])
    [asked] = [day for day in days if day["day"] == "2012-12-30"]  # at six in the morning the schedule judges one too
    assert state["message"] == asked["decision"]["sentence"]


def test_the_past_is_forecast_again_through_its_deployment(newcomer: Newcomer, deployed, lost):
    settings = {"ingestion.simulated_years": 1, "backtest.first_training_days": 240, "backtest.validation_days": 60}

    state = newcomer.run_deployment("backtest/monthly", source="simulated", architectures=["ridge"], settings=settings)

    assert state["name"] == "Completed"
    assert "ridge" in state["message"]
    assert artifacts(newcomer, newcomer.latest_run("backtest/monthly"))


@pytest.mark.parametrize("when", ["taken", "running"])
def test_a_run_whose_worker_and_process_are_gone_is_marked_as_crashed(newcomer: Newcomer, lost, when):
    run = lost[when]
    state = eventually(lambda: (at := newcomer.ask(f"flow_runs/{run}")["state"])["type"] == "CRASHED" and at, 240)

    assert "Nothing was heard of this run" in state["message"]
    assert eventually(lambda: "✓   worker" in newcomer.jena_here("status")[1])


def test_down_ends_the_runs_that_go_on_and_leaves_nothing(newcomer: Newcomer, deployed):
    run = start_endless(newcomer)
    processes = processes_of(servers_folder(newcomer))

    ended = newcomer.jena("down")

    assert (ended.returncode, ended.stdout) == (0, "Everything has ended.\n")
    assert not [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
    assert not processes_of(servers_folder(newcomer))
    assert all(port_is_free("127.0.0.1", port) for port in newcomer.ports.values())
    with closing(sqlite3.connect(newcomer.clone / ".servers" / "prefect" / "prefect.db")) as database:
        states = dict(database.execute("SELECT replace(id, '-', ''), state_type FROM flow_run"))
    assert states[run.replace("-", "")] == "CRASHED"
    assert newcomer.jena_here("down") == (0, "Nothing was running.\n")
    assert (servers_folder(newcomer) / "prefect.log").is_file()
