"""What all networks share when they are trained."""

from __future__ import annotations

from typing import Literal

from jena_models.frozen import Branch
from jena_models.options.quantities import Count

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
    device: Wanted = "auto"
    """What trains networks: `auto` takes a GPU where there is one and it computes the network's layers faster."""
