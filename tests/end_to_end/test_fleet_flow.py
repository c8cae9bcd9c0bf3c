"""The flow of a fleet: a task run for some stations, tagged, and one state that says who failed."""

import json

import httpx
import pytest
from made_once import shared_prefect

from jena_models.stations import load_station
from jena_models.stations.simulated import simulate
from tasks.fleet import last_outcomes

pytestmark = pytest.mark.slow


@pytest.fixture
def fleet(home):
    """A fleet of one station that can be forecast and one whose file is broken, with a server to run it on."""
    readings = simulate(load_station("jena"), 0.05, 1, "2015-01-01 00:10")
    readings.to_csv(home / "good.csv", index_label="Date Time")
    (home / "broken.csv").write_text("no table\n")
    stations = [{"name": name, "source": f"{name}.csv"} for name in ("good", "broken")]
    (home / "fleet.yaml").write_text(json.dumps({"station": "jena", "stations": stations}))
    with shared_prefect() as address:
        yield home / "fleet.yaml", f"{readings.index[-1]:%Y-%m-%dT%H:%M}", address


def test_a_fleet_is_forecast_in_task_runs_and_who_fails_is_named(fleet):
    from flows.fleet import fleet as flow

    file, last, address = fleet
    state = flow("forecast", str(file), at=last, workers=1, return_state=True)

    assert state.is_failed()
    assert "1 of 2 stations failed: broken" in state.message
    assert last_outcomes("good")["forecast"].done
    assert "persistence" in last_outcomes("good")["forecast"].sentence
    runs = httpx.post(f"{address}/task_runs/filter", json={"task_runs": {"tags": {"all_": ["fleet-stations"]}}}).json()
    assert len(runs) == 1

    state = flow("forecast", str(file), stations=["good"], at=last, workers=1, return_state=True)

    assert state.is_completed()
    assert "stations are trained" in state.message
