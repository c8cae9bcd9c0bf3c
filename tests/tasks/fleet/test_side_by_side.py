"""Stations side by side: one that fails, dies or takes too long leaves the others alone, and is known afterwards."""

import signal
import sys

import pytest

from tasks.fleet import entries_of, failed_last, keep_outcome, models_of, side_by_side
from tasks.fleet.station_state import last_outcomes, state_file

WORKER = """
import atexit, json, os, pathlib, signal, sys, time
heed = signal.SIG_IGN if "is deaf" in sys.argv else lambda *_: sys.exit(143)
signal.signal(signal.SIGTERM, heed)
atexit.register(pathlib.Path(sys.argv[1], str(os.getpid())).touch)
for line in sys.stdin:
    asked = json.loads(line)
    name = asked["entry"]["name"]
    if asked["how"].get(name) == "dies":
        os._exit(9)
    if asked["how"].get(name) == "sleeps":
        time.sleep(60)
    if asked["how"].get(name) == "has all stopped":
        os.kill(os.getppid(), signal.SIGTERM)
        time.sleep(60)
    print(json.dumps({"name": name, "work": asked["work"], "done": True, "sentence": "well"}), flush=True)
"""


@pytest.fixture
def in_order(tmp_path):
    """A folder with a file of each process that ended in order."""
    folder = tmp_path / "in order"
    folder.mkdir()
    return folder


@pytest.fixture
def worked(fleet, in_order):
    """A function that works at six stations with a worker that does as it is told."""
    station = fleet.stations[0]
    many = tuple(station.model_copy(update={"name": f"s{number}", "source": "x.csv"}) for number in range(6))
    entries = entries_of(fleet.model_copy(update={"stations": many}))

    def work(how, *, workers=2, seconds=None, entries=entries, seen=None, heed="heeds"):
        seen = [] if seen is None else seen
        asked = {"how": how}
        command = [sys.executable, "-c", WORKER, str(in_order), heed]
        outcomes = side_by_side("forecast", entries, command, asked, workers, seen.append, seconds)
        assert sorted(each.name for each in seen) == sorted(each.name for each in outcomes)
        return outcomes

    work.entries = entries
    return work


def test_one_that_dies_and_one_that_takes_too_long_leave_the_others_alone(worked):
    outcomes = worked({"s1": "dies", "s4": "sleeps"}, seconds=3)

    assert [each.name for each in outcomes if each.done] == ["s0", "s2", "s3", "s5"]
    assert "exit code 9" in outcomes[1].sentence
    assert "took longer than 3 seconds" in outcomes[4].sentence
    assert "--failed" in outcomes[4].sentence


@pytest.fixture
def _ends_when_told():
    """As a command does."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("_ends_when_told")
def test_told_to_end_it_lets_its_processes_end_in_order_and_blames_no_station(worked, in_order):
    seen = []

    with pytest.raises(SystemExit):
        worked({"s1": "has all stopped"}, workers=1, seen=seen)

    assert [each.name for each in seen] == ["s0"]
    assert len(list(in_order.iterdir())) == 1


@pytest.mark.usefixtures("_ends_when_told")
def test_a_process_that_does_not_heed_the_end_is_killed(worked, in_order, monkeypatch):
    monkeypatch.setattr(sys.modules["tasks.fleet.side_by_side"], "SECONDS_TO_END", 0.2)

    with pytest.raises(SystemExit):
        worked({"s1": "has all stopped"}, workers=1, heed="is deaf")

    assert not list(in_order.iterdir())


def test_undisturbed_processes_end_in_order(worked, in_order):
    worked({})

    assert len(list(in_order.iterdir())) == 2


def test_a_station_with_a_fault_is_told_without_a_process(worked, fleet):
    broken = fleet.model_copy(update={"stations": (fleet.stations[0].model_copy(update={"station": "hill"}),)})

    [outcome] = worked({}, entries=entries_of(broken))

    assert not outcome.done
    assert "hill" in outcome.sentence


def test_what_failed_is_known_until_it_is_done(worked):
    for outcome in worked({"s1": "dies"}):
        keep_outcome(outcome)

    assert failed_last(models_of(worked.entries), "forecast") == ["s1"]
    assert failed_last(models_of(worked.entries), "train") == []

    keep_outcome(worked({})[1])

    assert failed_last(models_of(worked.entries), "forecast") == []


def test_a_state_that_cannot_be_read_counts_as_none_and_is_written_anew(worked):
    [first, *_] = worked({})
    keep_outcome(first)
    state_file(first.model).write_text("{broken")

    assert last_outcomes(first.name, first.model) == {}

    keep_outcome(first)

    assert last_outcomes(first.name, first.model)["forecast"].done
