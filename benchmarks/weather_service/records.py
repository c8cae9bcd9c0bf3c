"""Series as arrays: readings on their steps, the service's runs, and the windows of each part."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.weather_service.described_sets import DescribedSet
from jena_models.errors import SettingsError
from jena_models.features.histories import Histories
from jena_models.options.readings_options import History
from jena_models.reading.reading import read_source
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.clock import seconds_of
from jena_models.stations.schema import StationSchema
from jena_models.weather_service.run_files.run_tables import read_runs
from jena_models.weather_service.service import Service
from jena_models.weather_service.service_runs import Runs
from jena_models.windows.history import known_values
from jena_models.windows.steps import on_steps

GREGORIAN_CYCLE: Final = 146_097 * 86_400
"""400 years, after which weekdays and dates come again: series that are pooled lie so far apart."""

POOLED: Final = "all"
"""What series that are learnt from together are called."""

Seconds = NDArray[np.int64]
Part = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class Record:
    """One series, or several that are learnt from together, their rows under one another."""

    name: str
    station: StationSchema
    columns: tuple[str, ...]
    measured: NDArray[np.float64]
    """Shape (rows, columns), NaN where missing or hidden."""
    truth: NDArray[np.float64]
    """The target with what is hidden, shape (rows,)."""
    hidden: NDArray[np.bool_]
    """Shape (rows,)."""
    seconds: Seconds
    first_rows: NDArray[np.intp]
    """Where the series of each row begins, shape (rows,)."""
    series: NDArray[np.intp]
    """Which series each row is of, shape (rows,)."""
    service: Service

    @property
    def target_place(self) -> int:
        """Which of the columns the target is."""
        return self.columns.index(self.station.target)

    def limited(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give values within what the target can be."""
        column = self.station.column(self.station.target)
        return np.clip(values, column.minimum, column.maximum)


@dataclass(frozen=True)
class Windows:
    """Histories and what came of them."""

    histories: Histories
    target: NDArray[np.float32]
    series: NDArray[np.intp]

    def __len__(self) -> int:
        """Give how many there are."""
        return len(self.target)


def record_of(told: DescribedSet, series: str, data: Path, number: int = 0) -> Record:
    """Read one series: its readings, cleaned and on their steps, and the runs that forecast it."""
    station, source = told.of(series, data)
    readings, report = clean(read_source(source, station), station, is_record=False)
    readings.index += pd.Timedelta(hours=told.readings.shift_hours)
    placed = on_steps(readings, report.cadence_minutes or station.cadence_minutes)
    columns = tuple(name for name in station.names if name in placed.columns)
    seconds = placed.index.to_numpy().astype("datetime64[s]").astype(np.int64)
    values = placed[list(columns)].to_numpy(np.float64)
    hidden = _hidden(told, source, station, seconds)
    services = tuple(read_runs(each.source, each, station) for each in station.forecasts)
    return Record(
        name=series,
        station=station,
        columns=columns,
        measured=np.where(hidden[:, None], np.nan, values),
        truth=values[:, columns.index(station.target)],
        hidden=hidden,
        seconds=seconds,
        first_rows=np.zeros(len(seconds), np.intp),
        series=np.full(len(seconds), number, np.intp),
        service=Service(services),
    )


def pooled(records: Sequence[Record]) -> Record:
    """Give series as one record, each 400 years after the one before: the calendar is the same, and none meet."""
    ahead = [number * GREGORIAN_CYCLE for number in range(len(records))]
    starts = np.cumsum([0, *(len(record.seconds) for record in records[:-1])])
    sources = []
    for number in range(len(records[0].service.sources)):
        each = [record.service.sources[number] for record in records]
        told = [_told_apart(runs, place, len(records)) for place, runs in enumerate(each)]
        sources.append(_joined([runs.shifted(seconds) for runs, seconds in zip(told, ahead, strict=True)]))
    return replace(
        records[0],
        name=POOLED,
        measured=np.concatenate([record.measured for record in records]),
        truth=np.concatenate([record.truth for record in records]),
        hidden=np.concatenate([record.hidden for record in records]),
        seconds=np.concatenate([record.seconds + seconds for record, seconds in zip(records, ahead, strict=True)]),
        first_rows=np.repeat(starts, [len(record.seconds) for record in records]),
        series=np.concatenate([record.series for record in records]),
        service=Service(tuple(sources)),
    )


def some_windows_of(record: Record, told: DescribedSet, part: Part, stretch: int | None = None) -> Windows:
    """Give the windows of a part, as `windows_of`, of which there are some.

    Raises:
        SettingsError: where there are none.
    """
    found = windows_of(record, told, part, stretch)
    if not len(found):
        first, last = (np.datetime64(int(time), "s") for time in (record.seconds[0], record.seconds[-1]))
        span = "" if record.name == POOLED else f" from {first} to {last} UTC"
        part_of = f"stretch {stretch + 1} of validation" if part == "validation" and stretch is not None else part
        before = f", before stretch {stretch + 1} of validation" if part == "train" and stretch is not None else ""
        raise SettingsError(
            f"The set has no window for '{part_of}'{before} of the series {record.name}, whose readings are{span} "
            f"every {_cadence(record) / 60:g} minutes: look at 'validation', 'test', 'issue_hours' (in UTC) and "
            "'history_hours'."
        )
    return found


def windows_of(record: Record, told: DescribedSet, part: Part, stretch: int | None = None) -> Windows:
    """Give the windows of a part, a row for each issue time and lead whose target is known.

    Args:
        record: of one series, or pooled.
        told: the set.
        part: which part.
        stretch: which of those to choose by; None for what comes after all choosing: then all that was chosen by is
            trained on too, and where holes are scored all that is given.
    """
    cadence = _cadence(record)
    stride = _whole(told.sampling_minutes * 60, cadence, "sampling_minutes")
    steps = _whole(told.history_hours * 3600, told.sampling_minutes * 60, "history_hours")
    leads = np.array([_whole(hours * 3600, cadence, "leads_hours") for hours in told.leads_hours])
    issued = _issue_rows(record, told, part, stride * (steps - 1))
    rows, ahead = np.repeat(issued, len(leads)), np.tile(leads, len(issued))
    ends = np.append(np.flatnonzero(np.diff(record.first_rows)), len(record.seconds) - 1)
    last = ends[np.searchsorted(ends, rows)]
    within = rows + ahead <= last
    rows, ahead = rows[within], ahead[within]
    target = rows + ahead
    asked = _asked(record, told, part, target, stretch)
    rows, ahead, target = rows[asked], ahead[asked], target[asked]
    carried = known_values(record.measured, History(), cadence / 60)
    histories = Histories(
        carried,
        record.columns,
        record.seconds,
        rows[:, None] + np.arange(1 - steps, 1) * stride,
        told.sampling_minutes,
        ahead * cadence / 60.0,
        np.isnan(record.measured),
        record.service,
    )
    return Windows(histories, record.truth[target].astype(np.float32), record.series[target])


def _cadence(record: Record) -> int:
    return int(np.median(np.diff(record.seconds)))


def _whole(seconds: float, step: float, setting: str) -> int:
    """Give how many steps a time is.

    Raises:
        SettingsError: where it is no whole number of them: a lead of half a day would be none, or a day.
    """
    many = round(seconds / step)
    if many < 1 or not math.isclose(many * step, seconds):
        raise SettingsError(
            f"'{setting}' of the set has {seconds / 3600:g} h, which is no whole number of steps of {step / 60:g} "
            "minutes."
        )
    return many


def _issue_rows(record: Record, told: DescribedSet, part: Part, before: int) -> NDArray[np.intp]:
    """Give the rows at which forecasts are issued: where the target was just measured, and a history lies before."""
    fresh = ~np.isnan(known_values(record.measured, History(), 60.0)[:, record.target_place])
    there = fresh & (np.arange(len(record.seconds)) - before >= record.first_rows)
    if part == "test" and told.test == "holes":
        begins = np.append(record.hidden[1:] & ~record.hidden[:-1], [False])
        return np.flatnonzero(there & begins)
    hours = told.training_issue_hours if part == "train" and told.training_issue_hours else told.issue_hours
    if hours:
        there &= np.isin(record.seconds % 86_400, np.array(hours) * 3600)
    return np.flatnonzero(there)


def _asked(
    record: Record, told: DescribedSet, part: Part, target: NDArray[np.intp], stretch: int | None
) -> NDArray[np.bool_]:
    """Tell which targets belong to a part."""
    known = np.isfinite(record.truth[target])
    if part == "test" and told.test == "holes":
        return np.asarray(known & record.hidden[target])
    given = known & ~record.hidden[target]
    times = record.seconds[target] - record.series[target] * GREGORIAN_CYCLE * (record.name == POOLED)
    borders = [_seconds(time) for time in told.validation]
    if part == "validation":
        first, end = borders[stretch or 0], borders[(stretch or 0) + 1]
        return np.asarray(given & (times >= first) & (times < end))
    if part == "train":
        if stretch is not None:
            return np.asarray(given & (times < borders[stretch]))
        return np.asarray(given if told.test == "holes" else given & (times < borders[-1]))
    assert not isinstance(told.test, str)  # noqa: S101 - holes are above
    start, stop = (_seconds(time) for time in told.test)
    return np.asarray(given & (times >= start) & (times < stop))


def _hidden(told: DescribedSet, source: str, station: StationSchema, seconds: Seconds) -> NDArray[np.bool_]:
    """Tell which steps are of the holes, whose rows are read as all others are."""
    hidden = np.zeros(len(seconds), bool)
    for column, says in told.readings.holes.items():
        those = read_source(source, station.model_copy(update={"select": station.select | {column: (says,)}}))
        times = seconds_of(those.table.index) + round(told.readings.shift_hours * 3600)
        hidden[pd.Index(seconds).get_indexer(pd.Index(times), method="nearest")] = True
    return hidden


def _told_apart(runs: Runs, place: int, series: int) -> Runs:
    """Give the runs with a column for each series, 1 where it is this one: what is learnt together may differ by it."""
    shape = (*runs.values.shape[:2], series)
    which = np.zeros(shape)
    which[..., place] = 1.0
    return replace(
        runs,
        columns=(*runs.columns, *(f"is {number}" for number in range(series))),
        of=(*runs.of, *("" for _ in range(series))),
        values=np.concatenate([runs.values, which], axis=2),
        spread=np.concatenate([runs.spread, np.full(shape, np.nan)], axis=2),
        step_means=tuple(map(bool, [*runs.held, *np.zeros(series)])),
    )


def _joined(each: Sequence[Runs]) -> Runs:
    """Give the runs of several series one after the other, on the leads of all."""
    leads = np.unique(np.concatenate([runs.lead_seconds for runs in each]))
    arrays: dict[str, list[NDArray[np.float64]]] = {"values": [], "spread": []}
    for runs in each:
        for name, found in arrays.items():
            own = getattr(runs, name)
            wide = np.full((len(runs), len(leads), own.shape[2]), np.nan)
            wide[:, np.searchsorted(leads, runs.lead_seconds)] = own
            found.append(wide)
    return replace(
        each[0],
        issue_seconds=np.concatenate([runs.issue_seconds for runs in each]),
        available_seconds=np.concatenate([runs.available_seconds for runs in each]),
        lead_seconds=leads,
        values=np.concatenate(arrays["values"]),
        spread=np.concatenate(arrays["spread"]),
    )


def _seconds(time: datetime) -> int:
    return int(np.datetime64(time, "s").astype(np.int64))
