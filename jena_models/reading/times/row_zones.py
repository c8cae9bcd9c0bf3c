"""The zone of each row, which a column beside its time tells in letters: `tz_cd` of the USGS has CST, in summer CDT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.reading.matching import plain
from jena_models.reading.times.stamp_shapes import NAMED_ZONES

NAMES: Final = frozenset(("tz", "tzcd", "tzcode", "timezone", "timezonecode", "timezoneabbreviation", "zeitzone"))
AMERICAN_ZONES: Final = {
    **{"NST": -3.5, "NDT": -2.5, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5},
    **{"MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "HDT": -9},
}
"""Hours ahead of UTC; some of these letters are another zone's in Asia and Australia."""
AMERICAN_LONGITUDES: Final = (-180.0, -30.0)


def zones_at(longitude: float) -> dict[str, float]:
    """Give how many hours ahead of UTC a station's clock is, by the letters that stand for one zone there."""
    east = (longitude + 180) % 360 - 180
    known = {"UTC": 0, "GMT": 0, "Z": 0, **NAMED_ZONES}
    return known | AMERICAN_ZONES if AMERICAN_LONGITUDES[0] <= east <= AMERICAN_LONGITUDES[1] else known


def zone_column(header: Sequence[str], sample: Sequence[Sequence[str]], zones: Mapping[str, float]) -> int | None:
    """Give the column that tells each row's zone by letters that are known; None without one."""
    for i, name in enumerate(header):
        told = [row[i] for row in sample if i < len(row)] if plain(name) in NAMES else []
        if told and all(text in zones for text in told):
            return i
    return None


def ahead_of_utc(column: pa.ChunkedArray, zones: Mapping[str, float], place: str) -> NDArray[np.timedelta64]:
    """Give how far each row's clock is ahead of UTC, timedelta64[s].

    Raises:
        SourceUnreadableError: where a row names no zone that is known.
    """
    texts = pc.fill_null(pc.utf8_trim_whitespace(column), "")
    for text in texts.unique().to_pylist():
        if text not in zones:
            row = pc.index(texts, text).as_py()
            raise SourceUnreadableError(
                f"{place} names the zone '{text[:40]}' beside the time in row {row + 1}, which stands for none there; "
                f"it is to be one of {', '.join(zones)}."
            )
    coded = texts.dictionary_encode().unify_dictionaries().combine_chunks()
    seconds = [round(zones[text] * 3600) for text in coded.dictionary.to_pylist()]
    return np.array(seconds, "timedelta64[s]")[coded.indices.to_numpy()]
