"""Why a column that is called as a quantity is none of it, by the numbers that it holds."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.proposals.columns.likely_columns import NEUTRAL
from jena_models.proposals.draft import Draft, Table
from jena_models.proposals.evidence import (
    SENTINELS,
    hours_of_overlapping_sums,
    in_order,
    is_running_total,
    sentinels_among,
    without_habits,
)
from jena_models.reading.matching import HeaderName
from jena_models.reading.unit_checks import LEAST_SPREAD, units_that_fit
from jena_models.stations.schema import Column

Values = NDArray[np.float64]

FEWEST_ALIKE: Final = 24
DRIEST: Final = 10.0
LONGEST_CODE: Final = 2
NO_VALUE: Final = "it holds no value."
NO_HUMIDITY: Final = (
    "its numbers are no relative humidity, but perhaps the pressure of vapour; --answer source:rh=… takes it as one."
)
RUNNING_TOTAL: Final = "it is a running total, not what fell in each step; --answer source:rain=… names another."


def no_readings(quantity: Column, values: Values, position: int, table: Table, draft: Draft, *, asked: bool) -> str:
    """Give why a column's numbers are none of the quantity; empty where they may be."""
    if not np.isfinite(values).any():
        return NO_VALUE
    if not asked and _stands_for_none(values, quantity):
        return f"it holds nothing but {np.nanmax(values):g}, which stands for no value."
    is_answered = draft.is_source_answered(quantity.quantity)
    if quantity.quantity == "rain" and (is_answered or not asked) and _is_total(values, table):
        if not is_answered:
            return RUNNING_TOTAL
        draft.remark(f"'{table.header[position]}' was taken as it stands, though it is a running total.")
    if not asked and not is_answered and (why := _fits_nothing(values, quantity, table.names[position])):
        return why
    is_else = quantity.quantity == "rh" and not asked and _is_no_humidity(values, table.names[position])
    return NO_HUMIDITY if is_else else ""


def _fits_nothing(values: Values, quantity: Column, name: HeaderName) -> str:
    """Give why numbers below a code such as `P`, which may be that of anything, are not the quantity; else nothing."""
    known = without_habits(values)
    code = "".join(word for word in re.findall(r"[a-z]+", name.said.casefold()) if word not in NEUTRAL)
    if name.unit or len(code) > LONGEST_CODE or not len(known) or units_that_fit(known, quantity):
        return ""
    what = f"{quantity.description} its values from {known.min():g} to {known.max():g} fit no unit"
    return f"as {what}; --answer source:{quantity.quantity}={name.text} takes it as one."


def _is_total(values: Values, table: Table) -> bool:
    """Tell whether rain is a running total, and not what fell in the last hours, which falls too."""
    if not is_running_total(values):
        return False
    return table.local is None or hours_of_overlapping_sums(*in_order(table.local, values)) is None


def _is_no_humidity(values: Values, name: HeaderName) -> bool:
    """Tell whether numbers are too large for shares and too small for percents, as the pressure of vapour in kPa."""
    known = without_habits(values)
    return not name.unit and len(known) > 0 and LEAST_SPREAD < known.max() <= DRIEST


def _stands_for_none(values: Values, quantity: Column) -> bool:
    """Tell whether a column holds nothing but one number that files write where none was measured.

    Of one that may be measured, as a pressure of 999, there are more rows than may be alike by chance.
    """
    known = values[np.isfinite(values)]
    held = np.unique(known)
    if len(held) != 1:
        return False
    impossible = sentinels_among(held, quantity.minimum, quantity.maximum) == tuple(held)
    return impossible or (len(known) >= FEWEST_ALIKE and held[0] in SENTINELS)
