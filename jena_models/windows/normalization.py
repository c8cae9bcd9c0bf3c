"""Normalization by the training rows alone, and what stands in for missing values."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.errors import DataInvalidError

TEMPERATURE_DEVIATION: Final = 8.765731851057666
"""Of the hourly temperatures of Jena from 2009 to 2012, in °C."""


def column_statistics(
    training_rows: NDArray[np.float64], columns: tuple[str, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give mean and standard deviation of each column over the training rows; missing values do not count.

    A column that never changes has the standard deviation 1, so that it normalizes to zero.

    Args:
        training_rows: readings, shape (rows, columns), NaN where missing.
        columns: the columns' names, for the message.

    Raises:
        DataInvalidError: where a column has no value in the training rows.
    """
    empty = np.isnan(training_rows).all(axis=0)
    if empty.any():
        name = columns[int(np.argmax(empty))]
        raise DataInvalidError(
            f"Column '{name}' has no value in the {len(training_rows):,} training rows, so it cannot be normalized; "
            "leave the column out of the file or train on a period that has it."
        )
    mean: NDArray[np.float64] = np.asarray(np.nanmean(training_rows, axis=0))
    deviation: NDArray[np.float64] = np.asarray(np.nanstd(training_rows, axis=0))
    # Rounding leaves a constant column a deviation of the order of its last digit.
    constant = np.nanmax(training_rows, axis=0) == np.nanmin(training_rows, axis=0)
    return mean, np.where(constant | (deviation == 0), 1.0, deviation)


def target_scale(deviation: float) -> float:
    """Give how much of the target counts as one in learning, from its standard deviation over the training rows.

    Learning rates and their like were found on temperatures in °C whose deviation was `TEMPERATURE_DEVIATION`; so a
    target of any unit and size is learnt from as if it had that. Digits beyond the ninth are rounding.
    """
    return float(f"{deviation / TEMPERATURE_DEVIATION:.9g}")


def telling(training_rows: NDArray[np.float64], columns: tuple[str, ...], target: str) -> tuple[str, ...]:
    """Give the columns that tell something in the training rows: a value, and another one; and the target anyway.

    Args:
        training_rows: readings, shape (rows, columns), NaN where missing.
        columns: the columns' names.
        target: the name of the one to forecast.
    """
    lowest, highest = np.fmin.reduce(training_rows, axis=0), np.fmax.reduce(training_rows, axis=0)
    return tuple(name for name, tells in zip(columns, lowest < highest, strict=True) if tells or name == target)


def carried_forward(values: NDArray[np.floating], most_rows: int | None = None) -> NDArray[np.floating]:
    """Fill each missing value with the last one before it; what has none before it, or none near, stays missing.

    Args:
        values: shape (rows, columns), NaN where missing.
        most_rows: how far a value is carried at most; any distance where not given.
    """
    missing = np.isnan(values)
    if not missing.any():
        return values
    rows = np.arange(len(values))[:, None]
    last_known = np.maximum.accumulate(np.where(missing, 0, rows), axis=0)
    filled = np.take_along_axis(values, last_known, axis=0)
    return filled if most_rows is None else np.where(rows - last_known > most_rows, np.nan, filled)


def normalized(
    values: NDArray[np.floating],
    mean: NDArray[np.floating],
    standard_deviation: NDArray[np.floating],
    most_rows: int | None = None,
) -> NDArray[np.float32]:
    """Give (values − mean) / standard deviation, with nothing missing and nothing taken from later rows.

    A missing value becomes the last one before it, or the training mean (zero) where there is none before it or near.

    Args:
        values: readings, shape (rows, columns), in time order, NaN where missing.
        mean: shape (columns,).
        standard_deviation: shape (columns,), never zero.
        most_rows: how far a value is carried at most; any distance where not given.
    """
    filled = carried_forward(values, most_rows)
    result: NDArray[np.float32] = ((filled - mean) / standard_deviation).astype(np.float32)
    result[np.isnan(result)] = 0.0
    return result
