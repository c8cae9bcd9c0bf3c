"""Which windows train, choose and test at one origin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jena_models.backtesting.folds import Fold
from jena_models.options.readings_options import History
from jena_models.windows.placement import WindowShape, WindowStarts, usable


def fold_windows(  # noqa: PLR0917  (each caller has all of them)
    fold: Fold,
    shape: WindowShape,
    time: NDArray[np.datetime64],
    target: NDArray[np.floating],
    cadence_minutes: float,
    rule: History,
) -> dict[str, WindowStarts]:
    """Give the windows of `train`, `validation` and `test`; those with too little of the target are left out.

    Training and validation windows lie wholly, target and all, in their own span. A test window is one whose forecast
    is issued between the origin and the next one: its history may begin before the origin, as it does in operation, and
    its target may lie after the next origin.

    Args:
        fold: the origin.
        shape: of the windows.
        time: of the rows, by the clock of the origin, shape (rows,), in order and on the station's steps.
        target: shape (rows,), NaN where missing.
        cadence_minutes: from one row to the next.
        rule: what a history must have.
    """
    starts = np.arange(0, max(0, len(time) - shape.target_offset_rows), shape.start_stride_rows, dtype=np.int64)
    first, issued, valid = time[starts], time[starts + shape.last_step_row], time[starts + shape.target_offset_rows]
    validation, embargo, origin, until = (
        np.datetime64(moment, "s") for moment in (fold.validation, fold.embargo, fold.origin, fold.until)
    )
    spans = {
        "train": valid < validation,
        "validation": (first >= validation) & (valid < embargo),
        "test": (issued >= origin) & (issued < until),
    }
    return {split: usable(starts[within], shape, target, cadence_minutes, rule) for split, within in spans.items()}
