"""Columns that tell how good each value of another one is: what is bad by a publisher's codes is not taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jena_models.errors import SettingsError, nearest
from jena_models.proposals.draft import Draft, Table
from jena_models.proposals.named_formats import SourceColumn
from jena_models.reading.assembly import QUALITY, are_bad, quality_column, without_bad
from jena_models.reading.matching import plain, taken_apart

Values = NDArray[np.float64]

MOST_CODES: Final = 30
LISTED: Final = 6


@dataclass(frozen=True)
class Codes:
    """What a publisher writes beside bad values."""

    name: str
    """The end of such a column's name."""
    bad: tuple[str, ...]
    beside: str = ""
    """A column that the table must have too."""


KNOWN: Final = (
    # Doubted and wrong values of the older archive, and the tests that a value did not pass.
    Codes("_Quality_Code", ("[2367]", "[LoFDdWKTShVwNEpH]")),
    # NOAA's days: how it was measured, the test that it did not pass, and who sent it.
    Codes("_ATTRIBUTES", (",[A-Z],*", "[!,],[A-Z],*")),
    Codes("Q_FLAG", ("[A-Z]",)),
    Codes("QFLAG", ("[A-Z]",)),
    # California's network: far out of the usual, by a failing sensor, or put in by a mean of other years.
    Codes("qc", ("[RSMIQAETHNP]",), "CIMIS Region"),
    Codes("QC플래그", ("1", "9")),  # Korea: an error, nothing
    Codes("品質情報", ("0", "1", "2")),  # Japan: not observed, missing, doubtful
)


def with_quality(
    quantity: str, preset: SourceColumn | None, position: int, values: Values, *, table: Table, draft: Draft
) -> tuple[dict[str, Any], Values]:
    """Give what a station file says of the quality of a column's values, and the values that are good.

    Args:
        quantity: which the column measures; the column's own name where it is none that is known.
        preset: what a format with a name says of it.
        position: of the column.
        values: of the column.
        table: in which it stands.
        draft: takes what is to be known about it.

    Raises:
        SettingsError: where an answer names no column.
    """
    name, header = table.header[position], table.header
    told = preset.quality if preset is not None and preset.quality in header else ""
    quality = _answered(f"quality:{quantity}", draft, header) or told or _beside(position, table)
    if not quality:
        return {}, values
    bad = preset.bad if preset is not None and told else _codes(quality, header)
    draft.asked.add(f"bad:{quantity}")
    if given := draft.answers.get(f"bad:{quantity}"):
        bad = tuple(each.strip() for each in given.split(","))
    place = quality_column(quality, position, header)
    assert place is not None  # noqa: S101 - it is in the header
    table.source.load([place], [])
    texts = table.source.texts(place)
    if bad:
        values, note = without_bad(values, are_bad(texts, bad), name, quality)
        draft.remark(f"{note} ({', '.join(bad)})." if note else "")
        return {"quality": quality, "bad": bad}, values
    counts = Counter(str(text).strip() for text in texts.to_pylist())
    if 1 < len(counts) <= MOST_CODES:
        listed = ", ".join(f"'{text}' {count:,} times" for text, count in counts.most_common(LISTED))
        draft.remark(
            f"'{quality}' may tell how good each value of '{name}' is: it holds {listed}; all values were taken. "
            f"--answer bad:{quantity}=A,B leaves those out beside which A or B stands."
        )
    return {}, values


def tell_quality(table: Table) -> set[str]:
    """Give the columns that tell by codes which are known how good the values of others are."""
    found = {_beside(position, table) for position in range(len(table.header))}
    return {name for name in found if _codes(name, table.header)}


def _answered(key: str, draft: Draft, header: Sequence[str]) -> str:
    draft.asked.add(key)
    answer = draft.answers.get(key, "").strip()
    if answer and answer not in draft.headers:
        raise SettingsError(f"There is no column '{answer}'; {nearest(answer, filter(None, draft.headers))}")
    return answer if answer in header else ""


def _beside(position: int, table: Table) -> str:
    """Give the name of the column that seems to tell a column's quality: named after it, or right behind it."""
    own, header = taken_apart(table.header[position]).label, table.header
    words = [plain(word) for word in QUALITY]
    after = {f"{own}{word}" for word in words} | {f"{word}{own}" for word in words}
    behind = header[position + 1 : position + 2]
    named = [name for name in header if taken_apart(name).label in after]
    return next(iter(named or [name for name in behind if plain(name) in words]), "")


def _codes(quality: str, header: Sequence[str]) -> tuple[str, ...]:
    known = (each for each in KNOWN if quality.endswith(each.name) and (not each.beside or each.beside in header))
    return next((each.bad for each in known), ())
