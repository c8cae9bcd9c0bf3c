"""The state after a whole epoch, kept so that a training killed at any moment goes on from there."""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from jena_models.frozen import Frozen
from jena_models.training.jobs.fit_result import EpochRecord
from jena_models.whole_files import whole_file

STATE_FILE: Final = "state.npz"

logger = logging.getLogger("jena")


class Progress(Frozen):
    """What has been done so far."""

    epochs: tuple[EpochRecord, ...] = ()
    best_epoch: int = 0
    """The epoch with the lowest validation loss; 0 before the first."""
    seconds: float = 0.0
    """Since the first start, without the time between interruption and restart."""


def keep_state(folder: Path, variables: Sequence[Any], progress: Progress) -> None:
    """Keep the variables' values and the progress in one file, in place of the earlier ones.

    Args:
        folder: of this training alone.
        variables: weights, optimizer state and states of random generators, always in the same order.
        progress: up to the last whole epoch.
    """
    arrays: dict[str, Any] = {f"variable_{number}": variable.numpy() for number, variable in enumerate(variables)}
    text = np.frombuffer(progress.model_dump_json().encode(), dtype=np.uint8)
    with whole_file(folder / STATE_FILE) as beside, beside.open("wb") as file:
        np.savez(file, progress=text, **arrays)


def restore_state(folder: Path, variables: Sequence[Any]) -> Progress:
    """Set the variables to what was kept and give the progress; where nothing was kept, nothing was done so far."""
    path = folder / STATE_FILE
    if not path.is_file():
        return Progress()
    try:
        with np.load(path) as kept:
            progress = Progress.model_validate_json(kept["progress"].tobytes())
            values = [kept[f"variable_{number}"] for number in range(len(variables))]
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        logger.warning(
            "What was kept of an unfinished training in %s cannot be read (%s): it begins anew.", path, error
        )
        return Progress()
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
    return progress
