"""Leads whose unit nothing says, and which can hardly be hours: minutes, seconds or days that would be read wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.stations.forecast_sources import ForecastSource

FARTHEST_HOURS: Final = 360
"""Fifteen days: a lone lead that is larger, and a multiple of 60, is of minutes."""
FARTHEST_NOWCAST_HOURS: Final = 48
"""Nobody makes runs several times an hour that look farther ahead."""
FARTHEST_DAYS: Final = 16
LISTED: Final = 4

Times = NDArray[np.datetime64]


def refuse_doubtful_unit(
    leads: Iterable[float], issued: Times, step_minutes: float, name: str, source: ForecastSource
) -> None:
    """Refuse leads that nothing says the unit of where, as hours, no service makes such.

    Steps of hours are 1, 3, 6, 12 or 24, and seldom another divisor of a day; those of minutes are 5, 10, 15, 30, 60 or
    a multiple of 60.

    Args:
        leads: as they stand in the file, more than once or not, in any order.
        issued: when runs were issued, likewise.
        step_minutes: from one reading of the station to the next.
        name: of the column, or the pattern of a wide table's.
        source: of the forecasts.

    Raises:
        SourceUnreadableError: the sentence names the setting that says what they are counted in.
    """
    known = np.unique([lead for lead in leads if np.isfinite(lead) and lead > 0])
    if not len(known):
        return
    runs = np.unique(issued)
    if why := _why_no_hours(known, runs, step_minutes):
        told = ", ".join(f"{lead:g}" for lead in known[:LISTED]) + (" …" if len(known) > LISTED else "")
        raise SourceUnreadableError(
            f"Nothing says what the leads in '{name}' of the forecast source '{source.name}' ({told}) are counted in, "
            f"and {why}; write 'lead_unit: minutes' (hours, days or seconds) beside it in the station file."
        )


def _why_no_hours(leads: NDArray[np.float64], runs: Times, step_minutes: float) -> str:
    """Give why leads, ascending and positive, can hardly be hours; empty where they can."""
    if (leads % 1).any():
        return ""
    common = int(np.gcd.reduce(leads.astype(np.int64)))
    is_lone = len(leads) == 1
    if common % 60 == 0 and (not is_lone or common > FARTHEST_HOURS):
        return f"as hours they would be {common} apart, as minutes a whole hour or hours"
    if common % 5 == 0 and common % 24 and not is_lone:
        return f"as hours they would be {common} apart, as only minutes are"
    apart = np.median(np.diff(runs).astype("timedelta64[s]").astype(np.int64)) if len(runs) > 1 else np.inf
    if apart < 3600 and leads[-1] > FARTHEST_NOWCAST_HOURS:  # noqa: PLR2004
        return f"runs {apart / 60:g} minutes apart that look {leads[-1]:g} hours ahead are made nowhere"
    if step_minutes >= 24 * 60 and leads[-1] <= FARTHEST_DAYS and not is_lone:
        return "readings of days are compared with none of such hours"
    return ""
