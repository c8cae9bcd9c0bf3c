"""Which columns of a table are which quantities, in which units, and which rows are of the station."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.errors import SettingsError, SourceUnreadableError, nearest
from jena_models.proposals.catalogue import catalogue
from jena_models.proposals.draft import Draft, Table
from jena_models.proposals.evidence import repeated_beyond_chance
from jena_models.proposals.named_formats import SourceColumn
from jena_models.reading.assembly import STATIONS
from jena_models.reading.matching import HeaderName, plain, taken_apart
from jena_models.reading.unit_checks import READ_AS, units_that_fit
from jena_models.stations.schema import Column
from jena_models.stations.units import conversion, known_unit, plain_unit_of

Values = NDArray[np.float64]

MOST_STATIONS: Final = 200
LISTED: Final = 6


def quantities_of(table: Table, draft: Draft, known_already: Sequence[Column] = ()) -> list[Column]:
    """Give the columns of a table that measure a quantity, and keep their numbers.

    Args:
        table: to look at.
        draft: takes the questions.
        known_already: columns of other tables; each quantity is taken from the first that has it.
    """
    source, header, found = table.source, table.header, table.found
    had = {column.quantity for column in known_already}
    names = [taken_apart(name, unit) for name, unit in zip(header, source.units or [""] * len(header), strict=True)]
    taken, columns = set(found.positions), []
    for quantity in catalogue():
        if quantity.quantity in had:
            continue
        preset = table.known.columns.get(quantity.quantity) if table.known else None
        if preset is None and table.known is not None and table.known.columns and not _is_answered(quantity, draft):
            continue  # the format names all that it has
        position = _position(quantity, preset, names, taken, draft)
        if position is None:
            continue
        try:
            source.load((), (position,))
            values = source.numbers(position, quantity.quantity)
        except SourceUnreadableError as error:
            draft.remark(f"'{header[position]}' was left: {error}")
            continue
        taken.add(position)
        if not np.isfinite(values).any():
            draft.remark(f"'{header[position]}' was left: it holds no value.")
            continue
        unit = _unit(quantity, names[position], preset, values, draft)
        columns.append(quantity.model_copy(update={"source": header[position], "unit": unit}))
        table.series[quantity.name] = values
    return columns


def _position(
    quantity: Column, preset: SourceColumn | None, names: Sequence[HeaderName], taken: set[int], draft: Draft
) -> int | None:
    texts = [name.text for name in names]
    key = f"source:{quantity.quantity}"
    if (answer := draft.answers.get(key)) is not None:
        if answer not in draft.headers:
            raise SettingsError(f"There is no column '{answer}'; {nearest(answer, filter(None, draft.headers))}")
        draft.asked.add(key)
        return texts.index(answer) if answer in texts else None
    if preset is not None:
        return next((texts.index(name) for name in (preset.source, *preset.source_is_one_of) if name in texts), None)
    plainly = _likely(quantity, names, taken)
    if len(plainly) == 1 and not names[plainly[0]].qualifier:
        return plainly[0]
    if plainly:
        listed = ", ".join(f"'{names[i].text}'" for i in plainly)
        draft.answer(key, f"Which column is the {quantity.description}?", f"it may be {listed}")
    return plainly[-1] if plainly else None


def _is_answered(quantity: Column, draft: Draft) -> bool:
    return f"source:{quantity.quantity}" in draft.answers


def _likely(quantity: Column, names: Sequence[HeaderName], taken: set[int]) -> list[int]:
    """Give the columns that have one of a quantity's names, and of twins in several units the one in its own."""
    labels = {plain(taken_apart(each).label) for each in (quantity.name, quantity.quantity, *quantity.aliases)}
    found = [i for i, name in enumerate(names) if name.label in labels and i not in taken]
    plainly = [i for i in found if not names[i].qualifier] or found
    own = known_unit(plain_unit_of(quantity.name))
    same = [i for i in plainly if (unit := known_unit(names[i].unit)) and own and conversion(unit, own) == (1.0, 0.0)]
    return same if len(plainly) > 1 and len(same) == 1 else plainly


def _unit(quantity: Column, name: HeaderName, preset: SourceColumn | None, values: Values, draft: Draft) -> str:
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


def others_of(table: Table, columns_before: Sequence[Column]) -> list[Column]:
    """Give every other column of numbers under its own name: a series need not be weather."""
    columns = []
    taken = {column.source for column in columns_before} | {table.header[i] for i in table.found.positions}
    for position, name in enumerate(table.header):
        if name in taken or not name or taken_apart(name).label in STATIONS:
            continue
        try:
            table.source.load((), (position,))
            values = table.source.numbers(position, "")
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
        table.series[name] = values
    return columns


def select_rows(columns: Sequence[Column], station: dict[str, Any], table: Table, draft: Draft) -> None:
    """Ask which station's rows count, where a column of the table holds several."""
    source, header, found = table.source, table.header, table.found
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
