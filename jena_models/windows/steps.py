"""Readings on the station's own steps: a row that is missing and a row without values become the same row of NaN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.errors import DataInvalidError
from jena_models.stations.clock import seconds_of

MOST_STEPS: Final = 10_000_000
"""Nineteen years of minutes: what spans more steps holds a time stamp that is wrong, and would fill the memory."""
FEW: Final = 24
"""Over so many readings a clock may slip by half a step; by more, they are not as far apart as the steps are."""
FAR_OFF, FAR_OFF_MINUTES = 0.25, 90.0
"""By so large a share of a step, and by so much, a reading may be off from when it is due after the one before it."""
MOST_FAR_OFF: Final = 0.1
"""Where more readings are, as of the hours 7, 14 and 21, steps are not what they say."""

Seconds = NDArray[np.int64]


@dataclass(frozen=True)
class Steps:
    """Which reading stands at which of the station's steps."""

    cadence_seconds: int
    rows: NDArray[np.intp]
    """The row of each reading that stands at a step, in order; of several at one step the nearest."""
    numbers: NDArray[np.int64]
    """The step of each of these, counted from the first one's, which is 0."""
    seconds: Seconds
    """Since 1970, of each of these."""

    def number_at(self, seconds: Seconds) -> NDArray[np.int64]:
        """Give the step nearest to each time, counted from the reading before it; -1 before the first reading."""
        before = np.searchsorted(self.seconds, seconds, side="right") - 1
        since = seconds - self.seconds[before]
        return np.where(before < 0, -1, self.numbers[before] + _rounded(since, self.cadence_seconds))

    def times(self, first: int, end: int) -> Seconds:
        """Give the time of each step from `first` until before `end`: of its reading, or counted from the one before.

        Raises:
            DataInvalidError: where these are more steps than a record can have.
        """
        if end - first > MOST_STEPS:
            raise DataInvalidError(
                f"The readings span {end - first:,} steps of {self.cadence_seconds / 60:g} minutes, of which "
                f"{len(self.rows):,} are there: the first is of {_shown(self.seconds[0])}, the last of "
                f"{_shown(self.seconds[-1])}; take the ones with a wrong time out."
            )
        wanted = np.arange(first, end)
        before = np.maximum(np.searchsorted(self.numbers, wanted, side="right") - 1, 0)
        times: Seconds = self.seconds[before] + (wanted - self.numbers[before]) * self.cadence_seconds
        return times


def steps_of(seconds: Seconds, cadence_minutes: float) -> Steps:
    """Put readings on steps that are `cadence_minutes` apart, each on the nearest one within half a step.

    From one reading to the next it is the nearest whole number of steps: a station whose clock slips by ten minutes
    goes on at the next step. Where readings lie closer than that, or so far apart for a while that steps counted so
    would run ahead of the time or fall behind it, steps are those at the minute most have.

    Args:
        seconds: of the readings since 1970, ascending, none twice, at least one.
        cadence_minutes: from one step to the next.
    """
    cadence = max(1, round(cadence_minutes * 60))
    apart = np.diff(seconds)
    numbers = np.concatenate([[0], np.cumsum(_rounded(apart, cadence))])
    if (2 * apart > cadence).all() and not _run_away(seconds - numbers * cadence, cadence):
        return Steps(cadence, np.arange(len(seconds)), numbers, seconds)
    phases, counts = np.unique(seconds % cadence, return_counts=True)
    since = seconds - phases[counts.argmax()]
    cells = _rounded(since, cadence)
    nearest_first = np.lexsort((np.abs(since - cells * cadence), cells))
    rows = nearest_first[np.unique(cells[nearest_first], return_index=True)[1]]
    return Steps(cadence, rows, cells[rows] - cells[0], seconds[rows])


def on_steps(readings: pd.DataFrame, cadence_minutes: float) -> pd.DataFrame:
    """Give readings with a row at every step from the first to the last: NaN where none was measured.

    Args:
        readings: indexed by time, in order, no time twice.
        cadence_minutes: from one step to the next.

    Raises:
        DataInvalidError: where the span is longer than any record is, or readings are of hours that no even steps have.
    """
    seconds = seconds_of(readings.index)
    steps = steps_of(seconds, cadence_minutes)
    _refuse_uneven(steps)
    if len(steps.rows) == len(readings) == steps.numbers[-1] + 1:
        return readings
    times = steps.times(0, int(steps.numbers[-1]) + 1)
    index = pd.DatetimeIndex(times.astype("datetime64[s]"), name=readings.index.name)
    return pd.DataFrame(at_steps(readings.to_numpy(np.float64), steps, 0, len(times)), index, readings.columns)


def at_steps(values: NDArray[np.float64], steps: Steps, first: int, end: int) -> NDArray[np.float64]:
    """Give values, shape (readings, columns), as rows of the steps from `first` until before `end`; NaN where none."""
    placed = np.full((end - first, values.shape[1]), np.nan)
    within = (steps.numbers >= first) & (steps.numbers < end)
    placed[steps.numbers[within] - first] = values[steps.rows[within]]
    return placed


def _refuse_uneven(steps: Steps) -> None:
    """Refuse readings of which many are hours away from the step that they would count as."""
    apart, counted = np.diff(steps.seconds), np.diff(steps.numbers) * steps.cadence_seconds
    far = np.abs(apart - counted) > max(FAR_OFF * steps.cadence_seconds, FAR_OFF_MINUTES * 60)
    if not far.any() or far.mean() <= MOST_FAR_OFF:
        return
    place = int(np.flatnonzero(far)[0])
    raise DataInvalidError(
        f"Readings are not evenly {steps.cadence_seconds / 60:g} minutes apart: {far.mean():.0%} of them are hours off "
        f"from such steps, as from {_shown(steps.seconds[place])} to {_shown(steps.seconds[place + 1])} UTC. Write "
        "'resample_minutes: 1440' into the station file, for means of days, or give the readings of one hour of the "
        "day, or of hours evenly apart."
    )


def _run_away(slipped: Seconds, cadence: int) -> bool:
    """Tell whether the time that steps do not count grows or shrinks by more than half a step over a few readings."""
    apart = slipped[FEW:] - slipped[:-FEW] if len(slipped) > FEW else slipped[-1:] - slipped[:1]
    return bool((2 * np.abs(apart) > cadence).any())


def _rounded(seconds: Seconds, cadence: int) -> NDArray[np.int64]:
    whole: NDArray[np.int64] = (2 * seconds + cadence) // (2 * cadence)
    return whole


def _shown(seconds: np.int64) -> str:
    return str(np.datetime64(int(seconds), "s")).replace("T", " ")
