"""From the table of forecasts and the readings to what the page shows: the next days, the last week, its scores."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.page.station_facts import ComparedColumns, Measured, MeasuredColumns, Said, StationRecord, WeekScores

WEEK: Final = timedelta(days=7)
AHEAD: Final = timedelta(days=2)
"""How far the page looks ahead."""
KEPT: Final = timedelta(days=9)
"""How much of the past is kept at least: a week, and the day or two before it in which its forecasts were made."""

_SAME_LEAD_HOURS: Final = 1 / 120
"""Half a minute: leads are told apart by more."""


class Recent(NamedTuple):
    """The last days of a station."""

    reading_time: datetime | None
    newest: Measured | None
    latest: Said | None
    upcoming: tuple[Said, ...]
    measured: MeasuredColumns
    measured_from: Literal["readings", "forecasts"]
    compared: ComparedColumns
    scores: WeekScores | None


def recent(
    forecasts: pd.DataFrame,
    readings: pd.Series | None,
    horizon_hours: float,
    cadence_minutes: float,
    *,
    champion: int | None = None,
    target: str = "",
) -> Recent:
    """Give what the last days hold.

    Nothing of it depends on the time of day: it changes when a forecast is added.

    Args:
        forecasts: rows of the table of forecasts, as far back as `kept_of` says at least; times in UTC, without a zone.
        readings: the target by time in UTC, without a zone, of which the newest forecast was made; None where they
            are gone, and each forecast's own "now" stands in for them.
        horizon_hours: of the forecasts that are scored.
        cadence_minutes: a forecast is compared with a reading at most half as far from its time.
        champion: the version that is the champion now; None where there is none.
        target: the column's name; the "now" of a forecast that lacked it is of an earlier time, and no reading.
    """
    if forecasts.empty:
        return NOTHING
    # Of one issue time and lead, what the champion said, else the newest version: after a rollback that is the one
    # which is not to be listened to any more.
    preferred = forecasts.assign(is_champion=forecasts["version"] == champion)
    rows = preferred.sort_values(["issue_time", "horizon_hours", "is_champion", "version"]).drop_duplicates(
        ["issue_time", "horizon_hours"], keep="last"
    )
    issue = rows["issue_time"].to_numpy().astype("datetime64[s]")
    valid = rows["valid_time"].to_numpy().astype("datetime64[s]")
    issued = issue[-1]
    measured = _measured(rows, issue, readings, issued, target)
    counts = np.abs(rows["horizon_hours"].to_numpy() - horizon_hours) < _SAME_LEAD_HOURS
    farthest = issued + np.timedelta64(max(AHEAD, timedelta(hours=horizon_hours)))
    ahead = np.flatnonzero((valid > issued) & (valid <= farthest))
    # Of each time, what was said last: of equal valid times the later issue stands below.
    times, last = np.unique(valid[ahead][::-1], return_index=True)
    upcoming = _columns(rows.iloc[ahead[::-1][last]], np.full(len(times), np.nan))
    compared = _compared(rows[counts], valid[counts], measured, issued, cadence_minutes)
    latest = _columns((rows[counts] if counts.any() else rows).iloc[-1:], np.full(1, np.nan))
    return Recent(
        reading_time=_utc(issued),
        newest=measured.newest,
        latest=next(latest.said()),
        upcoming=tuple(upcoming.said()),
        measured=measured,
        measured_from="forecasts" if readings is None else "readings",
        compared=compared,
        scores=scores_of(compared),
    )


def kept_of(horizon_hours: float) -> timedelta:
    """Give how far back forecasts are needed: those of the last week were made as long before it as they look ahead."""
    return max(KEPT, WEEK + timedelta(hours=horizon_hours))


def with_newer(record: StationRecord, values: pd.Series, now: datetime) -> StationRecord:
    """Give a record with what has been measured since the newest reading that it knows of.

    Args:
        record: as its forecasts' readings have it.
        values: of the target by time in UTC, without a zone, in order, no time twice.
        now: with a zone; what is of later times is not looked at.
    """
    measured = record.measured
    times = values.index.to_numpy().astype("datetime64[s]")
    last = np.datetime64(now.astimezone(UTC).replace(tzinfo=None), "s")
    known = measured.time[-1] if len(measured.time) else last - np.timedelta64(KEPT)
    newer = (times > known) & (times <= last)
    if not newer.any():
        return record
    columns = MeasuredColumns(
        np.concatenate([measured.time.astype("datetime64[s]"), times[newer]]),
        np.concatenate([measured.value, values.to_numpy(dtype=np.float64)[newer]]),
    )
    return replace(record, facts=record.facts.model_copy(update={"newest": columns.newest}), measured=columns)


def scores_of(compared: ComparedColumns) -> WeekScores | None:
    """Give how a week's forecasts did; None where there are none."""
    if not len(compared):
        return None
    came = compared.measured
    mae = float(np.abs(compared.forecast - came).mean())
    banded = np.isfinite(compared.lower) & np.isfinite(compared.upper)
    held = ((compared.lower <= came) & (came <= compared.upper))[banded]
    same = np.abs(compared.persistence - came)
    persistence = float(same.mean()) if np.isfinite(same).all() else None
    return WeekScores(
        days=WEEK.days,
        forecasts=len(compared),
        mae=mae,
        persistence_mae=persistence,
        skill=1 - mae / persistence if persistence else None,
        coverage=float(held.mean()) if len(held) else None,
        lead_hours=float(compared.lead_hours[-1]),
    )


def rows_said(rows: pd.DataFrame) -> tuple[Said, ...]:
    """Give rows of the table of forecasts, in their order."""
    return tuple(_columns(rows, np.full(len(rows), np.nan)).said())


def _measured(
    rows: pd.DataFrame,
    issue: NDArray[np.datetime64],
    readings: pd.Series | None,
    issued: np.datetime64,
    target: str,
) -> MeasuredColumns:
    if readings is None:
        lacked = np.array([bool(target) and target in missing.split(", ") for missing in rows["missing"]], dtype=bool)
        times, values = issue, np.where(lacked, np.nan, rows["persistence"].to_numpy(dtype=np.float64))
    else:
        times = readings.index.to_numpy().astype("datetime64[s]")
        values = readings.to_numpy(dtype=np.float64)
    known = np.isfinite(values) & (times <= issued) & (times >= issued - np.timedelta64(KEPT))
    times, values = times[known], values[known]
    order = np.argsort(times, kind="stable")
    times, values = times[order], values[order]
    last = np.append(times[1:] != times[:-1], True)[: len(times)]
    return MeasuredColumns(times[last], values[last])


def _compared(
    counting: pd.DataFrame,
    valid: NDArray[np.datetime64],
    measured: MeasuredColumns,
    issued: np.datetime64,
    cadence_minutes: float,
) -> ComparedColumns:
    if not len(measured.time):
        return _columns(counting.iloc[:0], np.zeros(0))
    due = (valid > issued - np.timedelta64(WEEK)) & (valid <= issued)
    valid = valid[due]
    after = np.searchsorted(measured.time, valid).clip(max=len(measured.time) - 1)
    before = (after - 1).clip(0)
    nearer = valid - measured.time[before] < np.abs(measured.time[after] - valid)
    place = np.where(nearer, before, after)
    came = np.abs(measured.time[place] - valid) <= np.timedelta64(round(cadence_minutes * 30), "s")
    return _columns(counting[due][came], measured.value[place[came]])


def _columns(rows: pd.DataFrame, measured: NDArray[np.float64]) -> ComparedColumns:
    times = {name: rows[name].to_numpy().astype("datetime64[s]") for name in ("issue_time", "valid_time")}
    numbers = {name: rows[name].to_numpy(dtype=np.float64) for name in ("forecast", "lower", "upper", "persistence")}
    return ComparedColumns(
        **times,
        **numbers,
        lead_hours=rows["horizon_hours"].to_numpy(dtype=np.float64),
        version=rows["version"].to_numpy(dtype=np.int64),
        rung=tuple(map(sys.intern, rows["rung"].tolist())),
        missing=tuple(map(sys.intern, rows["missing"].tolist())),
        measured=measured,
    )


def _utc(time: np.datetime64) -> datetime:
    moment: datetime = time.astype("datetime64[s]").item()
    return moment.replace(tzinfo=UTC)


_NO_TIMES: Final = np.zeros(0, dtype="datetime64[s]")
_NO_NUMBERS: Final = np.zeros(0)
_NONE_COMPARED: Final = ComparedColumns(
    *(_NO_TIMES, _NO_TIMES, _NO_NUMBERS, _NO_NUMBERS, _NO_NUMBERS, _NO_NUMBERS, _NO_NUMBERS),
    version=np.zeros(0, dtype=np.int64),
    rung=(),
    missing=(),
    measured=_NO_NUMBERS,
)
NOTHING: Final = Recent(
    reading_time=None,
    newest=None,
    latest=None,
    upcoming=(),
    measured=MeasuredColumns(_NO_TIMES, _NO_NUMBERS),
    measured_from="readings",
    compared=_NONE_COMPARED,
    scores=None,
)
"""Of a station without a forecast."""
