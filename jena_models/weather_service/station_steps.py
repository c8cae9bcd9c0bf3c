"""What runs say of the steps that a station's readings are brought to: the mean over each, as of what was measured."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.stations.cleaned.even_steps import LARGEST
from jena_models.stations.forecast_sources import ForecastSource
from jena_models.stations.schema import StationSchema
from jena_models.weather_service.service_runs import Runs, Seconds, Values

DAY_MINUTES: Final = 1440

logger = logging.getLogger("jena")


def over_station_steps(runs: Runs, station: StationSchema, source: ForecastSource) -> Runs:
    """Give what runs say of the station's step that ends with each lead, where readings are brought to longer steps.

    That is the mean, and of gusts the largest. A run says nothing of a step that began before its first value does, or
    of which it lacks a part. Where it is the runs that are nearer to one another than a step, as in a table of what was
    forecast a day before each hour, it is the mean of what several say at the same lead. What is given no oftener than
    the station has steps is left as it is: each is of a step already.

    Args:
        runs: of one service, in the station's units.
        station: `resample_minutes` tells its step.
        source: tells which columns are amounts of how many hours.
    """
    if not station.resample_minutes:
        _tell_of_days(runs, station)
        return runs
    step = round(station.resample_minutes * 60)
    of_steps = {each.name for each in source.columns if (each.amount_hours or 0) * 3600 >= step}
    values, spread, means = runs.values.copy(), runs.spread.copy(), list(runs.held.tolist())
    had = runs.available_seconds
    for place, (name, of) in enumerate(zip(runs.columns, runs.of, strict=True)):
        given = np.isfinite(runs.values[:, :, place])
        usual = _usually_apart(given, runs.lead_seconds)
        if name in of_steps or min(usual, _valid_times_apart(given, runs)) >= step:
            continue
        largest = bool(of) and station.column(of).quantity in LARGEST
        for filled, each, is_largest in zip(runs.steps, (values, spread), (largest, False), strict=True):
            if usual < step:
                each[:, :, place] = _over_leads(filled[:, :, place], runs, step, usual, largest=is_largest)
            else:
                each[:, :, place] = _over_runs(each[:, :, place], runs, step, largest=is_largest)
        if usual >= step:  # no run counts before those that it is averaged with
            had = np.maximum(had, _latest_within(runs, step))
        means[place] = False
    # No value is left at the leads of a first step that began before the run.
    was, stays = (np.asarray(np.isfinite(each).any(axis=(0, 2))) for each in (runs.values, values))
    gone = was & ~stays
    if gone.any() and not stays.any():
        logger.warning("No run of the weather service '%s' speaks of all of a step of %g minutes", runs.name, step / 60)
        gone[:] = False
    return replace(
        runs,
        values=values[:, ~gone],
        spread=spread[:, ~gone],
        step_means=tuple(means),
        available_seconds=had,
        lead_seconds=runs.lead_seconds[~gone],
    )


def _tell_of_days(runs: Runs, station: StationSchema) -> None:
    """Say where readings are of days in their file already, and a service is of hours: nothing tells which of these."""
    if station.step_minutes < DAY_MINUTES:
        return
    for place, (name, of) in enumerate(zip(runs.columns, runs.of, strict=True)):
        apart = _valid_times_apart(np.isfinite(runs.values[:, :, place]), runs) / 60
        if of and apart < station.step_minutes:
            logger.warning(
                "'%s' of the weather service '%s' is told every %g min, and %s every %g: it counts as of the reading's "
                "own minute, which a day's mean, lowest or highest is not. Give it as days, or %s as hours with "
                "'resample_minutes: 1440' in the station file",
                *(name, runs.name, apart, of, station.step_minutes, of),
            )


def _usually_apart(given: NDArray[np.bool_], lead_seconds: Seconds) -> float:
    """Give how far apart the values of a run usually are, in seconds; infinity where runs have one each."""
    run, lead = np.nonzero(given)
    apart = np.diff(lead_seconds[lead])[np.diff(run) == 0]
    return float(np.median(apart)) if len(apart) else np.inf


def _valid_times_apart(given: NDArray[np.bool_], runs: Runs) -> float:
    """Give how far apart the times that all runs speak of usually are, in seconds."""
    run, lead = np.nonzero(given)
    apart = np.diff(np.unique(runs.issue_seconds[run] + runs.lead_seconds[lead]))
    return float(np.median(apart)) if len(apart) else np.inf


def _over_leads(said: Values, runs: Runs, step: int, usual: float, *, largest: bool) -> Values:
    """Give the mean, or the largest, of what each run says within the step until each lead, shape (runs, leads)."""
    found: Values = np.full_like(said, np.nan)
    known = np.flatnonzero(np.isfinite(said).any(axis=0))
    if len(known):
        farthest = max(usual, runs.interpolate_seconds)
        found[:, known] = _over(said[:, known], runs.lead_seconds[known], step, (usual, farthest), largest=largest)
        found[:, runs.lead_seconds < step] = np.nan
    return found


def _over_runs(said: Values, runs: Runs, step: int, *, largest: bool) -> Values:
    """Give the mean, or the largest, of what runs say at a lead that were issued within a step until each of them."""
    found: Values = np.full_like(said, np.nan)
    for lead, at_lead in enumerate(said.T):
        known = np.flatnonzero(np.isfinite(at_lead))
        if len(known) > 1:
            issued = runs.issue_seconds[known]
            usual = float(np.median(np.diff(issued)))
            apart = (usual, max(usual, runs.interpolate_seconds))
            found[known, lead] = _over(at_lead[None, known], issued, step, apart, largest=largest)[0]
    return found


def _over(said: Values, times: Seconds, step: int, apart: tuple[float, float], *, largest: bool) -> Values:
    """Give the mean, or the largest, of the values within a step until each time, shape (rows, times).

    Each stands for the time since the one before it.

    Args:
        said: shape (rows, times), NaN where it is not known.
        times: ascending, in seconds.
        step: in seconds.
        apart: how far apart times usually are, which is what the first value stands for, and at most in a step.
        largest: whether it is the largest.
    """
    usual, farthest = apart
    start = times[0] - usual
    since = np.diff(times, prepend=start)
    begun, ends = np.searchsorted(times, times - step, side="right"), np.arange(1, len(times) + 1)
    before = np.concatenate([[start], times])[begun]
    gaps = np.concatenate([[0], np.cumsum(since > farthest)])
    is_whole = (before <= times - step) & (gaps[ends] == gaps[begun])
    # Pairs of where a step begins and ends; what lies between one pair and the next is not looked at.
    pairs = np.column_stack([begun, ends]).ravel()

    def within(how: np.ufunc, values: Values) -> Values:
        padded = np.concatenate([values, np.zeros((len(values), 1))], axis=1)
        return np.asarray(how.reduceat(padded, pairs, axis=1)[:, ::2])

    together = within(np.maximum, said) if largest else within(np.add, said * since) / within(np.add, since[None, :])
    return np.where(is_whole, together, np.nan)


def _latest_within(runs: Runs, step: int) -> Seconds:
    """Give when the last of the runs could be had that were issued within a step until each run."""
    begun = np.searchsorted(runs.issue_seconds, runs.issue_seconds - step, side="right")
    latest = [runs.available_seconds[first : last + 1].max() for last, first in enumerate(begun)]
    return np.array(latest, np.int64)
