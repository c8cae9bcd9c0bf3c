"""Texts whose values stand in fixed columns, with blanks for what is missing and names of several words among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from jena_models.reading.texts.line_kinds import are_units

SAMPLE_LINES: Final = 200
FEWEST_COLUMNS: Final = 3
SEPARATORS: Final = re.compile(r"[,;\t|\"]")
CHUNK: Final = 2**22
"""As much of a text as is looked at in one go."""
_SPACES_OR_QUOTED: Final = re.compile(rb'("[^"\n]*")|[ \t]+')
_TOKEN: Final = re.compile(r"\S+")

Span = tuple[int, int]


def tabs_between_columns(text: bytes) -> bytes:
    """Give a text with a tab between each two of its fixed columns, where stretches of spaces do not tell them apart.

    Any other text comes back as it is: one with other separators, one whose rows, and whose line of units, each have as
    many words, and one in whose rows the words stand in no fixed places.

    Args:
        text: in UTF-8.
    """
    lines = text[: 2**18].decode("utf-8", errors="replace").split("\n")[:SAMPLE_LINES]
    kept = [line.expandtabs(1).rstrip() for line in lines if line.strip() and not line.startswith("#")]
    rows = kept[len(kept) // 2 :]
    if len(rows) < FEWEST_COLUMNS or any(map(SEPARATORS.search, kept)):
        return text
    columns = _columns(rows)
    if columns is None:
        return text
    header = _header(kept, columns)
    if not _are_needed(rows, columns) and not _lack_units(header, columns):
        return text
    whole = text.decode("utf-8", errors="replace").split("\n")
    if not header:
        return text
    told = {line: _named(line, columns) for line in header}
    cuts, of_words = [end for _, end in columns[:-1]], [_holds_words(rows, span) for span in columns]
    split = [told.get(line.rstrip()) or _cut(line, cuts, of_words) for line in whole]
    if None in split:
        return text  # which column a value is of is not certain
    return "\n".join("\t".join(values) for values in split if values is not None).encode()


def _columns(rows: Sequence[str]) -> list[Span] | None:
    """Give where columns stand; None where the words stand in no fixed places."""
    filled = np.zeros(max(map(len, rows)), dtype=bool)
    for row in rows:
        filled[: len(row)] |= np.frombuffer(row.encode("utf-32-le"), dtype=np.uint32) != ord(" ")
    edges = np.flatnonzero(np.diff(np.concatenate([[0], filled.astype(np.int8), [0]])))
    spans = [(int(first), int(end)) for first, end in edges.reshape(-1, 2)]
    joined: list[Span] = []
    for span in spans:
        if joined and span[0] - joined[-1][1] == 1 and _holds_words(rows, joined[-1]) and _holds_words(rows, span):
            joined[-1] = (joined[-1][0], span[1])  # of a name of several words
        else:
            joined.append(span)
    values = [span for span in joined if not _holds_words(rows, span)]
    single = all(len(row[first:end].split()) <= 1 for first, end in values for row in rows)
    return joined if single and len(joined) >= FEWEST_COLUMNS else None


def _is_words(row: str, first: int, end: int) -> bool:
    return bool(row[first:end].strip()) and not any(map(_is_number, row[first:end].split()))


def _holds_words(rows: Sequence[str], span: Span) -> bool:
    held = [row for row in rows if row[slice(*span)].strip()]
    return bool(held) and all(_is_words(row, *span) for row in held)


def _is_number(word: str) -> bool:
    return word[:1].isdigit() or re.match(r"[+-.]+\d", word) is not None


def _are_needed(rows: Sequence[str], columns: Sequence[Span]) -> bool:
    """Tell whether the number of words does not give the columns: one is blank in some row, or holds several words."""
    return any(len(row[first:end].split()) != 1 for first, end in columns for row in rows)


def _lack_units(header: Sequence[str], columns: Sequence[Span]) -> bool:
    """Tell whether a line of units below the names leaves out some columns, such as those of the time."""
    told = [[word.strip("[]()") for word in line.split()] for line in header[1:]]
    return any(0 < len(words) < len(columns) and are_units(words) for words in told)


def _header(lines: Sequence[str], columns: Sequence[Span]) -> list[str]:
    """Give the lines of names and units above the first row of values: one with a name a column, and those below."""
    first = next((k for k, line in enumerate(lines) if any(map(_is_number, line.split()[:2]))), 0)
    named = next((k for k in reversed(range(first)) if len(lines[k].split()) == len(columns)), None)
    return [] if named is None else list(lines[named:first])


def _named(line: str, columns: Sequence[Span]) -> list[str]:
    """Give what each column has of a line of names: one each, else each that of the column that is nearest below it."""
    words = [(match[0], match.start(), match.end()) for match in _TOKEN.finditer(line)]
    if len(words) == len(columns):
        return [word for word, _, _ in words]
    values = [""] * len(columns)
    for word, first, end in words:
        nearest = min(range(len(columns)), key=lambda k: abs(columns[k][0] + columns[k][1] - first - end))
        values[nearest] = f"{values[nearest]} {word}".strip()
    return values


def _cut(line: str, cuts: Sequence[int], of_words: Sequence[bool]) -> list[str] | None:
    """Give the values of a line; None where one stands on both sides of a cut, or two between two of them."""
    line = line.expandtabs(1).rstrip()
    if not line:
        return [""]
    if any(line[cut - 1 : cut].strip() and line[cut : cut + 1].strip() for cut in cuts):
        return None
    values = [line[first:end].strip() for first, end in pairwise([0, *cuts, max(len(line), cuts[-1])])]
    return values if all(words or " " not in value for words, value in zip(of_words, values, strict=True)) else None


def tabs_for_spaces(text: memoryview) -> bytearray:
    """Give a text with one tab for each stretch of spaces and tabs within a line, and none at its ends."""
    if b'"' in bytes(text[:CHUNK]):
        return bytearray(_SPACES_OR_QUOTED.sub(lambda each: each[1] or b"\t", bytes(text)))
    found, first = bytearray(), 0
    while first < len(text):
        part = bytes(text[first : first + CHUNK])
        if first + len(part) < len(text) and b"\n" in part:
            part = part[: part.rfind(b"\n") + 1]
        first += len(part)
        part = part.replace(b"\t", b" ")
        while b"  " in part:
            part = part.replace(b"  ", b" ")
        found += part.replace(b"\n ", b"\n").replace(b" \n", b"\n").removeprefix(b" ").replace(b" ", b"\t")
    if found.endswith(b"\t"):
        del found[-1:]
    return found
