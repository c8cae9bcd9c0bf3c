"""What trials are shown: the windows to train on and to judge by, and no reading that only the test split needs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from tasks.readings import ARRAYS
from tasks.workspace import Borders, Prepared, stage

VERSION: Final = 2


def without_test(prepared: Prepared) -> Prepared:
    """Give the same windows without those that judge or test, on readings that end with the last validation target."""
    last = int(prepared.starts("validation").max())
    rows = last + prepared.target_offset_rows + 1
    folder = stage("tune_windows", VERSION, {"prepared": prepared.key}, lambda to: _cut(prepared, rows, to))
    divided = prepared.divided
    borders = divided.borders
    return prepared.model_copy(
        update={
            "folder": folder,
            "windows": prepared.windows | {"judging": 0, "test": 0},
            "divided": divided.model_copy(
                update={
                    "checked": divided.checked.model_copy(update={"readings": folder / "readings.parquet"}),
                    "borders": Borders(
                        train=borders.train,
                        validation=min(borders.validation, rows),
                        judging=min(borders.validation, rows),
                        rows=rows,
                    ),
                }
            ),
            "key": folder.name,
        }
    )


def _cut(prepared: Prepared, rows: int, to: Path) -> None:
    for name in ARRAYS:
        np.save(to / name, np.load(prepared.folder / name, mmap_mode="r")[:rows])
    for split in ("train", "validation"):
        np.save(to / f"{split}_starts.npy", prepared.starts(split))
    for split in ("judging", "test"):
        np.save(to / f"{split}_starts.npy", np.empty(0, dtype=np.int64))
    pd.read_parquet(prepared.divided.checked.readings).iloc[:rows].to_parquet(to / "readings.parquet")
