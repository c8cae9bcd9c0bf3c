"""What a source holds, before anything is mended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.stations.schema import StationSchema


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

    def times_with_values(self, station: StationSchema) -> NDArray[np.datetime64]:
        """Give the times, in UTC, of the rows that hold a value of the station, datetime64[s] in the source's order."""
        held = np.zeros(len(self.table), dtype=bool)
        for name in filter(self.table.columns.__contains__, station.names):
            values = self.table[name].to_numpy()
            held |= np.isfinite(values) & ~np.isin(values, station.sentinels_of(name))
        times: NDArray[np.datetime64] = self.table.index.to_numpy().astype("datetime64[s]")[held]
        return times

    def newest(self, station: StationSchema, until: datetime) -> datetime | None:
        """Give the time of the newest row up to a moment, in UTC, that holds a value; None where there is none."""
        times = self.times_with_values(station)
        before = times[times <= np.datetime64(until, "s")]
        newest: datetime | None = before.max().astype(datetime) if len(before) else None
        return newest
