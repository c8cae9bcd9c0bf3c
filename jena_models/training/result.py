"""What a training leaves behind."""

from __future__ import annotations

from jena_models.frozen import Frozen


class EpochRecord(Frozen):
    """The figures of one epoch; losses in the loss's unit, MAE in the target's."""

    epoch: int
    """From 1."""
    loss: float
    mae: float
    val_loss: float
    val_mae: float
    seconds: float
    """Training and validation together."""


class FitResult(Frozen):
    """Scores of an architecture, on the model reloaded from its file, in the target's unit."""

    architecture: str
    parameters: int
    """Trainable parameters."""
    epochs: tuple[EpochRecord, ...]
    best_epoch: int
    """The epoch whose weights were kept: the lowest validation loss; 0 where nothing was trained."""
    val_mae: float
    val_rmse: float
    val_skill: float
    """1 − MAE / MAE of persistence on the same windows."""
    test_mae: float
    test_rmse: float
    test_skill: float
    seconds_per_epoch: float
    """Median over the epochs."""
    windows_per_second: float
    """Training windows seen a second, median over the epochs."""
    seconds: float
    """From the start of the process to the last score, summed over interruptions."""
