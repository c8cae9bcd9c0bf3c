"""What runs many trainings: backtests and searches."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from jena_models.frozen import Branch
from jena_models.options.quantities import Count, Positive, Share


class Backtest(Branch):
    """How the past is forecast again, by models trained at one origin after the other."""

    architectures: tuple[str, ...] = ("ridge", "gradient_boosting")
    """The architectures to train at each origin; persistence is always beside them."""
    first_training_days: Positive = 1461.0
    """How far the first origin lies after the first reading, in days; every model trains on all readings so far."""
    retrain_days: Annotated[float, Field(ge=1)] = 91.0
    """How far apart origins lie, in days."""
    leads_hours: tuple[Positive, ...] = ()
    """Further horizons, beside the study's own, each with models that are trained for it directly."""
    validation_days: Positive = 365.0
    """The last so many days before each origin choose the epoch and are not trained on."""


class Tuning(Branch):
    """How hyper-parameters are searched."""

    trials: Count = 20
    """How many sets of hyper-parameters are tried, the one that the search starts from among them."""
    random_trials: Count = 6
    """So many trials are drawn at random, and trained to their end, before the search learns from them."""
    pruning: bool = True
    """Whether a trial is given up that is worse than half of those before it at the same share of its epochs."""
    spared_share: Share = 0.3
    """The share of its epochs in which no trial is given up."""
