"""From the columns of any source to raw readings: which are which, in which units, at which times, of which station."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.reading.amounts import hours_column, of_a_step, without_traces
from jena_models.reading.matching import Matched, closest, match, taken_apart
from jena_models.reading.times.named_clocks import (
    ahead_of_utc,
    apart_from_zones,
    clock_in_names,
    is_fixed_at,
    zone_column,
    zones_at,
    zones_behind,
)
from jena_models.reading.times.stamp_shapes import shape_of
from jena_models.reading.times.time_columns import TimeColumns, time_columns
from jena_models.reading.times.time_intervals import are_intervals, beginnings
from jena_models.reading.times.timestamps import times_of_column
from jena_models.reading.times.told_times import times_of
from jena_models.reading.unit_checks import in_canonical_unit
from jena_models.reading.user_tables import FrameColumns
from jena_models.stations.clock import clock_named
from jena_models.stations.raw_readings import RawReadings
from jena_models.stations.schema import StationSchema

Values = NDArray[np.float64]

STATIONS: Final = (
    *("station", "stationid", "stationname", "site", "siteid", "sitename", "id", "stid", "uniqueid", "usaf", "wban"),
    *("wmo", "sensor", "sensorid", "deviceid", "device", "location", "stationsid", "number", "icao", "icaoid"),
    *("stationcode", "stationnumber", "stationno", "sitecode", "locationid", "locationname", "wmoid", "numposte"),
    *("city", "numersta", "stationabbr", "stationlocation", "nombre", "stn", "idema", "estacion", "stasjon"),
    *("havaintoasema", "observationstation", "지점", "区站号"),
)
"""What files call the column that says which station a row is of."""
QUALITY: Final = (
    *("q", "qc", "qf", "qflag", "qcflag", "flag", "flags", "quality", "qualitycode", "qualityflag", "status", "cd"),
    *("attributes", "kvalitet", "qualite", "qualitaet", "품질", "qc플래그", "品質情報", "質量"),
)
"""What files call the column that says how good values are, alone or behind the name of these."""
LISTED: Final = 4


class Columns(Protocol):
    """A source's columns."""

    name: str
    """How a sentence names the source."""

    @property
    def header(self) -> Sequence[str]:
        """Give the columns' names."""

    @property
    def units(self) -> Sequence[str]:
        """Give what a row of units says; empty where there is none."""

    @property
    def remarks(self) -> Sequence[str]:
        """Give what whoever reads the source should know."""

    @property
    def first_line(self) -> int:
        """Give the line of the first row."""

    @property
    def told_clock(self) -> str:
        """Give the clock that is told above the header; empty where none is."""

    def sample(self) -> list[list[str]]:
        """Give the first rows as texts."""

    def load(self, texts: Sequence[int], numbers: Sequence[int]) -> None:
        """Make ready the columns that will be asked for."""

    def texts(self, position: int) -> pa.ChunkedArray:
        """Give a column as texts."""

    def numbers(self, position: int, quantity: str) -> Values:
        """Give a column as numbers."""


def assembled(source: Columns, schema: StationSchema, *, partial: bool = False) -> RawReadings:
    """Give a source's readings in UTC, under canonical names and in canonical units.

    Args:
        source: its columns.
        schema: of the station.
        partial: whether other tables may hold the required columns that this one lacks.

    Raises:
        SourceUnreadableError: where a column, a unit, a time or the station is not certain.
    """
    header, sample = list(source.header), source.sample()
    found = time_columns(header, sample, schema)
    if found is None:
        raise SourceUnreadableError(
            f"The file {source.name} has no column of time stamps ({' or '.join(schema.time_aliases[:2])})"
            + closest(header, schema.time_aliases).replace("'source:", "'time_columns:")
        )
    matched = match(header, schema, source.name, source.units, found.positions, partial=partial)
    chosen = _selected(header, schema, source.name)
    measured = {each.position for each in matched.columns.values()}
    told = [i for i in station_columns(header) if i not in chosen and i not in measured and i not in found.positions]
    numbers = [each.position for each in matched.columns.values()]
    told_hours = {name: hours_column(schema.column(name), header, source.name) for name in matched.columns}
    hours = {name: position for name, position in told_hours.items() if position is not None}
    told_quality = {
        name: quality_column(schema.column(name).quality, each.position, header)
        for name, each in matched.columns.items()
        if schema.column(name).bad
    }
    quality = {name: position for name, position in told_quality.items() if position is not None}
    zone = row_zone(header, sample, found, schema)
    beside = [] if zone is None else [zone]
    source.load([*found.positions, *beside, *chosen, *told, *quality.values()], [*numbers, *hours.values()])

    def refusal(position: int, held: list[str]) -> SourceUnreadableError:
        return SourceUnreadableError(
            f"The file {source.name} has no row whose '{header[position]}' is "
            f"{' or '.join(sorted(chosen[position]))}; it holds {', '.join(held[:LISTED])}."
        )

    keep = chosen_rows(source, chosen, refusal)
    _refuse_several_stations(source, told, keep)
    time, of_times = _times_with_notes(source, sample, found, zone, schema)
    columns: dict[str, Values] = {}
    notes = [*_foreign(header, matched, schema), *source.remarks, *of_times]
    notes += [f"'{name}' was left, as it holds the same in another unit" for name in matched.twins]
    for name, each in matched.columns.items():
        column = schema.column(name)
        values = source.numbers(each.position, column.quantity)
        doubt = f"no column '{column.quality}' tells how good '{header[each.position]}' is" if column.bad else ""
        if name in quality:
            is_bad = are_bad(source.texts(quality[name]), column.bad)
            values, doubt = without_bad(values, is_bad, header[each.position], header[quality[name]])
        values, trace = without_traces(values, column, header[each.position])
        values, note = in_canonical_unit(
            values,
            each.unit,
            column,
            name=header[each.position],
            place=source.name,
            sentinels=schema.sentinels,
        )
        notes += [told for told in (doubt, trace, note) if told]
        if column.amount_hours:
            given = source.numbers(hours[name], "") if name in hours else None
            values, note = of_a_step(values, given, column, schema)
            notes.append(note)
        columns[name] = values
    # Not copied into one block: the largest files are as large as what is left of the memory.
    table = pd.DataFrame(columns, index=pd.DatetimeIndex(time.astype("datetime64[us]"), name="time"), copy=False)
    known = {*found.positions, *beside, *numbers, *hours.values(), *quality.values()}
    ignored = tuple(name for i, name in enumerate(header) if i not in known and name)
    return RawReadings(table if keep is None else table[keep], ignored, source.name, tuple(notes))


def quality_column(quality: str, position: int, header: Sequence[str]) -> int | None:
    """Give the column of a name that tells how good another's numbers are: the first behind that; None without one."""
    places = [i for i, name in enumerate(header) if name == quality]
    return min(places, key=lambda place: (place < position, place), default=None)


def are_bad(texts: pa.ChunkedArray, bad: Sequence[str]) -> NDArray[np.bool_]:
    """Tell which texts say that a number is bad, by texts or patterns of them."""
    texts = pc.utf8_trim_whitespace(texts)
    found = [each for each in texts.unique().to_pylist() if any(fnmatchcase(each or "", way) for way in bad)]
    return np.asarray(pc.is_in(texts, pa.array(found, pa.string())), dtype=bool)


def without_bad(values: Values, is_bad: NDArray[np.bool_], name: str, quality: str) -> tuple[Values, str]:
    """Give values without those that are told to be bad, and how many these were."""
    count = int(np.isfinite(values[is_bad]).sum())
    if not count:
        return values, ""
    return np.where(
        is_bad, np.nan, values
    ), f"{count:,} values of '{name}' were left, as '{quality}' says that they are bad"


def tell_offset(sample: Sequence[Sequence[str]], positions: Sequence[int]) -> bool:
    """Tell whether stamps say themselves how far they are from UTC, or count seconds: they are read in no clock."""
    texts = [row[positions[0]] for row in sample if len(positions) == 1 and row[positions[0]]]
    shapes = [shape_of(text) for text in beginnings(texts)]
    return bool(shapes) and all(shape is not None and (shape.zoned or shape.epoch) for shape in shapes)


def _foreign(header: Sequence[str], matched: Matched, schema: StationSchema) -> list[str]:
    """Give a sentence where a file of other names than the station's own is read with its clock, at its place.

    Of a station with a file of its own each column was looked at; Jena's is the one that is taken where none is named.
    """
    required = [column for column in schema.columns if column.kind == "required" and column.name in matched.columns]
    names = {column.name: header[matched.columns[column.name].position] for column in required}
    others = [name for own, name in names.items() if taken_apart(name).label != taken_apart(own).label]
    if not schema.addresses or not others:
        return []
    return [
        f"its columns ('{others[0]}', …) have other names than those of '{schema.title}', and it was read with the "
        f"clock {schema.clock} and the place of that station; of another one, `jena station new` makes a station file"
    ]


def row_zone(
    header: Sequence[str], sample: Sequence[Sequence[str]], found: TimeColumns, schema: StationSchema
) -> int | None:
    """Give the column that tells each row's zone, where the columns of the time tell none themselves."""
    in_names = clock_in_names([header[position] for position in found.positions])
    if in_names or tell_offset(sample, found.positions) or letters_behind(sample, found, schema):
        return None
    return zone_column(header, sample, zones_at(schema.longitude))


def _times_with_notes(
    source: Columns, sample: Sequence[Sequence[str]], found: TimeColumns, zone: int | None, schema: StationSchema
) -> tuple[NDArray[np.datetime64], list[str]]:
    """Give datetime64[s] in UTC by the clock that the source tells, else the station's, and what is to be said of it.

    Raises:
        SourceUnreadableError: where a time cannot be read for certain.
    """
    names = [source.header[position] for position in found.positions]
    told_clock = "UTC" if zone is not None else clock_in_names(names) or source.told_clock
    told_other = told_clock.startswith("UTC") and not is_fixed_at(schema.local, clock_named(told_clock))
    by_clock = schema.model_copy(update={"clock": told_clock}) if told_other else schema
    letters = letters_behind(sample, found, schema)
    time = times_in_utc(source, found, by_clock, letters)
    notes = []
    if zone is not None:
        time = time - ahead_of_utc(source.texts(zone), zones_at(schema.longitude), f"The file {source.name}")
        notes.append(f"its times were read in the zone that '{source.header[zone]}' tells of each row")
    elif told_other and not tell_offset(sample, found.positions):
        told_by = f"'{', '.join(names)}'" if clock_in_names(names) else "its head"
        notes.append(f"its times were read in {told_clock}, as {told_by} says, not in the station's {schema.clock}")
    if letters:
        notes.append(f"its times were read in the zones that stand behind them in letters ({', '.join(letters)})")
    if any(are_intervals([row[i] for row in sample if i < len(row) and row[i]]) for i in found.positions):
        notes.append("its times tell from when to when, and each row counts as of the end")
    return time, notes


def times_in_utc(
    source: Columns, found: TimeColumns, schema: StationSchema, letters: Sequence[str]
) -> NDArray[np.datetime64]:
    """Give datetime64[s] in UTC of a source whose columns of the time were loaded.

    Args:
        source: the table.
        found: the columns of the time.
        schema: of the station.
        letters: what `letters_behind` gave.

    Raises:
        SourceUnreadableError: where a time cannot be read for certain.
    """
    place = f"The file {source.name}"
    if letters:
        in_utc, last = schema.model_copy(update={"clock": "UTC"}), found.positions[-1]
        stamps, zones = apart_from_zones(source.texts(last))
        ahead = ahead_of_utc(zones, zones_at(schema.longitude), place)
        texts = {position: stamps if position == last else source.texts(position) for position in found.positions}
        return np.asarray(times_of(found, texts.__getitem__, in_utc, place, source.first_line) - ahead)
    if isinstance(source, FrameColumns) and len(found.positions) == 1:
        return times_of_column(source.column(found.positions[0]), schema.time_formats, schema.local, place)
    return times_of(found, source.texts, schema, place, source.first_line)


def letters_behind(sample: Sequence[Sequence[str]], found: TimeColumns, schema: StationSchema) -> list[str]:
    """Give letters behind a source's stamps that stand for one zone each where the station stands; none without."""
    last = found.positions[-1]
    letters = zones_behind([row[last] for row in sample if last < len(row) and row[last]])
    is_named = any(way.endswith(tuple(letters)) for way in schema.time_formats)
    return letters if set(letters) <= zones_at(schema.longitude).keys() and not is_named else []


def _selected(header: Sequence[str], schema: StationSchema, place: str) -> dict[int, frozenset[str]]:
    chosen = {}
    for name, wanted in schema.select.items():
        if name not in header:
            raise SourceUnreadableError(
                f"The file {place} has no column '{name}', by which the station file selects rows"
                + closest(header, (name,))
            )
        chosen[list(header).index(name)] = frozenset(wanted)
    return chosen


def chosen_rows(
    source: Columns, chosen: Mapping[int, Collection[str]], refusal: Callable[[int, list[str]], Exception]
) -> NDArray[np.bool_] | None:
    """Give which rows hold one of the wanted texts in each of some columns that were loaded; None where all count.

    Args:
        source: the table.
        chosen: by position, what a row may hold there.
        refusal: gives what is raised where no row is left: told the column, and its texts, the most frequent first.
    """
    keep: NDArray[np.bool_] | None = None
    for position, wanted in chosen.items():
        texts = pc.utf8_trim_whitespace(source.texts(position))
        these = np.asarray(pc.is_in(texts, pa.array(sorted(wanted))), dtype=bool)
        keep = these if keep is None else keep & these
        if not keep.any():
            raise refusal(position, [str(text) for text, _ in Counter(texts.to_pylist()).most_common()])
    return keep


def station_columns(header: Sequence[str]) -> list[int]:
    """Give which columns say by their names which station a row is of."""
    return [i for i, name in enumerate(header) if taken_apart(name).label in STATIONS]


def _refuse_several_stations(source: Columns, told: Sequence[int], keep: NDArray[np.bool_] | None) -> None:
    for position in told:
        texts = source.texts(position)
        texts = texts if keep is None else texts.filter(pa.array(keep))
        counts = Counter(texts.to_pylist())
        counts.pop("", None)
        if not 1 < len(counts) <= max(len(texts) // 20, 2):
            continue  # a number of its own for each row is no station
        name, most = source.header[position], counts.most_common(LISTED)
        listed = ", ".join(f"'{value}' in {count:,} rows" for value, count in most)
        raise SourceUnreadableError(
            f"The file {source.name} holds readings of {len(counts)} stations, told apart by the column '{name}': "
            f"{listed}; write which one is meant into the station file, as 'select: {{{name}: [\"{most[0][0]}\"]}}'."
        )
