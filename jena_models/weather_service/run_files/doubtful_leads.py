"""Leads whose unit nothing says, which can hardly be hours and would be read wrong; and leads before the issue time."""

from __future__ import annotations

import logging
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
DAY_SECONDS: Final = 86_400
HOUR_SECONDS: Final = 3600

Times = NDArray[np.datetime64]
Seconds = NDArray[np.int64]

logger = logging.getLogger("jena")


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


def rows_ahead(issued: Seconds, valid: Seconds, source: ForecastSource) -> NDArray[np.bool_]:
    """Give which rows are for times that had not passed when they were issued.

    Downloads begin with the hours of their day that are over by then, or with the step that is under way. Such are
    known by beginning at one time of the day however late they came, or less than an hour before; a clock that is
    mistaken would put rows of all runs as far back, by an hour or more; other files leave them out if they are told to.

    Args:
        issued: of each row, in seconds since 1970.
        valid: likewise.
        source: for a sentence.

    Raises:
        SourceUnreadableError: where rows lie before their issue time otherwise.
    """
    ahead = valid >= issued
    if ahead.all():
        return ahead
    runs, run = np.unique(issued[np.isin(issued, issued[~ahead])], return_inverse=True)
    begins = np.full(len(runs), np.iinfo(np.int64).max)
    np.minimum.at(begins, run, valid[np.isin(issued, runs)])
    of_day = (begins - begins[0] + DAY_SECONDS // 2) % DAY_SECONDS
    under_way = np.max(runs - begins) < HOUR_SECONDS
    begin_alike = np.ptp(of_day) <= HOUR_SECONDS  # by a clock that may be put forward
    came_later = np.ptp(runs - begins) > HOUR_SECONDS
    are_known = (under_way or (begin_alike and came_later)) and np.isin(runs, issued[ahead]).all()
    if not (are_known or (source.leave_past_rows and ahead.any())):
        row = int(np.flatnonzero(~ahead)[0])
        raise SourceUnreadableError(
            f"The forecast source '{source.name}' has a row that is issued after what it is for: "
            f"{np.datetime64(int(issued[row]), 's')} for {np.datetime64(int(valid[row]), 's')}; mend or remove it, "
            "or write 'leave_past_rows: true' into its entry where files begin with hours that were over by then."
        )
    logger.warning(
        "%s: %s of %s rows are of times before their run was issued, as of downloads that begin with the day or the "
        "hour, and are left out",
        *(source.name, f"{int((~ahead).sum()):,}", f"{len(ahead):,}"),
    )
    return ahead
