"""From the table of forecasts and the readings to what the page shows: the next days, the last week, its scores."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import pandas as pd

from jena_models.page.station_facts import Compared, Measured, Said, Scores

WEEK: Final = timedelta(days=7)
AHEAD: Final = timedelta(days=2)
"""How far the page looks ahead."""
KEPT: Final = timedelta(days=9)
"""How much of the past is needed: a week, and the day or two before it in which its forecasts were made."""

_SAME_LEAD_HOURS: Final = 1 / 120
"""Half a minute: leads are told apart by more."""


class Recent(NamedTuple):
    """The last days of a station."""

    reading_time: datetime | None
    newest: Measured | None
    latest: Said | None
    upcoming: tuple[Said, ...]
    measured: tuple[Measured, ...]
    measured_from: Literal["readings", "forecasts"]
    compared: tuple[Compared, ...]
    scores: Scores | None


NOTHING: Final = Recent(None, None, None, (), (), "forecasts", (), None)
"""Of a station without a forecast."""


def recent(forecasts: pd.DataFrame, readings: pd.Series | None, horizon_hours: float, cadence_minutes: float) -> Recent:
    """Give what the last days hold.

    Nothing of it depends on the time of day: it changes when a forecast is added.

    Args:
        forecasts: rows of the table of forecasts, those of the last `KEPT` at least; times in UTC, without a zone.
        readings: the target by time in UTC, without a zone, of which the newest forecast was made; None where they
            are gone, and each forecast's own "now" stands in for them.
        horizon_hours: of the forecasts that are scored.
        cadence_minutes: a forecast is compared with a reading at most half as far from its time.
    """
    if forecasts.empty:
        return NOTHING
    # Of one issue time and lead, what the newest version said.
    rows = forecasts.sort_values(["issue_time", "horizon_hours", "version"]).drop_duplicates(
        ["issue_time", "horizon_hours"], keep="last"
    )
    issued = rows["issue_time"].iloc[-1]
    target = _from_forecasts(rows) if readings is None else readings.dropna().sort_index()
    target = target.loc[issued - KEPT : issued]
    counting = rows[(rows["horizon_hours"] - horizon_hours).abs() < _SAME_LEAD_HOURS]
    ahead = rows[(rows["valid_time"] > issued) & (rows["valid_time"] <= issued + AHEAD)]
    ahead = ahead.drop_duplicates("valid_time", keep="last").sort_values("valid_time")
    compared = _compared(counting, target, issued, cadence_minutes)
    newest = Measured(time=_utc(target.index[-1]), value=float(target.iloc[-1])) if len(target) else None
    return Recent(
        reading_time=_utc(issued),
        newest=newest,
        latest=_said(counting if len(counting) else rows)[-1],
        upcoming=_said(ahead),
        measured=tuple(
            Measured(time=_utc(time), value=float(value))
            for time, value in zip(pd.DatetimeIndex(target.index), target.to_numpy(), strict=True)
        ),
        measured_from="forecasts" if readings is None else "readings",
        compared=compared,
        scores=scores_of(compared),
    )


def scores_of(compared: Sequence[Compared]) -> Scores | None:
    """Give how a week's forecasts did; None where there are none."""
    if not compared:
        return None
    errors = np.array([each.said.forecast - each.measured for each in compared])
    held = [
        each.said.lower <= each.measured <= each.said.upper
        for each in compared
        if each.said.lower is not None and each.said.upper is not None
    ]
    same = [abs(each.said.persistence - each.measured) for each in compared if each.said.persistence is not None]
    mae = float(np.abs(errors).mean())
    persistence = float(np.mean(same)) if len(same) == len(compared) else None
    return Scores(
        days=WEEK.days,
        forecasts=len(compared),
        mae=mae,
        persistence_mae=persistence,
        skill=1 - mae / persistence if persistence else None,
        coverage=float(np.mean(held)) if held else None,
        lead_hours=compared[-1].said.lead_hours,
    )


def rows_said(rows: pd.DataFrame) -> tuple[Said, ...]:
    """Give rows of the table of forecasts, in their order."""
    return _said(rows)


def _from_forecasts(rows: pd.DataFrame) -> pd.Series:
    now = rows.drop_duplicates("issue_time", keep="last").set_index("issue_time")["persistence"]
    return now.dropna()


def _compared(
    counting: pd.DataFrame, target: pd.Series, issued: pd.Timestamp, cadence_minutes: float
) -> tuple[Compared, ...]:
    due = counting[(counting["valid_time"] > issued - WEEK) & (counting["valid_time"] <= issued)]
    if due.empty or target.empty:
        return ()
    target = target[~target.index.duplicated(keep="last")]
    within = pd.Timedelta(minutes=cadence_minutes / 2)
    places = target.index.get_indexer(pd.DatetimeIndex(due["valid_time"]), method="nearest", tolerance=within)
    came, said = places >= 0, _said(due)
    values = target.to_numpy()
    return tuple(
        Compared(said=each, measured=float(values[place]))
        for each, place, has_come in zip(said, places, came, strict=True)
        if has_come
    )


def _said(rows: pd.DataFrame) -> tuple[Said, ...]:
    columns: list[list[Any]] = [
        [_utc(time) for time in rows["issue_time"]],
        [_utc(time) for time in rows["valid_time"]],
        rows["horizon_hours"].tolist(),
        rows["forecast"].tolist(),
        *([_or_none(value) for value in rows[name].tolist()] for name in ("lower", "upper", "persistence")),
        rows["version"].tolist(),
        rows["rung"].tolist(),
        rows["missing"].tolist(),
    ]
    names = ("issue_time", "valid_time", "lead_hours", "forecast", "lower", "upper", "persistence", "version", "rung")
    # Not validated: thousands of them are made, of columns whose types the table has seen to.
    return tuple(
        Said.model_construct(**dict(zip((*names, "missing"), values, strict=True)))
        for values in zip(*columns, strict=True)
    )


def _utc(time: pd.Timestamp) -> datetime:
    return time.to_pydatetime(warn=False).replace(tzinfo=UTC)


def _or_none(value: float) -> float | None:
    return None if value != value else float(value)  # noqa: PLR0124  (NaN)
