"""Names of columns that stand in several lines, and what stands beside a table, behind a column without a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest


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
