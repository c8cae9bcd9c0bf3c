"""What a model relies on: how much worse it forecasts where one input tells of other days (Breiman, 2001)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.frozen import Frozen

Rows = NDArray[np.int64]
Forecast = Callable[[pd.DataFrame, NDArray[np.datetime64]], NDArray[np.floating]]
"""Gives the forecast made at each issue time from readings."""

MOST_WINDOWS: Final = 500


class Increase(Frozen):
    """How much an input matters."""

    column: str
    increase: float
    """Of the mean absolute error where it is exchanged, in the target's unit."""
    standard_error: float


class Importance(Frozen):
    """Of all inputs, the most important first."""

    architecture: str
    mae: float
    """With nothing exchanged, on the same windows."""
    windows: int
    sensors: tuple[Increase, ...]
    """Of what is measured: the columns that follow from an exchanged one by formula change with it."""
    columns: tuple[Increase, ...]
    """Of each column by itself, all others as they were."""


def separate_windows(first_rows: Rows, last_rows: Rows, most: int = MOST_WINDOWS) -> NDArray[np.intp]:
    """Pick windows whose histories share no row, so that each can take another one's; gives their positions.

    Args:
        first_rows: the row of each history's first step, ascending.
        last_rows: the row of its last step.
        most: how many to pick at most, evenly from all.
    """
    picked, taken_until = [], -1
    for position in range(len(first_rows)):
        if first_rows[position] > taken_until:
            picked.append(position)
            # One row is left out: histories of whole days, end to end, would all be issued at one hour.
            taken_until = last_rows[position] + 1
    chosen = np.asarray(picked, dtype=np.intp)
    if len(chosen) > most:
        chosen = chosen[np.linspace(0, len(chosen) - 1, most).round().astype(np.intp)]
    return chosen


def exchanged(readings: pd.DataFrame, columns: Sequence[str], histories: Rows, partners: Rows) -> pd.DataFrame:
    """Give readings in which each history has another one's values of some columns.

    Args:
        readings: all rows.
        columns: to exchange.
        histories: the rows of each history, shape (windows, rows); no row is in two.
        partners: of each window, whose values it takes, shape (windows,).
    """
    table = readings.copy()
    for column in columns:
        values = readings[column].to_numpy(copy=True)
        values[histories] = values[histories[partners]]
        table[column] = values
    return table


def increases(
    forecast: Forecast,
    readings: pd.DataFrame,
    *,
    columns: Sequence[str],
    histories: Rows,
    issue_times: NDArray[np.datetime64],
    measured: NDArray[np.floating],
) -> tuple[float, tuple[Increase, ...]]:
    """Give the mean absolute error, and how much it grows with each column's histories exchanged between windows.

    Args:
        forecast: of the model.
        readings: canonical columns by time.
        columns: each is exchanged by itself.
        histories: as of `exchanged`.
        issue_times: the time of each history's last row, shape (windows,).
        measured: what came, shape (windows,).
    """
    partners = _derangement(len(histories))
    own = np.abs(forecast(readings, issue_times) - measured).astype(np.float64)
    known = np.isfinite(own)
    found = []
    for column in columns:
        table = exchanged(readings, [column], histories, partners)
        errors = np.abs(forecast(table, issue_times) - measured).astype(np.float64)
        worse = (errors - own)[known & np.isfinite(errors)]
        spread = float(worse.std(ddof=1) / np.sqrt(len(worse))) if len(worse) > 1 else 0.0
        found.append(Increase(column=column, increase=float(worse.mean()), standard_error=spread))
    found.sort(key=lambda each: -each.increase)
    return float(own[known].mean()), tuple(found)


def _derangement(count: int) -> Rows:
    """Give a random order in which nothing stays where it is."""
    order = np.random.default_rng(1).permutation(count)
    partners = np.empty(count, dtype=np.int64)
    partners[order] = np.roll(order, 1)
    return partners
