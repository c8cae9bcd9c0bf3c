"""From a file's rows to canonical readings, and a report of all that was mended."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.stations.cleaning_report import CleaningReport, Gap
from jena_models.stations.clock import Clock
from jena_models.stations.even_steps import with_even_steps
from jena_models.stations.formulas import derive
from jena_models.stations.raw_readings import RawReadings
from jena_models.stations.schema import StationSchema

LONG: Final = np.timedelta64(7, "D")
"""A calm lasts no week."""
FEW_DIFFERING: Final = 12
MOST_DIFFERING: Final = 0.01
"""So large a share of rows that repeat the time of another with other values is no accident."""


def clean(raw: RawReadings, schema: StationSchema) -> tuple[pd.DataFrame, CleaningReport]:
    """Give canonical readings: float64 columns in canonical order, sorted and unique index `time` in UTC.

    Sentinels become missing, the first of repeated time stamps stays, columns that follow by formula are added.

    Raises:
        SourceUnreadableError: where a required column holds no value at all, or rows of one time differ too often.
    """
    table, sentinels = _without_sentinels(raw.table, schema)
    table, dead = _without_dead_columns(table, raw, schema)
    first = ~table.index.duplicated()
    differing = _differing_repeats(table, first)
    _refuse_mixed(differing, len(table), raw)
    kept = table[first]
    out_of_order = _count_out_of_order(kept.index)
    if out_of_order:
        kept = kept.sort_index()
    kept, evened = with_even_steps(kept, schema)
    readings, derived = _with_derived(kept, schema)
    cadence = detect_cadence_minutes(kept.index, schema)
    missing = readings.isna().sum()
    report = CleaningReport(
        rows_read=len(table),
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
        notes=(*raw.notes, *filter(None, [evened])),
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


def _steps_seconds(times: pd.Index) -> NDArray[np.int64]:
    return np.diff(times.to_numpy().astype("datetime64[s]")).astype(np.int64)


def _without_sentinels(table: pd.DataFrame, schema: StationSchema) -> tuple[pd.DataFrame, dict[str, int]]:
    counts, columns = {}, {}
    for name in table.columns:
        values = table[name].to_numpy()
        stands_for_missing = np.isin(values, schema.sentinels)
        if count := int(stands_for_missing.sum()):
            counts[str(name)] = count
        columns[name] = np.where(stands_for_missing | ~np.isfinite(values), np.nan, values)
    return pd.DataFrame(columns, index=table.index), counts


def _without_dead_columns(
    table: pd.DataFrame, raw: RawReadings, schema: StationSchema
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Leave out what is not required and tells nothing: a column without a value, or with one value all the time."""
    dead = []
    span = np.ptp(table.index.to_numpy()) if len(table) else np.timedelta64(0)
    for name in map(str, table.columns):
        known = table[name].to_numpy()
        known = known[~np.isnan(known)]
        column = schema.column(name)
        if not len(known) and (column.kind == "required" or name == schema.target):
            raise SourceUnreadableError(
                f"All {len(table):,} values of the column '{name}' in {raw.path} are missing; mend the file."
            )
        constant = column.kind == "optional" and name != schema.target and span >= LONG and len(np.unique(known)) == 1
        if not len(known) or constant:
            dead.append(name)
    return table.drop(columns=dead), tuple(dead)


def _refuse_mixed(differing: int, rows: int, raw: RawReadings) -> None:
    if differing > max(MOST_DIFFERING * rows, FEW_DIFFERING):
        raise SourceUnreadableError(
            f"{differing:,} of {rows:,} rows of {raw.path} repeat the time of another and differ from it: they are of "
            "several stations, or of several reports; write which rows count as 'select:' into the station file."
        )


def _differing_repeats(table: pd.DataFrame, first: NDArray[np.bool_]) -> int:
    repeats = table[~first]
    originals = table[first].loc[repeats.index].to_numpy() if len(repeats) else repeats.to_numpy()
    values = repeats.to_numpy()
    same = (values == originals) | (np.isnan(values) & np.isnan(originals))
    return int((~same.all(axis=1)).sum())


def _count_out_of_order(times: pd.Index) -> int:
    seconds = times.to_numpy().astype("datetime64[s]").astype(np.int64)
    return int((seconds < np.maximum.accumulate(seconds)).sum())


def _with_derived(table: pd.DataFrame, schema: StationSchema) -> tuple[pd.DataFrame, tuple[str, ...]]:
    bases = [schema.named(quantity) for quantity in ("p", "T", "rh")]
    columns = {str(name): table[name] for name in table.columns}
    derived = []
    if all(base in columns for base in bases):
        pressure, temperature, humidity = (table[base].to_numpy() for base in bases)
        for column in schema.columns:
            if column.kind == "derived" and column.name not in columns:
                columns[column.name] = pd.Series(
                    derive(column.quantity, pressure, temperature, humidity), index=table.index
                )
                derived.append(column.name)
    ordered = {name: columns[name] for name in schema.names if name in columns}
    return pd.DataFrame(ordered, index=table.index), tuple(derived)
