"""One word for a station: the worst that holds."""

from datetime import timedelta

import pytest
from facts import ISSUED, NOW, facts, said, verdict

from jena_models.page.shown_state import state_now
from jena_models.page.station_facts import Measured


def test_a_station_whose_readings_come_and_whose_champion_speaks_is_well():
    found = state_now(facts(), NOW)

    assert (found.state, found.reading_age_seconds, found.forecast_age_seconds) == ("well", 1200, 300)


@pytest.mark.parametrize(("hours", "state"), [(2.9, "well"), (3.1, "late"), (5.9, "late"), (6.1, "silent")])
def test_the_age_of_the_newest_reading_makes_a_station_late_and_then_silent(hours, state):
    assert state_now(facts(), ISSUED + timedelta(hours=hours)).state == state


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"latest": said(rung="fallback")}, "fallback"),
        ({"latest": said(rung="champion with parts missing", missing="rh (%)")}, "well"),
        ({"verdict": verdict("repair", "Mend this.")}, "mend"),
        ({"verdict": verdict("due", "A retraining is due.")}, "watched"),
        ({"verdict": verdict("repair", "Mend this."), "latest": said(rung="persistence")}, "mend"),
        ({"verdict": None}, "well"),
        ({"latest": None, "reading_time": None, "newest": None}, "empty"),
        ({"latest": None, "reading_time": None, "verdict": verdict("repair", "Mend this.")}, "mend"),
    ],
)
def test_the_worst_that_holds_is_the_state(changes, state):
    assert state_now(facts(**changes), NOW).state == state


def test_the_sentence_says_why():
    assert "rh (%)" in state_now(facts(latest=said(missing="rh (%)")), NOW).sentence
    assert state_now(facts(verdict=verdict("repair", "Mend this.")), NOW).sentence == "Mend this."
    assert "The champion does not speak" in state_now(facts(latest=said(rung="persistence")), NOW).sentence
    assert "There is no champion" in state_now(facts(latest=said(rung="persistence"), champion=None), NOW).sentence
    rolled_back = facts(champion=facts().champion.model_copy(update={"version": 2}))
    assert state_now(rolled_back, NOW).sentence == (
        "Readings come, and version 3 spoke last; version 2 is the champion now."
    )
    assert "7 h old" in state_now(facts(), ISSUED + timedelta(hours=7)).sentence


def test_where_readings_go_on_it_is_the_forecasts_that_have_stopped():
    later = Measured(time=ISSUED + timedelta(hours=9), value=5.0)

    found = state_now(facts(newest=later), ISSUED + timedelta(hours=9, minutes=20))

    assert found.state == "silent"
    assert found.newest_age_seconds == 1200
    assert found.sentence.endswith("forecasts have stopped, for there is one that is 20 min old.")
    assert "readings or forecasts" in state_now(facts(), ISSUED + timedelta(hours=9)).sentence
    assert "readings or forecasts" in state_now(facts(newest=later), ISSUED + timedelta(days=9)).sentence
