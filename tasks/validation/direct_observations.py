"""Expectations asked of readings directly, for where no page is to be made of it and seconds count.

Great Expectations takes seconds to import and to run: nothing beside the hours between two studies, but most of what an
hourly forecast costs. Every kind that the suite knows is answered here as there, which a test holds both to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tasks.validation.expectation_runs import Observation
from tasks.validation.expectations import Expectation

Arguments = Mapping[str, Any]
Broken = NDArray[np.bool_]

SHOWN_ROWS: Final = 20
"""How many row numbers are kept of what does not hold, as Great Expectations keeps them."""


def observe(batch: pd.DataFrame, suite: Sequence[Expectation]) -> tuple[Observation, ...]:
    """Give how each expectation comes out on a batch.

    Args:
        batch: with a column `time` and an unnamed index of row numbers.
        suite: what is expected of it.
    """
    return tuple(_observation(batch, expectation) for expectation in suite)


def _observation(batch: pd.DataFrame, expectation: Expectation) -> Observation:
    asked = expectation.arguments
    if expectation.kind in OF_THE_TABLE:
        holds, observed = OF_THE_TABLE[expectation.kind](batch, asked)
        return Observation(expectation, holds, 0 if holds else len(batch), np.empty(0, np.int64), observed)
    compared, broken = OF_VALUES[expectation.kind](batch, asked)
    rows, count = int(broken.sum()), int(compared.sum())
    holds = not count or (count - rows) / count >= asked.get("mostly", 1)
    positions = np.flatnonzero(broken).astype(np.int64)
    if not (holds and expectation.tolerated == "quarantine"):
        positions = positions[:SHOWN_ROWS]
    return Observation(expectation, holds, rows, positions)


def _exists(batch: pd.DataFrame, asked: Arguments) -> tuple[bool, str]:
    return asked["column"] in batch.columns, ""


def _in_order(batch: pd.DataFrame, asked: Arguments) -> tuple[bool, str]:
    found = [str(name) for name in batch]
    return found == list(asked["column_list"]), str(found)


def _many_enough(batch: pd.DataFrame, asked: Arguments) -> tuple[bool, str]:
    return len(batch) >= asked["min_value"], str(len(batch))


def _of_type(batch: pd.DataFrame, asked: Arguments) -> tuple[bool, str]:
    found = str(batch[asked["column"]].dtype.name)
    return found in asked["type_list"], found


def _unique(batch: pd.DataFrame, asked: Arguments) -> tuple[Broken, Broken]:
    column = batch[asked["column"]]
    return column.notna().to_numpy(), column.duplicated(keep=False).to_numpy()


def _increasing(batch: pd.DataFrame, asked: Arguments) -> tuple[Broken, Broken]:
    values = batch[asked["column"]]
    steps = values.diff().to_numpy()
    broken = steps <= np.zeros(1, steps.dtype)
    return values.notna().to_numpy(), broken


def _complete(batch: pd.DataFrame, asked: Arguments) -> tuple[Broken, Broken]:
    column = batch[asked["column"]]
    return np.ones(len(column), dtype=bool), column.isna().to_numpy()


def _within(batch: pd.DataFrame, asked: Arguments) -> tuple[Broken, Broken]:
    values = batch[asked["column"]].to_numpy(dtype=np.float64)
    there = ~np.isnan(values)
    low, high = asked.get("min_value"), asked.get("max_value")
    broken = np.zeros(len(values), dtype=bool)
    if low is not None:
        broken |= values < low
    if high is not None:
        broken |= values > high
    return there, broken & there


def _at_least_as_large(batch: pd.DataFrame, asked: Arguments) -> tuple[Broken, Broken]:
    first, second = (batch[asked[name]].to_numpy(dtype=np.float64) for name in ("column_A", "column_B"))
    both = ~(np.isnan(first) | np.isnan(second))
    return both, both & (first < second)


OF_THE_TABLE: Final[Mapping[str, Callable[[pd.DataFrame, Arguments], tuple[bool, str]]]] = {
    "ExpectColumnToExist": _exists,
    "ExpectTableColumnsToMatchOrderedList": _in_order,
    "ExpectTableRowCountToBeBetween": _many_enough,
    "ExpectColumnValuesToBeInTypeList": _of_type,
}
"""Whether an expectation of the whole table holds, and what was found."""

OF_VALUES: Final[Mapping[str, Callable[[pd.DataFrame, Arguments], tuple[Broken, Broken]]]] = {
    "ExpectColumnValuesToBeUnique": _unique,
    "ExpectColumnValuesToBeIncreasing": _increasing,
    "ExpectColumnValuesToNotBeNull": _complete,
    "ExpectColumnValuesToBeBetween": _within,
    "ExpectColumnPairValuesAToBeGreaterThanB": _at_least_as_large,
}
"""Which rows an expectation of single readings is about, and which of them break it."""
