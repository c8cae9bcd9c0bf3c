"""What the JSON API gives; times are in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from jena_models.frozen import Frozen
from jena_models.page.shown_state import StateNow, state_now
from jena_models.page.station_facts import (
    Champion,
    Compared,
    Fault,
    Measured,
    Place,
    Said,
    StationFacts,
    Verdict,
    WeekScores,
)

Shape = TypeVar("Shape", bound=Frozen)


class Link(Frozen):
    """Where to look further."""

    text: str
    address: str


class ChampionSummary(Frozen):
    """The version that forecasts, as the list shows it."""

    version: int
    architecture: str
    gates: int
    """How many gates it stood before; 0 where a person made it the champion without."""
    closed_gates: tuple[str, ...]
    """Those that said no."""


class StationSummary(Frozen):
    """A station as the list shows it."""

    place: Place
    state: StateNow
    reading_time: datetime | None
    """Of the newest reading that a forecast was made from."""
    newest: Measured | None
    """The target's newest value, which may have come since."""
    written: datetime | None
    """When the table of forecasts was last added to."""
    latest: Said | None
    """The newest forecast at the horizon that counts."""
    scores: WeekScores | None
    """Of the last week."""
    champion: ChampionSummary | None
    """None where there is none yet."""
    monitoring: str | None
    """What monitoring decided on its last day: `nothing`, `wait`, `due`, `retrain` or `repair`."""


class Stations(Frozen):
    """All stations."""

    time: datetime
    """When this was said; states are of then."""
    unread: int
    """How many stations wait to be read for the first time, and are missing here."""
    stations: tuple[StationSummary, ...]
    faults: tuple[Fault, ...] = ()
    """Entries of the fleet file that are no stations, and are missing here."""


class StationDetail(Frozen):
    """All that is known of one station."""

    time: datetime
    place: Place
    state: StateNow
    reading_time: datetime | None
    newest: Measured | None
    written: datetime | None
    latest: Said | None
    upcoming: tuple[Said, ...]
    """For each time after the newest reading, what was said last."""
    scores: WeekScores | None
    champion: Champion | None
    """With the verdicts of its gates."""
    verdict: Verdict | None
    """What monitoring found on its last day."""
    level: float
    """The share of what comes true that the intervals are to hold."""
    troubles: tuple[str, ...]
    """A sentence for each thing that could not be read."""
    links: tuple[Link, ...]


class Forecasts(Frozen):
    """Rows of a station's table of forecasts, in the order of issue time and lead."""

    unit: str
    complete: bool
    """Whether these are all that were asked for; else ask again from just after the last issue time."""
    forecasts: tuple[Said, ...]


class Readings(Frozen):
    """The target's values of the last days, in the order of time."""

    unit: str
    measured_from: str
    """`readings`, or `forecasts`: each forecast's own "now", where the readings are no longer kept."""
    readings: tuple[Measured, ...]


class LastWeek(Frozen):
    """The last week's forecasts at the horizon that counts, each with what came."""

    unit: str
    scores: WeekScores | None
    compared: tuple[Compared, ...]


def summary_of(facts: StationFacts, now: datetime) -> StationSummary:
    """Give a station as the list shows it."""
    champion = _told(ChampionSummary, facts.champion, gates=len(facts.champion.gates)) if facts.champion else None
    action = facts.verdict.action if facts.verdict else None
    return _told(StationSummary, facts, state=state_now(facts, now), champion=champion, monitoring=action)


def detail_of(facts: StationFacts, now: datetime, links: tuple[Link, ...]) -> StationDetail:
    """Give all that is known of a station."""
    return _told(StationDetail, facts, time=now, state=state_now(facts, now), links=links)


def _told(shape: type[Shape], known: Frozen, **otherwise: object) -> Shape:
    """Give a shape of what is known under the same names, where it is not told otherwise."""
    same = shape.model_fields.keys() - otherwise.keys()
    return shape(**{name: getattr(known, name) for name in same}, **otherwise)
