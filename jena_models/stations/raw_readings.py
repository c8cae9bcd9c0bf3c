"""What a source holds, before anything is mended."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class RawReadings:
    """What a source holds, not yet cleaned."""

    table: pd.DataFrame
    """float64 columns under canonical names, in canonical order; index `time` in UTC, as in the source."""
    ignored: tuple[str, ...]
    """Columns of the source that the station schema does not know."""
    name: str
    """How a sentence names the source: its path, or its address."""
    notes: tuple[str, ...] = ()
    """What was done to read it: columns that were converted, and those that were left as they say the same."""
