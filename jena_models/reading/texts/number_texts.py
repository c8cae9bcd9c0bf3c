"""Texts to numbers, as files, tables and requests write them: the one place where missing texts are known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError

Values = NDArray[np.float64]

MISSING: Final = (
    *("", "-", "--", "---", "----", "na", "n/a", "nan", "none", "null", "nil", "m", "missing", "nodata", "no data"),
    *("*", "?", ".", "//", "///", "err", "error", "unknown"),
)
"""What stands for a value that is missing, in small letters."""
MISSING_TEXTS: Final = tuple(
    dict.fromkeys(way for text in MISSING for way in (text, text.upper(), text.title(), "NaN"))
)

MISSING_PATTERN: Final = (
    "^("
    + "|".join(
        (
            r"[^\pL\pN]*",  # signs alone, such as `***`, `--.-` or `/////`
            r"#.*",  # what a sheet could not compute: `#N/A`, `#DIV/0!`
            r"[+-]?1\.#.*",  # what is no number to C on Windows: `1.#QNAN`
            # States in the logs of plants.
            r"bad( (input|data|quality))?|(i/o|scan) timeout|timeout|intf shut|shutdown|pt created|calc failed",
            r"scan off|not connect(ed)?|comm fail|no result|invalid|offline|out of serv(ice)?",
            r"\\n|n[./ ]?[adv]\.?|n/e|[sb]/d|mm|mq|x|inop|acum|undefined|(un|not[ _])available|no[ _](value|reading)",
        )
    )
    + ")$"
)
"""What else stands for one among numbers; among texts it may be a name, as `ND` is North Dakota."""

_DECIMALS: Final = r"^[+-]?(?:0,\d+|\d+,(?:\d{1,2}|\d{4,}))$"
"""A comma before what can be decimals alone, and no thousands: `0,254`, `3,8`."""
THOUSANDS: Final = " '’\u00a0\u2009\u202f"
"""What stands between thousands, beside the comma or point that is not the decimal sign."""
_MARKED: Final = rf"^[+-]?[1-9]\d{{0,2}}([,{THOUSANDS}]\d{{3}})+(\.\d*)?$"

_BEARING: Final = r"^(\d{1,3}(?:\.\d+)?)\s*[º˚°]\s*(?:\(?[NESWnesw]{1,3}\)?)?$"
"""Degrees with their sign, and perhaps the letters of the same direction, as in `70º (ENE)`."""
POINTS: Final = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
IN_JAPANESE: Final = {"北": "N", "東": "E", "南": "S", "西": "W"}
"""Signs of which each of the sixteen is made in the same order as of letters."""
NO_DIRECTION: Final = (
    *("v", "vrb", "var", "variable", "calm", "still", "静穏", "calm, no wind", "variable wind direction"),
    *("штиль, безветрие", "переменное направление"),
)
TRACE: Final = (
    *("t", "tr", "trace", "ip", "trace of precipitation", "no precipitation"),
    *("следы осадков", "осадков нет"),
)
"""Rain too little to be measured, or none."""
STILL: Final = ("calm", "still", "静穏", "calm, no wind", "штиль", "штиль, безветрие")
NOTHING: Final = {"rain": TRACE, "wv": STILL, "max_wv": STILL}
"""By quantity: words that stand for 0."""
BLOWING: Final = r"^(?:wind blowing from the|wind from the|ветер, дующий с(?:о)?) +"
STEMS: Final = {"north": "N", "east": "E", "south": "S", "west": "W"} | {
    **dict.fromkeys(("северо", "севера", "север"), "N"),
    **dict.fromkeys(("востоко", "востока", "восток"), "E"),
    **dict.fromkeys(("юго", "юга", "юг"), "S"),
    **dict.fromkeys(("западо", "запада", "запад"), "W"),
}
"""What words such as `north-northeast` are made of, the longer stems first."""


def numbers_of_texts(
    texts: pa.ChunkedArray,
    name: str,
    place: str,
    first_line: int = 2,
    *,
    quantity: str = "",
    decimal_comma: bool = False,
    mixed: bool = False,
    flags: str = "",
    behind: str = "",
    counted: str = "Line",
) -> Values:
    """Give float64 for a column of text, NaN where a value is missing.

    Args:
        texts: in the order of the file.
        name: of the column, for a sentence.
        place: how a sentence names the file.
        first_line: the line of the first text.
        quantity: a wind's direction may be one of sixteen letters, its speed `Calm`, rain a trace.
        decimal_comma: whether a comma stands before decimals.
        mixed: whether a column may have a decimal comma where others have a point.
        flags: signs that may follow a number and are left off, with all that is behind them.
        behind: a unit that stands behind each number and is left off.
        counted: what a sentence counts.

    Raises:
        SourceUnreadableError: where a text is no number; the sentence names the first.
    """
    trimmed = pc.utf8_trim_whitespace(texts)
    if behind:
        trimmed = pc.utf8_trim_whitespace(pc.replace_substring_regex(trimmed, rf"{re.escape(behind)}$", ""))
    values = pc.if_else(pc.is_in(pc.utf8_lower(trimmed), pa.array(MISSING)), None, trimmed)
    values = _with_points(values, decimal_comma=decimal_comma, mixed=mixed)
    try:
        return _floats(values)
    except pa.ArrowInvalid:
        pass
    values = pc.if_else(pc.match_substring_regex(values, MISSING_PATTERN, ignore_case=True), None, values)
    if quantity == "wd":
        values = _degrees(values)
    elif quantity in NOTHING:
        values = pc.if_else(pc.is_in(pc.utf8_lower(values), pa.array(NOTHING[quantity])), "0", values)
    marked = pc.match_substring_regex(values, _MARKED)
    values = pc.if_else(marked, pc.replace_substring_regex(values, f"[,{THOUSANDS}]", ""), values)
    if flags:
        values = pc.replace_substring_regex(values, rf"\s*[{flags}].*$", "")
        values = pc.if_else(pc.equal(values, ""), None, values)
    try:
        return _floats(values)
    except pa.ArrowInvalid:
        row, text = next((i, text) for i, text in enumerate(values.to_pylist()) if text and not _is_number(text))
    raise SourceUnreadableError(
        f"{counted} {row + first_line} of {place} holds '{text[:40]}' in the column '{name}', which is not a number; "
        "mend it."
    )


def are_directions(texts: Iterable[str]) -> bool:
    """Tell whether texts are compass letters or words, among which may stand that there was no wind."""
    held = [text for text in texts if text.strip().casefold() not in MISSING]
    low = pa.array([text.strip().casefold() for text in held], pa.string())
    degrees = _degrees(pa.array(held, pa.string()))
    letters = [text for text in degrees.to_pylist() if text is not None]
    named = all(_is_number(text) for text in letters) and not any(_is_number(text) for text in low.to_pylist())
    return bool(letters) and named


def numbers_of_column(column: pd.Series, place: str, *, quantity: str = "", behind: str = "") -> Values:
    """Give float64 for a column of a table: numbers of any kind, or texts that `numbers_of_texts` reads.

    Raises:
        SourceUnreadableError: where a value is no number.
    """
    if column.dtype.kind in "fiu":
        return column.to_numpy(dtype=np.float64, copy=True)
    texts = [None if _is_missing(value) else str(value) for value in column]
    held = pa.chunked_array([pa.array(texts, pa.string())])
    return numbers_of_texts(
        held, str(column.name), place, 1, quantity=quantity, mixed=True, behind=behind, counted="Row"
    )


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))


def _with_points(values: Any, *, decimal_comma: bool, mixed: bool) -> Any:
    """Give numbers with a point before their decimals, whatever sign the column has there.

    `1.234` alone may be either, and is as the file has it; beside `0.254` or `3.81` in its column it has decimals.
    """
    if decimal_comma:
        decimals = r"^[+-]?(?:0*\.\d+|\d+\.(?:\d{1,2}|\d{4,})|\d{4,}\.\d+)$"
        if not pc.any(pc.match_substring_regex(values, decimals)).as_py():
            values = pc.replace_substring_regex(values, r"\.(\d{3})", r"\1")
        return pc.replace_substring(values, ",", ".")
    held = [pc.any(pc.match_substring_regex(values, each)).as_py() for each in (_DECIMALS, r"^[+-]?0\d")]
    if not mixed or held != [True, False]:  # a nought before digits is no number's: `+0072,1` is a value and its flag
        return values
    plain = pc.match_substring_regex(values, r"^[+-]?\d+,\d+$")
    return pc.if_else(plain, pc.replace_substring(values, ",", "."), values)


def _floats(values: Any) -> Values:
    return np.asarray(values.cast(pa.float64()).to_numpy(), dtype=np.float64).copy()


def _degrees(values: Any) -> Any:
    """Give compass letters as degrees from north, and what is no direction as missing."""
    low = pc.replace_substring_regex(pc.utf8_lower(values), BLOWING, "")
    words = pc.replace_substring_regex(low, "[- ]", "")
    for word, sign in STEMS.items():
        words = pc.replace_substring(words, word, sign)
    letters = pc.if_else(pc.match_substring_regex(words, "^[NESW]{1,3}$"), words, values)
    for sign, letter in IN_JAPANESE.items():
        letters = pc.replace_substring(letters, sign, letter)
    places = pc.index_in(pc.utf8_upper(letters), pa.array(POINTS))
    degrees = pc.multiply(places.cast(pa.float64()), 360 / len(POINTS)).cast(pa.string())
    plainly = pc.coalesce(degrees, pc.replace_substring_regex(letters, _BEARING, r"\1"))
    return pc.if_else(pc.is_in(low, pa.array(NO_DIRECTION)), None, plainly)


def _is_number(text: str) -> bool:
    try:
        pa.scalar(text).cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return True
