"""What a source's station file is to say, with a question for each thing that it does not tell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.errors import SettingsError, SourceUnreadableError, nearest
from jena_models.frozen import Frozen
from jena_models.proposals.catalogue import catalogue, with_derived
from jena_models.proposals.evidence import (
    cadence_minutes,
    likely_offset_hours,
    repeated_beyond_chance,
    sentinels_among,
    warmest_hour,
)
from jena_models.proposals.named_formats import NamedFormat, SourceColumn, recognized
from jena_models.reading.assembly import STATIONS, Columns, times_in_utc
from jena_models.reading.matching import HeaderName, plain, taken_apart
from jena_models.reading.time_columns import TimeColumns, time_columns
from jena_models.reading.unit_checks import READ_AS, units_that_fit
from jena_models.stations.clock import clock_named, offset_name
from jena_models.stations.schema import Column, Question, StationSchema
from jena_models.stations.units import conversion, known_unit, plain_unit_of

Values = NDArray[np.float64]

MOST_STATIONS: Final = 200
LISTED: Final = 6
FIXED_ANSWERS: Final = (
    "name",
    "title",
    "credit",
    "clock",
    "latitude",
    "longitude",
    "target",
    "day_first",
    "resample_minutes",
)


class Proposal(Frozen):
    """A station file to be."""

    station: dict[str, Any]
    """What the station file says, the questions apart."""
    questions: tuple[Question, ...]
    format: str
    """The name of the source's format; empty where it has none."""
    remarks: tuple[str, ...]


@dataclass
class _Draft:
    """What is gathered while a source is looked at."""

    source: Columns
    header: list[str]
    found: TimeColumns
    known: NamedFormat | None
    answers: Mapping[str, str]
    series: dict[str, Values] = field(default_factory=dict)
    """The numbers of each column as the source has them, by canonical name."""
    questions: list[Question] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    def answer(self, key: str, question: str, evidence: str = "", proposed: str = "") -> str | None:
        """Give the answer that was given; else keep the question."""
        self.asked.add(key)
        if key in self.answers:
            return self.answers[key].strip()
        self.questions.append(Question(key=key, question=question, evidence=evidence, proposed=proposed))
        return None


def propose(source: Columns, lines: Sequence[str], name: str, answers: Mapping[str, str]) -> Proposal:
    """Look at a source and give its station file, with what is still open.

    Args:
        source: its columns.
        lines: the first lines of the text, or none for a table.
        name: of the station, where no answer names it.
        answers: by the keys of questions.

    Raises:
        SourceUnreadableError: where it has no column of times.
        SettingsError: where an answer answers nothing, or cannot be.
    """
    header = list(source.header)
    known = recognized(lines, header)
    told = known.told_of_place(lines) if known else {}
    station: dict[str, Any] = {"name": re.sub(r"\W+", "-", answers.get("name", name)).strip("-_").lower() or "station"}
    station["title"] = answers.get("title", told.get("title", name).strip())
    station["credit"] = answers.get("credit", known.title if known else f"the owner of {name}")
    station |= _layout(known)
    found = time_columns(header, source.sample(), _probe(station))
    if found is None:
        raise SourceUnreadableError(
            f"The file {source.name} has no column of time stamps; its columns are: {', '.join(header[:LISTED])}."
        )
    station["time_columns"] = [header[position] for position in found.positions]
    draft = _Draft(source, header, found, known, answers)
    if known:
        draft.remarks += [f"The source is of the format '{known.name}' ({known.title}).", *filter(None, [known.remark])]
    columns = _columns(draft)
    _select(columns, station, draft)
    local = _local_times(station, draft)
    _place(station, told, local, draft)
    station["cadence_minutes"] = cadence_minutes(local) if local is not None else 60.0
    if resample := answers.get("resample_minutes"):
        station["resample_minutes"] = station["cadence_minutes"] = float(resample)
        draft.asked.add("resample_minutes")
    _target(station, columns, draft)
    station["sentinels"] = sorted({*station.get("sentinels", ()), *_sentinels(columns, draft.series), -9999.0})
    station["columns"] = _described(columns, station["target"])
    _refuse_unasked(draft)
    return Proposal(
        station=station,
        questions=tuple(draft.questions),
        format=known.name if known else "",
        remarks=tuple(draft.remarks),
    )


def _layout(known: NamedFormat | None) -> dict[str, Any]:
    if known is None:
        return {}
    told = known.model_dump(include={"file_columns", "time_columns", "time_formats", "select", "flags", "sentinels"})
    return {key: value for key, value in told.items() if value}


def _probe(station: Mapping[str, Any]) -> StationSchema:
    """Give a schema that knows no more than where the time stands."""
    target = catalogue()[1].model_copy(update={"kind": "optional"})
    fields = {key: station[key] for key in ("time_columns", "time_formats", "file_columns") if key in station}
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


def _columns(draft: _Draft) -> list[Column]:
    source, header, found = draft.source, draft.header, draft.found
    names = [taken_apart(name, unit) for name, unit in zip(header, source.units or [""] * len(header), strict=True)]
    taken, columns = set(found.positions), []
    for quantity in catalogue():
        preset = draft.known.columns.get(quantity.quantity) if draft.known else None
        position = _position(quantity, preset, names, taken, draft)
        if position is None:
            continue
        try:
            source.load((), (position,))
            values = source.numbers(position, quantity.quantity)
        except SourceUnreadableError as error:
            draft.remarks.append(f"'{header[position]}' was left: {error}")
            continue
        taken.add(position)
        if not np.isfinite(values).any():
            draft.remarks.append(f"'{header[position]}' was left: it holds no value.")
            continue
        unit = _unit(quantity, names[position], preset, values, draft)
        columns.append(quantity.model_copy(update={"source": header[position], "unit": unit}))
        draft.series[quantity.name] = values
    if not any(column.quantity == "T" for column in columns):
        columns += _others(taken, draft)
    return columns


def _position(
    quantity: Column,
    preset: SourceColumn | None,
    names: Sequence[HeaderName],
    taken: set[int],
    draft: _Draft,
) -> int | None:
    texts = [name.text for name in names]
    key = f"source:{quantity.quantity}"
    if key in draft.answers:
        draft.asked.add(key)
        answer = draft.answers[key]
        if answer not in texts:
            raise SettingsError(f"There is no column '{answer}'; {nearest(answer, [text for text in texts if text])}")
        return texts.index(answer)
    if preset is not None:
        return next((texts.index(name) for name in (preset.source, *preset.source_is_one_of) if name in texts), None)
    if draft.known is not None and draft.known.columns:
        return None
    labels = {plain(taken_apart(each).label) for each in (quantity.name, quantity.quantity, *quantity.aliases)}
    found = [i for i, name in enumerate(names) if name.label in labels and i not in taken]
    plainly = [i for i in found if not names[i].qualifier] or found
    own = known_unit(plain_unit_of(quantity.name))
    if len(plainly) > 1:
        same = [
            i for i in plainly if (unit := known_unit(names[i].unit)) and own and conversion(unit, own) == (1.0, 0.0)
        ]
        plainly = same if len(same) == 1 else plainly
    if len(plainly) == 1 and not names[plainly[0]].qualifier:
        return plainly[0]
    if not plainly:
        return None
    listed = ", ".join(f"'{names[i].text}'" for i in plainly)
    draft.answer(key, f"Which column is the {quantity.description}?", f"it may be {listed}")
    return plainly[-1]


def _unit(quantity: Column, name: HeaderName, preset: SourceColumn | None, values: Values, draft: _Draft) -> str:
    """Give what is written as the column's unit; empty where its header says it."""
    key, own = f"unit:{quantity.quantity}", plain_unit_of(quantity.name)
    if key in draft.answers:
        draft.asked.add(key)
        answer = draft.answers[key].strip()
        if known_unit(answer) is None:
            raise SettingsError(
                f"'{answer}' is no unit that is known; write one such as {own}, degF, inHg, km/h or mph."
            )
        return answer
    if preset is not None and preset.unit:
        return preset.unit
    if name.unit and known_unit(name.unit) is not None:
        return name.unit if known_unit(name.unit) != known_unit(own) else own
    known = values[np.isfinite(values)]
    sentinels = repeated_beyond_chance(known)
    known = known[~np.isin(known, sentinels)]
    fitting = units_that_fit(known, quantity) if len(known) else []
    spread = f"'{name.text}' goes from {known.min():g} to {known.max():g}" if len(known) else ""
    if len(fitting) == 1 and known_unit(own) == fitting[0]:
        return own
    ways = " or ".join(READ_AS.get(unit, unit) for unit in fitting)
    evidence = f"{spread}, which fits {ways}" if fitting else f"{spread}, which fits no unit of it"
    proposed = fitting[0] if len(fitting) == 1 else ""
    draft.answer(
        key,
        f"What is the {quantity.description} in '{name.text}' measured in?",
        evidence,
        READ_AS.get(proposed, proposed),
    )
    return own


def _others(taken: set[int], draft: _Draft) -> list[Column]:
    """Give every other column of numbers under its own name: a series need not be weather."""
    columns = []
    for position, name in enumerate(draft.header):
        if position in taken or not name or taken_apart(name).label in STATIONS:
            continue
        try:
            draft.source.load((), (position,))
            values = draft.source.numbers(position, "")
        except SourceUnreadableError:
            continue
        known = values[np.isfinite(values)]
        if len(np.unique(known)) <= 1:
            continue
        margin = max(float(np.ptp(known)), 1.0)
        columns.append(
            Column(
                name=name,
                quantity=plain(name),
                description=name,
                minimum=float(np.floor(known.min() - margin)),
                maximum=float(np.ceil(known.max() + margin)),
                kind="optional",
                source=name,
                flat_hours=168.0,
            )
        )
        draft.series[name] = values
    return columns


def _select(columns: Sequence[Column], station: dict[str, Any], draft: _Draft) -> None:
    source, header, found = draft.source, draft.header, draft.found
    used = {column.source for column in columns} | {header[position] for position in found.positions}
    for position, name in enumerate(header):
        if taken_apart(name).label not in STATIONS or name in used or name in station.get("select", {}):
            continue
        source.load((position,), ())
        counts = pd.Series(source.texts(position).to_pylist()).value_counts()
        counts = counts[counts.index != ""]
        if not 1 < len(counts) <= MOST_STATIONS:
            continue
        listed = ", ".join(f"{value} ({count:,} rows)" for value, count in counts.head(LISTED).items())
        answer = draft.answer(f"select:{name}", f"Rows of which '{name}' are meant?", f"it holds {listed}")
        if answer is not None:
            station["select"] = {**station.get("select", {}), name: [answer]}


def _local_times(station: dict[str, Any], draft: _Draft) -> NDArray[np.datetime64] | None:
    """Give the times as if the stamps' clock were UTC; None where they cannot be read before a question is answered."""
    if "day_first" in draft.answers:
        draft.asked.add("day_first")
    try:
        draft.source.load(draft.found.positions, ())
        return times_in_utc(draft.source, draft.found, _probe(station))
    except SourceUnreadableError as error:
        formats = re.findall(r"\[\"(.*?)\"\]", str(error))
        if "day and month cannot be told apart" not in str(error) or len(formats) != 2:  # noqa: PLR2004
            raise
        answer = draft.answer(
            "day_first", "Does the day come before the month in its dates (yes or no)?", str(error).partition(";")[0]
        )
        if answer is None:
            return None
        station["time_formats"] = [formats[0] if answer.casefold() in {"yes", "y", "true", "1"} else formats[1]]
        return times_in_utc(draft.source, draft.found, _probe(station))


def _place(
    station: dict[str, Any], told: Mapping[str, Any], local: NDArray[np.datetime64] | None, draft: _Draft
) -> None:
    for key, what in (("latitude", "degrees north"), ("longitude", "degrees east")):
        answer = draft.answers.get(key, told.get(key))
        if answer is None:
            answer = draft.answer(key, f"At which {key} does the station stand, in {what}?", "the source does not say")
        draft.asked.add(key)
        try:
            station[key] = float(answer) if answer is not None else 0.0
        except ValueError:
            raise SettingsError(f"The {key} '{answer}' is no number; write it in {what}, such as 50.9.") from None
    clock = (
        draft.answers.get("clock") or (draft.known.clock if draft.known else "") or _clock_told(told.get("clock", ""))
    )
    draft.asked.add("clock")
    if not clock:
        evidence, proposed = _clock_evidence(station, local, draft)
        draft.answer("clock", "Which clock are its time stamps in: UTC, an offset or a zone?", evidence, proposed)
        clock = proposed or "UTC"
    try:
        clock_named(clock)
    except ValueError as error:
        raise SettingsError(f"The answer to 'clock' cannot be: {error}.") from None
    station["clock"] = clock


def _clock_told(text: str) -> str:
    try:
        hours = float(text)
    except ValueError:
        return text
    from datetime import timedelta

    return offset_name(timedelta(hours=hours))


def _clock_evidence(station: Mapping[str, Any], local: NDArray[np.datetime64] | None, draft: _Draft) -> tuple[str, str]:
    temperature = draft.series.get("T (degC)")
    warmest = None
    if local is not None and temperature is not None and len(local) == len(temperature):
        warmest = warmest_hour(local, temperature)
    if warmest is None:
        return "its values do not tell the hour of the day", ""
    shown = f"by its stamps it is warmest about {int(warmest):02d}:{int(warmest % 1 * 60):02d}"
    ahead = likely_offset_hours(warmest)
    if "longitude" not in draft.answers:
        if ahead == 0:
            return f"{shown}, which fits the local time of the place", ""
        return (
            f"{shown}, where it is about 15:00 by the sun: the stamps are {-ahead:+d} hours from local time",
            "",
        )
    from datetime import timedelta

    behind = round(float(station["longitude"]) / 15) - ahead
    proposed = offset_name(timedelta(hours=(behind + 12) % 24 - 12))
    return f"{shown}, which at this longitude fits {proposed}", proposed


def _target(station: dict[str, Any], columns: Sequence[Column], draft: _Draft) -> None:
    names = {column.name: column for column in columns}
    if not names:
        raise SourceUnreadableError("No column of the source is a series of numbers; there is nothing to forecast.")
    answer = draft.answers.get("target")
    if answer is not None:
        draft.asked.add("target")
        chosen = next((c for c in columns if answer in (c.name, c.quantity, c.source)), None)
        if chosen is None:
            raise SettingsError(f"There is no column '{answer}' to forecast; {nearest(answer, names)}")
    else:
        chosen = next((c for c in columns if c.quantity == "T"), None) or (columns[0] if len(columns) == 1 else None)
        if chosen is None:
            likely = next((c for c in columns if c.name.casefold() in {"ot", "target", "y", "value"}), None)
            draft.answer(
                "target",
                "Which column is to be forecast?",
                f"it may be {', '.join(list(names)[:LISTED])}",
                likely.name if likely else "",
            )
            chosen = likely or columns[-1]
    station["target"] = chosen.name
    station["target_name"] = plain(chosen.description if chosen.quantity != "T" else "temperature") or "target"


def _sentinels(columns: Sequence[Column], series: Mapping[str, Values]) -> set[float]:
    found: set[float] = set()
    for column in columns:
        values = series[column.name]
        found |= set(sentinels_among(values, column.minimum, column.maximum)) & set(repeated_beyond_chance(values))
    return found


def _described(columns: Sequence[Column], target: str) -> list[dict[str, Any]]:
    kept = with_derived(list(columns))
    base = {"p", "T", "rh"} <= {column.quantity for column in columns}
    told = []
    for column in kept:
        kind = column.kind
        if column.name == target or (base and column.quantity in {"p", "T", "rh"}):
            kind = "required"
        dumped = column.model_dump(exclude_defaults=True, exclude={"kind", "aliases"})
        told.append({**dumped, "kind": kind})
    return told


def _refuse_unasked(draft: _Draft) -> None:
    known = {*FIXED_ANSWERS, *draft.asked}
    for key in draft.answers:
        if key not in known and not key.startswith(("unit:", "source:", "select:")):
            raise SettingsError(f"'{key}' answers no question; {nearest(key, known)}")
