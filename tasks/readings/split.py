"""Put the readings on the station's steps, and divide them in the order of time."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from jena_models.settings import Settings
from jena_models.windows.splits import borders, judging_start
from jena_models.windows.steps import on_steps
from tasks.workspace import Borders, Checked, Divided, content_key, stage, task

VERSION: Final = 4
STEPS_VERSION: Final = 3
"""Raise it when the same readings would be put on other steps."""

logger = logging.getLogger("jena")


@task(timeout_seconds=300)
def split_chronologically(checked: Checked, settings: Settings) -> Divided:
    """Give the borders of the training, validation, judging and test splits, of rows on the station's steps.

    The shares are of the readings: a row without values, which is as good as a missing one, counts for nothing. Where
    windows are counted by row number, rows stay as they are; so do those of readings without a hole, which are not
    copied.

    Raises:
        DataInvalidError: where the readings span more steps than a record can have.
    """
    readings = pd.read_parquet(checked.readings)
    rows = np.arange(len(readings))
    if settings.windows == "contiguous":
        placed = on_steps(readings, checked.cadence_minutes)
        checked = checked if placed is readings else _kept(placed, checked)
        readings, rows = placed, np.flatnonzero(placed.notna().any(axis=1))
    train, judged, _ = borders(len(rows), settings.split.train, settings.split.validation)
    chosen = judging_start(train, judged, settings.split.judging)
    logger.info(
        "%s readings to train on, %s to choose by, %s to judge by, %s to test on",
        f"{train:,}",
        f"{chosen - train:,}",
        f"{judged - chosen:,}",
        f"{len(rows) - judged:,}",
    )
    counts = {"train": train, "validation": chosen, "judging": judged}
    ends = {name: int(rows[count]) if count < len(rows) else len(readings) for name, count in counts.items()}
    key = content_key(version=VERSION, checked=checked.key, **ends)
    return Divided(checked=checked, borders=Borders(**ends, rows=len(readings)), key=key)


def _kept(placed: pd.DataFrame, checked: Checked) -> Checked:
    """Give readings that were put on steps, from a file of their own."""

    def write(to: Path) -> None:
        placed.to_parquet(to / "readings.parquet")

    parts = {"checked": checked.key, "cadence_minutes": checked.cadence_minutes}
    folder = stage("steps", STEPS_VERSION, parts, write)
    logger.info("%s steps of the station have no reading", f"{int(placed.isna().all(axis=1).sum()):,}")
    return checked.model_copy(update={"readings": folder / "readings.parquet", "key": folder.name})
