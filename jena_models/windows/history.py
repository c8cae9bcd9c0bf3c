"""Raw readings, as a user has them, to the histories that a model forecasts from."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.errors import HistoryIncompleteError
from jena_models.options.readings_options import History
from jena_models.stations.cleaned.even_steps import on_steps_asked_for
from jena_models.stations.clock import Clock, seconds_of
from jena_models.stations.formulas import derived_from
from jena_models.stations.schema import StationSchema
from jena_models.windows.history_rule import Found, look_at, rows_in
from jena_models.windows.normalization import carried_forward
from jena_models.windows.preparation import Preparation
from jena_models.windows.steps import at_steps, steps_of

Seconds = NDArray[np.int64]

logger = logging.getLogger("jena")


def history_table(readings: pd.DataFrame, preparation: Preparation, station: StationSchema) -> pd.DataFrame:
    """Give the model's columns as floats, in its order, by time; of rows with the same time stamp the first stays.

    Sentinels, and what no station can have measured, become missing, as they are in training; readings are brought to
    the steps that the station file asks for (`resample_minutes`), as they were there; columns that are absent or empty
    are computed by formula where there is one.

    Args:
        readings: canonical columns, indexed by time in UTC; any order, other columns are ignored.
        preparation: what the model needs.
        station: the schema of the columns.

    Raises:
        HistoryIncompleteError: without rows, an index of times, or a column that the station always measures.
    """
    if readings.empty:
        raise HistoryIncompleteError(f"There are no readings; the model needs the last {_span(preparation)}.")
    times = _times(readings)
    present = [name for name in station.names if name in readings.columns]
    measured = pd.DataFrame({name: _numbers(readings[name], station) for name in present}, index=times)
    measured = on_steps_asked_for(measured[~measured.index.duplicated(keep="first")].sort_index(), station)
    values = {name: measured[name].to_numpy() for name in present}
    columns = {name: _column(name, values, station, len(measured)) for name in preparation.columns}
    return pd.DataFrame(columns, index=pd.DatetimeIndex(measured.index, name="time").as_unit("s"))


@dataclass(frozen=True)
class Placed:
    """Readings on the station's steps, and where forecasts are issued among them."""

    values: NDArray[np.float64]
    """As measured, shape (rows, columns), NaN where missing; rows go back as far as any history does."""
    seconds: Seconds
    """Of the rows, since 1970."""
    last_rows: NDArray[np.intp]
    """The row of each issue time, shape (issue times,); -1 where it is not near the readings."""
    stride_rows: int
    """Rows from one step of a history to the next."""
    cadence_minutes: float
    """From one row to the next."""

    def history_rows(self, chosen: NDArray[np.intp], steps: int) -> NDArray[np.intp]:
        """Give the row of each step of the histories that end at the rows chosen, shape (chosen, steps)."""
        rows: NDArray[np.intp] = chosen[:, None] + np.arange(1 - steps, 1) * self.stride_rows
        return rows


def placed_at(
    table: pd.DataFrame, issue_seconds: Seconds, preparation: Preparation, memory_days: float = 0.0
) -> Placed:
    """Put a table's rows on the station's steps, as far as forecasts at some times can see them.

    Steps are as far apart as the readings, where a whole number of them makes a step of the history; else as far as
    those that the model was trained on, or as its steps.

    Args:
        table: what `history_table` gives, with a row at least.
        issue_seconds: when forecasts are issued, since 1970, in any order.
        preparation: how many steps a history has, and how far apart they are.
        memory_days: how far back a model looks beyond that, where there are readings.

    Raises:
        DataInvalidError: where the readings span more steps than a record can have.
    """
    seconds, rule = seconds_of(table.index), preparation.history or History()
    cadence_minutes = _cadence_seconds(seconds, preparation) / 60
    steps = steps_of(seconds, cadence_minutes)
    stride = round(preparation.sampling_minutes / cadence_minutes)
    newest = int(steps.numbers[-1])
    numbers = steps.number_at(issue_seconds)
    near = (numbers >= 0) & (numbers <= newest + rows_in(max(rule.newest_hours, rule.fallback_hours), cadence_minutes))
    asked = numbers[near] if near.any() else np.array([newest])
    first = int(asked.min()) - max((preparation.steps - 1) * stride, rows_in(24 * memory_days, cadence_minutes))
    # What was measured before a history is carried into it: from near, or in versions of earlier times from anywhere.
    first = first - rows_in(rule.carried_hours, cadence_minutes) if preparation.history else min(0, first)
    end = int(asked.max()) + 1
    return Placed(
        values=at_steps(table.to_numpy(dtype=np.float64), steps, first, end),
        seconds=steps.times(first, end),
        last_rows=np.where(near, numbers - first, -1),
        stride_rows=stride,
        cadence_minutes=cadence_minutes,
    )


def known_values(
    measured: NDArray[np.float64], rule: History | None, cadence_minutes: float | None
) -> NDArray[np.float64]:
    """Give readings with those in place of missing ones that may be carried so far; NaN where none may.

    Args:
        measured: rows on the station's steps, shape (rows, columns).
        rule: says how far; where it is not given, nothing is carried.
        cadence_minutes: from one row to the next.
    """
    if rule is None or cadence_minutes is None:
        return measured
    return np.asarray(carried_forward(measured, rows_in(rule.carried_hours, cadence_minutes)))


def found_in(placed: Placed, preparation: Preparation) -> Found:
    """Tell what each issue time's history has of what the model's rule asks for; nothing of one that is not near."""
    target, near = preparation.columns.index(preparation.target), placed.last_rows >= 0
    found = look_at(
        placed.values,
        target,
        placed.last_rows[near],
        preparation.steps,
        placed.stride_rows,
        placed.cadence_minutes,
        preparation.history or History(),
    )
    age_hours, is_fresh = np.full(len(near), np.inf), np.zeros(len(near), bool)
    missing = np.ones((len(near), len(preparation.columns)), bool)
    age_hours[near], is_fresh[near], missing[near] = found.age_hours, found.is_fresh, found.missing
    return Found(age_hours, is_fresh, missing)


def require_history(
    found: Found, placed: Placed, preparation: Preparation, issue_time: pd.Timestamp, clock: Clock
) -> None:
    """Refuse a history, the last that was looked at, that has less than the rule asks for.

    Args:
        found: what `found_in` gives.
        placed: what it was found in.
        preparation: of the model.
        issue_time: of the last history, in UTC.
        clock: of the station, in which times are told.

    Raises:
        HistoryIncompleteError: where it has; the sentence names what is missing.
    """
    rule, target = preparation.history or History(), preparation.target
    issued = _shown(issue_time.to_datetime64(), clock)
    if not found.is_fresh[-1]:
        measured = placed.seconds[~np.isnan(placed.values[:, preparation.columns.index(target)])]
        newest = (
            f"is of {_shown(np.datetime64(int(measured[-1]), 's'), clock)}" if len(measured) else "is not among them"
        )
        raise HistoryIncompleteError(
            f"The newest value of '{target}' {newest}; to forecast from {issued} it may be at most "
            f"{rule.newest_hours:g} hours old, so give newer readings."
        )
    missing = [name for name, gone in zip(preparation.columns, found.missing[-1], strict=True) if gone]
    if missing:
        named = target if target in missing else missing[0]
        rows = placed.history_rows(placed.last_rows[-1:], preparation.steps)[0]
        known = ~np.isnan(known_values(placed.values, rule, placed.cadence_minutes))
        steps = int(known[rows, preparation.columns.index(named)].sum())
        raise HistoryIncompleteError(
            f"To forecast from {issued} the model needs '{named}' at {rule.least_share:.0%} of the "
            f"{preparation.steps} steps of the last {_span(preparation)}, the last among them, and it is known at "
            f"{steps}; give the readings that are not there, or wait until the history no longer reaches so far back."
        )


def _shown(time: np.datetime64, clock: Clock) -> str:
    return f"{clock.shown(time):%Y-%m-%d %H:%M %z}"


def _cadence_seconds(seconds: Seconds, preparation: Preparation) -> int:
    sampling = round(preparation.sampling_minutes * 60)
    trained = round((preparation.cadence_minutes or preparation.sampling_minutes) * 60)
    apart, counts = np.unique(np.diff(seconds), return_counts=True)
    usual = int(apart[counts.argmax()]) if len(apart) else trained
    return next((each for each in (usual, trained) if sampling % each == 0), sampling)


def _span(preparation: Preparation) -> str:
    span = timedelta(minutes=preparation.steps * preparation.sampling_minutes)
    return f"{span.total_seconds() / 3600:g} hours"


def _times(readings: pd.DataFrame) -> pd.DatetimeIndex:
    if not isinstance(readings.index, pd.DatetimeIndex):
        raise HistoryIncompleteError("The readings are not indexed by time; see jena_models.reading.user_readings.")
    times = readings.index
    return (times if times.tz is None else times.tz_convert(None)).as_unit("s").rename("time")


def _numbers(column: pd.Series, station: StationSchema) -> NDArray[np.float64]:
    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
    values[np.isin(values, station.sentinels_of(str(column.name))) | np.isinf(values)] = np.nan
    limits = station.column(str(column.name))
    impossible = (values < limits.minimum) | (values > limits.maximum)
    if impossible.any():
        logger.warning(
            "%d of %d values of '%s' lie outside %g to %g and count as missing.",
            *(impossible.sum(), len(values), column.name, limits.minimum, limits.maximum),
        )
        values[impossible] = np.nan
    return values


def _column(
    name: str, values: dict[str, NDArray[np.float64]], station: StationSchema, rows: int
) -> NDArray[np.float64]:
    if name in values and not np.isnan(values[name]).all():
        return values[name]
    if station.column(name).kind == "derived":
        computed = derived_from(values, station.column(name).quantity, station.bases)
        if computed is not None:
            return computed
    if name in values:
        return values[name]
    if station.column(name).kind == "optional" and name != station.target:
        return np.full(rows, np.nan)  # as one whose sensor is silent
    raise HistoryIncompleteError(
        f"The readings have no column '{name}', which the model needs; add it under this name."
    )
