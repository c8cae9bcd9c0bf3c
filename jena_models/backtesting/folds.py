"""The origins of a backtest: when a model is trained, on which windows, and for how long it forecasts."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from jena_models.errors import SettingsError, TooFewReadingsError
from jena_models.frozen import Frozen
from jena_models.options.readings_options import History
from jena_models.options.training_options import Backtest
from jena_models.windows.placement import WindowShape, WindowStarts, usable


class Fold(Frozen):
    """One origin; each span includes its beginning and leaves out its end.

    Times are by the station's clock without daylight saving.
    """

    number: int
    """From 1."""
    validation: datetime
    """Readings before it train; from here on they choose the epoch."""
    embargo: datetime
    """From here on no reading has a part in the training, neither as an input nor as a target."""
    origin: datetime
    """The first time at which this fold's model may forecast."""
    until: datetime
    """The next origin, from which the next fold's model forecasts."""


def rolling_folds(start: datetime, end: datetime, backtest: Backtest, longest_lead: timedelta) -> tuple[Fold, ...]:
    """Give the folds between two readings; a window belongs to the one in whose time its forecast is issued.

    Origins count from the first reading, so that readings that come later change none of them; they are midnights.

    Args:
        start: time of the first reading, by the station's clock without daylight saving.
        end: time of the last.
        backtest: how long the first training is, how often a model is trained, and how long the validation is.
        longest_lead: the embargo before each origin. As a window's target lies one lead after its last step, no target
            that was trained on is nearer to the first forecast than this.

    Raises:
        SettingsError: where validation and embargo leave nothing to train on.
        TooFewReadingsError: where no origin is followed by a target.
    """
    first = timedelta(days=backtest.first_training_days)
    validation = timedelta(days=backtest.validation_days)
    embargo_hours = longest_lead / timedelta(hours=1)
    if validation + longest_lead >= first - timedelta(days=1):
        raise SettingsError(
            f"A first training of {backtest.first_training_days:g} days leaves nothing to train on before "
            f"{backtest.validation_days:g} days of validation and an embargo of {embargo_hours:g} hours; raise "
            "backtest.first_training_days or lower backtest.validation_days."
        )
    every = timedelta(days=backtest.retrain_days)
    folds: list[Fold] = []
    while (origin := _midnight(start + first + len(folds) * every)) + longest_lead <= end:
        embargo = origin - longest_lead
        folds.append(
            Fold(
                number=len(folds) + 1,
                validation=embargo - validation,
                embargo=embargo,
                origin=origin,
                until=_midnight(start + first + (len(folds) + 1) * every),
            )
        )
    if not folds:
        days = (end - start) / timedelta(days=1)
        raise TooFewReadingsError(
            f"The readings cover {days:.0f} days, and the first origin of a backtest comes after "
            f"{backtest.first_training_days:g}; give a longer file or lower backtest.first_training_days."
        )
    return tuple(folds)


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.date(), time())


def fold_windows(  # noqa: PLR0917  (each caller has all of them)
    fold: Fold,
    shape: WindowShape,
    time: NDArray[np.datetime64],
    target: NDArray[np.floating],
    cadence_minutes: float,
    rule: History,
) -> dict[str, WindowStarts]:
    """Give the windows of `train`, `validation` and `test`; those with too little of the target are left out.

    Training and validation windows lie wholly, target and all, in their own span. A test window is one whose forecast
    is issued between the origin and the next one: its history may begin before the origin, as it does in operation, and
    its target may lie after the next origin.

    Args:
        fold: the origin.
        shape: of the windows.
        time: of the rows, by the clock of the origin, shape (rows,), in order and on the station's steps.
        target: shape (rows,), NaN where missing.
        cadence_minutes: from one row to the next.
        rule: what a history must have.
    """
    starts = np.arange(0, max(0, len(time) - shape.target_offset_rows), shape.start_stride_rows, dtype=np.int64)
    first, issued, valid = time[starts], time[starts + shape.last_step_row], time[starts + shape.target_offset_rows]
    validation, embargo, origin, until = (
        np.datetime64(moment, "s") for moment in (fold.validation, fold.embargo, fold.origin, fold.until)
    )
    spans = {
        "train": valid < validation,
        "validation": (first >= validation) & (valid < embargo),
        "test": (issued >= origin) & (issued < until),
    }
    return {split: usable(starts[within], shape, target, cadence_minutes, rule) for split, within in spans.items()}
