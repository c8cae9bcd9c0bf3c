"""Which column of a table says of which station a row is, and which station's rows are meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.errors import SettingsError, nearest
from jena_models.proposals.draft import Draft, Table
from jena_models.proposals.place_and_clock import PLACES
from jena_models.reading.assembly import STATIONS
from jena_models.reading.matching import taken_apart
from jena_models.stations.schema import Column

MOST_STATIONS: Final = 200
LISTED: Final = 6
FAR_DEGREES: Final = 0.1
"""Rows that were measured so far from each other are of several stations, even where no time stands twice."""
FEW_AGAIN: Final = 0.01
"""So many rows may repeat the time of another in a station's own file."""
FEWEST_TURNS: Final = 10
"""So many rows of each station show how far apart they are."""
ABOUT: Final = 0.25
"""Steps that are so near to the usual one are like it: loggers waver."""
MOSTLY: Final = 0.9
LONGEST_TURN: Final = np.timedelta64(12, "h")
"""What comes again after longer may be a part of the day, or a day of the week, with a name of its own."""
_NUMBERED: Final = re.compile(r"(?i)(?:^|[_. ])id$|Id$|(?:node|mote|sensor|logger|zone)(?:[_. ]?(?:no|nr|number))?$")
_WHOLE: Final = re.compile(r"\s*\d{1,9}\s*")
_CLOCK: Final = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
_NUMBER: Final = re.compile(r"\s*[-+]?\d+([.,]\d+)?\s*")


def tells_rows_apart(table: Table, used: Collection[str]) -> int | None:
    """Give the column that tells stations apart by words, or by their numbers; None where none does.

    Beside a column of stations by its name none is needed, but where that leaves times twice all the same. Rows are of
    several stations where they repeat times, were measured far apart, or where a column's values take turns
    and each comes again as evenly as a station's rows do.
    """
    source, sample = table.source, table.source.sample()
    free = [i for i, name in enumerate(table.header) if name not in used]
    named = [i for i in free if taken_apart(table.header[i]).label in STATIONS]
    free = [i for i in free if i not in named]
    texts = {i: [row[i] for row in sample if i < len(row) and row[i]] for i in free}
    told = [i for i in free if _NUMBERED.search(table.header[i]) or not all(map(_NUMBER.fullmatch, texts[i]))]
    told = [i for i in told if not texts[i] or not all(map(_CLOCK.fullmatch, texts[i]))]
    counts = [i for i in free if i not in told and texts[i] and all(map(_WHOLE.fullmatch, texts[i]))]
    of_places = (*PLACES["latitude"], *PLACES["longitude"])
    places = [i for i, name in enumerate(table.header) if taken_apart(name).label in of_places]
    source.load((*table.found.positions, *named, *told, *places), ())
    times = pd.DataFrame({i: source.texts(i).to_pandas() for i in (*table.found.positions, *named)})
    stands = pd.DataFrame({i: pd.to_numeric(source.texts(i).to_pandas(), errors="coerce") for i in places})
    is_again = times.duplicated().mean() > FEW_AGAIN
    if named and not is_again:
        return None
    is_far = bool(((stands.max() - stands.min()) > FAR_DEGREES).any())
    looked_at = [*told, *(counts if is_again else ())]
    source.load(looked_at, ())
    columns: dict[int, pd.Series] = {i: source.texts(i).to_pandas().replace("", None) for i in looked_at}
    kinds: dict[int, int] = {i: held.nunique() for i, held in columns.items() if held.notna().all()}
    for i in sorted((i for i in kinds if 1 < kinds[i] <= MOST_STATIONS), key=lambda i: kinds[i]):
        if is_again:
            is_told = times.assign(apart=columns[i]).duplicated().mean() <= FEW_AGAIN
        elif is_far:
            is_told = stands.groupby(columns[i]).nunique().max().max() == 1
        else:
            is_told = table.local is not None and _take_turns(table.local, columns[i])
        if is_told:
            return i
    return None


def _take_turns(times: NDArray[np.datetime64], held: pd.Series) -> bool:
    """Tell whether each value comes again after one and the same time, and others between: of several loggers."""
    order = np.argsort(times, kind="stable")
    ordered = pd.Series(times[order])
    own = ordered.groupby(held.to_numpy()[order])
    if own.size().min() < FEWEST_TURNS:
        return False
    steps, all_steps = own.diff().dropna(), ordered.diff().dropna()
    usual = steps.groupby(held.to_numpy()[order][steps.index]).transform("median")
    is_even = bool(((steps - usual).abs() <= ABOUT * usual).mean() >= MOSTLY)
    return is_even and usual.max() < LONGEST_TURN and usual.min() >= (1 + ABOUT) * all_steps.median()


def select_rows(columns: Sequence[Column], station: dict[str, Any], table: Table, draft: Draft) -> None:
    """Ask which station's rows count, where a column of the table holds several."""
    source, header, found = table.source, table.header, table.found
    used = {column.source for column in columns} | {header[position] for position in found.positions}
    answered = {key.removeprefix("select:") for key in draft.answers if key.startswith("select:")}
    if absent := [name for name in answered if name not in draft.headers]:
        raise SettingsError(
            f"There is no column '{absent[0]}' to select by; {nearest(absent[0], filter(None, draft.headers))}"
        )
    places = None if table.known or answered or station.get("select") else tells_rows_apart(table, used)
    asked: list[pd.Series] = []
    for position, name in enumerate(header):
        told = (taken_apart(name).label in STATIONS and name not in used) or position == places
        if name in answered:
            station["select"] = {**station.get("select", {}), name: [draft.answers[f"select:{name}"].strip()]}
            continue
        if not told or name in station.get("select", {}):
            continue
        source.load((position,), ())
        held = source.texts(position).to_pandas()
        counts = held[held != ""].value_counts()
        if not 1 < len(counts) <= MOST_STATIONS or any(_follows(held, other) for other in asked):
            continue
        asked.append(held)
        listed = ", ".join(f"{value} ({count:,} rows)" for value, count in counts.head(LISTED).items())
        draft.answer(f"select:{name}", f"Rows of which '{name}' are meant?", f"it holds {listed}")


def _follows(held: pd.Series, other: pd.Series) -> bool:
    """Tell whether each value of another column goes with one of this alone, as a station's name with its number."""
    return bool(held.groupby(other).nunique().max() == 1)
