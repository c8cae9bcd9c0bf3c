"""What came after some windows at each lead of a curve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from jena_models.curves.past_curves import Truth
from jena_models.stations import StationSchema
from jena_models.windows.later_targets import LaterTargets
from tasks.workspace import Prepared


def later_readings(
    prepared: Prepared,
    station: StationSchema,
    split: str,
    positions: NDArray[np.integer],
    leads_minutes: Sequence[float],
) -> Truth:
    """Give what was measured at each lead of some windows, as far as it lies within their split.

    Args:
        prepared: the windows.
        station: tells the clock.
        split: to which they belong.
        positions: the number of each window in its split.
        leads_minutes: from a window's last step on.
    """
    folder, preparation = prepared.folder, prepared.preparation
    starts = np.load(folder / f"{split}_starts.npy")
    offset = (preparation.steps - 1) * prepared.stride_rows
    end = int(starts.max(initial=0)) + prepared.target_offset_rows + 1
    cadence_minutes = preparation.cadence_minutes or preparation.sampling_minutes
    later = LaterTargets(np.load(folder / "target.npy", mmap_mode="r"), cadence_minutes, {split: end})
    last_rows = starts[positions] + offset
    column = preparation.columns.index(preparation.target)
    now = np.load(folder / "features.npy", mmap_mode="r")[last_rows, column].astype(np.float64)
    issued = station.local.standard_time(np.load(folder / "time.npy", mmap_mode="r")[last_rows])
    ahead = np.rint(60 * np.asarray(leads_minutes)).astype("timedelta64[s]")
    return Truth(
        measured=later.after(split, last_rows[:, None], np.asarray(leads_minutes)[None, :]),
        last=now * preparation.standard_deviation[column] + preparation.mean[column],
        valid_times=issued[:, None] + ahead[None, :],
    )
