"""What forecasts are worth whose runs came late: on time, so many hours later, and not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.markdown import table
from benchmarks.weather_service.described_sets import Candidate, DescribedSet
from benchmarks.weather_service.records import Record, Windows, some_windows_of
from benchmarks.weather_service.trials import FED, as_chosen, lesson_of, limited, taught
from jena_models.errors import SettingsError
from jena_models.features.service_inputs import run_ages
from jena_models.models.learner import Learner
from jena_models.weather_service.oldest_run import LATE_BY_HOURS, are_worth_it, oldest_worth_hours
from jena_models.weather_service.service import Service

Values = NDArray[np.float64]
NONE: Final = Service(())


@dataclass(frozen=True)
class LateScores:
    """Of one record: what was forecast with runs that late, and what it scored."""

    name: str
    oldest_hours: float
    """From which age on a run is worth less than history alone, by validation."""
    by_lateness: dict[float, tuple[float, float, float]]
    """By hours: the share of the test with a known run, its score as it is, and with the ladder down to history."""
    alone: float
    """The score of history alone."""


def made_late(record: Record, told: DescribedSet, late_hours: Sequence[float], threads: int = 1) -> LateScores:
    """Train the first learner of a set that does without a service with it and without; let runs be late on the test.

    The ladder is that of forecasts: where no run is known of a valid time, and where one is older than validation says
    is worth it, history alone speaks.

    Raises:
        SettingsError: where a set has no such learner.
    """
    candidate = next((each for each in told.candidates if each.architecture not in FED), None)
    if candidate is None:
        raise SettingsError("No candidate of the set can forecast from history alone; add one, such as ridge.")
    without = replace(record, service=NONE)
    fed, alone = (trained_twice(each, told, candidate, threads) for each in (record, without))
    power = 2 if told.score == "rmse" else 1
    validation = some_windows_of(record, told, "validation", len(told.validation) - 2)
    off_alone = np.abs(limited(alone[0], _served_by(validation, NONE), record) - validation.target) ** power
    ages, off = [], []
    for hours in LATE_BY_HOURS:
        late = _served_by(validation, record.service.later(hours))
        ages.append(run_ages(late.histories))
        off.append(np.abs(limited(fed[0], late, record) - late.target) ** power)
    oldest = oldest_worth_hours(np.concatenate(ages), np.concatenate(off), np.tile(off_alone, len(LATE_BY_HOURS)))
    test = some_windows_of(record, told, "test")
    said_alone = limited(alone[1], _served_by(test, NONE), record)
    by_lateness = {}
    for hours in (0.0, *late_hours):
        late = _served_by(test, record.service.later(hours))
        said, age = limited(fed[1], late, record), run_ages(late.histories)
        laddered = np.where(are_worth_it(age, oldest), said, said_alone)
        share = float(np.isfinite(age).mean())
        by_lateness[hours] = (share, _score(said, test, power), _score(laddered, test, power))
    return LateScores(record.name, oldest, by_lateness, _score(said_alone, test, power))


def late_table(told: DescribedSet, found: Sequence[LateScores]) -> str:
    """Give a row for each series and lateness."""
    rows = []
    for each in found:
        for hours, (share, as_it_is, laddered) in each.by_lateness.items():
            when = f"{hours:g} h late" if hours else "on time"
            rows.append([each.name, when, f"{share:.0%}", f"{as_it_is:.4f}", f"{laddered:.4f}"])
        rows.append([each.name, "none: history alone", "0%", f"{each.alone:.4f}", f"{each.alone:.4f}"])
    head = f"series | runs | a run is known of | {told.score} as it is | with the ladder"
    worth = "\n".join(f"{each.name}: runs are worth it {_until(each.oldest_hours)}" for each in found)
    return f"{told.title}\n\n{table(head, rows, words=2)}\n\n{worth}"


def _until(oldest_hours: float) -> str:
    return f"below an age of {oldest_hours:g} h" if isfinite(oldest_hours) else "at any age"


def trained_twice(
    record: Record, told: DescribedSet, candidate: Candidate, threads: int = 1
) -> tuple[Learner, Learner]:
    """Give what was trained before the last stretch of validation, and again on all that is given, as that chose.

    From windows at the issue times alone.
    """
    told, stretch = told.at_issue_times, len(told.validation) - 2
    before, after = (some_windows_of(record, told, part, stretch) for part in ("train", "validation"))
    chosen = candidate.chosen()
    model = taught(candidate, lesson_of(record, before, after, threads), chosen)
    everything = some_windows_of(record, told, "train")
    again = taught(candidate, lesson_of(record, everything, after, threads), as_chosen([model], chosen))
    return model, again


def _served_by(windows: Windows, service: Service) -> Windows:
    return replace(windows, histories=replace(windows.histories, service=service))


def _score(said: Values, windows: Windows, power: int) -> float:
    return float(np.mean(np.abs(said - windows.target) ** power) ** (1 / power))
