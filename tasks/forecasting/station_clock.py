"""The moment that a forecast is made at."""

from __future__ import annotations

from datetime import UTC, datetime, time

from jena_models.errors import RequestError
from jena_models.stations import Clock


def moment(at: str | None, clock: Clock, now: datetime | None = None) -> datetime:
    """Give a time that was named, or now, in UTC and without a zone, as all times are inside.

    Args:
        at: ISO time in the station's clock, or with a zone of its own; now where it is None.
        clock: of the station.
        now: with a zone; that of this machine where it is None.

    Raises:
        RequestError: where the time cannot be read, or the clock showed it twice or never.
    """
    if at is None:
        return (now or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None, microsecond=0)
    named = read_time(at)
    try:
        return clock.utc(named).replace(microsecond=0)
    except OverflowError:
        raise _unreadable(at) from None


def begun_day(at: str | None, clock: Clock, now: datetime | None = None) -> datetime:
    """Give the midnight that begins the day of a time that was named, or of now, as `midnight` does.

    A date that is named in the station's clock is that day, though daylight saving puts its first hour into the day
    before.

    Args:
        at: as for `moment`.
        clock: of the station.
        now: with a zone; that of this machine where it is None.

    Raises:
        RequestError: where the time cannot be read, and where that day has not begun yet.
    """
    today = midnight(moment(None, clock, now), clock)
    named = read_time(at) if at is not None else None
    if named is not None and named.tzinfo is None:
        begun = datetime.combine(named.date(), time())
    else:
        begun = midnight(moment(at, clock, now), clock)
    if begun > today:
        raise RequestError(f"The day of '{at}' has not begun yet; name one up to {today:%Y-%m-%d}.")
    return begun


def midnight(then: datetime, clock: Clock) -> datetime:
    """Give the midnight that begins the day of a moment, by the station's clock without daylight saving.

    Args:
        then: in UTC, without a zone.
        clock: of the station.
    """
    return datetime.combine((then + clock.standard_offset).date(), time())


def read_time(at: str) -> datetime:
    """Give a time that was named, with a zone where it names one.

    Raises:
        RequestError: where it cannot be read.
    """
    try:
        return datetime.fromisoformat(at.strip())
    except ValueError:
        raise _unreadable(at) from None


def _unreadable(at: str) -> RequestError:
    return RequestError(
        f"The time '{at}' cannot be read; write it like 2016-12-31T23:10, in the station's clock or with an offset."
    )
