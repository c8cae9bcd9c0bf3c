"""A backtest from its first run to its last word, as the flow sees it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pandas as pd

from jena_models.architectures import find_architecture
from jena_models.backtesting.backtest_result import BacktestResult
from jena_models.backtesting.backtest_scores import score_forecasts
from jena_models.frozen import Frozen
from jena_models.settings import Settings
from jena_models.stations.schema import StationSchema
from jena_models.stations.units import told_unit_of
from tasks.backtesting.backtest_runs import backtest_id, finish_backtest, finished_backtest
from tasks.backtesting.prepared_folds import FoldAtLead
from tasks.backtesting.requested_backtest import backtested
from tasks.tracking import BACKTEST, ParentRun, client, mark_orphans, nothing_kept_yet, open_parent, tracked_whole
from tasks.training import ending_trainings, fit_architecture, forecasts_of
from tasks.workspace import BACK_OFF_SECONDS, Fit, keeping_in, task

logger = logging.getLogger("jena")


class FoldTraining(Frozen):
    """An architecture to train for one origin and lead."""

    architecture: str
    at: FoldAtLead
    place: str
    """Among all trainings, for the log, such as `3 of 48`; empty where there is nothing to train."""

    @property
    def name(self) -> str:
        """Name it to a person."""
        return f"{self.architecture} {self.at.lead_hours:g} h {self.at.fold.origin:%Y-%m-%d}"


class TrainedAtFold(Frozen):
    """An architecture that was trained for one origin and lead, and has forecast until the next origin."""

    architecture: str
    at: FoldAtLead
    fit: Fit


def trainings(folds: Sequence[FoldAtLead], settings: Settings) -> list[FoldTraining]:
    """Give all that is to be trained, one origin after the other."""
    reference, *trained = backtested(settings)
    todo = [FoldTraining(architecture=reference, at=at, place="") for at in folds]
    total = len(folds) * len(trained)
    pairs = ((at, name) for at in folds for name in trained)
    return todo + [
        FoldTraining(architecture=name, at=at, place=f"{place} of {total}")
        for place, (at, name) in enumerate(pairs, start=1)
    ]


def earlier_backtest(folds: Sequence[FoldAtLead], settings: Settings) -> BacktestResult | None:
    """Give the result of the same backtest where it was finished before; None where it was not."""
    if nothing_kept_yet():
        return None
    return finished_backtest(backtest_id(folds, backtested(settings), settings), settings)


@task(
    name="begin the backtest",
    retry_delay_seconds=BACK_OFF_SECONDS,
    timeout_seconds=600,
)
def begin_backtest(folds: Sequence[FoldAtLead], settings: Settings) -> ParentRun:
    """Open the backtest's run, after what killed processes left behind is marked."""
    client()
    mark_orphans(settings.tracking.experiment)
    identity = backtest_id(folds, backtested(settings), settings)
    return open_parent(BACKTEST, identity, folds[-1].prepared, settings)


@contextmanager
def backtesting(
    begin: Callable[[Sequence[FoldAtLead], Settings], ParentRun], folds: Sequence[FoldAtLead], settings: Settings
) -> Iterator[ParentRun]:
    """Begin a backtest, by `begin_backtest`.

    Where the block does not come to its end, trainings are ended, and its runs are marked as failed or killed.
    """
    identity = backtest_id(folds, backtested(settings), settings)
    with tracked_whole(BACKTEST, identity, settings.tracking.experiment), ending_trainings():
        yield begin(folds, settings)


@task(name="train at an origin", timeout_seconds=12 * 3600)
def train_at_fold(training: FoldTraining, begun: ParentRun, settings: Settings) -> TrainedAtFold:
    """Train an architecture on what was known at an origin; what was trained before is not trained again.

    Raises:
        TrainingError: where the training ends without a model.
    """
    at = training.at
    if not find_architecture(training.architecture).is_trained:
        # Done sooner than a process of its own would start.
        settings = settings.model_copy(update={"workers": 1, "runner": "processes"})
    with keeping_in(begun.places):
        fit = fit_architecture(training.architecture, at.prepared, settings)
    if training.place:
        mae, skill = fit.result.test_mae, 100 * fit.result.test_skill
        logger.info("%s: %s: MAE %.3f, skill %+.1f %%", training.place, training.name, mae, skill)
    return TrainedAtFold(architecture=training.architecture, at=at, fit=fit)


@task(name="conclude the backtest", timeout_seconds=3600)
def conclude_backtest(
    begun: ParentRun, trained: Sequence[TrainedAtFold], station: StationSchema, settings: Settings
) -> BacktestResult:
    """Score all forecasts together, by lead, origin, season and hour, and attach them to the backtest's runs."""
    forecasts = pd.concat([_forecasts(each) for each in trained], ignore_index=True)
    folds = {each.at.fold.number: each.at.fold for each in trained}
    result = BacktestResult(
        backtest=begun.identity,
        run_id=begun.run_id,
        horizon_hours=settings.horizon_hours,
        unit=told_unit_of(station.target),
        folds=tuple(folds[number] for number in sorted(folds)),
        scores=score_forecasts(forecasts, station.latitude),
    )
    finish_backtest(begun, result, forecasts, trained[-1].at.prepared, settings)
    return result


def _forecasts(trained: TrainedAtFold) -> pd.DataFrame:
    table = forecasts_of(trained.fit, trained.at.prepared, "test")
    return table.assign(
        architecture=trained.architecture,
        lead_hours=trained.at.lead_hours,
        origin=pd.Timestamp(trained.at.fold.origin).as_unit("s"),
    )
