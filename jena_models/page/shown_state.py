"""How a station is at a moment: one word, the worst that holds, and a sentence that says why."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from jena_models.frozen import Frozen
from jena_models.page.station_facts import State, StationFacts

WORDS: Final[dict[State, str]] = {
    "silent": "silent",
    "mend": "to mend",
    "late": "late",
    "fallback": "fallback",
    "watched": "watched",
    "empty": "no forecast",
    "well": "well",
}
"""What the page calls each state, the worst first."""

TROUBLE: Final = frozenset({"silent", "mend", "late"})
"""States that a person should look at."""

CHAMPION_RUNGS: Final = ("champion", "champion with parts missing")


class StateNow(Frozen):
    """A station's state at a moment."""

    state: State
    word: str
    sentence: str
    """Why, and since when, for people."""
    reading_age_seconds: float | None
    """Of the newest reading that a forecast was made from; None where none was made."""
    newest_age_seconds: float | None
    """Of the newest reading that is known of; None where none is."""
    target_age_seconds: float | None
    """Of the target's newest value, older than that where its sensor is dead; None where none is known of."""
    target_is_old: bool
    """Whether that age is more than a reading may have when a forecast is made from it."""
    forecast_age_seconds: float | None
    """Since the table of forecasts was added to; None where that never was."""


def state_now(facts: StationFacts, now: datetime) -> StateNow:
    """Give how a station is.

    Args:
        facts: what is known of it.
        now: with a zone.
    """
    age = None if facts.reading_time is None else (now - facts.reading_time).total_seconds()
    newest = None if facts.newest_time is None else (now - facts.newest_time).total_seconds()
    target = None if facts.newest is None else (now - facts.newest.time).total_seconds()
    written = None if facts.written is None else max(0.0, (now - facts.written).total_seconds())
    state, sentence = _judged(facts, age, newest)
    return StateNow(
        state=state,
        word=WORDS[state],
        sentence=sentence,
        reading_age_seconds=age,
        newest_age_seconds=newest,
        target_age_seconds=target,
        target_is_old=target is not None and target > 3600 * facts.late_hours,
        forecast_age_seconds=written,
    )


def age_in_words(seconds: float) -> str:
    """Give an age as people say it: `3 min`, `5 h`, `12 days`.

    >>> age_in_words(200), age_in_words(7300), age_in_words(3 * 86400)
    ('3 min', '2 h', '3 days')
    """
    minutes = max(0, round(seconds / 60))
    if minutes < 60:  # noqa: PLR2004
        return f"{minutes} min"
    hours = minutes / 60
    if hours < 48:  # noqa: PLR2004
        return f"{int(hours)} h"
    return f"{int(hours / 24):,} days"


def _judged(facts: StationFacts, age_seconds: float | None, newest_seconds: float | None) -> tuple[State, str]:
    verdict, said = facts.verdict, facts.latest
    action, found = ("nothing", "") if verdict is None else (verdict.action, verdict.sentence)
    if age_seconds is None or said is None:
        if action == "repair":
            return "mend", found
        return "empty", facts.troubles[0] if facts.troubles else "No forecast has been made yet."
    age = timedelta(seconds=age_seconds)
    old = f"The newest reading that a forecast was made from is {age_in_words(age_seconds)} old"
    stopped = "readings or forecasts have stopped"
    if facts.has_newer and newest_seconds is not None and newest_seconds <= 3600 * facts.silent_hours:
        stopped = f"forecasts have stopped, for there is one that is {age_in_words(newest_seconds)} old"
    without = f" without {said.missing}" if said.missing else ""
    spoke = f"the champion speaks{without}"
    if facts.champion and said.version != facts.champion.version:
        spoke = f"version {said.version} spoke last{without}; version {facts.champion.version} is the champion now"
    worst_first: tuple[tuple[bool, State, str], ...] = (
        (age > timedelta(hours=facts.silent_hours), "silent", f"{old}: {stopped}."),
        (action == "repair", "mend", found),
        (age > timedelta(hours=facts.late_hours), "late", f"{old}; it may be at most {facts.late_hours:g} h."),
        (
            said.rung not in CHAMPION_RUNGS,
            "fallback",
            f"{'The champion does not speak' if facts.champion else 'There is no champion'}: the last forecast is by "
            f"{said.rung}.",
        ),
        (action != "nothing", "watched", found),
        (True, "well", f"Readings come, and {spoke}."),
    )
    return next((state, sentence) for holds, state, sentence in worst_first if holds)
