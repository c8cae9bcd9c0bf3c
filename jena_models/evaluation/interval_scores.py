"""How well intervals hold: on the test split, and on validation where they were not fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np

from jena_models.evaluation.intervals import (
    Bounds,
    Intervals,
    Mask,
    Times,
    Values,
    Weather,
    coverage,
    fit_intervals,
    interval_score,
    mean_width,
)
from jena_models.evaluation.seasons import SEASONS, season_numbers
from jena_models.frozen import Frozen


class IntervalScore(Frozen):
    """Of the intervals of one level on one split."""

    split: Literal["validation", "test"]
    """Of validation each half was scored with intervals that were fitted on the other."""
    level: float
    """The share of targets that was to be held."""
    windows: int
    coverage: float
    """The share of targets that was held."""
    width: float
    """Mean, in the target's unit."""
    score: float | None = None
    """Mean interval score, in the target's unit; None in results from before it was kept."""
    seasons: dict[str, float]
    """The coverage in each season that has windows."""


@dataclass(frozen=True)
class Hindcast:
    """Past forecasts beside what came; each array has shape (windows,), in the order of time."""

    measured: Values
    forecasts: Values
    persistence: Values
    """What persistence forecast."""
    valid_times: Times

    def where(self, mask: Mask) -> Hindcast:
        """Give the windows that a mask picks."""
        return Hindcast(self.measured[mask], self.forecasts[mask], self.persistence[mask], self.valid_times[mask])


def joined(parts: Sequence[Hindcast]) -> Hindcast:
    """Give hindcasts one after the other, in the order of time."""
    names = [field.name for field in fields(Hindcast)]
    return Hindcast(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def fit_on(validation: Hindcast, train: Hindcast, latitude: float) -> Intervals:
    """Give intervals fitted on the residuals of validation, with persistence on both as the record of the weather.

    Args:
        validation: windows that the model was not trained on.
        train: the windows before; only persistence counts.
        latitude: of the station, in degrees north.

    Raises:
        TooFewReadingsError: where there is no validation window.
    """
    errors = validation.measured - validation.persistence
    weather = Weather(
        errors=errors,
        record_errors=np.concatenate([train.measured - train.persistence, errors]),
        record_times=np.concatenate([train.valid_times, validation.valid_times]),
    )
    residuals = validation.measured - validation.forecasts
    return fit_intervals(residuals, validation.valid_times, latitude, weather=weather)


def score_fitted(intervals: Intervals, test: Hindcast) -> tuple[IntervalScore, ...]:
    """Score intervals on windows that they were not fitted on, a level after the other."""
    bounds = {level: intervals.bounds(test.forecasts, test.valid_times, level) for level in intervals.levels}
    return _scores("test", test, bounds, intervals.latitude)


def score_crosswise(validation: Hindcast, train: Hindcast, latitude: float) -> tuple[IntervalScore, ...]:
    """Score each half of validation with intervals fitted on the other; none where there is but one half.

    The arguments are those of `fit_on`.
    """
    first = half(validation.valid_times, latitude)
    if first.all() or not first.any():
        return ()
    bounds: dict[float, tuple[Bounds, Bounds]] = {}
    for fitted, scored in ((first, ~first), (~first, first)):
        intervals, given = fit_on(validation.where(fitted), train, latitude), validation.where(scored)
        for level in intervals.levels:
            lower, upper = bounds.setdefault(level, (np.empty(len(first)), np.empty(len(first))))
            lower[scored], upper[scored] = intervals.bounds(given.forecasts, given.valid_times, level)
    return _scores("validation", validation, bounds, latitude)


def half(valid_times: Times, latitude: float) -> Mask:
    """Give the windows of one half: the earlier, or every other week where later ones lie in other seasons."""
    if not len(valid_times):
        return np.zeros(0, dtype=bool)
    seconds, seasons = valid_times.astype("datetime64[s]").astype(np.int64), season_numbers(valid_times, latitude)
    earlier: Mask = seconds < (seconds[0] + seconds[-1]) / 2
    if set(seasons[earlier]) == set(seasons[~earlier]):
        return earlier
    every_other: Mask = seconds // (7 * 24 * 3600) % 2 == 0
    return every_other


def _scores(
    split: Literal["validation", "test"],
    hindcast: Hindcast,
    bounds: Mapping[float, tuple[Bounds, Bounds]],
    latitude: float,
) -> tuple[IntervalScore, ...]:
    numbers = season_numbers(hindcast.valid_times, latitude)
    masks = {season: numbers == number for number, season in enumerate(SEASONS)}
    return tuple(
        IntervalScore(
            split=split,
            level=level,
            windows=len(hindcast.measured),
            coverage=coverage(hindcast.measured, lower, upper),
            width=mean_width(lower, upper),
            score=interval_score(hindcast.measured, lower, upper, level),
            seasons={
                season: coverage(hindcast.measured[mask], lower[mask], upper[mask])
                for season, mask in masks.items()
                if mask.any()
            },
        )
        for level, (lower, upper) in bounds.items()
    )
