"""One model for all of a fleet that is worked at in parts: grown once, by the first run, and taken in each part."""

import json
import shutil
from types import SimpleNamespace

import pandas as pd
import pytest
from made_once import empty_store, shared_prefect

from jena_models.stations import load_station
from jena_models.stations.simulated import simulate
from tasks.fleet import failed_last
from tasks.registry import standing
from tasks.tracking import client

pytestmark = pytest.mark.slow

GOOD = ["north", "south"]
SETTINGS = {
    "architectures": ["persistence"],  # nothing of its own
    "window_stride_minutes": 180,
    "history_hours": 24,
    "tracking.fallback": False,
    "shared_boosting.rounds": 20,
    "shared_boosting.boosters": 1,
    "shared_boosting.windows_in_leaf": 30,
    "shared_boosting.learning_rate": 0.15,
    "promotion.margin": -2,  # twenty trees and half a year are not to be judged
    "promotion.group_tolerance": 9,
    "promotion.coverage_tolerance": 1,
}


@pytest.fixture
def parts(home, monkeypatch):
    """What was asked of each part, whose run is taken in this process, as are the stations that it works at."""
    from flows.fleet_part import part
    from flows.fleets import at_stations, runs_of_their_own
    from flows.fleets.station_steps import work_at
    from tasks.fleet import Entry, Outcome
    from tasks.training import training_here

    asked = []

    def run(deployment, parameters, **_):
        parameters = json.loads(json.dumps(parameters))  # as it goes to the server, and to another machine
        asked.append((deployment, parameters))
        state = part(**parameters, return_state=True)
        return SimpleNamespace(id=state.state_details.flow_run_id, state=state)

    def here(work, entries, _command, told, _workers, on_outcome, _seconds):
        outcomes = []
        for entry in entries:
            again = Entry.model_validate_json(entry.model_dump_json())
            with training_here():
                outcomes.append(Outcome.model_validate(work_at(again, work, told).model_dump()))
            on_outcome(outcomes[-1])
        return outcomes

    monkeypatch.setattr(runs_of_their_own, "run_deployment", run)
    monkeypatch.setattr(at_stations, "side_by_side", here)
    return asked


@pytest.fixture
def fleet_file(home):
    """A fleet of three, one of which has no readings yet."""
    shutil.copy(empty_store(), home / "mlflow.db")
    for seed, name in enumerate(GOOD):
        readings = simulate(load_station("jena"), 0.5, seed, "2015-01-01 00:10").iloc[5::6]
        readings[["p (mbar)", "T (degC)", "rh (%)"]].to_csv(home / f"{name}.csv", index_label="Date Time")
    (home / "broken.csv").write_text("no table\n")
    stations = [{"name": name, "source": f"{name}.csv"} for name in ("north", "broken", "south")]
    file = home / "fleet.yaml"
    file.write_text(json.dumps({"station": "jena", "settings": SETTINGS, "stations": stations}))
    return file


def test_a_shared_model_is_grown_once_and_taken_in_runs_of_their_own(fleet_file, parts, monkeypatch):
    from flows import fleet as flow
    from flows.fleets import shared_model

    grown, grow = [], shared_model.grow_pool
    monkeypatch.setattr(shared_model, "grow_pool", lambda *given: grown.append(given[0]) or grow(*given))

    # When a fleet is trained with one model for all, two stations a run
    with shared_prefect():
        state = flow.fleet("train", file=str(fleet_file), shared=True, stations_a_run=2, workers=1, return_state=True)

    # Then the trees are grown once, on all stations that can give to them, and each part is told which they are
    assert [len(folders) for folders in grown] == [2]
    assert sorted(told["stations"] for _, told in parts) == [["north", "broken"], ["south"]]
    assert len({(told["pool"], told["shared_run"]) for _, told in parts}) == 1

    # And each station has them as its champion, the one beside that which failed as well
    assert (state.type.value, "1 of 3 stations failed: broken" in state.message) == ("FAILED", True), state.message
    assert failed_last({name: f"{name}-temperature-24h" for name in (*GOOD, "broken")}, "train") == ["broken"]
    for name in GOOD:
        assert [change.way for change in standing(f"{name}-temperature-24h").history] == ["gates"], name

    # And the one run of the model for all has the table of all stations, whichever part they were in
    [run] = client().search_runs(["0", "1"], max_results=9)
    assert run.info.run_id == parts[0][1]["shared_run"]
    table = pd.read_csv(client().download_artifacts(run.info.run_id, "stations.csv", str(fleet_file.parent)))
    assert dict(zip(table["station"], table["done"], strict=True)) == {"north": True, "south": True, "broken": False}


def test_a_machine_that_does_not_see_the_shared_trees_says_so(fleet_file, tmp_path):
    from flows.fleet_part import part

    with shared_prefect():
        state = part("train", ["north"], file=str(fleet_file), pool=str(tmp_path / "elsewhere"), return_state=True)

    assert state.is_failed()
    assert f"{tmp_path / 'elsewhere'}, which is not to be seen from this machine" in state.message
    assert "JENA_CACHE" in state.message
