"""Parts of a fleet that other machines work at, and forecasts that a table does not take."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from made_forecasts import UTC, forecasts

from flows.fleets import runs_of_their_own
from flows.fleets.at_stations import with_forecasts_sent
from tasks.fleet import Entry, Outcome, failed_last
from tasks.forecasting import forecasts_sent_later
from tasks.forecasting.forecasts_table import forecasts_table
from tasks.workspace import resolve

NAMES = ["north", "south"]


def ended(name, message=""):
    state = SimpleNamespace(name=name, message=message, is_crashed=lambda: name == "Crashed")
    return SimpleNamespace(id=uuid4(), state=state)


@pytest.fixture
def asked(monkeypatch):
    """A function that says how the runs of a part end, one after the other; gives what was asked of each."""

    def runs(*ends):
        left, given = list(ends), []

        def run(name, parameters, **_):
            given.append((name, parameters))
            return left.pop(0)

        def shown(flow_run, work):
            done = next(each for each in ends if each.id == flow_run).state.name == "Completed"
            return [Outcome(name=name, work=work, done=True, sentence="Done.") for name in NAMES] if done else []

        monkeypatch.setattr(runs_of_their_own, "run_deployment", run)
        monkeypatch.setattr(runs_of_their_own, "outcomes_of", shown)
        return given

    return runs


def test_a_part_whose_machine_dies_is_given_to_another(asked):
    given = asked(ended("Crashed"), ended("Crashed"), ended("Completed"))

    outcomes = runs_of_their_own.elsewhere.fn(NAMES, "train", {"file": "fleet.yaml"})

    assert [each.done for each in outcomes] == [True, True]
    assert given == [("part/on-demand", {"file": "fleet.yaml", "work": "train", "stations": NAMES})] * 3


def test_a_part_that_no_machine_survives_is_told_station_by_station(asked):
    given = asked(*[ended("Crashed", "Nothing was heard of this run.")] * 3)

    outcomes = runs_of_their_own.elsewhere.fn(NAMES, "train", {})

    assert len(given) == 3
    assert [(each.name, each.done) for each in outcomes] == [(name, False) for name in NAMES]
    assert "ended as Crashed: Nothing was heard of this run; run again with --failed." in outcomes[0].sentence


def test_a_part_that_is_cancelled_is_not_begun_again(asked):
    given = asked(ended("Cancelled"))

    [first, _] = runs_of_their_own.elsewhere.fn(NAMES, "train", {})

    assert (len(given), first.done) == (1, False)


@pytest.mark.usefixtures("home")
def test_stations_whose_forecasts_the_table_does_not_take_have_failed(tmp_path):
    (tmp_path / "file").write_text("no folder")
    entries = []
    for name, place in (("north", None), ("south", str(tmp_path / "file" / "table"))):
        settings = resolve(None, {"forecasting.table": place} if place else {})
        with forecasts_sent_later():
            forecasts_table(place).add(name, forecasts(["2017-07-01"]), UTC)
        entries.append(Entry(name=name, title=name, model=name, station=None, settings=settings))
    done = [Outcome(name=name, work="forecast", done=True, sentence="Said.") for name in NAMES]

    north, south = with_forecasts_sent(done, entries)

    assert (north.done, south.done) == (True, False)
    assert "table cannot be written" in south.sentence
    assert "waits on this machine" in south.sentence
    assert failed_last(dict.fromkeys(NAMES, ""), "forecast") == ["south"]
