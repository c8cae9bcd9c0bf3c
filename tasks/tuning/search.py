"""A hyper-parameter search from its first trial to its last word, as the flow sees it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from pydantic import ConfigDict

from jena_models.errors import SettingsError, TrainingAbandonedError, TrainingError, TrainingInterruptedError
from jena_models.frozen import Frozen
from jena_models.settings import Settings
from jena_models.stations.units import told_unit_of
from jena_models.tuning.search_result import SearchResult
from jena_models.tuning.space import Dimension, with_values
from jena_models.whole_files import write_whole
from tasks.tracking import (
    SEARCH,
    ParentRun,
    client,
    fail_run,
    mark_orphans,
    open_parent,
    open_part,
    tracked,
    tracked_whole,
)
from tasks.training import ending_trainings, fit_architecture, require_going_on
from tasks.tuning.search_runs import (
    Curve,
    finish_search,
    finish_trial,
    search_id,
    trials_path,
)
from tasks.tuning.search_table import line
from tasks.tuning.trials import Attempt, Trials
from tasks.tuning.winning_profile import profile_text
from tasks.workspace import Prepared, exclusive, keeping_in, task

logger = logging.getLogger("jena")


class Search(Frozen):
    """What is searched, and on what."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    architecture: str
    dimensions: tuple[Dimension, ...]
    prepared: Prepared
    """Without the test split: `tasks.tuning.trial_windows.without_test`."""
    settings: Settings

    @property
    def id(self) -> str:
        """Name all that its trials depend on."""
        return search_id(self.architecture, self.dimensions, self.prepared, self.settings)

    @property
    def trials(self) -> Trials:
        """Give its trials, those of earlier runs too."""
        return Trials(trials_path(self.id), self.id, self.dimensions, self.settings.tuning, self.settings.seed)

    def with_values(self, values: dict[str, Any]) -> Settings:
        """Give the settings with hyper-parameters to try."""
        table = self.settings.hyperparameters
        tried = with_values(table[self.architecture], values)
        return self.settings.model_copy(update={"hyperparameters": table.model_copy(update={self.architecture: tried})})


@contextmanager
def searching(search: Search) -> Iterator[ParentRun]:
    """Open the search's run, with what a killed process left queued again; end its trials where the block is left.

    Raises:
        TrainingError: where another process is at the same search.
    """
    whole = tracked_whole(SEARCH, search.id, search.settings.tracking.experiment)
    with _alone(trials_path(search.id)), whole, ending_trainings():
        yield _begin(search)


@task(name="try", timeout_seconds=12 * 3600)
def try_values(begun: ParentRun, search: Search) -> None:
    """Train with the next hyper-parameters, in a process of its own, and keep how good they are on validation.

    Raises:
        TrainingInterruptedError: where it is ended from outside; the same values are tried again by the next run.
    """
    with keeping_in(begun.places):
        require_going_on(search.architecture)
        attempt = search.trials.next()
        settings = search.with_values(attempt.values)
        named = {"architecture": search.architecture, "trial": str(attempt.number)}
        run_id, _ = open_part(begun, named, " ".join(named.values()), search.prepared, settings)
        _train(attempt, run_id, search, settings)
        _tell(attempt.number, search)


@task(name="conclude the search", timeout_seconds=1800)
def conclude_search(begun: ParentRun, search: Search, command: str, profile: Path) -> SearchResult:
    """Write the winner as a profile, and attach it and all trials to the search's run.

    Raises:
        TrainingError: where no trial was trained to its end.
    """
    trials = search.trials.ended()
    if all(trial.val_mae is None for trial in trials):
        raise TrainingError(
            f"None of the {len(trials)} trials of {search.architecture} was trained to its end. "
            f"The last one failed: {trials[-1].reason}"
        )
    result = SearchResult(
        search=begun.identity,
        run_id=begun.run_id,
        architecture=search.architecture,
        unit=told_unit_of(search.prepared.preparation.target),
        trials=trials,
        profile=str(profile),
    )
    text = profile_text(result, search.prepared, search.settings, command)
    write_whole(profile, text)
    finish_search(begun, result, text)
    return result


def _begin(search: Search) -> ParentRun:
    client()
    mark_orphans(search.settings.tracking.experiment)
    search.trials.resume()
    if ended := len(search.trials.ended()):
        logger.info("Going on with search %s after %d trials.", search.id, ended)
    return open_parent(SEARCH, search.id, search.prepared, search.settings, search.architecture)


def _train(attempt: Attempt, run_id: str, search: Search, settings: Settings) -> None:
    curve = Curve(run_id)
    with tracked(run_id):
        try:
            fit = fit_architecture(search.architecture, search.prepared, settings, curve, attempt.judge)
        except TrainingInterruptedError:
            raise
        except TrainingAbandonedError as worse:
            curve.close()
            finish_trial(run_id, None, str(worse))
            attempt.give_up(str(worse))
        except (TrainingError, SettingsError) as error:
            # One set of values that cannot be trained says nothing of the next.
            fail_run(run_id, str(error))
            attempt.fail(str(error))
        else:
            curve.close()
            finish_trial(run_id, fit.result)
            attempt.complete(fit.result.val_mae)


def _tell(number: int, search: Search) -> None:
    trials = search.trials.ended()
    trial = next(each for each in trials if each.number == number)
    usual = sum(each.seconds for each in trials) / len(trials)
    left = search.trials.left * usual / search.settings.workers
    total = max(search.settings.tuning.trials, len(trials))
    logger.info("%s", line(trial, trials, total, told_unit_of(search.prepared.preparation.target), left))


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with ExitStack() as held:
        try:
            held.enter_context(exclusive(path.with_suffix(".lock"), wait=False))
        except BlockingIOError:
            raise TrainingError("Another process is at the same search; wait for its end, or end it.") from None
        yield
