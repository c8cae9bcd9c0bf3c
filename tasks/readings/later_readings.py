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
    preparation, starts = prepared.preparation, prepared.starts(split)
    end = int(starts.max(initial=0)) + prepared.target_offset_rows + 1
    cadence_minutes = preparation.cadence_minutes or preparation.sampling_minutes
    later = LaterTargets(prepared.rows("target"), cadence_minutes, {split: end})
    last_rows = starts[positions] + prepared.last_step_row
    column = preparation.columns.index(preparation.target)
    now = prepared.rows("features")[last_rows, column].astype(np.float64)
    issued = station.local.standard_time(prepared.rows("time")[last_rows])
    ahead = np.rint(60 * np.asarray(leads_minutes)).astype("timedelta64[s]")
    return Truth(
        measured=later.after(split, last_rows[:, None], np.asarray(leads_minutes)[None, :]),
        last=now * preparation.standard_deviation[column] + preparation.mean[column],
        valid_times=issued[:, None] + ahead[None, :],
    )
