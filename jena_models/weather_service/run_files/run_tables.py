"""From what a forecast source's files, tables and databases hold to runs."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from jena_models.errors import DayUncertainError, SourceEmptyError, SourceNotFoundError, SourceUnreadableError
from jena_models.reading.assembly import Columns, chosen_rows
from jena_models.reading.reading import columns_of, each_table
from jena_models.reading.texts.text_tables import TextColumns
from jena_models.reading.user_tables import FrameColumns
from jena_models.sources.archive import Member
from jena_models.sources.databases import is_database, read_database
from jena_models.sources.json_tables import is_json, value_beside
from jena_models.sources.several_files import files_of
from jena_models.stations.forecast_sources import LEAD_UNITS, ForecastSource
from jena_models.stations.schema import StationSchema
from jena_models.weather_service.run_files.doubtful_leads import refuse_doubtful_unit, rows_ahead
from jena_models.weather_service.run_files.issue_times import (
    are_days_alone,
    issue_and_valid_times,
    made_at_steps,
    tell_of_days_alone,
)
from jena_models.weather_service.run_files.repeated_rows import each_once, of_whom, refuse_several, telling_apart
from jena_models.weather_service.run_files.run_columns import (
    AVAILABLE,
    ISSUED,
    VALID,
    held,
    reduced,
    seconds_of,
    with_amounts_at_their_ends,
)
from jena_models.weather_service.run_files.run_headers import (
    needed_columns,
    position_of,
    quantities_of,
    refuse_directions,
    tell_of_units_unsaid,
    unit_columns,
    units_beside,
    with_units_of,
)
from jena_models.weather_service.run_files.run_leads import lead_in, leads, says_unit, unsaid_leads
from jena_models.weather_service.run_files.run_numbers import without_fills
from jena_models.weather_service.run_files.run_sums import refuse_amounts_of_other_hours
from jena_models.weather_service.run_files.run_times import availability, certain_formats
from jena_models.weather_service.service_runs import Runs
from jena_models.weather_service.station_steps import over_station_steps

UNNAMED: Final = "Unnamed: 0"
"""What pandas calls an index that it wrote without a name."""
MOST_CELLS: Final = 2**24
LEAST_FILLED: Final = 0.02
"""Runs share their leads; where more cells than that are for less than this share of numbers, they do not."""

logger = logging.getLogger("jena")


@dataclass(frozen=True)
class _Rows:
    """The rows of one table that count."""

    frame: pd.DataFrame
    """A row for each issue and valid time, in the file's own units."""
    source: ForecastSource
    """With the units that the table says."""
    of_whom: pd.DataFrame
    """How many are of which station, place or model, by the time of their run."""
    issued_by_day: bool
    """Whether issue times tell the day alone."""


class _NothingChosenError(SourceUnreadableError):
    """A table has no row that counts; another of the source may."""


def read_runs(path: Path | str, source: ForecastSource, station: StationSchema, *, all_needed: bool = True) -> Runs:
    """Read a forecast source's runs.

    Of several files one that holds nothing yet is left out, with a warning.

    Args:
        path: of a file, a folder or a pattern; or the address of a database.
        source: what the station file says of it.
        station: which columns it measures, and in which units.
        all_needed: whether one of several files that cannot be read, or a run that contradicts itself, ends the work;
            else it is left out likewise.

    Raises:
        SourceNotFoundError: where there is no such file.
        SourceUnreadableError: where a column, a time, a unit or a number is not certain; the sentence says which.
    """
    refuse_directions(source, station)
    refuse_amounts_of_other_hours(source, station)
    rows, source = _all_rows(path, source, station, all_needed=all_needed)
    return over_station_steps(_runs(rows, source, station, all_needed=all_needed), station, source)


def _all_rows(
    path: Path | str, source: ForecastSource, station: StationSchema, *, all_needed: bool
) -> tuple[pd.DataFrame, ForecastSource]:
    """Give the rows of all tables, and the source with the units that these say."""
    parts: list[_Rows] = []
    left: list[SourceUnreadableError] = []
    unclear: list[tuple[Columns, DayUncertainError]] = []
    formats: set[str] = set()
    for table in _tables(path, source, all_needed=all_needed):
        try:
            parts.append(_rows(table, source, station))
            source = parts[-1].source
        except DayUncertainError as error:
            unclear.append((table, error))
        except SourceUnreadableError as error:
            of_others = isinstance(error, _NothingChosenError)
            if all_needed and not of_others:
                raise
            left.append(error)
            if not of_others:
                _leave(source, error)
            continue
        formats |= certain_formats(table, _time_positions(table, source), source)
    # What one file does not tell of the order of day and month another does, before the station's own files.
    order = tuple(formats) or station.time_formats
    for table, why in unclear:
        if len(formats) > 1 or not order:
            raise why
        parts.append(_rows(table, source, station, order))
        source = parts[-1].source
    if not parts:
        raise left[-1]
    refuse_several(pd.concat([each.of_whom for each in parts]), source)
    tell_of_units_unsaid(source)
    rows = pd.concat([each.frame for each in parts], ignore_index=True)
    if all(each.issued_by_day for each in parts) and not source.available:
        tell_of_days_alone(rows, source)
    return rows, source


def _tables(path: Path | str, source: ForecastSource, *, all_needed: bool) -> Iterator[Columns]:
    """Give each table; a file that cannot be read is left out if not all are needed, one that holds nothing always."""
    if isinstance(path, str) and is_database(path):
        yield FrameColumns(read_database(path), source.source)
        return
    files, opened, remarks = files_of(Path(path)), 0, list[str]()
    for number, file in enumerate(files, 1):
        try:
            for table, _ in each_table(file, partial(_opened, source), []):
                opened, remarks = opened + 1, [*remarks, *table.remarks]
                yield table
        except (SourceNotFoundError, SourceUnreadableError) as error:
            is_last_hope = number == len(files) and not opened
            if is_last_hope or (all_needed and not isinstance(error, SourceEmptyError)):
                raise
            _leave(source, error)
    if remarks:
        others = f" (and {len(remarks) - 1} more of this kind)" if len(remarks) > 1 else ""
        logger.warning("%s: %s%s", source.name, remarks[0], others)


def _opened(source: ForecastSource, member: Member, path: Path) -> Columns:
    """Give a table whose first column has a name, and with times that stand once beside it, as they do in JSON."""
    table = columns_of(member, path, source.file_columns)
    if isinstance(table, TextColumns) and not table.header[0]:
        table.layout = replace(table.layout, names=(UNNAMED, *table.header[1:]))
    if isinstance(table, FrameColumns) and is_json(member.content):
        for name in source.time_names:
            value = None if name in table.header else value_beside(member.content, member.name, name)
            table = table if value is None else table.with_value(name, value)
    return table


def _leave(source: ForecastSource, error: Exception) -> None:
    logger.warning("Runs of the weather service '%s' are left out: %s", source.name, error)


def _time_positions(table: Columns, source: ForecastSource) -> list[int]:
    # Of several columns that tell a time together the first is the date.
    names = {names[0] for names in (source.issue_time, source.valid_time) if names} & set(source.time_names)
    return [list(table.header).index(name) for name in names]


def _rows(table: Columns, source: ForecastSource, station: StationSchema, unclear: tuple[str, ...] = ()) -> _Rows:
    header = list(table.header)
    needed, of_units = needed_columns(header, source, table.name), unit_columns(header, source)
    apart = telling_apart(header, source)
    told = (
        *source.time_names,
        source.lead,
        *source.select,
        source.available,
        source.member,
        *of_units.values(),
        *apart,
    )
    texts = [position_of(header, name, table.name, source) for name in filter(None, told)]
    numbers = [position_of(header, name, table.name, source) for name in needed]
    table.load(texts, [position for position in numbers if position not in texts])

    def refusal(position: int, held: list[str]) -> _NothingChosenError:
        return _NothingChosenError(
            f"The file {table.name} of the forecast source '{source.name}' has no row whose '{header[position]}' is "
            f"{' or '.join(sorted(source.select[header[position]]))}; it holds {', '.join(sorted(held)[:4])}."
        )

    chosen = {header.index(name): wanted for name, wanted in source.select.items()}
    keep = chosen_rows(table, chosen, refusal)
    if keep is None:
        keep = np.ones(len(table.texts(texts[0]) if texts else table.numbers(numbers[0], needed[0])), bool)
    source = with_units_of(table, source, units_beside(table, of_units, keep, source))
    numbers_of = zip(needed, quantities_of(needed, header, source, station), strict=True)
    frame = pd.DataFrame(
        {name: without_fills(table.numbers(header.index(name), kind)[keep], station) for name, kind in numbers_of}
    )
    if source.member:
        frame[source.member] = table.texts(header.index(source.member)).filter(pa.array(keep)).to_pylist()
    issued, valid = issue_and_valid_times(table, source, station, unclear, keep)
    whose = of_whom(table, apart, keep, valid if issued is None else issued)
    if issued is None:
        frame[VALID] = valid
        return _Rows(_one_row_a_lead(frame, needed, source, station), source, whose, issued_by_day=False)
    frame.insert(0, ISSUED, issued)
    if valid is not None:
        frame[VALID] = valid
    elif source.lead:
        place = header.index(source.lead)
        unsaid = unsaid_leads(table, place, source, keep)
        refuse_doubtful_unit(unsaid, issued, station.step_minutes, source.lead, source)
        frame[VALID] = issued + leads(table, place, source, keep)
    elif source.lead_hours is not None:
        frame[VALID] = issued + np.timedelta64(round(source.lead_hours * 3600), "s")
    had = header.index(source.available) if source.available else None
    frame[AVAILABLE] = availability(table, had, issued, source, unclear, keep)
    is_wide = source.layout == "wide"
    rows = _one_row_a_lead(frame, needed, source, station) if is_wide else frame
    return _Rows(rows, source, whose, are_days_alone(table, source))


def _one_row_a_lead(
    frame: pd.DataFrame, names: Sequence[str], source: ForecastSource, station: StationSchema
) -> pd.DataFrame:
    """Give a long table of a wide one: patterns are the columns' names."""
    patterns = {
        name: [(each, lead) for each in names if (lead := lead_in(each, name, source)) is not None]
        for column in source.columns
        for name in filter(None, [column.source, column.spread])
    }
    leads = sorted({lead for found in patterns.values() for _, lead in found})
    unsaid = {name for name in patterns if source.lead_unit is None and not says_unit(name)}
    runs = frame[ISSUED].to_numpy() if ISSUED in frame else np.array([], "datetime64[s]")
    for name in unsaid:
        hours = [lead / LEAD_UNITS["hours"] for _, lead in patterns[name]]
        refuse_doubtful_unit(hours, runs, station.step_minutes, name, source)
    parts = []
    for lead in leads:
        part = frame[[name for name in (ISSUED, VALID, AVAILABLE, source.member) if name in frame]].copy()
        if source.by_valid_time:
            part[ISSUED] = part[VALID] - np.timedelta64(lead, "s")
            part[AVAILABLE] = part[ISSUED] + np.timedelta64(round(source.available_after_hours * 3600), "s")
        else:
            part[VALID] = part[ISSUED] + np.timedelta64(lead, "s")
        for name, found in patterns.items():
            of_lead = [each for each, at in found if at == lead]
            if len(of_lead) > 1:
                raise SourceUnreadableError(
                    f"The forecast source '{source.name}' has two columns for {lead / 3600:g} h, '{of_lead[0]}' and "
                    f"'{of_lead[1]}'; remove one."
                )
            part[name] = frame[of_lead[0]] if of_lead else np.nan
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _runs(rows: pd.DataFrame, source: ForecastSource, station: StationSchema, *, all_needed: bool) -> Runs:
    """Give the runs of all rows: arrays by run, lead and column, in the station's units."""
    if rows.empty:
        raise SourceUnreadableError(f"The forecast source '{source.name}' holds no row.")
    available = rows.groupby(ISSUED)[AVAILABLE].max()
    rows = with_amounts_at_their_ends(each_once(rows, source, all_needed=all_needed), source)
    values, spread = reduced(rows, source, station)
    step_means = held(rows, values, source)
    for place, (name, _) in enumerate(source.told):
        if np.isnan(values[:, place]).all():
            logger.warning("The weather service '%s' says nothing of '%s': all numbers are missing", source.name, name)
    if source.member:
        grouped = pd.DataFrame(values).groupby([rows[ISSUED], rows[VALID]])
        spread, mean = grouped.std(ddof=1).to_numpy(np.float64), grouped.mean()
        rows, values = mean.index.to_frame(index=False), mean.to_numpy(np.float64)
    issued, valid = seconds_of(rows, ISSUED), seconds_of(rows, VALID)
    had = available.loc[rows[ISSUED]].to_numpy("datetime64[s]").astype(np.int64)
    made, chosen = made_at_steps(issued, valid, rows_ahead(issued, valid, source))
    issued, valid, had, values, spread = made[chosen], valid[chosen], had[chosen], values[chosen], spread[chosen]
    lead = valid - issued
    runs, run = np.unique(issued, return_inverse=True)
    steps, place = np.unique(lead, return_inverse=True)
    shape = (len(runs), len(steps), values.shape[1])
    if np.prod(shape) > MOST_CELLS and len(issued) < LEAST_FILLED * len(runs) * len(steps):
        raise SourceUnreadableError(
            f"The forecast source '{source.name}' has {len(runs):,} issue times and {len(steps):,} leads, of "
            f"which each has {len(issued) / len(runs):.1f}: are the issue times those of runs, and not of downloads?"
        )
    of_values, of_spread = np.full(shape, np.nan), np.full(shape, np.nan)
    of_values[run, place], of_spread[run, place] = values, spread
    # All of a run is there when the last of its rows is.
    available_seconds = runs.copy()
    np.maximum.at(available_seconds, run, had)
    return Runs(
        name=source.name,
        columns=tuple(name for name, _ in source.told),
        of=tuple(of for _, of in source.told),
        issue_seconds=runs,
        available_seconds=available_seconds,
        lead_seconds=steps,
        values=of_values,
        spread=of_spread,
        interpolate_seconds=round(source.interpolate_hours * 3600),
        step_means=step_means,
    )
