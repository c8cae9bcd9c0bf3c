"""How long after its issue time what a row is for comes, as a service's files write it."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.reading.assembly import Columns
from jena_models.reading.texts.number_texts import MISSING
from jena_models.reading.times.stamp_shapes import shape_of
from jena_models.stations.forecast_sources import LEAD, LEAD_UNITS, ForecastSource

FARTHEST_SECONDS: Final = 400 * 24 * 3600
"""No forecast of a weather service looks farther ahead."""
DECIMAL_COMMA: Final = re.compile(r"^([+-]?\d+),(\d{1,2})$")
SAYS_UNIT: Final = re.compile(r"[A-Za-z:]")
CLOCK: Final = re.compile(r"^([+-]?\d+:\d\d)$")
COUNTED: Final = re.compile(r"(?i)(?:t|h|f|fh|fhr|lead|step|day|d)[ _]?\+?[ _]?(\d+(?:\.\d+)?)")
"""A number behind what it is called: `T+24`, `f024`, `lead_024`; of `D+1` the letter is the unit."""
UNIT_WORDS: Final = {
    "days": ("d", "day", "days"),
    "hours": ("h", "hr", "hrs", "hour", "hours"),
    "minutes": ("min", "mins", "minute", "minutes"),
    "seconds": ("s", "sec", "secs", "second", "seconds"),
}
"""What a column's name, or the row beneath it, calls what its leads are counted in."""
PANDAS_CASES: Final = {unit.casefold(): unit for unit in ("W", "D", "h", "min", "s", "ms", "us", "ns")}
"""In another case they mean the same, and pandas warns; to silence that is no thread's own matter."""
UNITS_BY_WORD: Final = {word: unit for unit, words in UNIT_WORDS.items() for word in words}
WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
PLURAL: Final = re.compile(r"(?<=[A-Za-z])\(s\)$")
"""`lead(s)` are several, and not in seconds."""
IN_NAME: Final = r"(-?\d+(?:\.\d+)?|\d+ days?(?: \+?\d\d:\d\d:\d\d)?|PT\d+H)"
"""A lead in a wide table's name, as a number or as pandas and ISO 8601 write spans of time."""
BEHIND: Final = re.compile(r"([A-Za-z]+)(?![A-Za-z0-9])")
BEFORE: Final = re.compile(r"(?i)(days?|hours?|minutes?)_?$")
"""In a wide table's name the lead stands before its unit, as in `t_{lead}h`, or behind it, as in `day{lead}`."""


def leads(table: Columns, position: int, source: ForecastSource, keep: NDArray[np.bool_]) -> NDArray[np.timedelta64]:
    """Give how long after its issue time what each row that counts is for comes.

    Args:
        table: of the source.
        position: of the column.
        source: says what leads are counted in; else the column's name does, or the row beneath it.
        keep: which of the table's rows count.

    Raises:
        SourceUnreadableError: where a lead is missing, or none such as `6h`, `06:00`, `PT6H` or `T+6`, or where the
            file and the station file count it in different units.
    """
    seconds = unit_seconds(source, unit_said(table, position), table.header[position])
    codes = coded(table.texts(position).filter(pa.array(keep)))
    texts = [str(text).strip() for text in codes.dictionary.to_pylist()]
    spans, row = np.array([_lead_of(text, seconds) for text in texts]), codes.indices.to_numpy()
    unknown = np.flatnonzero(~(np.abs(spans) <= FARTHEST_SECONDS)[row])
    if len(unknown):
        text = texts[row[unknown[0]]]
        told = "no lead" if text.casefold() in MISSING else f"the lead '{text[:40]}', which is none"
        number = np.flatnonzero(keep)[unknown[0]] + 1
        raise SourceUnreadableError(f"The file {table.name} has {told} in row {number}; mend it.")
    return np.asarray(np.round(spans).astype("timedelta64[s]")[row])


def unsaid_leads(table: Columns, position: int, source: ForecastSource, keep: NDArray[np.bool_]) -> tuple[float, ...]:
    """Give the leads of which nothing says what they are counted in: plain numbers, of the rows that count."""
    if source.lead_unit is not None or unit_said(table, position) is not None:
        return ()
    texts = coded(table.texts(position).filter(pa.array(keep))).dictionary.to_pylist()
    plain = (COUNTED.sub(r"\1", text.strip()) for text in texts if not text.strip().casefold().startswith("d"))
    return tuple(seconds_of(text, 1) for text in plain if not SAYS_UNIT.search(text))


def lead_in(name: str, pattern: str, source: ForecastSource) -> int | None:
    """Give the lead in seconds that a wide table's column has in its name; None where it does not fit the pattern.

    Raises:
        SourceUnreadableError: where what stands beside the lead is another unit than the station file says.
    """
    before, _, after = pattern.partition(LEAD)
    found = re.fullmatch(re.escape(before) + IN_NAME + re.escape(after), name)
    if not found:
        return None
    return round(seconds_of(found[1], unit_seconds(source, says_unit(pattern), pattern)))


def says_unit(pattern: str) -> str | None:
    """Give what the lead in a wide table's pattern of names is counted in by what stands beside it; None by nothing."""
    before, _, after = pattern.partition(LEAD)
    beside = (BEHIND.match(after), BEFORE.search(before))
    return UNITS_BY_WORD.get(next((each[1].casefold() for each in beside if each), ""))


def unit_seconds(source: ForecastSource, said: str | None, name: str) -> int:
    """Give how long what leads are counted in is: hours where neither the station file nor the file says.

    Raises:
        SourceUnreadableError: where these say different things.
    """
    if said and source.lead_unit and said != source.lead_unit:
        raise SourceUnreadableError(
            f"The leads in '{name}' of the forecast source '{source.name}' are in {said} by their name, and in "
            f"{source.lead_unit} by 'lead_unit' in the station file; mend one of them."
        )
    return LEAD_UNITS[source.lead_unit or said or "hours"]


def seconds_of(text: str, unit_seconds: int) -> float:
    """Give the seconds of a number of hours or minutes, or of a text with its own unit; NaN where it is neither."""
    try:
        return float(DECIMAL_COMMA.sub(r"\1.\2", text)) * unit_seconds
    except ValueError:
        pass
    if not SAYS_UNIT.search(text) or shape_of(text):  # pandas takes bare numbers for nanoseconds, and some dates too
        return np.nan
    try:
        return float(pd.Timedelta(_as_pandas_has_it(re.sub(r"(?i)(\d\s*h)rs?$", r"\1", text))).total_seconds())
    except ValueError:
        return np.nan


def _as_pandas_has_it(text: str) -> str:
    """Give a text with its units in the case in which pandas has them; ISO 8601, as in `PT3H`, has its own."""
    if text.lstrip("+-")[:1] in {"P", "p"}:
        return text
    return re.sub(r"[A-Za-z]+", lambda unit: PANDAS_CASES.get(unit[0].casefold(), unit[0]), text)


def coded(texts: pa.ChunkedArray | pa.Array) -> pa.DictionaryArray:
    """Give each text once, with which of them every row has: a run has many rows of one."""
    return (texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts).dictionary_encode()


def _lead_of(text: str, seconds: int) -> float:
    if counted := COUNTED.fullmatch(text):
        is_days = text[:1] in "dD"
        return float(counted[1]) * (LEAD_UNITS["days"] if is_days else seconds)
    return seconds_of(CLOCK.sub(r"\1:00", text), seconds)


def unit_said(table: Columns, position: int) -> str | None:
    """Give what a column of spans of time says that it is counted in, beneath its name or at its end."""
    return _last_word(table.units[position] if table.units else "") or _last_word(table.header[position])


def _last_word(name: str) -> str | None:
    """Give the unit that the last word of a name is, as of `lead_min`, `leadDays` and `step (h)`."""
    words = WORDS.findall(PLURAL.sub("", name))
    return UNITS_BY_WORD.get(words[-1].casefold()) if words else None
