"""Sums since a run's issue time, and amounts of some hours, as of rain and radiation, as what came an hour."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.reading.amounts import hours_in
from jena_models.stations.forecast_sources import LEAD, ForecastSource
from jena_models.stations.schema import SUMMED, StationSchema

Values = NDArray[np.float64]

LEAST_LEFT: Final = 0.99
"""A sum that falls below this share of the one before it began anew; one that falls less was packed into few digits."""
AHEAD: Final = re.compile(r"(?i)(?<![a-z])(?:next|following|coming)(?![a-z])")


def hourly_rates(sums: Values, run: NDArray[np.int64], lead_hours: Values) -> Values:
    """Give what came an hour in the step that ends with each row, NaN where no step ends, shape (rows, parts).

    A step goes from the row before of the same run that holds a sum, or from the issue time. Sums of one sign only
    grow: where one is less than the one before, what is summed began anew there, as sums of a day do.

    Args:
        sums: shape (rows, parts).
        run: which run, and which of its members, each row is of.
        lead_hours: of each row.
    """
    rates = np.full_like(sums, np.nan)
    order = np.lexsort((lead_hours, run))
    for part, given in enumerate(sums.T):
        rows = order[np.isfinite(given[order])]
        goes_on = np.diff(run[rows], prepend=-1) == 0
        since = np.where(goes_on, np.roll(lead_hours[rows], 1), 0.0)
        before = np.where(goes_on, np.roll(given[rows], 1), 0.0)
        came = _growth(given[rows], before, ~goes_on)
        apart = lead_hours[rows] - since
        rates[rows, part] = np.where(apart > 0, came / np.where(apart > 0, apart, 1.0), np.nan)
    return rates


def step_hours(run: NDArray[np.int64], lead_hours: Values, known: NDArray[np.bool_]) -> float | None:
    """Give how far apart the rows of a run usually are that say something; None where runs have one each.

    Args:
        run: which run, and which of its members, each row is of.
        lead_hours: of each row.
        known: which rows say something.
    """
    run, lead_hours = run[known], lead_hours[known]
    order = np.lexsort((lead_hours, run))
    apart = np.diff(lead_hours[order])[np.diff(run[order]) == 0]
    return float(np.median(apart)) if len(apart) else None


def holds_for_steps(amount_hours: float, run: NDArray[np.int64], lead_hours: Values, known: NDArray[np.bool_]) -> bool:
    """Tell whether amounts are those of a run's steps, none of which is longer; args as of `step_hours`."""
    step = step_hours(run, lead_hours, known)
    return step == amount_hours and bool(lead_hours[known].min() <= amount_hours)


def _growth(sums: Values, before: Values, begins: NDArray[np.bool_]) -> Values:
    """Give by how much each sum has grown, shape (rows,); each run is looked at by itself, as it is known by itself."""
    if not len(sums):
        return sums
    firsts, run = np.flatnonzero(begins), np.cumsum(begins) - 1
    least = np.minimum(np.minimum.reduceat(sums, firsts), 0.0)[run]
    most = np.maximum(np.maximum.reduceat(sums, firsts), 0.0)[run]
    may_fall = np.minimum(most, -least) > (1 - LEAST_LEFT) * np.maximum(most, -least)
    sign = np.where(most >= -least, 1.0, -1.0)
    now, then = sign * sums, sign * before
    grown = sign * np.where(now < LEAST_LEFT * then, now, np.maximum(now - then, 0.0))
    return np.where(may_fall, sums - before, grown)


def refuse_amounts_of_other_hours(source: ForecastSource, station: StationSchema) -> None:
    """Refuse amounts that are by their names of other hours than they would be read as.

    Raises:
        SourceUnreadableError: the sentence names the setting that says which hours they are of.
    """
    for column in source.columns:
        names = [column.source.replace(LEAD, ""), *column.members, *column.quantiles]
        is_amount = column.is_sum or (bool(column.of) and station.column(column.of).quantity in SUMMED)
        if not is_amount or column.accumulated:
            continue
        hours = next((hours for name in names if (hours := hours_in(name))), 0)
        if hours and column.amount_hours is None and 60 * hours != station.step_minutes:
            raise SourceUnreadableError(
                f"'{column.name}' of the forecast source '{source.name}' is by the name of its column an amount of "
                f"{hours} h, and {column.of} one of {station.step_minutes:g} min: write 'amount_hours: {hours}' beside "
                "it in the station file, or of how many hours else its numbers are."
            )
        if column.amount_ahead is None and any(AHEAD.search(name) for name in names):
            raise SourceUnreadableError(
                f"'{column.name}' of the forecast source '{source.name}' is by the name of its column an amount of the "
                "hours after its time, and amounts count as of those before: write 'amount_ahead: true' and "
                f"'amount_hours: {hours or 1}' beside it in the station file, or 'amount_ahead: false'."
            )
