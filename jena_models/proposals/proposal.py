"""What a source's station file is to say, with a question for each thing that it does not tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest
from typing import Any, Final

from jena_models.errors import SettingsError, SourceUnreadableError, nearest
from jena_models.frozen import Frozen
from jena_models.proposals.catalogue import catalogue, with_derived
from jena_models.proposals.chosen_rows import ChosenColumns
from jena_models.proposals.columns.proposed_amounts import remark_on_traces, with_amount_hours
from jena_models.proposals.columns.proposed_columns import others_of, quantities_of, remark_on_power
from jena_models.proposals.columns.renamed_columns import with_other_names
from jena_models.proposals.columns.seen_columns import SeenColumn, seen_columns
from jena_models.proposals.columns.shared_sentinels import shared_out_sentinels
from jena_models.proposals.columns.told_stations import select_rows
from jena_models.proposals.draft import Draft, Opened, Table
from jena_models.proposals.evidence import cadence_minutes
from jena_models.proposals.named_formats import NamedFormat, recognized
from jena_models.proposals.place_and_clock import local_times, place_station, remark_on_other_times
from jena_models.proposals.told_places import remark_on_place, told_above, told_in_columns
from jena_models.reading.assembly import Columns
from jena_models.reading.matching import plain
from jena_models.reading.quantity_rows import side_by_side
from jena_models.reading.times.stamp_shapes import shape_of
from jena_models.reading.times.time_columns import time_columns
from jena_models.stations.formulas import BASES
from jena_models.stations.schema import Column, Question, StationSchema

LISTED: Final = 6
NAME_SIGNS: Final = "0123456789-_"
LONGEST_NAME: Final = 80
FIXED_ANSWERS: Final = (
    *("name", "title", "credit", "clock", "latitude", "longitude", "target", "day_first", "resample_minutes"),
    *("holidays", "time", "time_format", "file_columns"),
)
OF_WEATHER: Final = ("p", "T", "Tdew", "rh")
"""A table that names one of these in its rows has a row for each value of each quantity."""


class Proposal(Frozen):
    """A station file to be."""

    station: dict[str, Any]
    """What the station file says, the questions apart."""
    questions: tuple[Question, ...]
    format: str
    """The name of the source's format; empty where it has none."""
    remarks: tuple[str, ...]
    rows: int
    """Of the table with the target, as of the next two."""
    first: datetime | None
    """By the source's own stamps, whatever their clock; None where a question about them is open."""
    last: datetime | None
    seen: tuple[SeenColumn, ...]
    """What its columns hold."""


def propose(opened: Sequence[Opened], name: str, answers: Mapping[str, str]) -> Proposal:
    """Look at a source and give its station file, with what is still open.

    Args:
        opened: its tables, each with other columns than the others.
        name: of the station, where no answer names it.
        answers: by the keys of questions.

    Raises:
        SourceUnreadableError: where a table has no column of times, or none a series of numbers.
        SettingsError: where an answer answers nothing, or cannot be.
    """
    known = next((found for each in opened if (found := _format_of(each))), None)
    station: dict[str, Any] = {"name": _as_name(re.sub(r"\W+", "-", answers.get("name", name)), "station")}
    station |= {"title": "", "credit": answers.get("credit") or (known.title if known else f"the owner of {name}")}
    station |= _layout(known) | _told_of_times(answers, known)
    chosen = {key.removeprefix("select:"): value for key, value in answers.items() if key.startswith("select:")}
    probe = _probe(station | {"select": {name: (value,) for name, value in chosen.items()}})
    told_by = [column for column in catalogue() if column.quantity in OF_WEATHER]
    opened = [replace(each, columns=side_by_side(each.columns, told_by, probe, of_any=True)) for each in opened]
    draft = Draft(answers, FIXED_ANSWERS, tuple(column for each in opened for column in each.columns.header))
    opened = [replace(each, columns=ChosenColumns.of(each.columns, chosen)) for each in opened]
    tables = [_table(each, station) for each in opened]
    told = {key: value for table in reversed(tables) for key, value in table.told.items()}
    station["title"] = answers.get("title", str(told.get("title", name))).strip() or station["name"]
    if known:
        draft.remark(f"The source is of the format '{known.name}' ({known.title}).", known.remark)
    for table in tables:
        draft.remark(*(f"{remark[0].upper()}{remark[1:]}." for remark in table.source.remarks))
    for table in tables:
        remark_on_place(table, draft)
        remark_on_other_times(table, draft)
        table.local = local_times(station, _probe(station), table, draft)
    columns = _measured(tables, draft)
    for table in tables:
        select_rows(columns, station, table, draft)
        columns = with_amount_hours(columns, table, draft)
    columns = with_other_names(columns, tables, draft)
    main = next((table for table in tables if "T (degC)" in table.series), tables[0])
    place_station(station, told, main, draft)
    if len(names := {tuple(table.header[i] for i in table.found.positions) for table in tables}) == 1:
        station["time_columns"] = list(names.pop())
    station["cadence_minutes"] = cadence_minutes(main.local) if main.local is not None else 60.0
    if resample := answers.get("resample_minutes"):
        station["resample_minutes"] = station["cadence_minutes"] = float(resample)
    _target(station, columns, draft)
    series = {name: values for table in tables for name, values in table.series.items()}
    everywhere, alone = shared_out_sentinels(columns, series, station.get("sentinels", ()))
    station["sentinels"] = sorted({*everywhere, -9999.0})
    columns = [_without(column, alone[column.name]) for column in columns]
    remark_on_traces(columns, series, draft)
    station["columns"] = _described(columns, station["target"])
    if not _has_temperature(columns) or station["target"] not in [column.name for column in catalogue()]:
        station |= _of_people(draft)
    draft.refuse_unasked()
    return Proposal(
        station=station,
        questions=tuple(draft.questions),
        format=known.name if known else "",
        remarks=tuple(draft.remarks),
        rows=max(len(values) for values in series.values()),
        first=None if main.local is None else main.local.min().astype(datetime),
        last=None if main.local is None else main.local.max().astype(datetime),
        seen=seen_columns(columns, series, draft.questions),
    )


def _without(column: Column, sentinels: Iterable[float]) -> Column:
    return column.model_copy(update={"sentinels": tuple(sorted({*column.sentinels, *sentinels}))})


def _format_of(opened: Opened) -> NamedFormat | None:
    return recognized(opened.lines, opened.columns.header, opened.columns.sample())


def _table(opened: Opened, station: Mapping[str, Any]) -> Table:
    source, header = opened.columns, list(opened.columns.header)
    known = _format_of(opened)
    found = time_columns(header, source.sample(), _probe(station))
    if found is None:
        named = station.get("time_columns")
        absent = f"no column '{', '.join(named)}'" if named else "no column of time stamps that is certain"
        held = ", ".join(f"'{name}' ({first})" if first else f"'{name}'" for name, first in _first_values(source))
        raise SourceUnreadableError(
            f"The file {source.name} has {absent}; name it, or several, with --answer time=COLUMN,COLUMN. Its columns "
            f"are: {held}."
        )
    told = {**told_in_columns(opened), **(known.told_of_place(opened.lines) if known else {})}
    above = {} if told.keys() & {"latitude", "longitude"} else told_above(opened)
    return Table(source, header, found, known, told | above, above)


def _measured(tables: Sequence[Table], draft: Draft) -> list[Column]:
    """Give what the tables measure, in canonical order; any series of numbers where none is a temperature.

    Beside a temperature one series of another kind is taken, such as a plant's power, where it is named as the target.
    """
    columns: list[Column] = []
    for table in tables:
        columns += quantities_of(table, draft, columns)
    is_weather = _has_temperature(columns)
    named = draft.answers.get("target")
    for table in tables:
        if not is_weather:
            columns += others_of(table, draft, columns)
        elif named is None:
            remark_on_power(table, draft, columns)
        elif named in table.header:
            columns += others_of(table, draft, columns, only=named)
    return sorted(columns, key=_canonical_place)


def _has_temperature(columns: Sequence[Column]) -> bool:
    return any(column.quantity == "T" for column in columns)


def _of_people(draft: Draft) -> dict[str, Any]:
    """Give what a station file says of the week and the holidays that a target may follow that is no weather."""
    if "holidays" in draft.answers:
        return {"week": True, "holidays": draft.answers["holidays"]}
    draft.remark(
        "The target may follow people's weeks; where it follows public holidays too, give "
        "--answer holidays=DE, or another country's code."
    )
    return {"week": True}


def _first_values(source: Columns) -> list[tuple[str, str]]:
    """Give the names of some columns with their first values; those that look like times come first."""
    first = (source.sample() or [[]])[0]
    named = list(zip_longest(source.header, first[: len(source.header)], fillvalue=""))
    timed = [":" in first or (shape_of(first) is not None and not first.isdigit()) for _, first in named]
    return [each for _, each in sorted(zip(timed, named, strict=True), key=lambda pair: not pair[0])][:LISTED]


def _told_of_times(answers: Mapping[str, str], known: NamedFormat | None) -> dict[str, Any]:
    """Give what answers say of where the time stands and how it is written; any source may be answered so."""
    told: dict[str, Any] = {}
    if "time" in answers:
        told["time_columns"] = [name.strip() for name in answers["time"].split(",") if name.strip()]
    if "time_format" in answers:
        told["time_formats"] = [answers["time_format"].strip()]
    if "file_columns" in answers and (known is None or not known.file_columns):
        told["file_columns"] = [name.strip() for name in answers["file_columns"].split(",") if name.strip()]
    return told


def _canonical_place(column: Column) -> int:
    names = [each.name for each in catalogue()]
    return names.index(column.name) if column.name in names else len(names)


def _layout(known: NamedFormat | None) -> dict[str, Any]:
    if known is None:
        return {}
    told = known.model_dump(include={"file_columns", "time_columns", "time_formats", "select", "flags", "sentinels"})
    return {key: value for key, value in told.items() if value}


def _probe(station: Mapping[str, Any]) -> StationSchema:
    """Give a schema that knows no more than where the time stands."""
    target = catalogue()[1].model_copy(update={"kind": "optional"})
    fields = {key: station[key] for key in ("time_columns", "time_formats", "file_columns", "select") if key in station}
    return StationSchema(
        name="probe",
        title="",
        credit="",
        latitude=0.0,
        longitude=0.0,
        clock="UTC",
        cadence_minutes=60.0,
        target=target.name,
        target_name="target",
        columns=(target,),
        **fields,
    )


def _target(station: dict[str, Any], columns: Sequence[Column], draft: Draft) -> None:
    names = {column.name: column for column in columns}
    if not names:
        held = ", ".join([f"'{name}'" for name in draft.headers[:LISTED]] + ["…"] * (len(draft.headers) > LISTED))
        raise SourceUnreadableError(
            f"No column of the source ({held}) is a series of numbers: there is nothing to forecast. "
            + (" ".join(draft.left.values()) or "Give numbers alone, where more stands beside them.")
        )
    answer = draft.answers.get("target")
    if answer is not None:
        draft.asked.add("target")
        chosen = next((c for c in columns if answer in (c.name, c.quantity, c.source)), None)
        if chosen is None:
            why = " ".join(draft.left.values()) or nearest(answer, names)
            raise SettingsError(f"There is no column '{answer}' to forecast; {why}")
    else:
        sole = columns[0] if len(columns) == 1 and not draft.left else None  # else what was left may be meant
        chosen = next((c for c in columns if c.quantity == "T"), None) or sole
        if chosen is None:
            likely = next((c for c in columns if c.name.casefold() in {"ot", "target", "y", "value"}), None)
            draft.answer(
                "target",
                "Which column is to be forecast?",
                "; ".join([f"it may be {', '.join(list(names)[:LISTED])}", *list(draft.left.values())[:LISTED]]),
                likely.name if likely else "",
            )
            chosen = likely or columns[-1]
    station["target"] = chosen.name
    station["target_name"] = _as_name(plain(chosen.description if chosen.quantity != "T" else "temperature"), "target")


def _as_name(text: str, otherwise: str) -> str:
    """Give what of a text can be in a short name, which registered models are called by."""
    kept = "".join(sign for sign in text.lower() if sign.isalpha() or sign in NAME_SIGNS)
    return kept[:LONGEST_NAME].strip("-_") or otherwise


def _described(columns: Sequence[Column], target: str) -> list[dict[str, Any]]:
    required = set(BASES) if set(BASES) <= {column.quantity for column in columns} else set()
    return [
        {
            **column.model_dump(exclude_defaults=True, exclude={"kind"}),
            "kind": "required" if column.name == target or column.quantity in required else column.kind,
        }
        for column in with_derived(list(columns))
    ]
