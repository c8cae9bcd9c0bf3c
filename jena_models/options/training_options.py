"""What all networks share when they are trained, and what runs many trainings: backtests and searches."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from jena_models.frozen import Branch
from jena_models.options.quantities import Count, Positive, Share

Wanted = Literal["auto", "cpu", "gpu"]
"""A device that is asked for, or the choice left open."""


class Training(Branch):
    """What all architectures share."""

    batch_size: Count = 256
    """Windows in a batch."""
    batches_per_epoch: Count = 819
    """Batches in an epoch: 819 are one pass over the chapter's training windows."""
    epochs: Count | None = None
    """Epochs of every architecture, in place of each one's own number."""
    loss: Literal["mse", "mae", "huber"] = "mse"
    """The loss that training lowers."""
    scale_target: bool = True
    """Whether models learn the target in a unit that follows from its spread, so that its own does not matter."""
    patience: Count | None = None
    """Stop after so many epochs without a better validation loss; never where it is not given."""
    windows_a_mask: Count = 1
    """How many windows of a batch share masks of recurrent dropout, on a CPU: with 32, what they drop takes no time."""
    device: Wanted = "auto"
    """What trains networks: `auto` takes a GPU where there is one and it computes the network's layers faster."""


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
