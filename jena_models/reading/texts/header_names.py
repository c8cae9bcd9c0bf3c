"""Names of columns that stand in several lines, and what stands beside a table, behind a column without a name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

HEAD_BYTES: Final = 2**15
HEAD_LINES: Final = 64
MOST_LINES: Final = 8
_OPENS: Final = re.compile(rb'^(?:[^"]|"[^"]*")*(?:^|[,;\t|])"[^"]*$')
"""A quote that opens at a value's beginning and is open at the end of its line."""


def names_in_one_line(text: bytes) -> bytes:
    """Give a text whose first lines hold no quotes that are open at a line's end, as sheets write long names.

    As many empty lines stand before such a line as it was longer, so that all others keep their numbers.
    """
    head = text[:HEAD_BYTES]
    lines = head.split(b"\n")[:HEAD_LINES]
    if not any(map(_is_open, lines)):
        return text
    told, length = list[bytes](), len(b"\n".join(lines))
    while lines:
        line, taken = lines.pop(0), 0
        while _is_open(line) and lines and taken < MOST_LINES:
            line, taken = line.rstrip(b"\r") + b" " + lines.pop(0), taken + 1
        told += [*[b""] * taken, line]
    return b"\n".join(told) + text[length:]


def _is_open(line: bytes) -> bool:
    return line.count(b'"') % 2 == 1 and _OPENS.search(line) is not None


def joined_names(lines: Sequence[Sequence[str]]) -> list[str]:
    """Give one name a column of those in several lines, one below the other.

    Where two columns would be called the same, the name above the first of a group is that of the whole group.
    """
    columns = list(zip_longest(*lines, fillvalue=""))
    names = [_joined(cells) for cells in columns]
    counts = Counter(names)
    groups = _spread([cells[0] for cells in columns])
    return [
        _joined((group, *cells[1:])) if len(cells) > 1 and any(cells[1:]) and counts[name] > 1 else name
        for name, group, cells in zip(names, groups, columns, strict=True)
    ]


def columns_before_gap(names: Sequence[str], width: int) -> bool:
    """Tell whether so many columns have names, and behind one that has none stand others: what is beside a table."""
    return len(names) > width + 1 and all(names[:width]) and not names[width] and any(names[width + 1 :])


def _joined(cells: Sequence[str]) -> str:
    first, *others = filter(None, cells) if any(cells) else ("",)
    if others and others[0].casefold().startswith(f"{first} ".casefold()):  # `Wind` above `Wind Speed`
        return " ".join(others)
    return " ".join([first, *others]).strip()


def _spread(names: Sequence[str]) -> list[str]:
    spread = [""]
    for name in names:
        spread.append(name or spread[-1])
    return spread[1:]
