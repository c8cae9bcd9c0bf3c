"""Whether a weather service's runs come, in time and whole, and whether they err as they did before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.monitoring.check import Check, known
from jena_models.monitoring.earlier_years import reach_of_one_more, thinned
from jena_models.options.production_options import Monitoring
from jena_models.stations.clock import seconds_of
from jena_models.stations.units import unit_of
from jena_models.weather_service.service import Service
from jena_models.weather_service.service_runs import Runs, known_then

COMING_DAYS: Final = 7
RUNS_AMISS: Final = 2
"""So many runs in a row may be missing before the newest counts as too old."""
LATE_BEYOND: Final = 0.95
"""A run is late that was on its way for longer than this share of the earlier ones, by more than `LATE_HOURS`."""
LATE_HOURS: Final = 1.0
BIAS_DAYS: Final = 30
FEWEST_WINDOWS: Final = 4
"""Earlier windows of `BIAS_DAYS`; fewer tell nothing of how they differ."""
STEP_DAYS: Final = 60
"""Within so many days before the end a step is looked for, at least `FEWEST_DAYS` from either side."""
FEWEST_DAYS: Final = 7
LEAST_OF_A_DAY: Final = 4
"""Errors, three hours apart, that make up a day; of readings that are farther apart, all of a day's."""
DAY_SECONDS: Final = 86_400

Values = NDArray[np.float64]


@dataclass(frozen=True)
class DailyErrors:
    """How far a service's column was off on each day that is known, in the order of time."""

    days: NDArray[np.datetime64]
    """Shape (days,)."""
    bias: Values
    """Forecast less reading in the mean of the day."""
    size: Values
    """Its absolute value in the mean of the day."""


def service_checks(  # noqa: PLR0917  (one caller, which has all of them)
    service: Service | None,
    expected: Sequence[str],
    readings: pd.DataFrame,
    end: datetime,
    horizon_hours: float,
    limits: Monitoring,
    target: str,
) -> list[Check]:
    """Give what is watched of every forecast source of a station, with limits from its own past.

    Args:
        service: all that could be read; of it only what was there by `end` is looked at.
        expected: the names of the sources that the station file has.
        readings: canonical columns, indexed by time in UTC.
        end: of the day, in UTC.
        horizon_hours: the lead at which errors are looked at.
        limits: how often a figure may pass its limit by accident.
        target: the station's column that is forecast; of a source that forecasts it, runs without it have not come.
    """
    found = {runs.name: runs for runs in service.sources} if service else {}
    checks = [_failed(name, "readable") for name in expected if name not in found]
    readings = readings.loc[: pd.Timestamp(end)]
    for runs in found.values():
        there = _there_by(runs, end)
        speaking = _speaking(there, target)
        if not len(speaking):
            checks.append(_failed(runs.name, "runs"))
            continue
        told = (
            "newer ones say nothing of what is forecast" if there.issue_seconds[-1] > speaking.issue_seconds[-1] else ""
        )
        checks += [check.model_copy(update={"told": told}) for check in _of_coming(speaking, end, limits)]
        for place, (column, of) in enumerate(zip(runs.columns, runs.of, strict=True)):
            if of in readings:
                daily = daily_errors(there, place, readings[of], horizon_hours)
                checks += _of_errors(daily, f"{_named(runs.name)} {column}", unit_of(of), end, limits)
    return checks


def _failed(name: str, figure: str) -> Check:
    return Check(group="source", subject=_named(name), figure=figure, value=0.0, limit=1.0, bad="below")


def daily_errors(runs: Runs, place: int, measured: pd.Series, horizon_hours: float) -> DailyErrors:
    """Give how far a column was off each day, of what was known a horizon before each valid time.

    Args:
        runs: in UTC.
        place: of the column among theirs.
        measured: what it forecasts, indexed by time in UTC.
        horizon_hours: from issue time to valid time.
    """
    sparse = thinned(measured.dropna().to_frame("measured"))
    valid = seconds_of(sparse.index)
    said = known_then(runs, valid - round(horizon_hours * 3600), valid).values[:, place]
    off = pd.Series(said - sparse["measured"].to_numpy(np.float64), pd.DatetimeIndex(sparse.index).floor("D")).dropna()
    by_day = off.groupby(level=0)
    apart = float(np.median(np.diff(valid))) if len(valid) > 1 else float(DAY_SECONDS)
    enough = by_day.size() >= min(LEAST_OF_A_DAY, max(1.0, DAY_SECONDS // apart))
    bias, size = by_day.mean()[enough], off.abs().groupby(level=0).mean()[enough]
    return DailyErrors(bias.index.to_numpy("datetime64[D]"), bias.to_numpy(np.float64), size.to_numpy(np.float64))


def _of_coming(runs: Runs, end: datetime, limits: Monitoring) -> list[Check]:
    """Give the age of the newest run, and how many of the last week's are there and how many of these came late."""
    from scipy.stats import binom

    now = _seconds(end)
    delays = (runs.available_seconds - runs.issue_seconds) / 3600
    apart = float(np.median(np.diff(runs.issue_seconds))) / 3600 if len(runs) > 1 else 24.0
    most = RUNS_AMISS * apart + float(np.median(delays))
    age = (now - int(runs.issue_seconds[-1])) / 3600
    check = partial(Check, group="source", subject=_named(runs.name))
    checks = [check(figure="age of the newest run", unit="h", value=age, limit=most)]
    # A run that could not be had yet is not missing.
    last = now - round(float(np.quantile(delays, LATE_BEYOND)) * 3600)
    first = last - COMING_DAYS * 86_400
    recent = (runs.issue_seconds > first) & (runs.issue_seconds <= last)
    earlier = runs.issue_seconds <= first
    due = round(COMING_DAYS * 24 / apart)
    if not earlier.any() or due < 1:
        return checks
    slots = round((first - int(runs.issue_seconds[0])) / (3600 * apart)) + 1
    lost = _share(slots - int(earlier.sum()), slots)
    late_after = float(np.quantile(delays[earlier], LATE_BEYOND)) + LATE_HOURS
    late = _share(int((delays[earlier] > late_after).sum()), int(earlier.sum()))
    come, came_late = int(recent.sum()), int((delays[recent] > late_after).sum())
    check = partial(check, window_days=COMING_DAYS)
    least = float(binom.ppf(limits.false_alarm, due, 1 - lost)) / due
    checks.append(check(figure="share of runs that came", value=min(come / due, 1.0), limit=least, bad="below"))
    if come:
        most = float(binom.isf(limits.false_alarm, come, late)) / come
        checks.append(check(figure="share of runs that came late", value=came_late / come, limit=most))
    return checks


def _of_errors(daily: DailyErrors, subject: str, unit: str, end: datetime, limits: Monitoring) -> list[Check]:
    """Give how far the bias of the last month lies from that of the months before, and the largest step in errors."""
    ends = np.datetime64(end, "D")
    recent = daily.days > ends - np.timedelta64(BIAS_DAYS, "D")
    if recent.sum() < BIAS_DAYS // 2:
        return []
    before = _window_means(daily, ends - np.timedelta64(BIAS_DAYS, "D"))
    usual = float(before.mean()) if len(before) else math.nan
    now = float(daily.bias[recent].mean())
    step, told = largest_step(daily, end, unit)
    earlier = [
        each
        for weeks in range(1, int((daily.days[-1] - daily.days[0]).astype(int)) // 7)
        if (each := largest_step(daily, end - timedelta(days=STEP_DAYS, weeks=weeks))[0]) is not None
    ]
    # Steps of windows that overlap tell the same.
    independent = len(earlier) * 7 / STEP_DAYS
    about = f"from {usual:+.2g} to {now:+.2g} {unit}".rstrip()
    return [
        Check(
            group="service",
            subject=subject,
            figure="distance from its usual bias",
            unit=unit,
            window_days=BIAS_DAYS,
            value=known(abs(now - usual)),
            limit=_limit(before - before.mean(), len(before), limits.false_alarm / 2) if len(before) else None,
            told=f"its bias went {about}",
        ),
        Check(
            group="service",
            subject=subject,
            figure="largest step",
            window_days=STEP_DAYS,
            value=step,
            limit=_limit(np.array(earlier), independent, limits.false_alarm) if earlier else None,
            told=told,
        ),
    ]


def largest_step(daily: DailyErrors, end: datetime, unit: str = "") -> tuple[float | None, str]:
    """Give the largest step in a service's errors, in standard errors, and what it looks like in words.

    The last `STEP_DAYS` up to `end` are cut in two at each of their days; what comes after is compared with what came
    before, in the mean of the errors and in the logarithm of their size. None where too few days are known.
    """
    ends = np.datetime64(end, "D")
    within = (daily.days > ends - np.timedelta64(STEP_DAYS, "D")) & (daily.days <= ends)
    days, bias, size = daily.days[within], daily.bias[within], daily.size[within]
    count = len(days)
    if count < STEP_DAYS // 2:
        return None, ""
    cuts = np.arange(FEWEST_DAYS, count - FEWEST_DAYS + 1)
    steps = np.abs([_steps(series, cuts) for series in (bias, np.log(np.maximum(size, 1e-9)))])
    cut = int(cuts[steps.argmax() % len(cuts)])
    told = (
        f"its model seems to have changed about {days[cut]}: bias from {bias[:cut].mean():+.2g} to "
        f"{bias[cut:].mean():+.2g} {unit}, mean error from {size[:cut].mean():.2g} to {size[cut:].mean():.2g} {unit}"
    )
    return float(steps.max()), told.rstrip()


def _steps(series: Values, cuts: NDArray[np.int64]) -> Values:
    """Give the difference of means after and before each cut in standard errors, as of independent days."""
    count, total, squares = len(series), np.cumsum(series), np.cumsum(series**2)
    before, after = cuts, count - cuts
    mean_before, mean_after = total[cuts - 1] / before, (total[-1] - total[cuts - 1]) / after
    within = squares[-1] - before * mean_before**2 - after * mean_after**2
    deviation = np.sqrt(np.maximum(within, 1e-12) / (count - 2))
    return np.asarray((mean_after - mean_before) / (deviation * np.sqrt(1 / before + 1 / after)))


def _window_means(daily: DailyErrors, last: np.datetime64) -> Values:
    """Give the mean bias of each window of days up to a day, one after the other."""
    back = (last - daily.days).astype(int)
    numbers = back[back >= 0] // BIAS_DAYS
    bias = daily.bias[back >= 0]
    full = [number for number in np.unique(numbers) if (numbers == number).sum() >= BIAS_DAYS // 2]
    return np.array([bias[numbers == number].mean() for number in full])


def _limit(values: Values, independent: float, probability: float) -> float | None:
    """Give what one more such value passes with a probability; None where few tell."""
    if independent < FEWEST_WINDOWS:
        return None
    return float(values.mean() + reach_of_one_more(values.std(ddof=1), independent, probability))


def _share(count: int, of: int) -> float:
    """Give a share that is never nothing nor all: what was not seen yet may come (Laplace's rule of succession)."""
    return (max(count, 0) + 1) / (of + 2)


def _there_by(runs: Runs, end: datetime) -> Runs:
    there = runs.available_seconds <= _seconds(end)
    return runs.part(there)


def _speaking(runs: Runs, target: str) -> Runs:
    """Give the runs that say something: of the target, where the source forecasts it."""
    place = runs.place_of(target)
    values = runs.values if place is None else runs.values[:, :, [place]]
    return runs.part(np.asarray(np.isfinite(values).any(axis=(1, 2))))


def _seconds(time: datetime) -> int:
    return int(np.datetime64(time, "s").astype(np.int64))


def _named(name: str) -> str:
    return f"weather service '{name}'"
