"""The origins of a backtest: when a model is trained, on what, and for how long it forecasts."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from jena_models.errors import SettingsError, TooFewReadingsError
from jena_models.frozen import Frozen
from jena_models.options.study_options import Backtest


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
