"""`jena fleet`: two good stations, one with a broken file, one that has fallen silent and one that is new."""

import json
import shutil

import pytest
from made_once import empty_store

from flows.command_line import main
from jena_models.stations import load_station
from jena_models.stations.simulated import simulate
from tasks.forecasting import read_forecasts
from tasks.registry import standing

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
