"""From a file's rows to canonical readings, and a report of all that was mended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.stations.cleaned.amount_steps import hours_between_amounts
from jena_models.stations.cleaned.cleaning_report import CleaningReport, Gap
from jena_models.stations.cleaned.even_steps import with_even_steps
from jena_models.stations.cleaned.level_changes import cadence_change, level_changes, silent_columns
from jena_models.stations.clock import Clock, seconds_of
from jena_models.stations.formulas import derived_from
from jena_models.stations.raw_readings import RawReadings
from jena_models.stations.schema import SUMMED, StationSchema

LONG: Final = np.timedelta64(7, "D")
"""A calm lasts no week."""
FEW_DIFFERING: Final = 12
MOST_DIFFERING: Final = 0.01
"""So large a share of rows that repeat the time of another with other values is no accident."""

EARLIEST: Final = np.datetime64("1700-01-01")
"""No station is older."""
FARTHEST_AHEAD: Final = timedelta(hours=15)
"""A station's clock may be ahead of ours, in no zone by more: what is later is no reading, nor is what leads to it."""
HARDLY_AHEAD: Final = timedelta(minutes=90)
LARGEST: Final = 1e15
"""No quantity of any station comes near it in any unit, and sums of what is larger run over."""


def clean(
    raw: RawReadings, schema: StationSchema, *, is_record: bool = True, moves_times: bool = True
) -> tuple[pd.DataFrame, CleaningReport]:
    """Give canonical readings: float64 columns in canonical order, sorted and unique index `time` in UTC.

    Sentinels become missing, rows from another age or the future are left out, the first of repeated time stamps
    stays, with what it lacks from those after it, columns that follow by formula are added.

    Args:
        raw: what a source holds.
        schema: of the station.
        is_record: whether columns that are not required and tell nothing are left out, as of a record to learn from;
            in the last days a sensor may rest, or be silent, and a model asks for its column all the same.
        moves_times: whether times that waver are moved to the nearest step, which may be an earlier one.

    Raises:
        SourceUnreadableError: where the target holds no value at all, no row can be of now or before, or rows of one
            time differ too often.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    rows, impossible_times = _without_impossible_times(raw, now)
    table, sentinels = _without_sentinels(rows, schema)
    _require_target(table, raw, schema)
    table = _filled_by_repeats(table)
    table, dead = _without_dead_columns(table, schema) if is_record else (table, ())
    first = ~table.index.duplicated()
    differing = _differing_repeats(table, first)
    _refuse_mixed(differing, len(table), raw)
    kept = table[first]
    out_of_order = _count_out_of_order(kept.index)
    if out_of_order:
        kept = kept.sort_index()
    kept, evened = with_even_steps(kept, schema) if moves_times or schema.resample_minutes else (kept, "")
    readings, derived = _with_derived(kept, schema)
    cadence = detect_cadence_minutes(kept.index, schema)
    missing = readings.isna().sum()
    report = CleaningReport(
        rows_read=len(raw.table),
        impossible_times=impossible_times,
        rows=len(readings),
        start=schema.local.shown(readings.index[0]),
        end=schema.local.shown(readings.index[-1]),
        cadence_minutes=cadence,
        repeated_timestamps=int((~first).sum()),
        differing_repeats=differing,
        out_of_order=out_of_order,
        gaps=find_gaps(kept.index, cadence, schema.local),
        sentinels=sentinels,
        missing={str(name): int(count) for name, count in missing.items() if count},
        measured=tuple(table.columns),
        derived=derived,
        absent=tuple(name for name in schema.names if name not in readings.columns),
        ignored=raw.ignored,
        dead=dead,
        notes=(
            *raw.notes,
            *filter(None, [evened, _ahead(kept, now), cadence_change(kept.index) if is_record else ""]),
            *_doubtful_amounts(kept, cadence, schema),
            *(chain(level_changes(kept, schema), silent_columns(kept, schema)) if is_record else ()),
        ),
    )
    return readings, report


def detect_cadence_minutes(times: pd.Index, schema: StationSchema) -> float:
    """Give the most frequent step between sorted times; the schema's where there is only one reading."""
    steps, counts = np.unique(_steps_seconds(times), return_counts=True)
    return float(steps[counts.argmax()]) / 60 if len(steps) else schema.cadence_minutes


def find_gaps(times: pd.Index, cadence_minutes: float, clock: Clock) -> tuple[Gap, ...]:
    """Give every step between sorted times that is longer than the cadence, in the station's clock."""
    steps = _steps_seconds(times)
    rows = np.flatnonzero(steps > cadence_minutes * 60).tolist()
    return tuple(
        Gap(after=clock.shown(times[row]), before=clock.shown(times[row + 1]), minutes=float(steps[row]) / 60)
        for row in rows
    )


def _doubtful_amounts(table: pd.DataFrame, cadence_minutes: float, schema: StationSchema) -> Iterator[str]:
    """Give a sentence for each column of amounts that seem to be over more than a step, where nothing says so."""
    for column in schema.columns:
        if column.quantity not in SUMMED or column.amount_hours or column.name not in table:
            continue
        apart = hours_between_amounts(table.index.to_numpy(), table[column.name].to_numpy(), cadence_minutes)
        if apart is not None:
            yield (
                f"{column.name} holds a value every {apart:g} hours, where readings are {cadence_minutes:g} minutes "
                f"apart: if each is what fell since the one before, write 'amount_hours: {apart:g}' beside it in the "
                f"station file, else 'amount_hours: {cadence_minutes / 60:g}'"
            )


def _steps_seconds(times: pd.Index) -> NDArray[np.int64]:
    return np.diff(times.to_numpy().astype("datetime64[s]")).astype(np.int64)


def _ahead(table: pd.DataFrame, now: datetime) -> str:
    """Give a sentence where the newest readings are of hours to come; empty else."""
    ahead = table.index[-1].to_pydatetime() - now
    if ahead < HARDLY_AHEAD:
        return ""
    return (
        f"the newest readings are of the next {ahead / timedelta(hours=1):.0f} hours: are these forecasts, or is the "
        "clock in the station file wrong?"
    )


def _without_impossible_times(raw: RawReadings, now: datetime) -> tuple[pd.DataFrame, int]:
    """Give the rows that can have been measured by now; one dated 9999 would make a record of eight thousand years."""
    times = raw.table.index.to_numpy()
    latest = np.datetime64(now + FARTHEST_AHEAD)
    latest = np.datetime64(now) if (times > latest).any() else latest
    possible = (times >= EARLIEST) & (times <= latest)
    if not possible.any():
        raise SourceUnreadableError(
            f"None of the {len(times):,} time stamps of {raw.name} lies between {EARLIEST} and now; mend them."
        )
    return raw.table[possible], int(np.count_nonzero(~possible))


def _without_sentinels(table: pd.DataFrame, schema: StationSchema) -> tuple[pd.DataFrame, dict[str, int]]:
    counts, columns = {}, {}
    for name in table.columns:
        values = np.where(np.abs(table[name].to_numpy()) < LARGEST, table[name].to_numpy(), np.nan)
        stands_for_missing = np.isin(values, schema.sentinels_of(str(name)))
        if count := int(stands_for_missing.sum()):
            counts[str(name)] = count
        columns[name] = np.where(stands_for_missing | ~np.isfinite(values), np.nan, values)
    return pd.DataFrame(columns, index=table.index), counts


def _filled_by_repeats(table: pd.DataFrame) -> pd.DataFrame:
    """Give rows that repeat a time with each other's values where they have none of their own.

    Some loggers write a row for each sensor; what two rows say differently stays, to be counted.
    """
    again = table.index.duplicated(keep=False)
    if not again.any():
        return table
    rows, filled = table[again], table.copy()
    filled.loc[again] = rows.where(rows.notna(), rows.groupby(level=0).transform("first")).to_numpy()
    return filled


def _require_target(table: pd.DataFrame, raw: RawReadings, schema: StationSchema) -> None:
    if schema.target in table and table[schema.target].isna().all():
        raise SourceUnreadableError(
            f"All {len(table):,} values of the column '{schema.target}' in {raw.name} are missing; "
            "mend the file or name another one."
        )


def _without_dead_columns(table: pd.DataFrame, schema: StationSchema) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Leave out what is not required and tells nothing: a column without a value, or with one value all the time."""
    dead = []
    span = np.ptp(table.index.to_numpy()) if len(table) else np.timedelta64(0, "ns")
    for name in map(str, table.columns):
        kind = schema.column(name).kind
        if kind == "required" or name == schema.target:
            continue
        known = table[name].dropna().to_numpy()
        constant = kind == "optional" and span >= LONG and len(np.unique(known)) == 1
        if not len(known) or constant:
            dead.append(name)
    return table.drop(columns=dead), tuple(dead)


def _refuse_mixed(differing: int, rows: int, raw: RawReadings) -> None:
    if differing > max(MOST_DIFFERING * rows, FEW_DIFFERING):
        raise SourceUnreadableError(
            f"{differing:,} of {rows:,} rows of {raw.name} repeat the time of another and differ from it: they are of "
            "several stations or reports, or further columns tell their time; write which rows count as 'select:', or "
            "all columns of the time as 'time_columns:', into the station file."
        )


def _differing_repeats(table: pd.DataFrame, first: NDArray[np.bool_]) -> int:
    repeats = table[~first]
    originals = table[first].loc[repeats.index].to_numpy() if len(repeats) else repeats.to_numpy()
    values = repeats.to_numpy()
    same = (values == originals) | (np.isnan(values) & np.isnan(originals))
    return int((~same.all(axis=1)).sum())


def _count_out_of_order(times: pd.Index) -> int:
    seconds = seconds_of(times)
    return int((seconds < np.maximum.accumulate(seconds)).sum())


def _with_derived(table: pd.DataFrame, schema: StationSchema) -> tuple[pd.DataFrame, tuple[str, ...]]:
    columns = {str(name): table[name] for name in table.columns}
    derived = []
    for column in schema.columns:
        if column.kind != "derived" or column.name in columns:
            continue
        if (values := derived_from(table, column.quantity, schema.bases)) is not None:
            columns[column.name] = pd.Series(values, index=table.index)
            derived.append(column.name)
    ordered = {name: columns[name] for name in schema.names if name in columns}
    return pd.DataFrame(ordered, index=table.index), tuple(derived)
