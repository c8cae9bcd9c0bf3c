"""`jena fleet`: two good stations, one with a broken file, one that has fallen silent and one that is new."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from made_once import empty_store

from flows.command_line import main
from jena_models.stations import load_station
from jena_models.stations.simulated import simulate
from tasks.forecasting import read_forecasts
from tasks.registry import standing
from tasks.tracking import client

pytestmark = pytest.mark.slow

COLUMNS = ["p (mbar)", "T (degC)", "rh (%)", "wv (m/s)"]
QUICK = {
    "architectures": ["persistence", "ridge"],
    "window_stride_minutes": 180,
    "history_hours": 48,
    "tracking.fallback": False,
    "shared_boosting.rounds": 40,
    "shared_boosting.boosters": 1,
    "shared_boosting.windows_in_leaf": 50,
    "shared_boosting.learning_rate": 0.15,
    "promotion.margin": -0.5,  # forty trees and half a year are not to be judged
}


@pytest.fixture
def jena(home, capsys):
    """A function that runs a command of `jena fleet` and gives its exit code, its JSON and what it said besides."""
    shutil.copy(empty_store(), home / "mlflow.db")
    readings = [simulate(load_station("jena"), 0.7, seed, "2015-01-01 00:10").iloc[5::6][COLUMNS] for seed in (1, 2)]
    readings[0].to_csv(home / "north.csv", index_label="Date Time")
    readings[1].to_csv(home / "south.csv", index_label="Date Time")
    readings[1].iloc[: -24 * 20].to_csv(home / "silent.csv", index_label="Date Time")
    readings[0].iloc[-24 * 9 :].to_csv(home / "new.csv", index_label="Date Time")
    (home / "broken.csv").write_text("no table\n")
    names = ("north", "south", "broken", "silent", "new")
    stations = [{"name": name, "source": f"{name}.csv"} for name in names]
    (home / "fleet.yaml").write_text(json.dumps({"station": "jena", "settings": QUICK, "stations": stations}))

    def run(*arguments, form="json"):
        one = [] if arguments[0] == "status" else ["--workers", "1"]
        with pytest.raises(SystemExit) as ended:
            main(["fleet", *arguments, *one, "--fleet", str(home / "fleet.yaml"), "--format", form])
        said = capsys.readouterr()
        return ended.value.code, json.loads(said.out) if form == "json" else said.out, said.err

    run.last = f"{readings[0].index[-1]:%Y-%m-%dT%H:%M}"
    run.readings = readings
    return run


def test_a_fleet_is_trained_forecast_and_mended(jena, home):
    # When all are trained, with one model for all beside their own
    code, trained, said = jena("train", "--shared")
    by_name = {each["name"]: each for each in trained}

    # Then what is broken is told, and the others are trained, the new one with the model for all
    assert code == 1
    assert "1 of 5 stations failed: broken" in said
    assert "no table" in by_name["broken"]["sentence"]
    for name in ("north", "south", "silent"):
        figures = by_name[name]["figures"]
        assert by_name[name]["done"], by_name[name]["sentence"]
        assert figures["own_val_skill"] is not None
        assert figures["shared_val_skill"] is not None
        assert figures["val_skill"] == max(figures["own_val_skill"], figures["shared_val_skill"])
    assert by_name["new"]["figures"]["architecture"] == "shared_boosting", by_name["new"]["sentence"]
    assert [change.way for change in standing("new-temperature-24h").history] == ["shared"]

    # When all forecast, the silent one has nothing new to say
    code, forecast, said = jena("forecast", "--at", jena.last)
    by_name = {each["name"]: each for each in forecast}

    assert code == 1
    assert [name for name, each in by_name.items() if not each["done"]] == ["broken", "silent"]
    assert "hours old" in by_name["silent"]["sentence"]
    assert by_name["new"]["figures"]["rung"] == "champion"
    assert by_name["new"]["figures"]["lower"] < by_name["new"]["figures"]["forecast"]
    assert len(read_forecasts("new-temperature-24h", load_station("jena").local)) == 1

    # When the file is mended, that station alone is trained and forecast again
    jena.readings[1].to_csv(home / "broken.csv", index_label="Date Time")
    jena.readings[1].to_csv(home / "silent.csv", index_label="Date Time")
    code, again, _ = jena("train", "--failed")

    assert (code, [each["name"] for each in again]) == (0, ["broken"])

    code, again, _ = jena("forecast", "--failed", "--at", jena.last)

    assert (code, [each["name"] for each in again]) == (0, ["broken", "silent"])

    # Then nothing is left to do, and all stand in one table
    code, again, _ = jena("forecast", "--failed", "--at", jena.last, form="table")
    assert (code, "nothing to do" in again) == (0, True)

    code, shown, _ = jena("status")
    overall = shown["overall"]
    assert code == 0
    assert (overall["stations"], overall["trained"], overall["failed"]) == (5, 5, [])
    assert overall["worst_skill"] <= overall["median_skill"]

    code, shown, _ = jena("status", "--stations", "north,new", form="table")
    assert "2 of 2 stations are trained" in shown


def test_a_request_that_cannot_be_is_refused_before_anything_is_done(jena, home):
    (home / "fleet.yaml").write_text("stations: [{name: a, sauce: b}]")

    with pytest.raises(SystemExit) as ended:
        main(["fleet", "train", "--fleet", str(home / "fleet.yaml")])

    assert ended.value.code == 2


@pytest.mark.parametrize("asked", [("train", "--set", "ridge.penalty=-1"), ("forecast", "--at", "nonsense")])
def test_what_no_station_could_do_leaves_what_became_of_them_as_it_was(jena, home, capsys, asked):
    with pytest.raises(SystemExit) as ended:
        main(["fleet", *asked, "--fleet", str(home / "fleet.yaml")])

    assert ended.value.code == 2
    assert "cannot be" in capsys.readouterr().err
    assert not (home / "fleet").exists()


def test_stations_that_train_nothing_of_their_own_take_the_model_for_all(jena, home):
    # Given a fleet of which no station names a model of its own
    told = json.loads((home / "fleet.yaml").read_text())
    told["stations"] = [each for each in told["stations"] if each["name"] in {"north", "south", "new"}]
    told["settings"] |= {
        "architectures": ["persistence"],
        "tracking.fallback": True,
        "promotion.group_tolerance": 5,
        "promotion.coverage_tolerance": 1,
    }
    (home / "fleet.yaml").write_text(json.dumps(told))

    # When it is trained
    code, trained, _ = jena("train", "--shared")
    by_name = {each["name"]: each for each in trained}

    # Then each has the model for all as its champion, by its own gates, and none has a study
    assert code == 0
    for name in ("north", "south"):
        figures = by_name[name]["figures"]
        assert (figures["architecture"], figures["champion_architecture"]) == ("shared_boosting",) * 2
        shown = standing(f"{name}-temperature-24h")
        assert [change.way for change in shown.history] == ["gates"]
        assert len(shown.versions) == 1  # what speaks where it cannot is in it
    roles = [run.data.tags["role"] for run in client().search_runs(["0", "1"], max_results=50)]
    assert sorted(roles) == ["model for all", "newcomer"]
    run = client().search_runs(["0", "1"], "tags.role = 'model for all'")[0]
    table = pd.read_csv(client().download_artifacts(run.info.run_id, "stations.csv", str(home)))
    assert set(table["station"]) == {"north", "south", "new"}
    assert table["val_skill"].notna().sum() == 2

    # When a sensor is silent, and when the newest readings are late
    silent = jena.readings[0].copy()
    silent.loc[silent.index[-200] :, "p (mbar)"] = np.nan
    silent.to_csv(home / "north.csv", index_label="Date Time")
    late = jena.readings[1].copy()
    late.loc[late.index[-5] :, "T (degC)"] = np.nan
    late.to_csv(home / "south.csv", index_label="Date Time")
    _, forecast, _ = jena("forecast", "--stations", "north,south", "--at", jena.last)
    rungs = {each["name"]: each["figures"].get("rung") for each in forecast}

    # Then the trees speak that were grown on windows with parts missing
    assert rungs == {"north": "champion with parts missing", "south": "champion with parts missing"}, forecast
