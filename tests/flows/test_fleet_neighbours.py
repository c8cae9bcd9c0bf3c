"""A fleet whose stations are one another's neighbours: trained, forecast and watched, with one of them gone at last."""

import json
import shutil

import pytest
from made_once import empty_store
from two_stations import weather, write_readings, write_station

from flows.command_line import main
from tasks.monitoring import read_days
from tasks.page import fleet_stations
from tasks.studies import neighbours_in_words

pytestmark = pytest.mark.slow

HOURS = 24 * 180
LAST = "2015-06-29T23:00"
SETTINGS = {
    "architectures": ["persistence", "ridge"],
    "history_hours": 72,
    "window_stride_minutes": 180,
    "tracking.fallback": False,
    "monitoring.retrain": False,
}


@pytest.fixture
def jena(home, capsys):
    """A function that runs a command of `jena fleet` and gives its outcomes by station."""
    shutil.copy(empty_store(), home / "mlflow.db")
    for name, values in weather(HOURS).items():
        write_readings(home, name, values)
    write_station(home, "template", neighbours="auto", neighbours_within_km=400)
    stations = [{"name": n, "source": f"{n}.csv", "longitude": east} for n, east in (("west", 5.0), ("east", 10.0))]
    fleet = {"station": "template.yaml", "settings": SETTINGS, "stations": stations}
    (home / "fleet.yaml").write_text(json.dumps(fleet))

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["fleet", *arguments, "--workers", "1", "--fleet", str(home / "fleet.yaml"), "--format", "json"])
        said = capsys.readouterr()
        assert ended.value.code == 0, said.err
        return {each["name"]: each for each in json.loads(said.out)}

    return run


def test_the_station_downwind_gains_from_the_other_which_may_go_away(jena, home):
    trained = jena("train")

    # The east's weather of tomorrow is the west's of today, and there is no such station for the west
    skills = {name: each["figures"]["test_skill"] for name, each in trained.items()}
    assert skills["east"] > skills["west"] + 0.3
    told = neighbours_in_words(trained["east"]["figures"]["study"])
    assert "west, 357 km W (272°), its weather 24 h before" in told
    assert "accident" not in told

    forecast = jena("forecast", "--at", LAST)
    assert forecast["east"]["figures"]["rung"] == "champion"

    # When the neighbour goes away, the station goes on, and is told of it
    (home / "west.csv").unlink()
    forecast = jena("forecast", "--stations", "east", "--at", LAST)
    watched = jena("monitor", "--stations", "east", "--at", LAST)

    assert forecast["east"]["figures"]["forecast"] is not None
    assert watched["east"]["figures"]["neighbours"] == "west"
    assert "The neighbour west is missing since 2015-06-29 00:00: There is no file" in watched["east"]["sentence"]
    last = read_days("east-temperature-24h")[-1]
    assert last.decision.action == "nothing", last.decision.sentence
    [east] = [each for each in fleet_stations(home / "fleet.yaml")().stations if each.name == "east"]
    assert east.station.names == ("T (degC)", "west: T (degC)")
