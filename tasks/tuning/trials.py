"""The trials of a search, kept by Optuna in a file: what was tried, how it went, and what to try next.

Whatever is drawn depends on the seed, the trial's number and the trials that have ended, so that a search that was
killed and goes on with one worker tries what an undisturbed one would have.
"""

from __future__ import annotations

import math
import sqlite3
import threading
from collections.abc import Sequence
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from jena_models.errors import TrainingAbandonedError
from jena_models.exactness import as_exact
from jena_models.options.training_options import Tuning
from jena_models.training.jobs.progress_events import TrainingEvent
from jena_models.tuning.ranges import OneOf
from jena_models.tuning.search_result import State, Trial
from jena_models.tuning.space import Dimension, Values

if TYPE_CHECKING:
    import optuna

NUMBER: Final = "number"
REASON: Final = "reason"
"""Attributes of a trial. One that failed without a reason was cut off, and does not count."""

MARKS: Final = 10
"""Trials are compared so many times on their way, at equal shares of the epochs that each may take."""
DIGITS: Final = 3
"""Of numbers that are drawn; more would say nothing."""
WAIT_SECONDS: Final = 60
"""How long the file may be busy."""

_asking = threading.Lock()


class Trials:
    """The trials of one search."""

    def __init__(self, path: Path, search: str, dimensions: Sequence[Dimension], tuning: Tuning, seed: int) -> None:
        self._path, self._search, self._dimensions = path, search, tuple(dimensions)
        self._tuning, self._seed = tuning, seed

    def resume(self) -> None:
        """Make the file where it is not there, and queue again what was cut off; no other process may be at it."""
        import optuna

        storage = _storage(self._path)
        study = optuna.create_study(storage=storage, study_name=self._search, load_if_exists=True)
        for trial in study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.RUNNING,)):
            study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
            if NUMBER in trial.user_attrs and len(trial.params) == len(self._dimensions):
                study.enqueue_trial(trial.params, {NUMBER: trial.user_attrs[NUMBER]})
        if 1 not in self._numbers(study):
            study.enqueue_trial({each.name: _stored(each, each.start) for each in self._dimensions}, {NUMBER: 1})

    @property
    def left(self) -> int:
        """Give how many are still to be tried."""
        return max(0, self._tuning.trials - len(self.ended()))

    def next(self) -> Attempt:
        """Draw the next values."""
        with _asking:
            numbers = self._numbers(self._study(seed=0))
            number = next(free for free in count(1) if free not in numbers)
            trial = self._study(_seed_of(self._seed, number)).ask()
            number = trial.user_attrs.get(NUMBER, number)
            trial.set_user_attr(NUMBER, number)
            values = {each.name: _drawn(trial, each) for each in self._dimensions}
        return Attempt(trial, number, values, self._tuning.pruning)

    def ended(self) -> tuple[Trial, ...]:
        """Give the trials that have ended, by number."""
        from optuna.trial import TrialState

        states: dict[TrialState, State] = {
            TrialState.COMPLETE: "complete",
            TrialState.PRUNED: "pruned",
            TrialState.FAIL: "failed",
        }
        trials = self._study(seed=0).get_trials(deepcopy=False, states=tuple(states))
        ended = [
            Trial(
                number=trial.user_attrs[NUMBER],
                state=states[trial.state],
                values={each.name: _value(each, trial.params[each.name]) for each in self._dimensions},
                val_mae=trial.value if trial.state == TrialState.COMPLETE else None,
                seconds=trial.duration.total_seconds() if trial.duration else 0.0,
                reason=trial.user_attrs.get(REASON, ""),
            )
            for trial in trials
            if trial.state != TrialState.FAIL or REASON in trial.user_attrs
        ]
        return tuple(sorted(ended, key=lambda trial: trial.number))

    def _study(self, seed: int) -> optuna.Study:
        import optuna

        tuning = self._tuning
        return optuna.load_study(
            storage=_storage(self._path),
            study_name=self._search,
            sampler=optuna.samplers.TPESampler(n_startup_trials=tuning.random_trials, seed=seed),
            pruner=optuna.pruners.MedianPruner(
                n_startup_trials=tuning.random_trials, n_warmup_steps=math.ceil(MARKS * tuning.spared_share)
            ),
        )

    @staticmethod
    def _numbers(study: optuna.Study) -> set[int]:
        from optuna.trial import TrialState

        return {
            trial.user_attrs[NUMBER]
            for trial in study.get_trials(deepcopy=False)
            if NUMBER in trial.user_attrs and (trial.state != TrialState.FAIL or REASON in trial.user_attrs)
        }


class Attempt:
    """One trial that goes on."""

    def __init__(self, trial: optuna.Trial, number: int, values: Values, is_compared: bool) -> None:
        self.number, self.values = number, values
        self._trial, self._is_compared = trial, is_compared
        self._best, self._told = math.inf, 0

    def judge(self, event: TrainingEvent) -> None:
        """Compare the training with earlier trials at the same share of their epochs.

        Raises:
            TrainingAbandonedError: where it is worse than half of them.
        """
        if not self._is_compared or event.finished is None:
            return
        self._best = min(self._best, event.finished.val_mae)
        # Boosting stops before its last round, and goes on at a later one: the marks that it skips are told too.
        reached = min(MARKS * event.epoch // event.epochs, MARKS - 1)
        for mark in range(self._told + 1, reached + 1):
            self._trial.report(self._best, mark)
        if reached > self._told:
            self._told = reached
            if event.epoch < event.epochs and self._trial.should_prune():
                raise TrainingAbandonedError(
                    f"validation MAE {as_exact(self._best)} after {event.epoch} of {event.epochs} epochs is worse than "
                    "half of the trials before."
                )

    def complete(self, val_mae: float) -> None:
        """Keep how it ended."""
        self._trial.study.tell(self._trial, val_mae)

    def give_up(self, reason: str) -> None:
        """Keep that it was given up on the way."""
        from optuna.trial import TrialState

        self._trial.set_user_attr(REASON, reason)
        self._trial.study.tell(self._trial, state=TrialState.PRUNED)

    def fail(self, reason: str) -> None:
        """Keep that it could not be trained."""
        from optuna.trial import TrialState

        self._trial.set_user_attr(REASON, reason)
        self._trial.study.tell(self._trial, state=TrialState.FAIL)


@cache
def _storage(path: Path) -> optuna.storages.BaseStorage:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    path.parent.mkdir(parents=True, exist_ok=True)
    return optuna.storages.RDBStorage(f"sqlite:///{path}", engine_kwargs={"creator": partial(_connection, path)})


def _connection(path: Path) -> sqlite3.Connection:
    """Open the file; what is written outlives the process that is killed, without waiting for the disk each time."""
    connection = sqlite3.connect(path, timeout=WAIT_SECONDS, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _seed_of(seed: int, number: int) -> int:
    return int(np.random.SeedSequence([abs(seed), number]).generate_state(1)[0])


def _drawn(trial: optuna.Trial, dimension: Dimension) -> Any:
    name, where = dimension.name, dimension.range
    if isinstance(where, OneOf):
        return _value(dimension, trial.suggest_categorical(name, where.labels))
    if dimension.is_whole:
        return _value(dimension, trial.suggest_int(name, round(where.low), round(where.high), log=where.log))
    return _value(dimension, trial.suggest_float(name, where.low, where.high, log=where.log))


def _stored(dimension: Dimension, value: Any) -> Any:
    """Give a value as Optuna keeps it."""
    return dimension.range.label(value) if isinstance(dimension.range, OneOf) else value


def _value(dimension: Dimension, stored: Any) -> Any:
    """Give what Optuna keeps as the hyper-parameter's value."""
    if isinstance(dimension.range, OneOf):
        return dimension.range.labelled(stored)
    if dimension.is_whole:
        return int(stored)
    return stored if stored == dimension.start else float(f"{stored:.{DIGITS}g}")
