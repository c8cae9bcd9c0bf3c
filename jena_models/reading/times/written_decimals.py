"""Parts of days and hours that are written with few decimals: the times that they were rounded from."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

STEPS: Final = (1, 10, 60, 300)
"""Seconds: one of these divides the steps of a station, and is told by decimals that are finer."""


def rounded_seconds(counts: NDArray[np.float64], texts: Any, unit_seconds: int) -> NDArray[np.float64]:
    """Give counts of days or hours in seconds, rounded to the finest of `STEPS` that their decimals tell.

    Args:
        counts: numbers, which may be NaN.
        texts: an array of strings: as they are written.
        unit_seconds: a day's, or an hour's.
    """
    written = pc.struct_field(pc.extract_regex(texts, r"[.,](?P<decimals>\d*)\s*$"), "decimals")
    decimals = pc.max(pc.utf8_length(written)).as_py() or 0
    step = next((each for each in STEPS if each * 10**decimals > unit_seconds), 1)
    return np.asarray(np.rint(counts * unit_seconds / step) * step)
