"""What lets an expectation pass that failed: the setting, with a value that is enough for these readings."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pandas as pd

from jena_models.options.readings_options import Validation
from jena_models.stations.physics import unchanged_name
from jena_models.stations.schema import Column

DIGITS: Final = 3
LEAST_SHARE: Final = 0.5
"""Where fewer are within the limits, it is the limits or the unit that are wrong, and no sensor that errs at times."""


def rounded_down(number: float) -> str:
    """Give a number with three decimals that is no larger.

    >>> rounded_down(0.98765), rounded_down(7)
    ('0.987', '7')
    """
    return f"{math.floor(number * 10**DIGITS) / 10**DIGITS:g}"


def rounded_up(number: float) -> str:
    """Give a number with three decimals that is no smaller."""
    return f"{math.ceil(number * 10**DIGITS) / 10**DIGITS:g}"


def wider_limits(column: Column, batch: pd.DataFrame) -> str:
    """Give the share that is within a column's limits now, and the limits within which all is."""
    values = batch[column.name].dropna()
    within = float(values.between(column.minimum, column.maximum).mean())
    lowest, highest = math.floor(min(values.min(), column.minimum)), math.ceil(max(values.max(), column.maximum))
    limits = f"'minimum: {lowest}' and 'maximum: {highest}' beside {column.name} in the station file"
    if within < LEAST_SHARE:
        return f"{limits}, or the unit there if its numbers are in another"
    return f"validation.within_limits={rounded_down(within)} or {limits}"


def longer_rests(column: Column, batch: pd.DataFrame) -> str:
    """Give the share of a column's readings that rest too long, and how long the longest rest is."""
    hours = batch[unchanged_name(column.name)].dropna()
    share, longest = float((hours > column.flat_hours).mean()), math.ceil(hours.max())
    return (
        f"validation.flat_share={rounded_up(share)} or 'flat_hours: {longest}' beside {column.name} in the station file"
    )


def looser(check: str, lowest: float, validation: Validation, batch: pd.DataFrame) -> str:
    """Give the tolerance that enough readings keep to, and the share that keeps to the present one.

    Args:
        check: the column that says how far off each reading is.
        lowest: below this it does not matter how far.
        validation: as it is.
        batch: what was checked.
    """
    off = batch[check].dropna()
    off = off.abs() if lowest == -math.inf else off.clip(lower=lowest)
    ordered = np.sort(off.to_numpy())
    enough = ordered[min(math.ceil(validation.within_limits * len(ordered)), len(ordered) - 1)]
    share = float((off <= validation.formula_tolerance).mean())
    return f"validation.formula_tolerance={rounded_up(enough)} or validation.within_limits={rounded_down(share)}"


def weaker_gusts(gusts: str, wind: str, batch: pd.DataFrame) -> str:
    """Give the share of readings whose gusts are at least as strong as the wind."""
    both = batch[[gusts, wind]].dropna()
    return f"validation.within_limits={rounded_down(float((both[gusts] >= both[wind]).mean()))}"
