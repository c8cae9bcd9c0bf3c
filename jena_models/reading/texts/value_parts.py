"""Values that hold several numbers and their flags, such as `160,1,N,0046,1` of a wind: each part as a column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pyarrow.compute as pc

PARTED: Final = ","
"""The sign that stands between the parts, where it is one before flags too."""
FEWEST_PARTS: Final = 2
"""Behind a number stands at least how good it is."""


def parts_in(sample: Sequence[Sequence[str]]) -> tuple[tuple[int, int], ...]:
    """Give, of columns whose every value has one and the same number of parts, where each stands, and each part but 1.

    >>> parts_in([["2021-01-01", "160,1,N,0046,1"], ["2021-01-02", "999,9,V,0010,1"]])
    ((1, 2), (1, 3), (1, 4), (1, 5))
    """
    found = []
    for position in range(min(map(len, sample), default=0)):
        counts = {row[position].count(PARTED) + 1 for row in sample}
        if len(counts) == 1 and (count := counts.pop()) >= FEWEST_PARTS:
            found += [(position, part) for part in range(2, count + 1)]
    return tuple(found)


def part_of(texts: Any, part: int) -> Any:
    """Give a part, from 1, of each text of an Arrow column; of one that has fewer nothing."""
    pattern = rf"^(?:[^{PARTED}]*{PARTED}){{{part - 1}}}([^{PARTED}]*)(?:{PARTED}.*)?$"
    found = pc.replace_substring_regex(texts, pattern, r"\1")
    return pc.if_else(pc.match_substring_regex(texts, pattern), found, "")
