"""Runs of a weather service, and the one function that says what of them was known at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.int64]
Values = NDArray[np.float64]

NO_RUN: Final = np.iinfo(np.int64).min
"""Stands for the issue time of a run where none was known."""


@dataclass(frozen=True)
class Runs:
    """All runs of one weather service, in the order of their issue times; times in seconds since 1970."""

    name: str
    columns: tuple[str, ...]
    of: tuple[str, ...]
    """The station's column that each column is a forecast of; empty where it measures none."""
    issue_seconds: Seconds
    """Shape (runs,), none twice."""
    available_seconds: Seconds
    """From when each run could be had, shape (runs,)."""
    lead_seconds: Seconds
    """After the issue time, ascending, shape (leads,)."""
    values: Values
    """Shape (runs, leads, columns), NaN where a run does not say."""
    spread: Values
    """The standard deviation of members, of the same shape, NaN where it is not given."""
    interpolate_seconds: int = 6 * 3600
    """How far apart the steps of a run may be for values between them."""
    step_means: tuple[bool, ...] = ()
    """Whether a column's values are means of the steps that end there, as of rain, and hold for all of these."""
    oldest_seconds: float = math.inf
    """A run that is so old when something is forecast, or older, does not count."""

    def __len__(self) -> int:
        """Give the number of runs."""
        return len(self.issue_seconds)

    def shifted(self, seconds: int) -> Runs:
        """Give the same runs by a clock that is ahead by so many seconds."""
        if not seconds:
            return self
        return replace(
            self, issue_seconds=self.issue_seconds + seconds, available_seconds=self.available_seconds + seconds
        )

    def part(self, chosen: NDArray[np.bool_]) -> Runs:
        """Give some of the runs, as a mask of shape (runs,) picks them."""
        arrays = {
            name: getattr(self, name)[chosen] for name in ("issue_seconds", "available_seconds", "values", "spread")
        }
        return replace(self, **arrays)

    def at_leads(self, lead_seconds: Seconds) -> Runs:
        """Give what the same runs say at other leads, between their own, shape (leads,)."""
        run, lead = (each.ravel() for each in np.meshgrid(np.arange(len(self)), lead_seconds, indexing="ij"))
        values, spread = (
            _between(each, self, run, lead).reshape(len(self), len(lead_seconds), -1) for each in self.steps
        )
        return replace(self, lead_seconds=lead_seconds, values=values, spread=spread)

    def place_of(self, station_column: str) -> int | None:
        """Give which column is a forecast of a station's column; None where none is."""
        return self.of.index(station_column) if station_column in self.of else None

    @cached_property
    def steps(self) -> tuple[Values, Values]:
        """Give values and spread with each gap between steps that are near filled along the run."""
        return _filled(self.values, self), _filled(self.spread, self)

    @property
    def held(self) -> NDArray[np.bool_]:
        """Which columns hold for all of a step, shape (columns,)."""
        return np.array(self.step_means or (False,) * len(self.columns), dtype=bool)


@dataclass(frozen=True)
class Known:
    """What a service was known to say, for each time that was asked about."""

    values: Values
    """Shape (times, columns), NaN where no run that was known covers the time."""
    spread: Values
    """Of the same shape."""
    run_seconds: Seconds
    """The issue time of the run that each value is of, of the same shape; `NO_RUN` where there is none."""


def known_then(runs: Runs, issue_seconds: Seconds, valid_seconds: Seconds) -> Known:
    """Give what the newest runs known at each issue time say of each valid time; see `known_runs`."""
    return next(known_runs(runs, issue_seconds, valid_seconds, 1))


def known_runs(runs: Runs, issue_seconds: Seconds, valid_seconds: Seconds, newest: int) -> Iterator[Known]:
    """Give what was known of valid times at issue times: by the newest run, then by the one before it, and so on.

    A run counts from the time on that it could be had until it is too old, and of those that count the newest is taken
    that says something of the valid time; column by column, so that older runs fill what the newest lacks. This is the
    only place where it is decided what of a weather service was known: training, backtests, forecasts and serving all
    ask here.

    Args:
        runs: of one service.
        issue_seconds: when something is forecast, shape (times,).
        valid_seconds: what for, shape (times,).
        newest: how many runs to look at for each time.
    """
    values, spread = runs.steps
    times, columns = len(issue_seconds), len(runs.columns)
    found = [
        Known(np.full((times, columns), np.nan), np.full((times, columns), np.nan), np.full((times, columns), NO_RUN))
        for _ in range(newest)
    ]
    count = np.zeros((times, columns), np.int64)
    run = np.searchsorted(runs.issue_seconds, issue_seconds, side="right") - 1
    left = np.flatnonzero(run >= 0)
    farthest = int(runs.lead_seconds[-1]) if len(runs.lead_seconds) else -1
    while len(left):
        which = run[left]
        lead = valid_seconds[left] - runs.issue_seconds[which]
        counts = (lead <= farthest) & (issue_seconds[left] - runs.issue_seconds[which] < runs.oldest_seconds)
        left, which, lead = (each[counts] for each in (left, which, lead))
        had = runs.available_seconds[which] <= issue_seconds[left]
        asked, of, at = left[had], which[had], lead[had]
        said = _between(values, runs, of, at)
        told = _between(spread, runs, of, at)
        for rank, known in enumerate(found):
            here = np.isfinite(said) & (count[asked] == rank)
            for array, given in ((known.values, said), (known.spread, told)):
                array[asked] = np.where(here, given, array[asked])
            known.run_seconds[asked] = np.where(here, runs.issue_seconds[of][:, None], known.run_seconds[asked])
        count[asked] += np.isfinite(said)
        run[left] -= 1
        left = left[(run[left] >= 0) & (count[left] < newest).any(axis=1)]
    yield from found


def _between(steps: Values, runs: Runs, which: NDArray[np.intp], lead: Seconds) -> Values:
    """Give what runs say at a lead each, shape (times, columns).

    It lies on the line between the steps beside it; where steps are means, it is that of the step that it lies in, the
    first of which begins with the run.
    """
    leads = runs.lead_seconds
    before = np.searchsorted(leads, lead, side="right") - 1
    after = np.minimum(before + 1, len(leads) - 1)
    begins = np.where(before >= 0, leads[before], 0)
    since, apart = lead - begins, leads[after] - begins
    first = np.where((before >= 0)[:, None], steps[which, before], np.nan)
    last = steps[which, after]
    share = np.where(since == 0, 0.0, since / np.maximum(apart, 1))[:, None]
    near = (since >= 0) & ((since == 0) | ((apart <= runs.interpolate_seconds) & (since <= apart)))
    # Where steps are means and that before is not known, this one began earlier, too far off to be filled.
    mean = np.where(np.isfinite(first) | (begins == 0)[:, None], last, np.nan)
    between = np.where(share == 0, first, np.where(runs.held, mean, first + share * (last - first)))
    return np.where(near[:, None], between, np.nan)


def _filled(values: Values, runs: Runs) -> Values:
    """Give values with those that a run lacks between two of its steps filled, as `_between` fills between steps."""
    missing, leads = np.isnan(values), runs.lead_seconds
    if not missing.any() or missing.all():
        return values
    places = np.arange(len(leads))[None, :, None]
    before = np.maximum.accumulate(np.where(missing, -1, places), axis=1)
    after = np.flip(np.minimum.accumulate(np.flip(np.where(missing, len(leads), places), 1), axis=1), 1)
    begun = (before >= 0) | (runs.held & (leads > 0)[:, None])
    run, lead, column = np.nonzero(missing & begun & (after < len(leads)))
    first, last = before[run, lead, column], after[run, lead, column]
    begins = np.where(first >= 0, leads[first], 0)
    apart = leads[last] - begins
    share = (leads[lead] - begins) / apart
    low, high = values[run, first, column], values[run, last, column]
    between = np.where(runs.held[column], high, low + share * (high - low))
    filled = values.copy()
    filled[run, lead, column] = np.where(apart <= runs.interpolate_seconds, between, np.nan)
    return filled
