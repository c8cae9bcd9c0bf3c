"""Which windows train, choose and test at one origin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jena_models.backtesting.folds import Fold
from jena_models.windows.placement import WindowShape, WindowStarts, irregular_steps


def fold_windows(
    fold: Fold,
    shape: WindowShape,
    time: NDArray[np.datetime64],
    target: NDArray[np.floating],
    cadence_minutes: float,
) -> dict[str, WindowStarts]:
    """Give the windows of `train`, `validation` and `test`; those that span a gap or have no target are left out.

    Training and validation windows lie wholly, target and all, in their own span. A test window is one whose forecast
    is issued between the origin and the next one: its history may begin before the origin, as it does in operation, and
    its target may lie after the next origin.

    Args:
        fold: the origin.
        shape: of the windows.
        time: of the readings, in the clock of the origin, shape (rows,), in order.
        target: shape (rows,), NaN where missing.
        cadence_minutes: how far apart readings are where none is missing.
    """
    starts = np.arange(0, max(0, len(time) - shape.target_offset_rows), shape.start_stride_rows, dtype=np.int64)
    first, issued, valid = time[starts], time[starts + shape.last_step_row], time[starts + shape.target_offset_rows]
    irregular = np.concatenate([[0], np.cumsum(irregular_steps(time, cadence_minutes))])
    whole = irregular[starts] == irregular[starts + shape.target_offset_rows]
    whole &= ~np.isnan(target[starts + shape.target_offset_rows])
    validation, embargo, origin, until = (
        np.datetime64(moment, "s") for moment in (fold.validation, fold.embargo, fold.origin, fold.until)
    )
    spans = {
        "train": valid < validation,
        "validation": (first >= validation) & (valid < embargo),
        "test": (issued >= origin) & (issued < until),
    }
    return {
        split: WindowStarts(starts[within & whole], int(np.count_nonzero(within & ~whole)))
        for split, within in spans.items()
    }
