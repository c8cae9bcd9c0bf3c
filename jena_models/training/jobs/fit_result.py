"""What a training leaves behind."""

from __future__ import annotations

from pydantic import ConfigDict

from jena_models.evaluation.interval_scores import DistributionScore, IntervalScore
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

    model_config = ConfigDict(ser_json_inf_nan="strings")

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
    """NaN, as all of test, where the test split was withheld, as in a search for hyper-parameters."""
    test_rmse: float
    test_skill: float
    seconds_per_epoch: float
    """Median over the epochs."""
    windows_per_second: float
    """Training windows seen a second, median over the epochs."""
    seconds: float
    """From the start of the process to the last score, summed over interruptions."""
    device: str = "CPU"
    """What trained it: "CPU", or a GPU's name."""
    intervals: tuple[IntervalScore, ...] = ()
    """By split and level; none of validation where it is too short to be scored crosswise."""
    distributions: tuple[DistributionScore, ...] = ()
    """By split, likewise; none in results from before they were scored."""
