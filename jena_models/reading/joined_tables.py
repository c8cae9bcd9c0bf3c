"""Several tables of one station as one: end to end, such as a file a month, or side by side, a quantity in each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.stations.raw_readings import RawReadings
from jena_models.stations.schema import StationSchema

DIFFERING: Final = 0.01
"""So large a share of values that two tables give differently is no accident: they are of two stations."""
MOSTLY: Final = 0.5
LISTED: Final = 6


def joined(parts: Sequence[RawReadings], schema: StationSchema, name: str) -> RawReadings:
    """Give the rows of all tables in the order of time; each value is that of the first table that has it.

    Rows that repeat a time within their table stay, for cleaning to count.

    Args:
        parts: at least one; each may lack columns.
        schema: of the station.
        name: how a sentence names them all.

    Raises:
        SourceUnreadableError: where none has a required column, or where a table differs from those before it in more
            than a few values of the same times.
    """
    columns = [column for column in schema.names if any(column in part.table for part in parts)]
    absent = next((c for c in schema.columns if c.kind == "required" and c.name not in columns), None)
    if absent is not None:
        raise SourceUnreadableError(
            f"None of the {len(parts)} tables of {name} has a column of {absent.description or absent.quantity} "
            f"({absent.name}); add the table that has it."
        )
    tables = [part.table.reindex(columns=columns) for part in parts]
    whole = pd.concat(tables)
    numbers = np.repeat(np.arange(len(tables)), [len(table) for table in tables])
    again = np.concatenate([table.index.duplicated() for table in tables])
    shared = whole.index.duplicated(keep=False) & ~again
    if shared.any():
        rows, of_part = whole[shared], numbers[shared]
        merged = rows.groupby(level=0).first()
        _refuse_several_stations(rows, merged, of_part, parts, name)
        whole = pd.concat([whole[~shared], merged])
    ignored = tuple(dict.fromkeys(name for part in parts for name in part.ignored))
    notes = tuple(dict.fromkeys([*(note for part in parts for note in part.notes), *_lacking(parts, whole, schema)]))
    return RawReadings(whole.rename_axis("time").sort_index(kind="stable"), ignored, name, notes)


def _lacking(parts: Sequence[RawReadings], whole: pd.DataFrame, schema: StationSchema) -> Iterator[str]:
    """Give a sentence for each required column that a table lacks, and no other table has at most of its times."""
    for column in [each for each in schema.columns if each.kind == "required"]:
        known = whole.index[whole[column.name].notna()]
        for part in parts:
            if column.name in part.table or part.table.index.isin(known).mean() >= MOSTLY:
                continue
            ignored = ", ".join(f"'{each}'" for each in part.ignored[:LISTED])
            beside = f"; its columns {ignored} were ignored" if ignored else ""
            yield f"{part.name} has no {column.description or column.quantity} ({column.name}){beside}"


def _refuse_several_stations(
    rows: pd.DataFrame, merged: pd.DataFrame, of_part: NDArray[np.int64], parts: Sequence[RawReadings], name: str
) -> None:
    """Refuse a table that differs from what those before it have, shape of `rows` (rows, columns)."""
    mine, first = rows.to_numpy(), merged.loc[rows.index].to_numpy()
    later = rows.index.duplicated()[:, None]
    both = np.isfinite(mine) & np.isfinite(first) & later
    compared = np.bincount(of_part, both.sum(axis=1), len(parts))
    differing = np.bincount(of_part, (both & (mine != first)).sum(axis=1), len(parts))
    shares = differing / np.maximum(compared, 1)
    if shares.max() > DIFFERING:
        worst = int(shares.argmax())
        raise SourceUnreadableError(
            f"The tables of {name} differ in {shares[worst]:.0%} of the values of the same times, so that they are of "
            f"several stations, or in several units: {parts[worst].name} says otherwise than those before it; name "
            "those of one station."
        )
