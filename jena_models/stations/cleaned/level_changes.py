"""What is otherwise from one day on: another unit, a logger that counts more often, a barometer elsewhere, silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.stations.clock import seconds_of
from jena_models.stations.schema import Column, StationSchema
from jena_models.stations.units import BESIDE, conversion, known_unit, plain_unit_of

Values = NDArray[np.float64]

DAY_SECONDS: Final = 86_400
SILENT: Final = np.timedelta64(7, "D")
"""A sensor that says nothing for less may be mended by tomorrow."""
MONTH, YEAR = 30, 365
"""How many days on either side are compared; a year has all seasons, so that less tells there."""
SHORT_NAMES: Final = {"mile / hour": "mph", "kilometer / hour": "km/h", "knot": "kn", "dimensionless": "0 to 1"}
FEWEST_THERE: Final = 0.8
FEWEST_STEPS: Final = 20
"""In a month of which fewer are known nothing is usual."""
EXPLAINED: Final = 0.25
"""Another unit explains a change of which it leaves a smaller share."""


@dataclass(frozen=True)
class _Least:
    """By how much the medians of either side differ at least, where nature does not make as much."""

    of_month: float
    of_year: float
    alone: float = np.inf
    """Likewise over years, where no other unit explains it and it is told all the same."""
    as_ratio: bool = False


LEAST: Final = {
    "T": _Least(of_month=20.0, of_year=6.0),
    "Tdew": _Least(of_month=20.0, of_year=6.0),
    "rh": _Least(of_month=40.0, of_year=30.0),
    "p": _Least(of_month=100.0, of_year=50.0, alone=6.0),
    "wv": _Least(of_month=np.inf, of_year=0.45, as_ratio=True),
    "max_wv": _Least(of_month=np.inf, of_year=0.45, as_ratio=True),
}
"""By quantity; of winds the logarithm. A month's may be thrice that of the one before, as Jena's of December 2011."""


def level_changes(table: pd.DataFrame, schema: StationSchema) -> Iterator[str]:
    """Give a sentence for each column that is of another level from some day on, and never was in between.

    Args:
        table: canonical columns, indexed by time, in order.
        schema: of the station.
    """
    for column in schema.columns:
        if column.quantity not in LEAST or column.neighbour or column.name not in table:
            continue
        by_day = table[column.name].resample("D").median()
        if found := _change(by_day, column):
            yield found


def silent_columns(table: pd.DataFrame, schema: StationSchema) -> Iterator[str]:
    """Give a sentence for the columns that hold no value to the end of a record, and did before.

    A model is trained and scored with them, and another speaks in its name where they are missing.

    Args:
        table: canonical columns, indexed by time, in order.
        schema: of the station.
    """
    times = table.index.to_numpy()
    for name in schema.own_names:
        if name == schema.target or name not in table or not table[name].notna().any():
            continue
        last = times[table[name].notna().to_numpy()][-1]
        if times[-1] - last >= SILENT:
            yield (
                f"{name} holds no value after {schema.local.shown(last):%Y-%m-%d %H:%M}: forecasts of now are made by "
                "what does without it, so leave it out of the station file, or train again once it is mended"
            )


def cadence_change(times: pd.Index) -> str:
    """Give a sentence where readings are usually another time apart from some month on; empty else.

    Args:
        times: of the readings, in order.
    """
    seconds = seconds_of(times)
    month = pd.Series(np.diff(seconds) / 60).groupby((seconds[1:] - seconds[:1]) // (MONTH * DAY_SECONDS))
    usual = month.agg(lambda each: each.mode().iloc[0])[month.count() >= FEWEST_STEPS]
    changes = np.flatnonzero(np.diff(usual.to_numpy()))
    if len(changes) != 1:  # steps that come and go are of a logger that is out of order, or of reports between
        return ""
    earlier, later = usual.iloc[0], usual.iloc[-1]
    day = (times[0] + pd.Timedelta(days=MONTH * float(usual.index[changes[0] + 1]))).date()
    return (
        f"readings are usually {earlier:g} minutes apart at first, and {later:g} from about {day} on: "
        f"'resample_minutes: {max(earlier, later):g}' in the station file brings all to one step"
    )


def _change(by_day: pd.Series, column: Column) -> str:
    least = LEAST[column.quantity]
    scaled: Callable[[Values], Values] = np.log if least.as_ratio else np.asarray
    for days, enough in ((YEAR, least.of_year), (MONTH, least.of_month)):
        before, after, change = _medians(by_day, days, scaled)
        place = int(change.argmax())
        if change[place] < min(enough, least.alone):
            continue
        was, became = before[place], after[place]
        of_month = _medians(by_day, MONTH, scaled)[2]
        near = slice(max(0, place - days // 2), place + days // 2 + 1)
        day = by_day.index[near][int(of_month[near].argmax())].date()
        told = f"{column.name} is {became:.3g} in the middle from about {day} on, and was {was:.3g} before"
        if change[place] >= enough and (unit := _other_unit(was, became, column, scaled)):
            return f"{told}: {unit}; if it is, put that into files of its own, with the unit in their header"
        if days == YEAR and change[place] >= least.alone:
            return f"{told}, the years on either side: was the sensor moved, or set anew?"
    return ""


def _medians(by_day: pd.Series, days: int, scaled: Callable[[Values], Values]) -> tuple[Values, Values, Values]:
    """Give the medians of so many days before each day, and from it on, and by how much these differ.

    They are NaN where too few of the days are known, and differ by nothing there.
    """
    fewest = int(FEWEST_THERE * days)
    before = by_day.rolling(days, min_periods=fewest).median().shift(1).to_numpy(np.float64)
    after = by_day[::-1].rolling(days, min_periods=fewest).median()[::-1].to_numpy(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        change = np.abs(scaled(after) - scaled(before))
    return before, after, np.where(np.isfinite(change), change, 0.0)


def _other_unit(was: float, became: float, column: Column, scaled: Callable[[Values], Values]) -> str:
    """Give which part is likely in which other unit; empty where none explains the change."""
    own = plain_unit_of(column.name)
    plain = known_unit(own) or own

    def apart(first: float, second: float) -> float:
        with np.errstate(invalid="ignore", divide="ignore"):
            return abs(float(scaled(np.array(second)) - scaled(np.array(first))))

    left: dict[str, float] = {}
    for unit in BESIDE.get(own, ()):
        if (how := conversion(unit, plain)) and how != (1.0, 0.0):
            name = SHORT_NAMES.get(unit, unit)
            left[f"what comes from then on may be in {name}"] = apart(was, became * how[0] + how[1])
            left[f"what comes before may be in {name}"] = apart(was * how[0] + how[1], became)
    likely = min(left, key=lambda part: left[part], default="")
    return likely if likely and left[likely] < EXPLAINED * apart(was, became) else ""
