"""What a source's own values tell of what it does not say."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.stations.clock import seconds_of

Values = NDArray[np.float64]
Times = NDArray[np.datetime64]

WARMEST_SOLAR_HOUR: Final = 15.0
"""When the air is warmest in the mean of many days, by the sun."""
SENTINELS: Final = (
    -9999.9,
    -9999.0,
    -999.9,
    -999.0,
    -200.0,
    -99.9,
    -99.0,
    999.0,
    999.9,
    9999.0,
    9999.9,
    -6999.0,
    6999.0,
    *(-99.99, -999.99, -9999.99, -99999.0, -888.8, -8888.0, -7999.0, -32768.0),
    *(999.99, 9999.99, 32766.0, 32767.0, 99999.0, 999990.0, 999998.0, 999999.0),
    *(99.0, 99.9, 99.99, 327.67, 3276.7, 655.35, 6553.5),  # the largest of two bytes, in tenths and hundredths
    *(-995.0, -996.0, -997.0, -998.0),  # the Oklahoma Mesonet's, each for a reason of its own
    *(85.0, -127.0, -273.15),  # a digital thermometer that has begun, or is not there; nought in kelvin
)
"""Values that files write where none was measured."""
FEWEST_REPEATS: Final = 3
NEVER_MEASURED: Final = -900.0
"""What is written by habit, is lower than this, and so many times as far from all others as these from each other."""
DWARFED: Final = 3.0
FEWEST_RAINY: Final = 24
RISING, RESTING = 0.85, 0.5
"""Amounts fall again after each shower; of a running total so many steps do not, and so many leave it where it is."""
OVERLAPPING_HOURS: Final = (24, 12, 6, 3, 1)
LEAST_AMOUNT: Final = 0.03
FEW_WRONG: Final = 0.02
ENOUGH_AMOUNTS: Final = 50_000
NARROW_HOURS: Final = 12
LEAST_SWING: Final = 0.05
DAY_SECONDS: Final = 86_400


def sentinels_among(values: Values, lowest: float, highest: float) -> tuple[float, ...]:
    """Give the values that stand for missing ones: written by habit, impossible, and far from all others."""
    return tuple(each for each in SENTINELS if not lowest <= each <= highest and (values == each).any())


def repeated_beyond_chance(values: Values) -> tuple[float, ...]:
    """Give the lowest or highest value where it is written by habit and stands often, away from all others."""
    known = values[np.isfinite(values)]
    ends = (known.min(), known.max()) if len(known) else ()
    found = []
    for sentinel in SENTINELS:
        if sentinel not in ends:
            continue
        others = known[known != sentinel]
        if not len(others):
            continue
        spread = np.ptp(others)
        away = min(abs(sentinel - others.min()), abs(sentinel - others.max()))
        is_alone = len(known) - len(others) < FEWEST_REPEATS
        if is_alone and (sentinel > NEVER_MEASURED or away <= DWARFED * spread):
            continue
        if not others.min() <= sentinel <= others.max() and away > max(spread, 1.0):
            found.append(sentinel)
    return tuple(found)


def without_habits(values: Values) -> Values:
    """Give the values that are known, but for those that are written by habit."""
    known = values[np.isfinite(values)]
    return known[~np.isin(known, repeated_beyond_chance(known))]


def is_running_total(values: Values) -> bool:
    """Tell whether amounts of rain, the oldest or the newest first, are what fell since a midnight, or since ever."""
    known = values[np.isfinite(values)]
    here, then = known[:-1], known[1:]
    for first, second in ((here, then), (then, here)):
        steps = (second - first)[first > 0]
        if len(steps) >= FEWEST_RAINY and (steps >= 0).mean() >= RISING and (steps == 0).mean() >= RESTING:
            return bool(len(np.unique(known)) > FEWEST_REPEATS)
    return False


def in_order(times: Times, values: Values) -> tuple[Times, Values]:
    """Give times and what was measured at each, the oldest first."""
    order = np.argsort(times, kind="stable")
    return times[order], values[order]


def hours_of_overlapping_sums(times: Times, amounts: Values) -> int | None:
    """Give over how many hours amounts are where each row has the sum of its last hours; None where they are a step's.

    From such sums what fell in each step follows: what a sum is larger than the one before it, and what left it. Of
    amounts of a step it would be less than nothing after each shower.

    Args:
        times: in order, of the sums.
        amounts: the sums, NaN where one is missing.
    """
    step = cadence_minutes(times)
    even = np.diff(times).astype("timedelta64[s]").astype(np.int64) == step * 60
    for hours in OVERLAPPING_HOURS:
        steps = hours * 60 / step
        if steps >= 2 and steps.is_integer() and _are_sums_of(amounts, even, int(steps)):  # noqa: PLR2004
            return hours
    return None


def _are_sums_of(amounts: Values, even: NDArray[np.bool_], steps: int) -> bool:
    """Tell whether each amount may be the sum of what fell in as many steps: after a dry time all of it follows."""
    held = amounts[:ENOUGH_AMOUNTS].tolist()
    fell = [0.0] * len(held)
    dry, wet, wrong = 0, 0, 0
    is_known = False
    for i, amount in enumerate(held):
        if amount != amount or not (i == 0 or even[i - 1]):  # noqa: PLR0124 - NaN
            is_known = False
        elif amount == 0:
            since = max(0, i - steps + 1)
            wrong += is_known and sum(fell[since:i]) > LEAST_AMOUNT
            fell[since : i + 1] = [0.0] * (i + 1 - since)
            is_known, dry = i >= steps, dry + 1
        elif is_known:
            fell[i] = amount - held[i - 1] + fell[i - steps]
            wet += fell[i] > LEAST_AMOUNT
            wrong += fell[i] < -LEAST_AMOUNT
    return dry > 0 and wet >= FEWEST_RAINY and wrong <= FEW_WRONG * wet


def warmest_hour(times: Times, temperature: Values, least_swing: float) -> float | None:
    """Give the hour, by the stamps, at which it is warmest in the mean day; None where the day cannot be told.

    Args:
        times: by the stamps.
        temperature: in any unit, NaN where missing.
        least_swing: how much of the spread of all values the day's swing has to be.
    """
    known = np.isfinite(temperature)
    if known.sum() < NARROW_HOURS * 2:
        return None
    seconds = seconds_of(times[known]) % DAY_SECONDS
    hours = seconds // 3600
    if len(np.unique(hours)) < NARROW_HOURS:
        return None
    angle = 2 * np.pi * seconds / DAY_SECONDS
    # The first harmonic of the mean day, whose peak lies near the warmest hour and does not jump as a maximum does.
    values = temperature[known] - temperature[known].mean()
    terms = np.column_stack([np.sin(angle), np.cos(angle)])
    sine, cosine = np.linalg.lstsq(terms, values, rcond=None)[0]
    if np.hypot(sine, cosine) < least_swing * values.std():
        return None
    return float(np.arctan2(sine, cosine) / (2 * np.pi) * 24 % 24)


def likely_offset_hours(warmest: float) -> int:
    """Give how far the sun's time is ahead of the stamps' clock, negative where it is behind, in whole hours."""
    return round((WARMEST_SOLAR_HOUR - warmest + 12) % 24 - 12)


def cadence_minutes(times: Times) -> float:
    """Give the most frequent step between times, whatever their order."""
    steps, counts = np.unique(
        np.abs(np.diff(np.sort(times)).astype("timedelta64[s]").astype(np.int64)), return_counts=True
    )
    steps, counts = steps[steps > 0], counts[steps > 0]
    return float(steps[counts.argmax()]) / 60 if len(steps) else 60.0
