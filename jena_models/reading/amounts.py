"""Amounts over some hours, such as a synoptic report's rain of the last three, six or twelve, as those of a step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError, nearest
from jena_models.stations.schema import LONGEST_AMOUNT_HOURS, Column, StationSchema

Values = NDArray[np.float64]

HOUR_MINUTES: Final = 60
_HOURS: Final = re.compile(
    r"(?i)(?<!\d)(?<!\d\.)(\d{1,3})[ _.-]?(?:h|hr|hrs|hours?|std|stunden|heures?|horas?|uur)(?![a-z\d])"
)


def hours_in(name: str) -> int:
    """Give over how many hours an amount is by its column's name, as of `tp6h` and `Rain (24 h)`; 0 where not."""
    found = _HOURS.search(name)
    return int(found[1]) if found else 0


def without_traces(values: Values, column: Column, name: str) -> tuple[Values, str]:
    """Give a column's values, in the file's unit, with 0 for too little to be measured, and what was done."""
    traces = np.isin(values, column.traces)
    if not traces.any():
        return values, ""
    listed = " or ".join(f"{each:g}" for each in column.traces)
    return (
        np.where(traces, 0.0, values),
        f"{int(traces.sum()):,} values of '{name}', {listed}, are too little to be measured and were read as 0",
    )


def hours_column(column: Column, header: Sequence[str], table: str) -> int | None:
    """Give where a table says over how many hours each amount of a column is; None where no column says it.

    Raises:
        SourceUnreadableError: where the column that is to say it is not there.
    """
    if not isinstance(column.amount_hours, str):
        return None
    if column.amount_hours not in header:
        raise SourceUnreadableError(
            f"The file {table} has no column '{column.amount_hours}', which is to say over how many hours each "
            f"amount of {column.name} is; {nearest(column.amount_hours, filter(None, header))}"
        )
    return header.index(column.amount_hours)


def of_a_step(values: Values, hours: Values | None, column: Column, schema: StationSchema) -> tuple[Values, str]:
    """Give what fell in a step of the station by each amount, at the time of that, and what was done.

    An amount is known at its end alone: nothing of it is put at the hours before, at which nobody knew it.

    Args:
        values: amounts in the unit of the column, NaN where missing; sentinels stay what they are.
        hours: over how many hours each is; None where it is `amount_hours` of them all.
        column: of the schema.
        schema: of the station.
    """
    step_hours = schema.step_minutes / HOUR_MINUTES
    stands = np.isin(values, schema.sentinels_of(column.name))
    if hours is None:
        told = f"{column.name} are amounts over {column.amount_hours:g} hours"
        over, unknown = np.full(len(values), column.amount_hours, np.float64), np.zeros(len(values), bool)
    else:
        told = f"{column.name} are amounts over as many hours as '{column.amount_hours}' says"
        over = np.where((hours > 0) & (hours <= LONGEST_AMOUNT_HOURS), hours, np.nan)
        unknown = np.isnan(over) & np.isfinite(values) & ~stands & (values != 0)
    # Nothing at all is nothing over any time, of which files do not say how long it was.
    share = np.where((values == 0) & np.isnan(over), 0.0, values * step_hours / over)
    left = f"; {int(unknown.sum()):,} of which it says none were left" if unknown.any() else ""
    note = f"{told}: of each counts what fell in {schema.step_minutes:g} minutes by it{left}"
    return np.where(stands, values, share), note
