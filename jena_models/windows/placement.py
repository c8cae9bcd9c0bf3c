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
from jena_models.options.readings_options import History
from jena_models.windows.history_rule import look_at

ROUNDING: Final = 1e-6
"""A ratio of durations this close to a whole number is one."""

BEYOND: Final = "the target lies beyond the border"
NOT_MEASURED: Final = "the target was not measured"
TOO_OLD: Final = "the newest value of the target is too old"
TOO_LITTLE: Final = "too little of the target is known"


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
    causes: Mapping[str, int]
    """Windows whose history lies in the split but that are left out, by why they are."""

    @property
    def left_out(self) -> int:
        """Give how many are left out."""
        return sum(self.causes.values())


@dataclass(frozen=True)
class WindowVectors:
    """A vector beside each window."""

    vectors: NDArray[np.float32]
    """Shape (windows, width)."""
    places: NDArray[np.int32]
    """Which of them is that of the window that starts at each row, shape (rows,); any where none starts."""


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
    service: WindowVectors | None = None
    """What a network is shown of the weather service beside each window; None where it is fed by none."""

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
    horizon_setting: str = "horizon_hours",
) -> WindowShape:
    """Turn durations into rows of readings that are `cadence_minutes` apart; a refusal names the horizon's setting.

    Five days of hourly steps and a target 24 hours later, from readings every ten minutes:

    >>> window_shape(
    ...     history_hours=120, sampling_minutes=60, horizon_hours=24, window_stride_minutes=0, cadence_minutes=10
    ... )
    WindowShape(steps=120, stride_rows=6, target_offset_rows=858, start_stride_rows=1)

    Raises:
        SettingsError: where a duration is not a whole number of readings, or the history not one of steps.
    """
    stride = whole(sampling_minutes / cadence_minutes)
    if not stride:
        raise SettingsError(
            f"Steps {sampling_minutes:g} minutes apart cannot be had from readings {cadence_minutes:g} minutes apart; "
            f"set sampling_minutes to a multiple of {cadence_minutes:g}."
        )
    steps = whole(history_hours * 60 / sampling_minutes)
    if not steps:
        raise SettingsError(
            f"A history of {history_hours:g} hours is no whole number of steps of {sampling_minutes:g} minutes; "
            "change history_hours or sampling_minutes."
        )
    horizon = whole(horizon_hours * 60 / cadence_minutes)
    if not horizon:
        raise SettingsError(
            f"A horizon of {horizon_hours:g} hours is no whole number of readings {cadence_minutes:g} minutes apart; "
            f"change {horizon_setting}, as to {nearest_whole(horizon_hours, cadence_minutes)}."
        )
    start_stride = whole(window_stride_minutes / cadence_minutes) if window_stride_minutes > cadence_minutes else 1
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
    beyond = len(candidates) - len(chosen)
    measured = ~np.isnan(target[chosen + shape.target_offset_rows])
    return WindowStarts(chosen[measured], {BEYOND: beyond, NOT_MEASURED: int(np.count_nonzero(~measured))})


def contiguous_starts(  # noqa: PLR0917  (each caller has all of them)
    shape: WindowShape,
    first: int,
    end: int,
    target: NDArray[np.floating],
    cadence_minutes: float,
    rule: History,
) -> WindowStarts:
    """Leave out windows that have no target before `end`, or whose history has less of the target than the rule asks.

    Args:
        shape: of the windows.
        first: the split's first row.
        end: the row after its last.
        target: on the station's steps, shape (rows,), NaN where missing.
        cadence_minutes: from one row to the next.
        rule: what a history must have.
    """
    candidates = _candidates(shape, first, end)
    within = candidates + shape.target_offset_rows < end
    found = usable(candidates[within], shape, target, cadence_minutes, rule)
    return WindowStarts(found.starts, {BEYOND: int(np.count_nonzero(~within)), **found.causes})


def usable(
    starts: NDArray[np.int64],
    shape: WindowShape,
    target: NDArray[np.floating],
    cadence_minutes: float,
    rule: History,
) -> WindowStarts:
    """Leave out windows whose target was not measured, or whose history has less of it than the rule asks.

    Args:
        starts: of windows whose rows are all there, target and all.
        shape: of the windows.
        target: on the station's steps, shape (rows,), NaN where missing.
        cadence_minutes: from one row to the next.
        rule: what a history must have.
    """
    measured = ~np.isnan(target[starts + shape.target_offset_rows])
    last_rows = starts + shape.last_step_row
    found = look_at(target[:, None], 0, last_rows, shape.steps, shape.stride_rows, cadence_minutes, rule)
    known = ~found.missing[:, 0]
    causes = {
        NOT_MEASURED: ~measured,
        TOO_OLD: measured & ~found.is_fresh,
        TOO_LITTLE: measured & found.is_fresh & ~known,
    }
    counts = {cause: int(np.count_nonzero(mask)) for cause, mask in causes.items()}
    return WindowStarts(starts[measured & found.is_fresh & known], counts)


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
        f"The {split} split has {rows:,} readings but not one window of {needed:,} that can be used "
        f"({_listed(found)}); give a file with fewer gaps, a shorter history or a shorter horizon."
    )


def _listed(found: WindowStarts) -> str:
    told = [f"{count:,}: {cause}" for cause, count in found.causes.items() if count]
    return "; ".join(told) or "there is none"


def _candidates(shape: WindowShape, first: int, end: int) -> NDArray[np.int64]:
    return np.arange(first, max(first, end - shape.last_step_row), shape.start_stride_rows, dtype=np.int64)


def nearest_whole(hours: float, cadence_minutes: float) -> str:
    """Give the nearest duration that is a whole number of readings, in hours, as it is to be written.

    >>> nearest_whole(0.33, cadence_minutes=10)
    '0.3333333333'
    """
    return f"{max(1, round(60 * hours / cadence_minutes)) * cadence_minutes / 60:.10g}"


def whole(ratio: float) -> int | None:
    """Give the whole number that a ratio of durations is, at least 1; None where it is none."""
    nearest = round(ratio)
    return nearest if nearest >= 1 and abs(ratio - nearest) < ROUNDING else None
