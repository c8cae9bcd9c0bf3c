"""The moment that a forecast is made at, in the station's own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from jena_models.errors import RequestError


def moment(at: str | None, utc_offset_hours: float, now: datetime | None = None) -> datetime:
    """Give a time that was named, or now, without a zone: readings are stamped with the station's clock.

    Args:
        at: ISO time in the station's clock, or with a zone of its own; now where it is None.
        utc_offset_hours: how far the station's clock is ahead of UTC.
        now: with a zone; that of this machine where it is None.

    Raises:
        RequestError: where the time cannot be read.
    """
    if at is None:
        return _in_station_clock(now or datetime.now(UTC), utc_offset_hours)
    try:
        named = datetime.fromisoformat(at.strip())
        return named if named.tzinfo is None else _in_station_clock(named, utc_offset_hours)
    except (ValueError, OverflowError):
        raise RequestError(f"The time '{at}' cannot be read; write it like 2016-12-31T23:10.") from None


def _in_station_clock(time: datetime, utc_offset_hours: float) -> datetime:
    there = time.astimezone(UTC) + timedelta(hours=utc_offset_hours)
    return there.replace(tzinfo=None, microsecond=0)
