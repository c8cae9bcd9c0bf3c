"""Columns that some tables of a source call otherwise than the first: before a change of the logger, say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from jena_models.errors import SourceUnreadableError
from jena_models.proposals.catalogue import catalogue
from jena_models.proposals.columns.likely_columns import is_plain, likely_columns
from jena_models.proposals.draft import Draft, Table
from jena_models.reading.matching import HeaderName, named_like
from jena_models.reading.unit_checks import units_that_fit
from jena_models.stations.schema import Column
from jena_models.stations.units import conversion, known_unit, plain_unit_of

MOSTLY: Final = 0.5


def with_other_names(columns: Sequence[Column], tables: Sequence[Table], draft: Draft) -> list[Column]:
    """Give the columns with what later tables call them, where one of theirs alone can be meant.

    A table with the times of the one that has the column stands beside it, and measures something else.
    """
    described = {quantity.name: quantity for quantity in catalogue()}
    found = []
    for column in columns:
        names = [column.name]
        first = next((table for table in tables if column.name in table.series), tables[0])
        for table in tables:
            if column.name in described and _comes_after(table, first) and not named_like(column, table.header):
                names += _other_name(described[column.name], column, table, draft)
        asked = _asked_where_unsaid(column, first, tables, draft) if column.name in described else column
        found.append(asked.model_copy(update={"aliases": tuple(names[1:])}))
    return found


def _asked_where_unsaid(column: Column, first: Table, tables: Sequence[Table], draft: Draft) -> Column:
    """Ask in what a column is of which one table says the unit and another does not: the other may be older.

    What says its unit is read in that, whatever the station file says; so `unit` is of what does not.
    """
    said = next((name for name in first.names if name.text == column.source), None)
    if said is None or known_unit(said.unit) is None:
        return column
    for table in tables:
        if not _comes_after(table, first):
            continue
        alike = [i for i, name in enumerate(table.names) if name.label == said.label and not name.unit]
        if len(alike) != 1 or _is_certain(alike[0], table.names[alike[0]], column, table):
            continue
        name = table.header[alike[0]]
        unit = draft.answer(
            f"unit:{column.quantity}",
            f"What is the {column.description} in '{name}' of {table.source.name} measured in?",
            f"others say '{said.unit}' of '{column.source}', and it says nothing",
        )
        return column.model_copy(update={"source": name, "unit": unit or column.unit, "wrong_unit": ""})
    return column


def _comes_after(table: Table, first: Table) -> bool:
    if table is first or table.known is not None or table.local is None or first.local is None:
        return False
    return bool(np.isin(table.local, first.local).mean() < MOSTLY)


def _other_name(quantity: Column, column: Column, table: Table, draft: Draft) -> list[str]:
    names = table.names
    likely = likely_columns(quantity, names, set(table.found.positions))
    if len(likely) != 1 or not is_plain(names[likely[0]]):
        return []
    name, what = names[likely[0]], f"the {quantity.description} that others call '{column.source}'"
    if not _is_certain(likely[0], name, column, table):
        draft.remark(
            f"'{name.text}' of {table.source.name} was left: it may be {what}, but its unit is not certain; where it "
            f"is in {column.unit}, write 'aliases: [\"{name.text}\"]' beside {column.name}."
        )
        return []
    draft.remark(f"'{name.text}' of {table.source.name} is taken for {what}.")
    return [name.text]


def _is_certain(position: int, name: HeaderName, column: Column, table: Table) -> bool:
    """Tell whether a column says its unit, or can be in none but that of the other tables."""
    said, own = known_unit(name.unit), known_unit(plain_unit_of(column.name))
    if said and own:
        return conversion(said, own) is not None
    try:
        values = table.numbers(position, column.quantity)
    except SourceUnreadableError:
        return False
    known = values[np.isfinite(values)]
    return len(known) > 0 and units_that_fit(known, column) == [known_unit(column.unit)]
