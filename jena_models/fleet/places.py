"""A table of places: where each station of a fleet stands."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Final

from jena_models.errors import SourceUnreadableError
from jena_models.named_files import shown
from jena_models.sources.encodings import decoded

NUMBERS: Final = ("latitude", "longitude", "elevation")
TEXTS: Final = ("name", "title", "clock", "value")
NEEDED: Final = ("name", "latitude", "longitude")
SEPARATORS: Final = (",", ";", "\t")


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
    names = {name: (name or "").strip().lower() for name in table.fieldnames or ()}
    if lacking := [name for name in NEEDED if name not in names.values()]:
        return [], [f"the table of places {path} has no column {' and no column '.join(lacking)}"]
    rows, faults, lines = [], [], dict[str, int]()
    for told in table:
        row, wrong = _row(told, names, separator)
        if row.get("name") in lines:
            wrong.append(f"{row['name']} stands in line {lines[row['name']]} too")
        if row.get("name"):
            rows.append(row)
            lines[row["name"]] = table.line_num
        faults += [f"line {table.line_num} of {path}: {each}" for each in wrong]
    return rows, faults


def _row(told: dict[Any, Any], names: dict[str, str], separator: str) -> tuple[dict[str, Any], list[str]]:
    """Give a row as a station of a fleet has it, and what is wrong with it."""
    texts = {name: (told.get(column) or "").strip() for column, name in names.items()}
    if not any(texts.values()):
        return {}, []
    row: dict[str, Any] = {name: texts[name] for name in TEXTS if texts.get(name)}
    faults = [f"it has no {name}" for name in NEEDED if not texts[name]]
    if any(each.strip() for each in told.get(None) or ()):  # such as decimal commas where a comma separates
        faults.append("it has more values than there are names above")
    for name in NUMBERS:
        if given := texts.get(name):
            try:
                row[name] = float(given if separator == "," else given.replace(",", "."))
            except ValueError:
                faults.append(f"the {name} {shown(given)} is no number")
    return row, faults
