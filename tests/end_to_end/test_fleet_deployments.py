"""A fleet of ten through its deployments, with two workers on one server, one of which dies on the way."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import httpx
import pandas as pd
import psutil
import pytest
from made_once import furnish
from newcomer import Newcomer, eventually

from jena_models.stations import load_station
from jena_models.stations.simulated import simulate
from tasks.forecasting.tables.delta_store import DeltaStore
from tasks.orchestration.temporary_server import free_port
from tasks.servers.server_health import POOL
from tasks.servers.server_programs import WATCHED

pytestmark = [pytest.mark.slow, pytest.mark.campaign, pytest.mark.timeout(2400)]

ROOT = Path(__file__).resolve().parents[2]
CITIES = ("A", "B", "D")
SIMULATED = ("north", "east", "south", "west", "hill", "silent", "broken")
FAULTY = ("silent", "broken")
LAST = "2001-12-30T22:00"
SILENCE_SECONDS = 60
"""Twice the 30 seconds between two heartbeats, which Prefect allows no fewer of: on a busy machine one comes late."""
QUICK = {
    "architectures": ["persistence", "ridge"],
    "leads_hours": [],
    "window_stride_minutes": 180,
    "history_hours": 24,
    "split.train": 0.6,
    "split.validation": 0.3,
    "tracking.fallback": False,
    # A city's hours are missing by rule, and a temperature in whole degrees stays the same for half a day.
    "validation.completeness": 0.5,
    "validation.optional_completeness": 0.5,
    "validation.regularity": 0.5,
    "validation.flat_share": 0.1,
    "monitoring.retrain": False,
}


class Machine:
    """A worker and what it runs, which ends as a machine does: all at once."""

    def __init__(self, newcomer: Newcomer, name: str) -> None:
        command = ["prefect", "worker", "start", "--pool", POOL, "--type", "process", "--name", name, "--limit", "2"]
        self.process = start(newcomer, name, *command)

    def runs(self) -> set[str]:
        """Give the flow runs that it is at."""
        return {told for each in self.all() if (told := environment_of(each).get("PREFECT__FLOW_RUN_ID"))}

    def works_at_a_station(self) -> bool:
        return any("flows.fleets.worker" in command_of(each) for each in self.all())

    def all(self) -> list[psutil.Process]:
        try:
            worker = psutil.Process(self.process.pid)
            return [*worker.children(recursive=True), worker]
        except psutil.NoSuchProcess:
            return []

    def end(self) -> None:
        for each in self.all():
            with suppress(psutil.NoSuchProcess):
                each.kill()
        self.process.wait()


def environment_of(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return {}


def command_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def start(newcomer: Newcomer, name: str, *module: str) -> subprocess.Popen[str]:
    with (newcomer.clone.parent / f"{name}.log").open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=newcomer.clone,
            env=newcomer.shell,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )


def write_fleet(folder: Path) -> None:
    """Write the fleet's file and sources: two years of the real cities, where they are here, and of simulated stations.

    The source of one of those is no table, and another one fell silent nine days before the end.
    """
    shared = Path(os.environ.get("JENA_SHARED_DATA", ROOT.parent / "shared" / "data"))
    cities = next(iter(sorted(shared.glob("stations/*cities*.csv*"))), None)
    stations: list[dict] = []
    if cities:
        table = pd.read_csv(cities)
        table[table["time_utc"].between("2000", "2002")].to_csv(folder / "cities.csv", index=False)
        schema = {"station": str(ROOT / "benchmarks" / "fleet" / "us-city.yaml"), "source": "cities.csv"}
        stations = [{"name": f"city-{city}", "select": {"city": [city]}, **schema} for city in CITIES]
    for seed, name in enumerate((*SIMULATED, *(() if cities else [f"city-{city}" for city in CITIES]))):
        readings = simulate(load_station("jena"), 2.0, seed, "2000-01-01 01:00").iloc[::6]
        readings = readings[["p (mbar)", "T (degC)", "rh (%)", "wv (m/s)"]].loc[:"2001-12-31 23:00"]
        readings.iloc[: -24 * 9 if name == "silent" else None].to_csv(folder / f"{name}.csv", index_label="Date Time")
        stations.append({"name": name, "source": f"{name}.csv"})
    (folder / "broken.csv").write_text("no table\n")
    settings = QUICK | {"forecasting.table": str(folder / "table")}
    fleet = {"name": "ten", "station": "jena", "settings": settings, "stations": stations}
    (folder / "fleet.yaml").write_text(json.dumps(fleet))


@pytest.fixture
def newcomer(tmp_path):
    """Somebody with a clone, a fleet of ten, a Prefect server, and a store in a file."""
    someone = Newcomer(tmp_path, free_port(), free_port(), free_port())
    furnish(someone.clone.parent)
    (tmp_path / "mlflow.db").rename(someone.clone / "mlflow.db")
    write_fleet(someone.clone)
    port = str(someone.ports["prefect"])
    someone.shell |= {
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_UI_ENABLED": "0",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "0",
        "PREFECT_SERVER_EVENTS_EXPIRED_BUCKET_BUFFER": WATCHED,
    }
    server = start(someone, "server", "prefect", "server", "start", "--host", "127.0.0.1", "--port", port)
    try:
        eventually(lambda: answers(someone))
        yield someone
    finally:
        server.terminate()
        server.wait(60)


@pytest.fixture
def machines(newcomer):
    """Two workers, each of which takes two flow runs at a time."""
    both = []
    try:
        for name in ("one", "another"):  # one after the other, for the first makes the pool
            both.append(Machine(newcomer, name))
            eventually(lambda: len(workers_of(newcomer)) == len(both))
        told = newcomer.prefect("deploy", "--all")
        assert told.returncode == 0, told.stdout + told.stderr
        yield both
    finally:
        for each in both:
            each.end()


def answers(newcomer: Newcomer) -> bool:
    try:
        return httpx.get(f"{newcomer.shell['PREFECT_API_URL']}/health", timeout=5).is_success
    except httpx.HTTPError:
        return False


def workers_of(newcomer: Newcomer) -> list[dict]:
    pools = newcomer.ask("work_pools/filter")
    return newcomer.ask(f"work_pools/{POOL}/workers/filter") if POOL in [each["name"] for each in pools] else []


def ask_for(newcomer: Newcomer, deployment: str, **parameters) -> str:
    """Ask for a run of a deployment; gives its id."""
    known = newcomer.ask(f"deployments/name/{deployment}")
    address = f"{newcomer.shell['PREFECT_API_URL']}/deployments/{known['id']}/create_flow_run"
    return httpx.post(address, json={"parameters": parameters}, timeout=60).raise_for_status().json()["id"]


def state_of(newcomer: Newcomer, run: str) -> dict:
    """Give the state of a run; an empty one where a busy server does not answer."""
    with suppress(httpx.HTTPError):
        return newcomer.ask(f"flow_runs/{run}")["state"]
    return {"type": "UNKNOWN", "message": ""}


def end_of(newcomer: Newcomer, run: str) -> dict:
    """Give the state that a run ends in."""
    ends = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
    return eventually(lambda: (at := state_of(newcomer, run))["type"] in ends and at, 1200)


def test_a_fleet_is_worked_at_by_two_workers_one_of_which_dies(newcomer, machines):
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from tasks.orchestration.crashed_runs import mark_silent_runs

    with temporary_settings({PREFECT_API_URL: newcomer.shell["PREFECT_API_URL"]}):
        mark_silent_runs(SILENCE_SECONDS)

    # Given a training that is divided among both workers
    run = ask_for(newcomer, "fleet/weekly", shared=False, stations_a_run=5, workers=1)
    # When the machine that the training was not asked of dies while it works at a station
    dying = eventually(lambda: at_work_without(newcomer, machines, run))
    lost = dying.runs()
    dying.end()

    # Then its part is worked at by the other one, and what cannot be mended is named
    state = end_of(newcomer, run)
    assert (state["type"], "1 of 10 stations failed: broken" in state["message"]) == ("FAILED", True), state
    assert {state_of(newcomer, each)["type"] for each in lost} == {"CRASHED"}
    stations = standing(newcomer)
    assert [name for name, each in stations.items() if not each["last"]["train"]["done"]] == ["broken"]

    # When all forecast, then the silent one is named too, and all that was said is in the table, by two commits at most
    state = end_of(newcomer, ask_for(newcomer, "fleet/hourly", at=LAST, workers=1))
    assert "2 of 10 stations failed: silent, broken" in state["message"]
    assert "hours old" in standing(newcomer)["silent"]["last"]["forecast"]["sentence"]
    table = DeltaStore(str(newcomer.clone / "table"))
    assert len(table.files()) >= 1
    assert all(len(table.rows(each["model"])) == 1 for name, each in stations.items() if name not in FAULTY)
    assert table.seen().version() <= 1

    # When they are watched, then each has a verdict of its own
    state = end_of(newcomer, ask_for(newcomer, "fleet/daily", at=LAST[:10], workers=1))
    assert "1 of 10 stations failed: broken" in state["message"]
    assert all(each["last"]["monitor"]["done"] for name, each in standing(newcomer).items() if name != "broken")
    assert standing(newcomer)["silent"]["last"]["monitor"]["figures"]["alarms"] > 0


def at_work_without(newcomer: Newcomer, machines: list[Machine], run: str) -> Machine | None:
    """Give a machine that works at a station and is not at this run, which has not ended."""
    state = state_of(newcomer, run)
    assert state["type"] in ("SCHEDULED", "PENDING", "RUNNING", "UNKNOWN"), state["message"]
    return next((each for each in machines if run not in each.runs() and each.works_at_a_station()), None)


def standing(newcomer: Newcomer) -> dict[str, dict]:
    """Give how each station stands, by `jena fleet status`."""
    code, shown = newcomer.jena_here("fleet", "status", "--fleet", str(newcomer.clone / "fleet.yaml"), "--format=json")
    assert code == 0
    return {each["name"]: each for each in json.loads(shown)["stations"]}
