"""What runs of a weather service are like beside the readings: how many, how late, how complete, how far off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict

from jena_models.frozen import Frozen
from jena_models.weather_service.run_files.compared_readings import measured_over, spans_of
from jena_models.weather_service.run_files.mistakes import mistaken, nearer_hours
from jena_models.weather_service.service_runs import Runs

SHOWN_LEADS: Final = 12
"""So many leads are told of at most, evenly over all."""
FEWEST_COMPARED: Final = 30
LEAST_BETTER: Final = 0.25
"""Where numbers are off by less than this share of what they were, taken as in another unit, they may be in that."""
SURELY_BETTER: Final = 0.01
"""And surely where by less than this; else they also have to be nearer than what is usual is."""
MOST_SHIFTED: Final = 2000
"""So many runs, evenly over all, are enough to see whether their times are mistaken."""
LEAST_COMPLETE: Final = 0.9
LEAST_RUNS: Final = 0.9
OLD_RUNS: Final = 3.0
"""So many runs may be late in a row before a source counts as broken off."""
GROWTH_HOURS: Final = 24.0
LEAST_GROWTH: Final = 1.05
"""Over a day more of lead errors grow; where they do not, the forecasts may know what they could not."""

Values = NDArray[np.float64]
Seconds = NDArray[np.int64]


class LeadError(Frozen):
    """How far off a column was at one lead, in the unit of what is measured."""

    lead_hours: float
    bias: float
    """Forecast less reading, in the mean; of a step's mean less that of the step's readings."""
    mae: float
    compared: int


class ColumnErrors(Frozen):
    """How far off a column is that forecasts what the station measures."""

    column: str
    of: str
    by_lead: tuple[LeadError, ...]
    mistaken_unit: str = ""
    """The end of a sentence that says which unit half of the runs are likely in; empty where in the right one."""
    nearer_hours: tuple[float, float, float] | None = None
    """How many hours later the readings are that it is much nearer to, how far off it is, and from these."""


class ServiceDescription(Frozen):
    """One forecast source in numbers."""

    model_config = ConfigDict(ser_json_inf_nan="strings")

    name: str
    runs: int
    first: datetime
    last: datetime
    """Issue time of the newest run, in UTC."""
    hours_between: float
    """From one run to the next, usually."""
    runs_share: float
    """Of the runs that there would be if none were lost."""
    leads_hours: tuple[float, ...]
    """The shortest, and the longest."""
    leads: int
    delay_hours: tuple[float, float]
    """How long after its issue time a run could be had, usually and at most."""
    completeness: dict[str, float]
    """Share of runs that say something, by lead in hours."""
    errors: tuple[ColumnErrors, ...]


def describe_runs(runs: Runs, seconds: Seconds, readings: dict[str, Values]) -> ServiceDescription:
    """Give what runs are like.

    Args:
        runs: in UTC.
        seconds: of the readings, ascending, since 1970 in UTC.
        readings: by canonical column, each of the shape of `seconds`.
    """
    apart = np.diff(runs.issue_seconds)
    usual = float(np.median(apart)) if len(apart) else 0.0
    span = int(runs.issue_seconds[-1] - runs.issue_seconds[0])
    delays = (runs.available_seconds - runs.issue_seconds) / 3600
    known = np.isfinite(runs.values).any(axis=2).mean(axis=0)
    # Sums say nothing of the issue time itself, of which files have a row all the same.
    told_of = (known > 0) | (runs.lead_seconds > 0) | ~runs.held.all()
    compared = _at_readings(runs, seconds)
    # Runs of hours at a station of days have a reading at some leads alone.
    at_readings = told_of & _is_read_at(compared, seconds).any(axis=0)
    leads = np.flatnonzero(at_readings if at_readings.any() else told_of)
    shown = leads[np.unique(np.linspace(0, len(leads) - 1, SHOWN_LEADS).round().astype(int))]
    return ServiceDescription(
        name=runs.name,
        runs=len(runs),
        first=_time(runs.issue_seconds[0]),
        last=_time(runs.issue_seconds[-1]),
        hours_between=usual / 3600,
        runs_share=len(runs) / (span / usual + 1) if usual else 1.0,
        leads_hours=(float(runs.lead_seconds[0]) / 3600, float(runs.lead_seconds[-1]) / 3600),
        leads=len(runs.lead_seconds),
        delay_hours=(float(np.median(delays)), float(delays.max())),
        completeness={f"{runs.lead_seconds[lead] / 3600:g}": round(float(known[lead]), 4) for lead in shown},
        errors=tuple(
            _errors(compared, place, seconds, readings[of], shown) for place, of in enumerate(runs.of) if of in readings
        ),
    )


def doubts(told: ServiceDescription, newest_reading: datetime) -> tuple[tuple[str, str, str], ...]:
    """Give what is to be doubted of a source: `fail` or `warn`, what was expected, and a sentence.

    Args:
        told: of the source.
        newest_reading: in UTC.
    """
    found: list[tuple[str, str, str]] = []

    def doubt(outcome: str, expected: str, seen: str) -> None:
        service = f"the weather service '{told.name}'"
        found.append((outcome, f"{service} {expected}", f"expected that {service} {expected}, but {seen}"))

    for each in told.errors:
        off = [error for error in each.by_lead if error.compared >= FEWEST_COMPARED]
        if each.mistaken_unit:
            doubt("fail", f"forecasts {each.of} in the unit that is told", f"'{each.column}' is {each.mistaken_unit}")
        elif each.nearer_hours:
            hours, own, best = each.nearer_hours
            doubt(
                "warn",
                f"forecasts {each.of} for the times that it says",
                f"'{each.column}' is off by {own:.3g} at these and by {best:.3g} from the readings {abs(hours):g} h "
                f"{'later' if hours > 0 else 'earlier'}: is its 'clock' right, and what its times and leads stand for?",
            )
        elif _does_not_grow(off):
            doubt(
                "warn",
                f"is farther off from {each.of} the farther ahead it looks",
                f"'{each.column}' is off by {off[0].mae:.2f} at {off[0].lead_hours:g} h and by {off[-1].mae:.2f} at "
                f"{off[-1].lead_hours:g} h: are these forecasts as they were issued, or analyses from later?",
            )
    if told.runs_share < LEAST_RUNS:
        lost = f"{1 - told.runs_share:.0%} of those that are {told.hours_between:g} h apart are not there"
        doubt("warn", "has a run at each of its times", lost)
    thin = {lead: share for lead, share in told.completeness.items() if share < LEAST_COMPLETE}
    if thin:
        lead, share = min(thin.items(), key=lambda pair: pair[1])
        doubt("warn", f"gives every lead in {LEAST_COMPLETE:.0%} of its runs", f"{lead} h is in {share:.0%} of them")
    age = (newest_reading - told.last).total_seconds() / 3600
    if told.hours_between and age > OLD_RUNS * told.hours_between:
        seen = f"its newest run is of {told.last:%Y-%m-%d %H:%M} UTC, {age:.0f} h before the newest reading"
        doubt("warn", "goes on as the readings do", seen)
    return tuple(found)


def rows_of(told: ServiceDescription) -> dict[str, str]:
    """Give what a person reads of a source, by what it is."""
    first, last = told.leads_hours
    facts = {
        f"Service '{told.name}'": f"{told.runs:,} runs from {told.first:%Y-%m-%d %H:%M} to {told.last:%Y-%m-%d %H:%M} "
        f"UTC, usually {told.hours_between:g} h apart, {told.runs_share:.1%} of them there",
        "  leads": f"{told.leads}, from {first:g} to {last:g} h",
        "  had after": f"{told.delay_hours[0]:g} h, at most {told.delay_hours[1]:g} h",
        "  complete": ", ".join(f"{lead} h {share:.0%}" for lead, share in told.completeness.items()),
    }
    for each in told.errors:
        shown = ", ".join(f"{error.lead_hours:g} h {error.mae:.2f} ({error.bias:+.2f})" for error in each.by_lead)
        facts[f"  {each.column}"] = f"off from {each.of} by (and in the mean by) {shown or 'nothing to compare'}"
    return facts


def _errors(runs: Runs, place: int, seconds: Seconds, measured: Values, shown: NDArray[np.integer]) -> ColumnErrors:
    valid = runs.issue_seconds[:, None] + runs.lead_seconds[shown]
    # Of rain and radiation a step's mean is said, which the reading at its end is far from, however good it is.
    spans = spans_of(runs, place)[:, shown]
    said, of, came = runs.values[:, shown, place], runs.of[place], measured_over(valid, spans, seconds, measured)
    every = max(1, len(runs) // MOST_SHIFTED)
    halves = np.array_split(np.arange(len(runs)), 2)
    mistakes = (_mistaken_unit(said[half].ravel(), came[half].ravel(), of) for half in halves)
    return ColumnErrors(
        column=runs.columns[place],
        of=of,
        by_lead=_by_lead(said - came, runs.lead_seconds[shown] / 3600),
        mistaken_unit=next(filter(None, mistakes), ""),
        nearer_hours=nearer_hours(said[::every], valid[::every], spans[::every], seconds, measured),
    )


def _is_read_at(runs: Runs, seconds: Seconds) -> NDArray[np.bool_]:
    """Tell of which valid times there is a reading, shape (runs, leads); of many runs some are looked at."""
    every = max(1, len(runs) // MOST_SHIFTED)
    return np.isin(runs.issue_seconds[::every, None] + runs.lead_seconds, seconds)


def _at_readings(runs: Runs, seconds: Seconds) -> Runs:
    """Give runs at leads at which readings are, as everything else asks them, where none is at their own.

    Readings of ten past each hour are never at the hour that runs speak of.
    """
    if len(seconds) < 2 or _is_read_at(runs, seconds).any():  # noqa: PLR2004  (one and the next)
        return runs
    valid = (runs.issue_seconds[:, None] + runs.lead_seconds).ravel()
    valid = valid[(valid >= seconds[0]) & (valid <= seconds[-1])]
    ahead, counts = np.unique(seconds[np.searchsorted(seconds, valid)] - valid, return_counts=True)
    if not len(ahead) or ahead[counts.argmax()] >= np.median(np.diff(seconds)):
        return runs
    return runs.at_leads(runs.lead_seconds + ahead[counts.argmax()])


def _by_lead(off: Values, lead_hours: Values) -> tuple[LeadError, ...]:
    errors = []
    for hours, at_lead in zip(lead_hours, off.T, strict=True):
        known = at_lead[np.isfinite(at_lead)]
        if len(known):
            told: dict[str, Any] = {"bias": float(known.mean()), "mae": float(np.abs(known).mean())}
            errors.append(LeadError(lead_hours=float(hours), compared=len(known), **told))
    return tuple(errors)


def _mistaken_unit(said: Values, came: Values, of: str) -> str:
    """Give how far off forecasts are, and what they are likely in, where they are much nearer in another unit."""
    both = np.isfinite(said) & np.isfinite(came)
    said, came = said[both], came[both]
    if len(said) < FEWEST_COMPARED:
        return ""
    error = float(np.abs(said - came).mean())
    usual = float(np.abs(came - np.median(came)).mean())

    def is_likely(others: Values) -> bool:
        off = float(np.abs(others - came).mean())
        return off < LEAST_BETTER * error and off < max(usual, SURELY_BETTER * error)

    found = mistaken(said, of, is_likely)
    return f"{np.mean(said - came):.3g} off in the mean, {found}" if found else ""


def _does_not_grow(off: Sequence[LeadError]) -> bool:
    if len(off) < 2 or off[-1].lead_hours - off[0].lead_hours < GROWTH_HOURS:  # noqa: PLR2004  (one and another)
        return False
    return off[-1].mae < LEAST_GROWTH * off[0].mae


def _time(seconds: np.int64) -> datetime:
    time: datetime = np.datetime64(int(seconds), "s").astype(datetime)
    return time
