"""What became of a fleet's stations: what was begun and never ended is to be done again, as what failed is."""

import pytest

from tasks.fleet import Outcome, begin_work, failed_last, keep_outcome, keep_outcomes_of_others, last_outcomes

NAMES = ["north", "south", "hill"]

pytestmark = pytest.mark.usefixtures("home")


def outcome(name, *, done=True, sentence="It is done."):
    return Outcome(name=name, work="train", done=done, sentence=sentence)


def test_what_failed_and_what_was_begun_and_never_ended_is_left():
    begin_work(NAMES, "train")
    keep_outcome(outcome("north"))
    keep_outcome(outcome("south", done=False))

    assert failed_last(NAMES, "train") == ["south", "hill"]
    assert failed_last(NAMES, "forecast") == []


def test_what_is_begun_again_is_left_until_it_has_ended_again():
    keep_outcome(outcome("north"))
    begin_work(["north"], "train")
    assert failed_last(NAMES, "train") == ["north"]

    keep_outcome(outcome("north"))
    assert failed_last(NAMES, "train") == []


def test_what_another_machine_said_is_kept_unless_something_newer_is():
    earlier, later = outcome("north", done=False), outcome("north", sentence="It is mended.")
    keep_outcome(later)

    keep_outcomes_of_others([earlier, outcome("south")])

    assert last_outcomes("north")["train"] == later
    assert last_outcomes("south")["train"].done
