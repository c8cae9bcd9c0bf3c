"""Windows over the readings: where each starts, which are left out, and their gathering.

Step k of the window that starts at row s is row s + k · stride_rows; its target is row s + target_offset_rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.errors import SettingsError, TooFewReadingsError

ROUNDING: Final = 1e-6
"""A ratio of durations this close to a whole number is one."""


@dataclass(frozen=True)
class WindowShape:
    """How many rows a window takes."""

    steps: int
    """Steps of history."""
    stride_rows: int
    """Rows from one step to the next."""
    target_offset_rows: int
    """Rows from the first step to the target."""
    start_stride_rows: int = 1
    """Rows from one window's start to the next one's."""

    @property
    def last_step_row(self) -> int:
        """Rows from the first step to the last."""
        return (self.steps - 1) * self.stride_rows


@dataclass(frozen=True)
class WindowStarts:
    """The windows of one split."""

    starts: NDArray[np.int64]
    """The row of each window's first step, ascending."""
    left_out: int
    """Windows whose history lies in the split but that span a gap, cross its border or have no target."""


@dataclass(frozen=True)
class WindowedReadings:
    """All that training and scoring read: normalized readings and the windows of each split."""

    features: NDArray[np.float32]
    """Shape (rows, features), normalized, nothing missing."""
    target: NDArray[np.float32]
    """Shape (rows,), in the target's unit."""
    steps: int
    stride_rows: int
    target_offset_rows: int
    starts: Mapping[str, NDArray[np.int64]]
    """Window starts of `train`, `validation` and `test`."""

    def targets(self, split: str) -> NDArray[np.float32]:
        """Give the target of each window of a split, shape (windows,)."""
        return self.target[self.starts[split] + self.target_offset_rows]


def window_shape(
    *,
    history_hours: float,
    sampling_minutes: float,
    horizon_hours: float,
    window_stride_minutes: float,
    cadence_minutes: float,
) -> WindowShape:
    """Turn durations into rows of readings that are `cadence_minutes` apart.

    Five days of hourly steps and a target 24 hours later, from readings every ten minutes:

    >>> window_shape(
    ...     history_hours=120, sampling_minutes=60, horizon_hours=24, window_stride_minutes=0, cadence_minutes=10
    ... )
    WindowShape(steps=120, stride_rows=6, target_offset_rows=858, start_stride_rows=1)

    Raises:
        SettingsError: where a duration is not a whole number of readings, or the history not one of steps.
    """
    stride = _whole(sampling_minutes / cadence_minutes)
    if not stride:
        raise SettingsError(
            f"Steps {sampling_minutes:g} minutes apart cannot be had from readings {cadence_minutes:g} minutes apart; "
            f"set sampling_minutes to a multiple of {cadence_minutes:g}."
        )
    steps = _whole(history_hours * 60 / sampling_minutes)
    if not steps:
        raise SettingsError(
            f"A history of {history_hours:g} hours is no whole number of steps of {sampling_minutes:g} minutes; "
            "change history_hours or sampling_minutes."
        )
    horizon = _whole(horizon_hours * 60 / cadence_minutes)
    if not horizon:
        raise SettingsError(
            f"A horizon of {horizon_hours:g} hours is no whole number of readings {cadence_minutes:g} minutes apart; "
            "change horizon_hours."
        )
    start_stride = _whole(window_stride_minutes / cadence_minutes) if window_stride_minutes > cadence_minutes else 1
    if not start_stride:
        raise SettingsError(
            f"Windows cannot start {window_stride_minutes:g} minutes apart on readings {cadence_minutes:g} minutes "
            f"apart; set window_stride_minutes to a multiple of {cadence_minutes:g}, or to 0."
        )
    return WindowShape(steps, stride, (steps - 1) * stride + horizon, start_stride)


def indexed_starts(shape: WindowShape, first: int, end: int, target: NDArray[np.floating]) -> WindowStarts:
    """Count rows as the chapter does, gaps and borders or not; only windows without a target are left out.

    They are those of `keras.utils.timeseries_dataset_from_array(data[:-delay], target[delay:], …)` between
    `start_index=first` and `end_index=end`: a target may lie beyond `end`, and no history touches the file's last
    `target_offset_rows` rows.
    """
    candidates = _candidates(shape, first, end)
    last_history_row = candidates + shape.last_step_row
    chosen = candidates[last_history_row < len(target) - shape.target_offset_rows]
    chosen = chosen[~np.isnan(target[chosen + shape.target_offset_rows])]
    return WindowStarts(chosen, len(candidates) - len(chosen))


def contiguous_starts(
    shape: WindowShape, first: int, end: int, target: NDArray[np.floating], irregular: NDArray[np.bool_]
) -> WindowStarts:
    """Leave out windows that have no target before `end`, or an irregular step between first step and target.

    Args:
        shape: of the windows.
        first: the split's first row.
        end: the row after its last.
        target: shape (rows,), NaN where missing.
        irregular: shape (rows − 1,), whether the step from a row to the next differs from the cadence.
    """
    candidates = _candidates(shape, first, end)
    chosen = candidates[candidates + shape.target_offset_rows < end]
    irregular_before = np.concatenate([[0], np.cumsum(irregular)])
    spanned = irregular_before[chosen + shape.target_offset_rows] - irregular_before[chosen]
    chosen = chosen[(spanned == 0) & ~np.isnan(target[chosen + shape.target_offset_rows])]
    return WindowStarts(chosen, len(candidates) - len(chosen))


def irregular_steps(time: NDArray[np.datetime64], cadence_minutes: float) -> NDArray[np.bool_]:
    """Tell for each step between two readings whether it differs from the cadence by a second or more."""
    seconds = np.diff(time.astype("datetime64[ms]")).astype(np.int64) / 1000
    return np.abs(seconds - cadence_minutes * 60) >= 1


def require_windows(split: str, found: WindowStarts, shape: WindowShape, rows: int) -> None:
    """Make sure that a split holds a window.

    Raises:
        TooFewReadingsError: where it does not; the sentence says why.
    """
    if len(found.starts):
        return
    needed = shape.target_offset_rows + 1
    if rows < needed:
        raise TooFewReadingsError(
            f"The {split} split has {rows:,} readings, and one window needs {needed:,}; "
            "give a longer file, a shorter history or a shorter horizon."
        )
    raise TooFewReadingsError(
        f"The {split} split has {rows:,} readings but not one window of {needed:,} of them without a gap and with a "
        "target; give a file with fewer gaps, a shorter history or a shorter horizon."
    )


def gather(
    features: NDArray[np.float32], starts: NDArray[np.int64], steps: int, stride_rows: int
) -> NDArray[np.float32]:
    """Give the windows that start at `starts`, shape (windows, steps, features)."""
    windows: NDArray[np.float32] = features[starts[:, None] + np.arange(steps) * stride_rows]
    return windows


def _candidates(shape: WindowShape, first: int, end: int) -> NDArray[np.int64]:
    return np.arange(first, max(first, end - shape.last_step_row), shape.start_stride_rows, dtype=np.int64)


def _whole(ratio: float) -> int | None:
    nearest = round(ratio)
    return nearest if nearest >= 1 and abs(ratio - nearest) < ROUNDING else None
