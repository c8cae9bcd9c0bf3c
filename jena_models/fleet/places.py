"""A table of places: where each station of a fleet stands."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from jena_models.errors import SourceUnreadableError
from jena_models.named_files import shown
from jena_models.place_names import LATITUDES, LONGITUDES
from jena_models.sources.encodings import decoded

NUMBERS: Final = ("latitude", "longitude", "elevation")
TEXTS: Final = ("name", "title", "clock", "value")
NEEDED: Final = ("name", "latitude", "longitude")
SEPARATORS: Final = (",", ";", "\t")
CALLED: Final = {
    **dict.fromkeys(LATITUDES, "latitude"),
    **dict.fromkeys(LONGITUDES, "longitude"),
    **dict.fromkeys(("elevation", "elev", "altitude", "alt", "height"), "elevation"),
}
"""What tables call them, before a unit, as in `lat`, `elev_m` and `Elevation (ft)`."""
DEGREES: Final = ("deg", "degree", "degrees", "decimal", "dd", "wgs84", "n", "e")
METRES: Final = dict.fromkeys(("m", "meter", "meters", "metre", "metres"), 1.0) | dict.fromkeys(("ft", "feet"), 0.3048)
"""How long what heights are counted in is."""


def read_places(path: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Give a table's rows as stations of a fleet have them, and its faults, each in a clause.

    Args:
        path: of a CSV with a header; columns that a fleet knows nothing of are passed over.
    """
    try:
        text = decoded(Path(path).expanduser().read_bytes(), path).decode()
    except (OSError, ValueError, SourceUnreadableError) as error:
        return [], [f"the table of places {path} cannot be read ({getattr(error, 'strerror', None) or error})"]
    separator = max(SEPARATORS, key=text.partition("\n")[0].count)
    table = csv.DictReader(text.splitlines(), delimiter=separator)
    columns, twice = _columns(table.fieldnames or ())
    if twice:
        return [], [f"the table of places {path} {each}" for each in twice]
    if lacking := [name for name in NEEDED if name not in columns]:
        return [], [f"the table of places {path} has no column {' and no column '.join(lacking)}"]
    rows, faults, lines = [], [], dict[str, int]()
    for told in table:
        row, wrong = _row(told, columns, separator)
        if row.get("name") in lines:
            wrong.append(f"{row['name']} stands in line {lines[row['name']]} too")
        if row.get("name"):
            rows.append(row)
            lines[row["name"]] = table.line_num
        faults += [f"line {table.line_num} of {path}: {each}" for each in wrong]
    return rows, faults


def _columns(header: Sequence[str]) -> tuple[dict[str, tuple[str, float]], list[str]]:
    """Give the column of each thing that is known of a station, with what its numbers are multiplied by; and faults.

    One that is called as a fleet calls it goes before those that are called otherwise.
    """
    columns, likely, faults = dict[str, tuple[str, float]](), dict[str, list[str]](), list[str]()
    for column in header:
        plain = (column or "").strip().lower()
        first, *units = re.findall(r"[^\W_]+", plain) or [""]
        name, known = CALLED.get(first, ""), METRES if CALLED.get(first) == "elevation" else DEGREES
        if plain in {*NUMBERS, *TEXTS}:
            columns[plain] = (column, 1.0)
        elif name and all(unit in known for unit in units):
            likely.setdefault(name, []).append(column)
            columns.setdefault(name, (column, METRES[units[0]] if units and units[0] in METRES else 1.0))
    for name, several in likely.items():
        if len(several) > 1 and columns[name][0] in several:
            faults.append(f"has {' and '.join(map(shown, several))}, of which one is to be called {name}")
    return columns, faults


def _row(
    told: dict[Any, Any], columns: dict[str, tuple[str, float]], separator: str
) -> tuple[dict[str, Any], list[str]]:
    """Give a row as a station of a fleet has it, and what is wrong with it."""
    texts = {name: (told.get(column) or "").strip() for name, (column, _) in columns.items()}
    if not any(texts.values()):
        return {}, []
    row: dict[str, Any] = {name: texts[name] for name in TEXTS if texts.get(name)}
    faults = [f"it has no {name}" for name in NEEDED if not texts[name]]
    if any(each.strip() for each in told.get(None) or ()):  # such as decimal commas where a comma separates
        faults.append("it has more values than there are names above")
    for name in NUMBERS:
        if given := texts.get(name):
            try:
                row[name] = float(given if separator == "," else given.replace(",", ".")) * columns[name][1]
            except ValueError:
                faults.append(f"the {name} {shown(given)} is no number")
    return row, faults
