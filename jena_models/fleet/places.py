"""A table of places: where each station of a fleet stands."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Final

from jena_models.named_files import shown

NUMBERS: Final = ("latitude", "longitude", "elevation")
TEXTS: Final = ("name", "title", "clock", "value")
NEEDED: Final = ("name", "latitude", "longitude")


def read_places(path: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Give a table's rows as stations of a fleet have them, and its faults, each in a clause.

    Args:
        path: of a CSV with a header; columns that a fleet knows nothing of are passed over.
    """
    try:
        text = Path(path).expanduser().read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        return [], [f"the table of places {path} cannot be read ({getattr(error, 'strerror', None) or error})"]
    header = text.partition("\n")[0]
    table = csv.DictReader(text.splitlines(), delimiter=";" if header.count(";") > header.count(",") else ",")
    names = {name: (name or "").strip().lower() for name in table.fieldnames or ()}
    if lacking := [name for name in NEEDED if name not in names.values()]:
        return [], [f"the table of places {path} has no column {' and no column '.join(lacking)}"]
    rows, faults = [], []
    for number, told in enumerate(table, 2):
        row: dict[str, Any] = {}
        for column, name in names.items():
            given = (told.get(column) or "").strip()
            if given and name in TEXTS:
                row[name] = given
            elif given and name in NUMBERS:
                try:
                    row[name] = float(given)
                except ValueError:
                    faults.append(f"line {number} of {path}: the {name} {shown(given)} is no number")
        if row.get("name"):
            rows.append(row)
        elif row:
            faults.append(f"line {number} of {path} names no station")
    return rows, faults
