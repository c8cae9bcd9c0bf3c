"""What became of a fleet's stations: what was begun and never ended is to be done again, as what failed is."""

import pytest

from tasks.fleet import Outcome, begin_work, failed_last, keep_outcome, keep_outcomes_of_others
from tasks.fleet.station_state import last_outcomes

STATIONS = {"north": "", "south": "", "hill": ""}

pytestmark = pytest.mark.usefixtures("home")


def outcome(name, *, done=True, sentence="It is done.", model=""):
    return Outcome(name=name, model=model, work="train", done=done, sentence=sentence)


def test_what_failed_and_what_was_begun_and_never_ended_is_left():
    begin_work(STATIONS, "train")
    keep_outcome(outcome("north"))
    keep_outcome(outcome("south", done=False))

    assert failed_last(STATIONS, "train") == ["south", "hill"]
    assert failed_last(STATIONS, "forecast") == []


def test_what_is_begun_again_is_left_until_it_has_ended_again():
    keep_outcome(outcome("north"))
    begin_work({"north": ""}, "train")
    assert failed_last(STATIONS, "train") == ["north"]

    keep_outcome(outcome("north"))
    assert failed_last(STATIONS, "train") == []


def test_what_another_machine_said_is_kept_unless_something_newer_is():
    earlier, later = outcome("north", done=False), outcome("north", sentence="It is mended.")
    keep_outcome(later)

    keep_outcomes_of_others([earlier, outcome("south")])

    assert last_outcomes("north")["train"] == later
    assert last_outcomes("south")["train"].done


def test_stations_of_one_name_in_two_fleets_are_kept_apart():
    day, half = {"north": "north-temperature-24h"}, {"north": "north-temperature-12h"}
    begin_work(day, "train")
    keep_outcome(outcome("north", model=day["north"], sentence="A day."))

    begin_work(half, "train")
    assert (failed_last(day, "train"), failed_last(half, "train")) == ([], ["north"])

    keep_outcome(outcome("north", model=half["north"], done=False))
    assert (failed_last(day, "train"), failed_last(half, "train")) == ([], ["north"])
    assert last_outcomes("north", day["north"])["train"].sentence == "A day."


def test_what_failed_before_its_model_could_be_told_is_left_once_it_can():
    begin_work({"north": ""}, "train")
    keep_outcome(outcome("north", done=False, sentence="There is no station file."))

    assert failed_last({"north": "north-temperature-24h"}, "train") == ["north"]

    keep_outcome(outcome("north", model="north-temperature-24h"))

    assert failed_last({"north": "north-temperature-24h"}, "train") == []
