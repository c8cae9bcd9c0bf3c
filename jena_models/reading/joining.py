"""Several tables of one station as one: end to end, or side by side where each holds other quantities."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from jena_models.errors import SourceUnreadableError
from jena_models.stations.raw_readings import RawReadings
from jena_models.stations.schema import StationSchema

DIFFERING: Final = 0.01
"""So large a share of values that two tables give differently is no accident: they are of two stations."""


def joined(parts: Sequence[RawReadings], schema: StationSchema, path: Path) -> RawReadings:
    """Give the rows of all tables in the order of time, one a time stamp; each value is that of the first that has it.

    Raises:
        SourceUnreadableError: where tables differ in more than a few values of the same time.
    """
    columns = [name for name in schema.names if any(name in part.table for part in parts)]
    whole = parts[0].table.reindex(columns=columns)
    for part in parts[1:]:
        other = part.table.reindex(columns=columns)
        shared = whole.index.intersection(other.index)
        if not len(shared):
            whole = pd.concat([whole, other])
            continue
        first, second = (table[~table.index.duplicated()] for table in (whole, other))
        mine, theirs = first.loc[shared].to_numpy(), second.loc[shared].to_numpy()
        both = np.isfinite(mine) & np.isfinite(theirs)
        if both.any() and np.mean(mine[both] != theirs[both]) > DIFFERING:
            raise SourceUnreadableError(
                f"The tables of {path} differ in {np.mean(mine[both] != theirs[both]):.0%} of the values of the same "
                "times, so that they are of several stations; name one of them."
            )
        whole = first.combine_first(second)[columns]
    absent = next((c for c in schema.columns if c.kind == "required" and c.name not in columns), None)
    if absent is not None:
        raise SourceUnreadableError(
            f"None of the {len(parts)} tables of {path} has a column of {absent.description or absent.quantity} "
            f"({absent.name}); add the table that has it."
        )
    ignored = tuple(dict.fromkeys(name for part in parts for name in part.ignored))
    notes = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    return RawReadings(whole.sort_index(kind="stable"), ignored, path, notes)
