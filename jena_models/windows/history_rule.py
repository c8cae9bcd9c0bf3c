"""What a history must have to be forecast from: the one rule of training, backtests, forecasts and serving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.options.readings_options import History
from jena_models.windows.normalization import carried_forward

NEVER: Final = 2**40
"""More rows than there are."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Found:
    """What histories have; each array has a row a history."""

    age_hours: NDArray[np.float64]
    """How long before the last step the target was last measured, shape (histories,); infinite where never."""
    is_fresh: Mask
    """Whether that is as young as the rule asks, shape (histories,)."""
    missing: Mask
    """Which columns count as missing, shape (histories, columns)."""


def look_at(  # noqa: PLR0917  (each caller has all of them)
    values: NDArray[np.floating],
    target: int,
    last_rows: NDArray[np.integer],
    steps: int,
    stride_rows: int,
    cadence_minutes: float,
    rule: History,
) -> Found:
    """Tell what histories have of what the rule asks for.

    A column is missing from a history in which it is not known at the last step, or at fewer than `least_share` of the
    steps; a value is known for `carried_hours` after it was measured.

    Args:
        values: rows on the station's steps, shape (rows, columns), NaN where missing.
        target: the number of its column.
        last_rows: the row of each history's last step, shape (histories,); the first step must be a row too.
        steps: of each history.
        stride_rows: rows from one step to the next.
        cadence_minutes: from one row to the next.
        rule: what is asked for.
    """
    known = ~np.isnan(carried_forward(values, rows_in(rule.carried_hours, cadence_minutes)))
    share = _counts(known, last_rows, steps, stride_rows) / steps
    missing = (share < rule.least_share) | ~known[last_rows]
    age = _rows_since(~np.isnan(values[:, target]))[last_rows]
    age_hours = np.where(age >= NEVER, np.inf, age * cadence_minutes / 60)
    return Found(age_hours, age <= rows_in(rule.newest_hours, cadence_minutes), missing)


def rows_in(hours: float, cadence_minutes: float) -> int:
    """Give how many rows a duration is at most."""
    return int(hours * 60 / cadence_minutes + 1e-6)


def _counts(known: Mask, last_rows: NDArray[np.integer], steps: int, stride_rows: int) -> NDArray[np.int64]:
    """Give how many steps of each history are known, shape (histories, columns)."""
    whole = -(-len(known) // stride_rows) * stride_rows
    padded = np.zeros((whole, known.shape[1]), np.int64)
    padded[: len(known)] = known
    # Rows that are a step apart lie under one another, so that a sum down is a sum over steps.
    sums = padded.reshape(-1, stride_rows, known.shape[1]).cumsum(axis=0).reshape(whole, -1)
    before = np.asarray(last_rows) - steps * stride_rows
    counts: NDArray[np.int64] = sums[last_rows] - np.where(before[:, None] >= 0, sums[before], 0)
    return counts


def _rows_since(measured: Mask) -> NDArray[np.int64]:
    """Give how many rows lie between each row and the last one measured up to it, or `NEVER` and more."""
    rows = np.arange(len(measured))
    last = np.maximum.accumulate(np.where(measured, rows, -NEVER))
    since: NDArray[np.int64] = rows - last
    return since
