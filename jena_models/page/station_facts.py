"""What is known of a station, as the page and its JSON show it. Times are in UTC, and say so."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from jena_models.evaluation.gates import GateVerdict
from jena_models.frozen import Frozen

State = Literal["well", "watched", "fallback", "mend", "late", "silent", "empty"]
"""One word for a station, the worst that holds; see `jena_models.page.station_state`."""


class Place(Frozen):
    """Which station it is."""

    name: str
    """What its addresses end with."""
    title: str
    credit: str
    model: str
    """The registered model's name."""
    latitude: float
    """In degrees north."""
    longitude: float
    """In degrees east."""
    clock: str
    """The station's clock, such as `UTC+01:00` or `Europe/Berlin`."""
    target: str
    """What is forecast, in a word."""
    unit: str
    """Of the target."""
    cadence_minutes: float
    source: str
    """Where its readings come from, without a password."""
    simulated: bool


class Measured(Frozen):
    """A value of the target that came."""

    time: datetime
    value: float


class Said(Frozen):
    """One forecast; the bounds and "same as now" are None where there are none."""

    issue_time: datetime
    valid_time: datetime
    lead_hours: float
    forecast: float
    lower: float | None
    upper: float | None
    persistence: float | None
    version: int
    """Of what spoke; 0 for persistence."""
    rung: str
    """Who spoke: the champion, or what stood in for it."""
    missing: str
    """The columns that it had to do without, by commas."""


class Compared(Frozen):
    """A forecast and what came."""

    said: Said
    measured: float


class Scores(Frozen):
    """How the forecasts of some days did, at the horizon that counts."""

    days: int
    forecasts: int
    """How many came true or not."""
    mae: float
    """In the target's unit."""
    persistence_mae: float | None
    """That of "same as now" on the same forecasts; None where it is not known of each."""
    skill: float | None
    coverage: float | None
    """The share that lay within its interval; None where there are none."""
    lead_hours: float


class Champion(Frozen):
    """The version that forecasts."""

    version: int
    architecture: str
    val_mae: float | None
    """What validation promised, in the target's unit."""
    since: datetime | None
    way: str
    """How it became the champion: `gates`, `by hand` or `rollback`; empty where nothing tells."""
    study: str
    run_id: str
    gates: tuple[GateVerdict, ...]


class Verdict(Frozen):
    """What monitoring found on its last day."""

    day: date
    action: str
    """`nothing`, `wait`, `due`, `retrain` or `repair`."""
    sentence: str
    alarms: tuple[str, ...]
    flow_run: str | None
    """The id of the retraining's flow run in Prefect."""


class StationFacts(Frozen):
    """All that the list shows of a station; it changes with files, and not with the clock on the wall."""

    place: Place
    reading_time: datetime | None
    """Of the newest reading that a forecast was made from; None where none was made."""
    newest: Measured | None
    """The target's newest value, which may be older where its sensor is dead."""
    written: datetime | None
    """When the table of forecasts was last added to."""
    latest: Said | None
    """The newest forecast at the horizon that counts."""
    upcoming: tuple[Said, ...]
    """For each time after the newest reading, what was said last."""
    scores: Scores | None
    """Of the last week; None where nothing came true or not."""
    champion: Champion | None
    verdict: Verdict | None
    level: float
    """The share of what comes true that the intervals are to hold."""
    late_hours: float
    """The newest reading counts as late when it is older, in hours."""
    silent_hours: float
    """And the station as silent, when it is older than this."""
    troubles: tuple[str, ...] = ()
    """A sentence for each thing that could not be read."""


class StationRecord(Frozen):
    """The last days of a station, for its own page."""

    facts: StationFacts
    measured: tuple[Measured, ...]
    """In the order of time."""
    measured_from: Literal["readings", "forecasts"]
    """From the readings that the newest forecast was made of, or, where those are gone, from what each forecast had
    as its "now"."""
    compared: tuple[Compared, ...]
    """The last week's forecasts at the horizon that counts, in the order of valid time."""
