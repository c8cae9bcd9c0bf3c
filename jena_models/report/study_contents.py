"""All that the page of a study is made from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from jena_models.evaluation.comparisons import Significance
from jena_models.evaluation.gates import GateVerdict
from jena_models.evaluation.interval_scores import DistributionScore, IntervalScore
from jena_models.evaluation.intervals import Intervals
from jena_models.evaluation.leaderboard_row import LeaderboardRow
from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.evaluation.permutation_importance import Importance
from jena_models.exactness import digits_for
from jena_models.frozen import Frozen
from jena_models.neighbours.gains import NeighbourGains
from jena_models.report.number_format import grouped, step_for, whole_steps
from jena_models.stations.cleaned.cleaning_report import CleaningReport, Finding
from jena_models.stations.units import told_unit_of
from jena_models.training.jobs.fit_result import EpochRecord


class Contender(LeaderboardRow):
    """One architecture of the study: a line of its leaderboard and what its training left."""

    rank: str
    """`1=` for those that cannot be told from the best."""
    epochs: tuple[EpochRecord, ...] = ()
    intervals: tuple[IntervalScore, ...] = ()
    distributions: tuple[DistributionScore, ...] = ()

    @property
    def on_test(self) -> list[IntervalScore]:
        """The scores of its intervals on test, the lowest level first."""
        found = [score for score in self.intervals if score.split == "test"]
        return sorted(found, key=lambda score: score.level)

    @property
    def distribution_on_test(self) -> DistributionScore | None:
        """The score of its distribution on test, where it has one."""
        return next((score for score in self.distributions if score.split == "test"), None)


class Windows(Frozen):
    """How many windows a split has."""

    split: str
    used: int
    left_out: int


@dataclass(frozen=True)
class StudyReport:
    """A study, as its runs in the tracking store tell it."""

    study: str
    finished: datetime | None
    """In UTC; None while the study is at it."""
    station_title: str
    credit: str
    """Who measured, and under which licence; empty where it is not known."""
    latitude: float
    clock: str
    """The station's, in which times are but for daylight saving; empty where it is not known."""
    target: str
    """Canonical name of the target's column."""
    target_name: str
    history_hours: float
    sampling_minutes: float
    horizon_hours: float
    source: str
    kind: str
    """`real` or `simulated`."""
    contenders: tuple[Contender, ...]
    """The lowest validation error first."""
    forecasts: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """Of each architecture on the test split: `valid_time`, `measured`, `forecast`, in the order of time."""
    bounds: Intervals | None = None
    """Of the best architecture."""
    significance: Significance = field(default_factory=Significance)
    importance: Importance | None = None
    neighbours: NeighbourGains | None = None
    cleaning: CleaningReport | None = None
    windows: tuple[Windows, ...] = ()
    expectations: tuple[Finding, ...] = ()
    gates: tuple[GateVerdict, ...] = ()
    promotion: str = ""
    """The sentence that says what became of the challenger."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Every setting by its dotted name."""
    origin: Mapping[str, str] = field(default_factory=dict)
    """What else tells how to repeat the study, by what it is."""

    @property
    def unit(self) -> str:
        """The target's unit as people write it."""
        return told_unit_of(self.target)

    @property
    def size(self) -> float:
        """How large errors are, in the target's unit: those of the first contender on test."""
        return self.contenders[0].test_mae if self.contenders else 1.0

    def amount(self, value: float, digits: int = 2) -> str:
        """Give a figure in the target's unit, with so many digits where errors are about 1; NaN is empty."""
        return grouped(value, digits_for(self.size, digits)) if math.isfinite(value) else ""

    def change(self, value: float, digits: int = 2) -> str:
        """Give the same of a difference, with its sign."""
        return grouped(value, digits_for(self.size, digits), "+")

    @property
    def step(self) -> float:
        """The step that differences are counted in: a hundredth, where errors are about 1."""
        return step_for(self.size)

    def steps(self, value: float) -> str:
        """Give a difference as so many steps, with its sign."""
        return whole_steps(value, self.step)

    @property
    def best(self) -> Contender | None:
        """The trained architecture with the lowest validation error."""
        return next((each for each in self.contenders if each.architecture != PERSISTENCE), None)

    @property
    def trained(self) -> tuple[Contender, ...]:
        """All but persistence."""
        return tuple(each for each in self.contenders if each.architecture != PERSISTENCE)
