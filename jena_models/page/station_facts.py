"""What is known of a station, as the page and its JSON show it. Times are in UTC, and say so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from jena_models.evaluation.gates import GateVerdict
from jena_models.frozen import Frozen

State = Literal["well", "watched", "fallback", "mend", "late", "silent", "empty"]
"""One word for a station, the worst that holds; see `jena_models.page.shown_state`."""


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
    """A zone such as `Europe/Berlin`, or how far the station is ahead of UTC."""
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


class WeekScores(Frozen):
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

    @property
    def closed_gates(self) -> tuple[str, ...]:
        """The gates that said no, where a person made it the champion all the same."""
        return tuple(each.gate for each in self.gates if not each.passed)


class Verdict(Frozen):
    """What monitoring found on its last day."""

    day: date
    action: str
    """`nothing`, `wait`, `due`, `retrain` or `repair`."""
    sentence: str
    alarms: tuple[str, ...]
    flow_run: str | None
    """The id of the retraining's flow run in Prefect."""
    neighbours: tuple[str, ...] = ()
    """A sentence for each thing that is wrong with neighbours, which is no fault of the station."""


class Fault(Frozen):
    """An entry of a fleet file that is no station, and is not shown for it."""

    name: str
    """What the file calls it, or the file itself."""
    sentence: str
    """What is wrong."""


class StationFacts(Frozen):
    """All that the list shows of a station; it changes with files, and not with the clock on the wall."""

    place: Place
    reading_time: datetime | None
    """Of the newest reading that a forecast was made from; None where none was made."""
    newest: Measured | None
    """The target's newest value; older than that reading where its sensor is dead, newer where more has come since."""
    written: datetime | None
    """When the table of forecasts was last added to."""
    latest: Said | None
    """The newest forecast at the horizon that counts."""
    upcoming: tuple[Said, ...]
    """For each time after the newest reading, what was said last."""
    scores: WeekScores | None
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
    digits: int = 1
    """How many digits after the point tell the target's values apart."""

    @property
    def error_digits(self) -> int:
        """How many digits an error is given with: one more than values."""
        return self.digits + 1 if self.digits else 0

    @property
    def newest_time(self) -> datetime | None:
        """The time of the newest reading that is known of, whether a forecast was made from it or not."""
        times = [self.reading_time, self.newest.time if self.newest else None]
        return max((time for time in times if time), default=None)

    @property
    def has_newer(self) -> bool:
        """Whether readings have come since the newest one that a forecast was made from."""
        return self.reading_time is not None and self.newest_time != self.reading_time


@dataclass(frozen=True)
class MeasuredColumns:
    """Values of the target in the order of time; each array has shape (values,)."""

    time: NDArray[np.datetime64]
    """In UTC."""
    value: NDArray[np.float64]

    def rows(self) -> Iterator[Measured]:
        """Give them one by one."""
        for time, value in zip(self.time.astype("datetime64[s]").tolist(), self.value.tolist(), strict=True):
            yield Measured.model_construct(time=time.replace(tzinfo=UTC), value=value)

    @property
    def newest(self) -> Measured | None:
        """The last of them; None where there is none."""
        return next(MeasuredColumns(self.time[-1:], self.value[-1:]).rows(), None)

    def between(self, start: datetime, end: datetime) -> MeasuredColumns:
        """Give those from one time to another, both included; times with a zone."""
        first, last = (np.datetime64(time.astimezone(UTC).replace(tzinfo=None)) for time in (start, end))
        kept = (self.time >= first) & (self.time <= last)
        return MeasuredColumns(self.time[kept], self.value[kept])


@dataclass(frozen=True)
class ComparedColumns:
    """Forecasts and what came, in the order of valid time; each array has shape (forecasts,), NaN for nothing."""

    issue_time: NDArray[np.datetime64]
    valid_time: NDArray[np.datetime64]
    lead_hours: NDArray[np.float64]
    forecast: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    persistence: NDArray[np.float64]
    version: NDArray[np.int64]
    rung: tuple[str, ...]
    missing: tuple[str, ...]
    measured: NDArray[np.float64]

    def __len__(self) -> int:
        """Give how many there are."""
        return len(self.forecast)

    def rows(self) -> Iterator[Compared]:
        """Give them one by one."""
        for said, measured in zip(self.said(), self.measured.tolist(), strict=True):
            yield Compared.model_construct(said=said, measured=measured)

    def said(self) -> Iterator[Said]:
        """Give the forecasts alone."""
        times = [column.astype("datetime64[s]").tolist() for column in (self.issue_time, self.valid_time)]
        bounds = [
            [None if value != value else value for value in column.tolist()]  # noqa: PLR0124  (NaN)
            for column in (self.lower, self.upper, self.persistence)
        ]
        plain = [column.tolist() for column in (self.lead_hours, self.forecast, self.version)]
        for issued, valid, lower, upper, persistence, lead, forecast, version, rung, missing in zip(
            *times, *bounds, *plain, self.rung, self.missing, strict=True
        ):
            # Not validated: thousands of them are made, of columns whose types the table has seen to.
            yield Said.model_construct(
                issue_time=issued.replace(tzinfo=UTC),
                valid_time=valid.replace(tzinfo=UTC),
                lead_hours=lead,
                forecast=forecast,
                lower=lower,
                upper=upper,
                persistence=persistence,
                version=version,
                rung=rung,
                missing=missing,
            )


@dataclass(frozen=True)
class StationRecord:
    """The last days of a station, for its own page; in columns, so that a thousand of them fit in memory."""

    facts: StationFacts
    measured: MeasuredColumns
    measured_from: Literal["readings", "forecasts"]
    """From the readings that the newest forecast was made of, or, where those are gone, from what each forecast had
    as its "now"."""
    compared: ComparedColumns
    """The last week's forecasts at the horizon that counts."""
