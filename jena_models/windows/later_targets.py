"""What the target came to be at any time after a history, within a split's border."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jena_models.windows.placement import WindowedReadings


@dataclass(frozen=True)
class LaterTargets:
    """The target at further leads than a window's own."""

    target: NDArray[np.float32]
    """Of the rows, in the target's unit, NaN where missing, shape (rows,)."""
    cadence_minutes: float
    """From one row to the next."""
    ends: Mapping[str, int]
    """The row after the last target of each split: nothing is told of later ones."""

    @classmethod
    def of(cls, readings: WindowedReadings, cadence_minutes: float) -> LaterTargets:
        """Give those of readings whose windows have a target at a horizon of their own."""
        last = {split: int(starts.max()) for split, starts in readings.starts.items() if len(starts)}
        ends = {split: row + readings.target_offset_rows + 1 for split, row in last.items()}
        return cls(readings.target, cadence_minutes, ends)

    def after(
        self, split: str, last_rows: NDArray[np.integer], minutes: NDArray[np.floating] | float
    ) -> NDArray[np.float64]:
        """Give the target so many minutes after each history's last row, NaN where missing or beyond the split.

        Args:
            split: to which the histories belong.
            last_rows: the row of each history's last step.
            minutes: from that to the target; of a shape that broadcasts with that of the rows.
        """
        rows = last_rows + np.rint(np.asarray(minutes) / self.cadence_minutes).astype(np.int64)
        within = rows < self.ends[split]
        return np.where(within, self.target[np.where(within, rows, 0)], np.nan).astype(np.float64)
