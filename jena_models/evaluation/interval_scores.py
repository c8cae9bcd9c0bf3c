"""How well intervals hold: on the test split, and on validation where they were not fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final, Literal, NamedTuple

import numpy as np

from jena_models.evaluation.intervals import (
    PROBABILITIES,
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
from jena_models.evaluation.probability_scores import crps_quantiles, pinball, probability_integral_transform
from jena_models.evaluation.seasons import days_of, season_masks, season_numbers
from jena_models.evaluation.significance import independent_windows
from jena_models.frozen import Frozen
from jena_models.stations.clock import seconds_of

BINS: Final = 10
"""Into how many equal parts a distribution is cut, to see whether as many targets come in each."""


class DistributionScore(Frozen):
    """Of the whole distribution about each forecast, on one split; in the target's unit."""

    split: Literal["validation", "test"]
    """Of validation each half was scored with a distribution that was fitted on the other."""
    windows: int
    crps: float
    """Mean continuous ranked probability score: the lower, the better; of a forecast without doubt its MAE."""
    pinball: dict[float, float]
    """Mean pinball loss of each quantile, by its probability."""
    ranks: tuple[float, ...]
    """The share of targets that came in each tenth of their distribution, the lowest first."""

    @property
    def unevenness(self) -> float:
        """How far the tenths are from holding a tenth each, in the mean."""
        return sum(abs(share - 1 / len(self.ranks)) for share in self.ranks) / len(self.ranks)


class IntervalScore(Frozen):
    """Of the intervals of one level on one split."""

    split: Literal["validation", "test"]
    """Of validation each half was scored with intervals that were fitted on the other."""
    level: float
    """The share of targets that was to be held."""
    windows: int
    days: int = 0
    """On how many days these lie; 0 in results from before it was kept, as below."""
    independent: float = 0.0
    """How many independent windows would tell the coverage as well as these, which err alike."""
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


class Scored(NamedTuple):
    """All scores of what is said about the uncertainty of forecasts on one split; none where it cannot be split."""

    intervals: tuple[IntervalScore, ...] = ()
    """A level after the other."""
    distributions: tuple[DistributionScore, ...] = ()
    """One of the split."""


def score_fitted(intervals: Intervals, test: Hindcast, horizon_windows: int) -> Scored:
    """Score intervals on windows that they were not fitted on; see `score_crosswise`."""
    bounds = {level: intervals.bounds(test.forecasts, test.valid_times, level) for level in intervals.levels}
    quantiles, probabilities = intervals.quantiles(test.forecasts, test.valid_times)
    scores = _scores("test", test, bounds, intervals.latitude, horizon_windows)
    return Scored(scores, _of_distribution("test", test.measured, quantiles, probabilities))


def score_crosswise(validation: Hindcast, train: Hindcast, latitude: float, horizon_windows: int) -> Scored:
    """Score each half of validation with intervals fitted on the other; none where there is but one half.

    Args:
        validation: as of `fit_on`.
        train: likewise.
        latitude: likewise.
        horizon_windows: how many windows start within one horizon: these err alike.
    """
    first = half(validation.valid_times, latitude)
    if first.all() or not first.any():
        return Scored()
    bounds: dict[float, tuple[Bounds, Bounds]] = {}
    quantiles = np.empty((len(first), len(PROBABILITIES)))
    for fitted, scored in ((first, ~first), (~first, first)):
        intervals, given = fit_on(validation.where(fitted), train, latitude), validation.where(scored)
        quantiles[scored], probabilities = intervals.quantiles(given.forecasts, given.valid_times)
        for level in intervals.levels:
            lower, upper = bounds.setdefault(level, (np.empty(len(first)), np.empty(len(first))))
            lower[scored], upper[scored] = intervals.bounds(given.forecasts, given.valid_times, level)
    scores = _scores("validation", validation, bounds, latitude, horizon_windows)
    return Scored(scores, _of_distribution("validation", validation.measured, quantiles, probabilities))


def half(valid_times: Times, latitude: float) -> Mask:
    """Give the windows of one half: the earlier, or every other week where later ones lie in other seasons."""
    if not len(valid_times):
        return np.zeros(0, dtype=bool)
    seconds, seasons = seconds_of(valid_times), season_numbers(valid_times, latitude)
    earlier: Mask = seconds < (seconds[0] + seconds[-1]) / 2
    if set(seasons[earlier]) == set(seasons[~earlier]):
        return earlier
    every_other: Mask = seconds // (7 * 24 * 3600) % 2 == 0
    return every_other


def _of_distribution(
    split: Literal["validation", "test"], measured: Values, quantiles: Bounds, probabilities: Bounds
) -> tuple[DistributionScore, ...]:
    """Score quantiles where a target was measured and forecast; none where nowhere."""
    known = np.isfinite(measured) & np.isfinite(quantiles).all(axis=1)
    if not known.any():
        return ()
    came, told = measured[known].astype(np.float64), quantiles[known]
    losses = pinball(told, probabilities, came).mean(axis=0)
    ranks = np.histogram(probability_integral_transform(told, probabilities, came), BINS, (0, 1))[0] / len(came)
    return (
        DistributionScore(
            split=split,
            windows=len(came),
            crps=float(crps_quantiles(told, probabilities, came).mean()),
            pinball=dict(zip(probabilities.tolist(), losses.tolist(), strict=True)),
            ranks=tuple(ranks.tolist()),
        ),
    )


def _scores(
    split: Literal["validation", "test"],
    hindcast: Hindcast,
    bounds: Mapping[float, tuple[Bounds, Bounds]],
    latitude: float,
    horizon_windows: int,
) -> tuple[IntervalScore, ...]:
    masks, days = season_masks(hindcast.valid_times, latitude), days_of(hindcast.valid_times)
    held = [(lower <= hindcast.measured) & (hindcast.measured <= upper) for lower, upper in bounds.values()]
    independent = independent_windows(np.sum(held, axis=0), horizon_windows)
    return tuple(
        IntervalScore(
            split=split,
            level=level,
            windows=len(hindcast.measured),
            days=days,
            independent=independent,
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
