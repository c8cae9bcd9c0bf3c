"""Which neighbour helps: how much less a line through the features errs with it, and how long it is ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.evaluation.significance import LEVEL, mean_interval
from jena_models.features.feature_builder import FeatureBuilder, fit_features
from jena_models.features.feature_settings import FeatureSettings
from jena_models.features.histories import Histories
from jena_models.features.scaling import line_forecasts
from jena_models.features.starting_point import latest
from jena_models.frozen import Frozen
from jena_models.models.learner import Forecasts
from jena_models.neighbours.distances import bearing_degrees, distance_km, place_of
from jena_models.stations.schema import Neighbour, StationSchema
from jena_models.stations.units import told_unit_of

MOST_WINDOWS: Final = 20_000
"""Enough to tell whether a neighbour helps a line."""
LAGS_HOURS: Final = range(-48, 73)
"""How far a neighbour may be behind or ahead."""
FEWEST_PAIRS: Final = 100

Values = NDArray[np.float64]


class NeighbourGain(Frozen):
    """What a neighbour is worth, by a line through the features on the validation windows."""

    name: str
    place: str
    """How far away it stands and in which direction, in words."""
    distance_km: float
    bearing_degrees: float
    """From the station, from north over east: the wind that brings its weather comes from there."""
    available_after: float
    """In hours."""
    gain: float
    """By how much the mean absolute error is lower with it than with the station alone, in the target's unit."""
    lower: float
    """Where the gain's 95 % interval begins, autocorrelation allowed for."""
    upper: float
    beside_others: float
    """By how much it is lower with all neighbours than with all but this one."""
    beside_lower: float
    beside_upper: float
    ahead_hours: float | None
    """By how many hours its anomalies are ahead of the station's where they agree best; None where none is measured."""
    correlation: float
    """Of the anomalies at that lag; 0 where none is measured."""

    @property
    def helps(self) -> bool:
        """Whether the gain is more than an accident."""
        return self.lower > 0


class NeighbourGains(Frozen):
    """What all neighbours are worth."""

    windows: int
    """Of validation."""
    unit: str
    """Of the target, as people write it."""
    alone_mae: float
    """Of the line through the station's own features, in the target's unit."""
    with_all_mae: float
    """Of the line through those of all neighbours too."""
    neighbours: tuple[NeighbourGain, ...]
    """The one that gains most first."""


@dataclass(frozen=True)
class SplitWindows:
    """Windows of one split with what came."""

    histories: Histories
    target: Forecasts
    """Shape (histories,)."""

    def thinned(self) -> SplitWindows:
        """Give at most so many as a line needs, evenly from all."""
        every = slice(None, None, max(1, -(-len(self.histories) // MOST_WINDOWS)))
        return SplitWindows(self.histories.part(every), self.target[every])


def measured_gains(
    train: SplitWindows, validation: SplitWindows, station: StationSchema, target: str, horizon_hours: float
) -> NeighbourGains | None:
    """Give what each neighbour is worth; None where no neighbour has a column among those of the histories.

    A line is fitted to the training windows, once with the station's own features, once with each neighbour's beside
    them, once with all, and once with all but each. The station's own anomalies are among its features, so that a
    neighbour gains nothing by telling of them in its differences.

    Args:
        train: windows to fit on.
        validation: windows to judge by.
        station: with its neighbours.
        target: the canonical name of the column to forecast.
        horizon_hours: how far ahead, for the autocorrelation of errors.
    """
    settings = FeatureSettings(week=False, target_anomalies=True)
    builder = fit_features(settings, train.histories, target, station)
    if not builder.neighbours:
        return None
    train, validation = train.thinned(), validation.thinned()
    places = _places(builder, train.histories)
    matrices = [builder.build(part.histories) for part in (train, validation)]
    lasts = [latest(part.histories, target) for part in (train, validation)]
    change = (train.target - lasts[0]).astype(np.float32)

    def errors(names: tuple[str, ...]) -> Values:
        chosen = places[""] | np.any([places[name] for name in names], axis=0) if names else places[""]
        foretold = line_forecasts(matrices[0][:, chosen], change, matrices[1][:, chosen])
        return np.asarray(np.abs(foretold + lasts[1] - validation.target), dtype=np.float64)

    every = tuple(builder.neighbours)
    known = np.isfinite(lasts[1]) & np.isfinite(validation.target)
    alone, with_all = errors(())[known], errors(every)[known]
    windows = _windows_within(validation.histories, horizon_hours)
    found = []
    for neighbour in station.named_neighbours:
        if neighbour.name not in every:
            continue
        with_it = with_all if len(every) == 1 else errors((neighbour.name,))[known]
        without = alone if len(every) == 1 else errors(tuple(n for n in every if n != neighbour.name))[known]
        gain, beside = alone - with_it, without - with_all
        ahead, correlation = best_lag(train.histories, builder, neighbour)
        found.append(_told(station, neighbour, gain, beside, windows, ahead=ahead, correlation=correlation))
    return NeighbourGains(
        windows=int(known.sum()),
        unit=told_unit_of(target),
        alone_mae=float(alone.mean()),
        with_all_mae=float(with_all.mean()),
        neighbours=tuple(sorted(found, key=lambda each: -each.gain)),
    )


def best_lag(histories: Histories, builder: FeatureBuilder, neighbour: Neighbour) -> tuple[float | None, float]:
    """Give by how many hours a neighbour is ahead where the anomalies agree best, and how well they do.

    Its delay is taken off: hours count from when it measured.
    """
    columns = builder.neighbours[neighbour.name]
    if not columns.target or not len(histories):
        return None, 0.0
    rows = histories.until_last
    seconds = histories.seconds[rows]

    def anomaly(name: str) -> Values:
        number = histories.columns.index(name)
        measured = np.where(histories.not_measured[rows, number], np.nan, histories.readings[rows, number])
        return np.asarray(measured - builder.climatologies[name].at(seconds))

    ours, theirs = anomaly(builder.target), anomaly(columns.target)
    rows_an_hour = 3600 / max(1.0, float(np.median(np.diff(seconds)))) if len(seconds) > 1 else 1.0
    lags = sorted({round(hours * rows_an_hour) for hours in LAGS_HOURS})
    found = [(_correlation(ours, theirs, lag), lag) for lag in lags]
    best, lag = max(found, key=lambda each: (each[0], -abs(each[1])))
    if not np.isfinite(best):
        return None, 0.0
    return lag / rows_an_hour + neighbour.available_after, best


def in_words(found: NeighbourGains) -> str:
    """Give what all neighbours are worth, a line each."""
    head = (
        f"Neighbours, by a line through the features on {found.windows:,} validation windows, which errs "
        f"{found.alone_mae:.3f} {found.unit} without them and {found.with_all_mae:.3f} {found.unit} with all; "
        "how much less with each alone:"
    )
    return "\n".join([head, *(f"  {_sentence(each, found.unit)}" for each in found.neighbours)])


def ahead_in_words(gain: NeighbourGain) -> str:
    """Give how long before or after the station a neighbour has its weather; empty where that is not known."""
    if gain.ahead_hours is None:
        return ""
    if gain.ahead_hours == 0:
        return "at the same hour"
    return f"{abs(gain.ahead_hours):g} h {'before' if gain.ahead_hours > 0 else 'after'}"


def _sentence(gain: NeighbourGain, unit: str) -> str:
    ahead = f", its weather {ahead_in_words(gain)} (r {gain.correlation:.2f})" if ahead_in_words(gain) else ""
    verdict = "" if gain.helps else ", which may be an accident"
    return (
        f"{gain.name}, {gain.place}{ahead}: {gain.gain:+.3f} {unit} "
        f"(95 % {gain.lower:+.3f} to {gain.upper:+.3f}){verdict}"
    )


def _places(builder: FeatureBuilder, histories: Histories) -> dict[str, NDArray[np.bool_]]:
    """Give which features are each neighbour's, by its name; the station's own by an empty one."""
    every = builder.names(histories)
    own = set(builder.model_copy(update={"neighbours": {}}).names(histories))
    places = {"": np.array([name in own for name in every])}
    for name, columns in builder.neighbours.items():
        theirs = set(builder.model_copy(update={"neighbours": {name: columns}}).names(histories)) - own
        places[name] = np.array([each in theirs for each in every])
    return places


def _windows_within(histories: Histories, horizon_hours: float) -> int:
    issued = histories.issue_seconds
    apart = float(np.median(np.diff(issued))) if len(issued) > 1 else 3600.0
    return max(1, round(horizon_hours * 3600 / max(apart, 1.0)))


def _correlation(ours: Values, theirs: Values, lag: int) -> float:
    """Give how well a series agrees with the other one so many rows before."""
    now, before = (ours[lag:], theirs[: len(theirs) - lag]) if lag >= 0 else (ours[:lag], theirs[-lag:])
    both = np.isfinite(now) & np.isfinite(before)
    if both.sum() < FEWEST_PAIRS or not np.ptp(now[both]) or not np.ptp(before[both]):
        return -np.inf
    return float(np.corrcoef(now[both], before[both])[0, 1])


def _told(
    station: StationSchema,
    neighbour: Neighbour,
    gain: Values,
    beside: Values,
    horizon_windows: int,
    *,
    ahead: float | None,
    correlation: float,
) -> NeighbourGain:
    schema = neighbour.described
    intervals = [mean_interval(each, horizon_windows, 1 - LEVEL) for each in (gain, beside)]
    return NeighbourGain(
        name=neighbour.name,
        place=place_of(station, schema) if schema else "",
        distance_km=distance_km(station, schema) if schema else 0.0,
        bearing_degrees=bearing_degrees(station, schema) if schema else 0.0,
        available_after=neighbour.available_after,
        gain=float(gain.mean()),
        lower=intervals[0][0],
        upper=intervals[0][1],
        beside_others=float(beside.mean()),
        beside_lower=intervals[1][0],
        beside_upper=intervals[1][1],
        ahead_hours=ahead,
        correlation=correlation,
    )
