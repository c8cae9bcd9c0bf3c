"""Which windows two models can be compared on, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

MOST_WINDOWS: Final = 20_000
"""How many windows are forecast at most. Two years of hourly windows fit; denser ones tell next to nothing more."""


@dataclass(frozen=True)
class Windows:
    """Windows in the order of time; each array has shape (windows,)."""

    positions: NDArray[np.int64]
    """Where each stands among all windows of the split."""
    issue_times: NDArray[np.datetime64]
    """When each one's forecast is made: the time of its last step."""
    valid_times: NDArray[np.datetime64]
    """What each one's forecast is for."""

    def where(self, mask: NDArray[np.bool_]) -> Windows:
        """Give the windows that a mask of shape (windows,) picks."""
        return Windows(self.positions[mask], self.issue_times[mask], self.valid_times[mask])


def unbroken_windows(
    times: NDArray[np.datetime64],
    cadence: timedelta,
    starts: NDArray[np.int64],
    issue_offset_rows: int,
    target_offset_rows: int,
    *,
    most: int = MOST_WINDOWS,
) -> Windows:
    """Give the windows without a gap from first step to target, evenly thinned to `most`.

    A window of row numbers that spans a gap means other times than its model, which goes by time, would look at.

    Args:
        times: of all rows, in order.
        cadence: from one row to the next, where none is missing.
        starts: the row of each window's first step.
        issue_offset_rows: from a window's first step to its last.
        target_offset_rows: from a window's first step to its target.
        most: how many windows to give at most.
    """
    irregular = np.concatenate(([0], np.cumsum(np.diff(times) != np.timedelta64(cadence))))
    unbroken = np.flatnonzero(irregular[starts] == irregular[starts + target_offset_rows])
    positions = unbroken[:: max(1, -(-unbroken.size // most))]
    kept = starts[positions]
    return Windows(positions, times[kept + issue_offset_rows], times[kept + target_offset_rows])


def never_trained_on(windows: Windows, history: timedelta, trained_until: datetime) -> NDArray[np.bool_]:
    """Give which windows have a history that lies wholly after a training's last reading, as a mask.

    Args:
        windows: the windows.
        history: from first to last step; the longer one where two models look back differently far.
        trained_until: the time of the last reading that was trained on.
    """
    first_steps = windows.issue_times - np.timedelta64(history)
    return first_steps > np.datetime64(trained_until)


def windows_in(times: NDArray[np.datetime64], duration: timedelta) -> int:
    """Give how many windows usually start within a duration, at least 1, by the times they are made at or for."""
    if times.size <= 1:
        return 1
    spacing = np.median(np.diff(times).astype("timedelta64[s]").astype(np.int64))
    return max(1, int(np.ceil(duration.total_seconds() / spacing)))
