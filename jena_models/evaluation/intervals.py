"""Prediction intervals: split conformal, by the season and the hour that a forecast is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.errors import RequestError, TooFewReadingsError
from jena_models.evaluation.seasons import SEASONS, season_numbers
from jena_models.frozen import Frozen

LEVELS: Final = (0.8, 0.9)
HOURS: Final = 24
HOURS_BESIDE: Final = 2
"""An hour's residuals are taken together with those of so many hours before and after it."""
PROBABILITIES: Final = tuple(round(0.02 + 0.04 * number, 2) for number in range(25))
"""Quantiles that tell of a whole distribution: each stands for a 25th of it, the median for the 13th."""
FEWEST_DAYS: Final = 60
"""Residuals of fewer days say too little about a tail: those of one day are not independent."""

Values = NDArray[np.floating]
Times = NDArray[np.datetime64]
Mask = NDArray[np.bool_]
Bounds = NDArray[np.float64]


@dataclass(frozen=True)
class Weather:
    """How far persistence is off, on the windows of the residuals and on a longer record.

    It tells whether the residuals are of seasons that were easier to forecast than they usually are.
    """

    errors: Values
    """Of persistence on the windows of the residuals, shape (windows,)."""
    record_errors: Values
    """Of persistence on all windows up to then, shape (record windows,)."""
    record_times: Times
    """What those are for, shape (record windows,)."""


class Intervals(Frozen):
    """How far from its forecast the target may come, in the target's unit."""

    latitude: float
    """Of the station, in degrees north: it tells which months are winter."""
    levels: tuple[float, ...]
    """The shares of targets that the intervals are to hold."""
    below: tuple[tuple[tuple[float, ...], ...], ...]
    """What leads from a forecast to its lower bound, at most 0: by level, season and hour."""
    above: tuple[tuple[tuple[float, ...], ...], ...]
    """What leads from a forecast to its upper bound, at least 0: by level, season and hour."""
    probabilities: tuple[float, ...] = ()
    """Of the quantiles that are kept beside the bounds; none in intervals of earlier times."""
    offsets: tuple[tuple[tuple[float, ...], ...], ...] = ()
    """What leads from a forecast to each of these quantiles: by probability, season and hour."""

    def quantiles(self, forecasts: Values, valid_times: Times) -> tuple[Bounds, Bounds]:
        """Give quantiles of what may come, shape (forecasts, probabilities), and their probabilities, ascending.

        Intervals of earlier times tell by their bounds, and take the forecast for the median.

        Args:
            forecasts: in the target's unit, shape (forecasts,).
            valid_times: what each is for, in the station's own clock, shape (forecasts,).
        """
        centre = np.asarray(forecasts, dtype=np.float64)
        if self.probabilities:
            cells = season_numbers(valid_times, self.latitude), _hours(valid_times)
            return centre[:, None] + np.asarray(self.offsets)[:, *cells].T, np.asarray(self.probabilities)
        bounds = [self.bounds(centre, valid_times, level) for level in sorted(self.levels)]
        columns = [lower for lower, _ in reversed(bounds)] + [centre] + [upper for _, upper in bounds]
        tails = [(1 - level) / 2 for level in sorted(self.levels)]
        return np.stack(columns, axis=1), np.array([*reversed(tails), 0.5, *(1 - tail for tail in tails)]).round(6)

    def bounds(self, forecasts: Values, valid_times: Times, level: float) -> tuple[Bounds, Bounds]:
        """Give the lower and the upper bound of each forecast, each of shape (forecasts,).

        Args:
            forecasts: in the target's unit, shape (forecasts,).
            valid_times: what each is for, in the station's own clock, shape (forecasts,).
            level: one of `levels`.

        Raises:
            RequestError: where there are no intervals of this level.
        """
        if level not in self.levels:
            known = " and ".join(f"{fitted:g}" for fitted in self.levels)
            raise RequestError(f"There are no intervals of level {level:g}; ask for {known}.")
        number = self.levels.index(level)
        cells = season_numbers(valid_times, self.latitude), _hours(valid_times)
        centre = np.asarray(forecasts, dtype=np.float64)
        return centre + np.asarray(self.below[number])[cells], centre + np.asarray(self.above[number])[cells]


def fit_intervals(
    residuals: Values,
    valid_times: Times,
    latitude: float,
    levels: Sequence[float] = LEVELS,
    weather: Weather | None = None,
) -> Intervals:
    """Give intervals whose bounds are quantiles of the residuals for the same season and about the same hour.

    Each tail has its own, with the finite-sample correction of split conformal prediction (Lei and others, 2018). A
    season and hour with residuals of fewer than `FEWEST_DAYS` days takes those of about the same hour in all seasons,
    as what is certain at night is so in each; else those of the whole season, or else all. Where the weather is given,
    quantiles are scaled by how much farther persistence is off in that season of the record than on the windows that
    the residuals are from.

    Args:
        residuals: measured − forecast on windows that the model was not trained on, shape (windows,).
        valid_times: what each is for, shape (windows,).
        latitude: of the station, in degrees north.
        levels: the shares of targets to hold, each between 0 and 1.
        weather: of these windows and of a longer record.

    Raises:
        TooFewReadingsError: where no residual is a number.
    """
    known = np.isfinite(residuals)
    if not known.any():
        raise TooFewReadingsError(
            "No validation forecast is there to fit intervals on; give a longer file or a larger split.validation."
        )
    seasons, hours, days = season_numbers(valid_times, latitude), _hours(valid_times), _days(valid_times)
    offsets = np.zeros((2, len(levels), len(SEASONS), HOURS))
    finer = np.zeros((len(PROBABILITIES), len(SEASONS), HOURS))
    for season in range(len(SEASONS)):
        in_season = known & (seasons == season)
        whole = in_season if _enough(days[in_season]) else known
        scale = _scale(weather, whole, season, latitude)
        for hour in range(HOURS):
            near = known & (_hours_apart(hours, hour) <= HOURS_BESIDE)
            cell = next((cell for cell in (near & in_season, near) if _enough(days[cell])), whole)
            ascending = np.sort(residuals[cell].astype(np.float64))
            offsets[:, :, season, hour] = scale * _tails(ascending, levels)
            finer[:, season, hour] = scale * np.quantile(ascending, PROBABILITIES, method="hazen")
    below, above = np.minimum(offsets[0], 0), np.maximum(offsets[1], 0)
    return Intervals(
        latitude=latitude,
        levels=tuple(levels),
        below=below.tolist(),
        above=above.tolist(),
        probabilities=PROBABILITIES,
        offsets=finer.tolist(),
    )


def coverage(measured: Values, lower: Bounds, upper: Bounds) -> float:
    """Give the share of targets that lie within their bounds."""
    return float(np.mean((lower <= measured) & (measured <= upper)))


def mean_width(lower: Bounds, upper: Bounds) -> float:
    """Give the mean of upper − lower, in the target's unit."""
    return float(np.mean(upper - lower))


def interval_score(measured: Values, lower: Bounds, upper: Bounds, level: float) -> float:
    """Give the mean of Winkler's score (1972), in the target's unit: the lower, the better.

    It is the width, and for a target outside the distance from it times 2 / (1 − level), so that neither wide intervals
    nor wrong ones do well. It equals 2 / (1 − level) times the sum of both bounds' pinball losses.
    """
    outside = np.maximum(lower - measured, 0) + np.maximum(measured - upper, 0)
    return mean_width(lower, upper) + 2 / (1 - level) * float(np.mean(outside, dtype=np.float64))


def percent(level: float) -> str:
    """Give a level as names have it, such as `80` of 0.8."""
    return f"{100 * level:g}"


def _tails(ascending: Values, levels: Sequence[float]) -> Bounds:
    """Give the lower and upper quantile of each level of residuals in their order, shape (2, levels)."""
    count = len(ascending)
    # The tail's order statistic among count + 1; with too few residuals for the level, the outermost there is.
    ranks = np.array([max(1, int((count + 1) * (1 - level) / 2)) for level in levels])
    return np.stack([ascending[ranks - 1], ascending[count - ranks]])


def _scale(weather: Weather | None, pool: Mask, season: int, latitude: float) -> float:
    if weather is None:
        return 1.0
    of_season = season_numbers(weather.record_times, latitude) == season
    if _enough(_days(weather.record_times[of_season])):
        usual = _mean_size(weather.record_errors[of_season])
        then = _mean_size(weather.errors[pool])
    else:
        usual, then = _mean_size(weather.record_errors), _mean_size(weather.errors)
    return usual / then if then > 0 else 1.0


def _mean_size(errors: Values) -> float:
    return float(np.mean(np.abs(errors.astype(np.float64))))


def _enough(days: NDArray[np.int64]) -> bool:
    return len(np.unique(days)) >= FEWEST_DAYS


def _hours_apart(hours: NDArray[np.int64], hour: int) -> NDArray[np.int64]:
    apart = np.abs(hours - hour)
    around: NDArray[np.int64] = np.minimum(apart, HOURS - apart)
    return around


def _hours(times: Times) -> NDArray[np.int64]:
    hours: NDArray[np.int64] = times.astype("datetime64[h]").astype(np.int64) % HOURS
    return hours


def _days(times: Times) -> NDArray[np.int64]:
    days: NDArray[np.int64] = times.astype("datetime64[D]").astype(np.int64)
    return days
