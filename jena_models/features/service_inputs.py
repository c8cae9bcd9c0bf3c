"""What the weather service said when a forecast was made, as features: nothing of a run that was not there by then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.features.almanac.seasonal_waves import Climatology
from jena_models.features.histories import Histories
from jena_models.features.recent import Features, Recent
from jena_models.features.starting_point import first_known
from jena_models.frozen import Frozen
from jena_models.weather_service.oldest_run import ages_hours
from jena_models.weather_service.service import Service
from jena_models.weather_service.service_runs import NO_RUN, Runs, known_runs, known_then

Values = NDArray[np.float64]

AROUND_HOURS: Final = (-3, -2, -1, 1, 2, 3)
NEWEST_RUNS: Final = 3
"""What the run before the newest said, and the one before that, tell how sure the service is."""
PAST_DAYS: Final = 10
"""How many days back the service's errors are looked at, as far as a history reaches."""
MEAN_DAYS: Final = (3, 10)
OF_READINGS: Final = (" less usual", " less reading", " error now", " last error", " days")
"""How features end that need readings too, or that stand beside one that does not."""


def service_features(
    histories: Histories, recent: Recent, target: str, climatologies: Mapping[str, Climatology]
) -> Features:
    """Give all that is made of the weather service's runs; nothing where a station has none.

    Args:
        histories: with the runs.
        recent: of the same histories.
        target: the canonical name of the target's column.
        climatologies: by canonical column.
    """
    if histories.service is None:
        return {}
    features: Features = {}
    stale = histories.service.stale(target, histories.issue_seconds, histories.valid_seconds)
    for runs in histories.service.sources:
        of_source = _of_source(runs, histories, recent, climatologies)
        if runs.name in stale:
            of_source = {name: np.where(stale[runs.name], np.nan, values) for name, values in of_source.items()}
        features |= of_source
    now = recent.ago(target, 0)
    features[f"{target} less usual"] = now - climatologies[target].at(histories.issue_seconds)
    return features


class RunColumn(Frozen):
    """One column of one forecast source."""

    source: str
    column: str

    @property
    def then(self) -> str:
        """The feature of what it says of the valid time."""
        return f"{self.source} {self.column} then"

    def of(self, histories: Histories) -> Values:
        """Give what it says of each valid time, shape (histories,); NaN where it is silent or not there."""
        for runs in histories.service.sources if histories.service else ():
            if runs.name == self.source and self.column in runs.columns:
                known = known_then(runs, histories.issue_seconds, histories.valid_seconds)
                return known.values[:, runs.columns.index(self.column)]
        return np.full(len(histories), np.nan)


def source_columns(service: Service | None, station_column: str) -> list[RunColumn]:
    """Give what forecasts a station's column, in the order in which it speaks."""
    forecasting = service.forecasting(station_column) if service else ()
    return [RunColumn(source=runs.name, column=runs.columns[place]) for runs, place in forecasting]


def is_of_runs(feature: str) -> bool:
    """Tell whether a feature of these is made of runs alone, so that it is missing where they are."""
    return not feature.endswith(OF_READINGS)


def _of_source(runs: Runs, histories: Histories, recent: Recent, climatologies: Mapping[str, Climatology]) -> Features:
    issued, valid = histories.issue_seconds, histories.valid_seconds
    newest = list(known_runs(runs, issued, valid, NEWEST_RUNS))
    then, now = newest[0], known_then(runs, issued, issued)
    around = {hours: known_then(runs, issued, valid + hours * 3600).values for hours in AROUND_HOURS}
    last_run = then.run_seconds.max(axis=1)
    features = {
        f"{runs.name} age": np.where(last_run == NO_RUN, np.nan, (issued - last_run) / 3600),
        f"{runs.name} lead": np.where(last_run == NO_RUN, np.nan, (valid - last_run) / 3600),
    }
    for place, (column, of) in enumerate(zip(runs.columns, runs.of, strict=True)):
        name = f"{runs.name} {column}"
        said = then.values[:, place]
        features[f"{name} then"] = said
        features[f"{name} spread"] = then.spread[:, place]
        features[f"{name} tendency"] = said - now.values[:, place]
        for hours, values in around.items():
            features[f"{name} {hours:+d} h"] = values[:, place]
        before = np.stack([known.values[:, place] for known in newest])
        for rank in range(1, NEWEST_RUNS):
            features[f"{name} of {rank} before"] = before[rank]
        features[f"{name} mean of runs"] = _mean(before)
        if not of:
            continue
        if of in climatologies:
            features[f"{name} less usual"] = said - climatologies[of].at(valid)
        if of in histories.columns:
            reading = recent.ago(of, 0)
            features[f"{name} less reading"] = said - reading
            features[f"{name} error now"] = reading - now.values[:, place]
            features |= _errors_at_this_hour(name, runs, place, of, histories, recent)
    return features


def _errors_at_this_hour(  # noqa: PLR0917  (one caller, above)
    name: str, runs: Runs, place: int, of: str, histories: Histories, recent: Recent
) -> Features:
    """Give how far the service was off on the last days at this hour, at this lead, by what is known now.

    Each past valid time lies whole days before this one, within the history, and is forecast as it would have been
    with the same lead.
    """
    issued, valid = histories.issue_seconds, histories.valid_seconds
    lead = valid - issued
    measured, steps = recent.all_of(of), histories.rows.shape[1]
    step_seconds = histories.sampling_minutes * 60
    errors = np.full((PAST_DAYS, len(histories)), np.nan)
    first = np.maximum(1, -(-lead // 86_400))
    for number in range(PAST_DAYS):
        past = valid - (first + number) * 86_400
        back = (issued - past) / step_seconds
        step = steps - 1 - np.round(back).astype(np.int64)
        there = (np.abs(back - np.round(back)) < 1e-6) & (step >= 0)  # noqa: PLR2004  (whole steps)
        if not there.any():
            continue
        chosen = np.flatnonzero(there)
        said = known_then(runs, past[chosen] - lead[chosen], past[chosen]).values[:, place]
        errors[number, chosen] = measured[chosen, step[chosen]] - said
    features = {f"{name} last error": first_known(errors)}
    for days in MEAN_DAYS:
        features[f"{name} error of {days} days"] = _mean(errors[:days])
    return features


def _mean(errors: Values) -> Values:
    known = np.isfinite(errors)
    count = known.sum(axis=0)
    total = np.where(known, errors, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def service_value(histories: Histories, target: str) -> Values:
    """Give what the service says of the target at the valid time, shape (histories,); NaN where it is not known."""
    if histories.service is None:
        return np.full(len(histories), np.nan)
    known = histories.service.known_of(target, histories.issue_seconds, histories.valid_seconds)
    return np.full(len(histories), np.nan) if known is None else known.values[:, 0]


def run_ages(histories: Histories, station_column: str = "") -> Values:
    """Give how old the run is that speaks of each valid time, in hours; infinity where none does.

    Args:
        histories: with the runs.
        station_column: what a run has to speak of; empty for anything.
    """
    if histories.service is None:
        return np.full(len(histories), np.inf)
    runs = histories.service.newest_run(histories.issue_seconds, histories.valid_seconds, station_column)
    return ages_hours(histories.issue_seconds, runs)
