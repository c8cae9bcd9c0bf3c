"""Stations side by side: one that fails, dies or takes too long leaves the others alone, and is known afterwards."""

import sys

import pytest

from tasks.fleet import entries_of, failed_last, keep_outcome, last_outcomes, side_by_side
from tasks.fleet.station_state import state_file

WORKER = """
import json, os, sys, time
for line in sys.stdin:
    asked = json.loads(line)
    name = asked["entry"]["name"]
    if asked["how"].get(name) == "dies":
        os._exit(9)
    if asked["how"].get(name) == "sleeps":
        time.sleep(60)
    print(json.dumps({"name": name, "work": asked["work"], "done": True, "sentence": "well"}), flush=True)
"""


@pytest.fixture
def worked(fleet):
    """A function that works at six stations with a worker that does as it is told."""
    station = fleet.stations[0]
    many = tuple(station.model_copy(update={"name": f"s{number}", "source": "x.csv"}) for number in range(6))
    entries = entries_of(fleet.model_copy(update={"stations": many}))

    def work(how, workers=2, seconds=None, entries=entries):
        seen = []
        asked = {"how": how}
        command = [sys.executable, "-c", WORKER]
        outcomes = side_by_side("forecast", entries, command, asked, workers, seen.append, seconds)
        assert sorted(each.name for each in seen) == sorted(each.name for each in outcomes)
        return outcomes

    return work


def test_one_that_dies_and_one_that_takes_too_long_leave_the_others_alone(worked):
    outcomes = worked({"s1": "dies", "s4": "sleeps"}, seconds=3)

    assert [each.name for each in outcomes if each.done] == ["s0", "s2", "s3", "s5"]
    assert "exit code 9" in outcomes[1].sentence
    assert "took longer than 3 seconds" in outcomes[4].sentence
    assert "--failed" in outcomes[4].sentence


def test_a_station_with_a_fault_is_told_without_a_process(worked, fleet):
    broken = fleet.model_copy(update={"stations": (fleet.stations[0].model_copy(update={"station": "hill"}),)})

    [outcome] = worked({}, entries=entries_of(broken))

    assert not outcome.done
    assert "hill" in outcome.sentence


def test_what_failed_is_known_until_it_is_done(worked):
    for outcome in worked({"s1": "dies"}):
        keep_outcome(outcome)

    assert failed_last([f"s{number}" for number in range(6)], "forecast") == ["s1"]
    assert failed_last(["s1"], "train") == []

    keep_outcome(worked({})[1])

    assert failed_last(["s1"], "forecast") == []


def test_a_state_that_cannot_be_read_counts_as_none_and_is_written_anew(worked):
    [first, *_] = worked({})
    keep_outcome(first)
    state_file(first.name).write_text("{broken")

    assert last_outcomes(first.name) == {}

    keep_outcome(first)

    assert last_outcomes(first.name)["forecast"].done
