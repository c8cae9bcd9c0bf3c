"""A station's clock: what its time stamps say, and what people read, where everything inside is in UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator

from jena_models.errors import RequestError, SourceUnreadableError

if TYPE_CHECKING:
    import pandas as pd

Times = NDArray[np.datetime64]

_OFFSET: Final = re.compile(r"(?:UTC|GMT)?\s*([+−-])(\d{1,2})(?::?(\d{2}))?")
_SEASONS_APART: Final = (datetime(2021, 1, 1, tzinfo=UTC), datetime(2021, 7, 1, tzinfo=UTC))
FARTHEST_BEHIND: Final = timedelta(hours=12)
"""No clock is farther behind UTC."""
LATEST: Final = np.datetime64("9999-12-30", "s")
"""A later stamp stands for none, and is brought here: in UTC it may be of a year that calendars lack."""
HOUR: Final = np.timedelta64(1, "h")
DEGREES_A_ZONE: Final = 15.0
LARGEST_OFFSET: Final = timedelta(hours=14)


@dataclass(frozen=True)
class Clock:
    """Where a station's hands point; times without a zone are in UTC inside, and in this clock outside."""

    name: str
    """As the station file has it: `UTC`, `UTC+01:00` or a zone of the IANA such as `Europe/Berlin`."""
    zone: tzinfo

    @property
    def standard_offset(self) -> timedelta:
        """Give how far the clock is ahead of UTC when no daylight saving is on."""
        return min(_offset(self.zone, moment) for moment in _SEASONS_APART)

    @property
    def standard_hours(self) -> float:
        """Give the same in hours."""
        return self.standard_offset / timedelta(hours=1)

    @property
    def is_fixed(self) -> bool:
        """Tell whether the clock is never put forward or back."""
        return isinstance(self.zone, timezone) or self.zone.utcoffset(None) is not None

    def standard_time(self, utc: Times) -> Times:
        """Give times in UTC as the clock would show them without daylight saving, which is what the sun follows."""
        return utc + np.timedelta64(self.standard_offset)

    def from_standard_time(self, times: Times) -> Times:
        """Give the times in UTC of what `standard_time` gave."""
        return times - np.timedelta64(self.standard_offset)

    def shown(self, utc: datetime | np.datetime64) -> datetime:
        """Give a time in UTC as people at the station read it, with its offset."""
        moment: datetime = np.asarray(utc, "datetime64[us]").item()
        return moment.replace(tzinfo=UTC).astimezone(self.zone)

    def utc(self, moment: datetime) -> datetime:
        """Give a time in UTC, without a zone: one that names its zone is converted, another is in this clock.

        Raises:
            RequestError: where the clock showed the time twice, or never.
        """
        if moment.tzinfo is None:
            first, second = (moment.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1))
            if first != second:
                is_skipped = first.astimezone(self.zone).replace(tzinfo=None) != moment
                how = "never" if is_skipped else "twice"
                raise RequestError(
                    f"The clock {self.name} showed {moment:%Y-%m-%d %H:%M} {how}; name the offset from UTC as well, "
                    f"as in {first.astimezone(self.zone).isoformat(timespec='minutes')}."
                )
            moment = first
        return moment.astimezone(UTC).replace(tzinfo=None)

    def column_to_utc(self, stamps: Times) -> Times:
        """Give the times in UTC of a column of stamps in this clock, in the order of the file.

        An hour that the clock shows twice is told apart by the order of the stamps.

        Raises:
            SourceUnreadableError: where the order does not tell, or the clock never showed a stamp; without the
                file's name, which the caller knows.
        """
        stamps = np.minimum(stamps, LATEST)
        if self.is_fixed:
            return stamps - np.timedelta64(_offset(self.zone, _SEASONS_APART[0]))
        known = ~np.isnat(stamps)
        if not known.any():
            return stamps
        import pandas as pd  # late: a training has no use for it, and it takes a second

        distinct, where = np.unique(stamps[known].astype("datetime64[s]"), return_inverse=True)
        local = pd.DatetimeIndex(distinct)
        early, late = (
            local.tz_localize(self.zone, ambiguous=np.full(len(local), first), nonexistent="NaT")
            .tz_convert(None)
            .to_numpy()
            .astype("datetime64[s]")
            for first in (True, False)
        )
        if np.isnat(early).any():
            self._refuse_skipped(distinct[np.isnat(early)][0])
        resolved = early[where]
        twice = (early != late)[where]
        if twice.any():
            resolved = self._told_apart(stamps[known].astype("datetime64[s]"), resolved, late[where], twice)
        utc = np.full(len(stamps), np.datetime64("NaT", "s"), dtype="datetime64[s]")
        utc[known] = resolved
        return utc

    def _told_apart(self, local: Times, early: Times, late: Times, twice: NDArray[np.bool_]) -> Times:
        """Go through each stretch of stamps that the clock showed twice: after a step back the second hour runs."""
        resolved = early.copy()
        descending = bool(local[-1] < local[0])
        order = np.arange(len(local))[::-1] if descending else np.arange(len(local))
        ambiguous, usual = np.flatnonzero(twice[order]), _usual_step(early[~twice])
        for stretch in np.split(ambiguous, np.flatnonzero(np.diff(ambiguous) > 1) + 1):
            rows = order[stretch]
            steps = np.diff(local[rows])
            back = np.flatnonzero(steps < np.timedelta64(0, "s"))
            if not len(back):  # of a row an hour; of several series in turn each time is there as often as they are
                back = np.flatnonzero(steps == np.timedelta64(0, "s"))
            if len(back) == 1:
                resolved[rows[back[0] + 1 :]] = late[rows[back[0] + 1 :]]
                continue
            is_late = None if len(back) else _is_second_hour(early[order], late[order], stretch, usual)
            if is_late is None:
                self._refuse_repeated(local[rows[0]], len(back))
            elif is_late:
                resolved[rows] = late[rows]
        return resolved

    def _refuse_repeated(self, stamp: np.datetime64, steps_back: int) -> None:
        seen = "only once" if steps_back == 0 else "out of order"
        raise SourceUnreadableError(
            f"the clock {self.name} shows the hour of {_text(stamp)} twice, and the file has it "
            f"{seen}, so that its time is not certain; if the file keeps standard time all the year, write "
            f"'clock: {offset_name(self.standard_offset)}' into the station file, else give stamps with their offset, "
            "or leave the rows of that hour out"
        )

    def _refuse_skipped(self, stamp: np.datetime64) -> None:
        raise SourceUnreadableError(
            f"the clock {self.name} never shows {_text(stamp)}, which the file has; if it keeps "
            f"standard time all the year, write 'clock: {offset_name(self.standard_offset)}' into the station file"
        )


def _is_second_hour(early: Times, late: Times, stretch: NDArray[np.intp], usual: np.timedelta64 | None) -> bool | None:
    """Tell whether rows of an hour that is shown twice, and that a file has once, are of the second; None: unknown.

    Args:
        early: the times of a file in their order, were each hour that is shown twice the first.
        late: the same, were it the second.
        stretch: the rows.
        usual: how far apart the file's times usually are.
    """
    begins, ends = stretch[0] == 0, stretch[-1] == len(early) - 1
    if usual is None or usual <= HOUR:  # the file comes out of the second hour, or goes into the first
        return bool(begins) if begins != ends else None
    beside = ([] if begins else [early[stretch[0] - 1]]) + ([] if ends else [early[stretch[-1] + 1]])
    fits = [any(abs(times[stretch[0]] - near) == usual for near in beside) for times in (early, late)]
    return fits[1] if len(stretch) == 1 and fits[0] != fits[1] else None


def _usual_step(times: Times) -> np.timedelta64 | None:
    """Give how far apart different times usually are; None where there are fewer than two."""
    steps = np.diff(np.unique(times))
    return np.timedelta64(np.sort(steps)[len(steps) // 2]) if len(steps) else None


@cache
def clock_named(name: str) -> Clock:
    """Give the clock of a name such as `UTC`, `UTC+05:30` or `America/Chicago`.

    Raises:
        ValueError: where there is no such clock.
    """
    text = name.strip()
    if text.upper() in {"UTC", "GMT", "Z"}:
        return Clock(text, UTC)
    if found := _OFFSET.fullmatch(text):
        ahead = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        if ahead > LARGEST_OFFSET:
            raise ValueError(f"no clock is {found[2]} hours from UTC")
        return Clock(text, timezone(ahead if found[1] == "+" else -ahead))
    try:
        return Clock(text, ZoneInfo(text))
    except (KeyError, ValueError, OSError):
        raise ValueError(
            f"there is no clock '{name}': write an offset such as UTC+01:00 or a zone such as Europe/Berlin"
        ) from None


def _known(name: str) -> str:
    clock_named(name)
    return name


ClockName = Annotated[str, AfterValidator(_known)]
"""A setting that names a clock; another text is refused."""


def latest_utc(said: str) -> datetime:
    """Give an ISO time in UTC, without a zone; one that names none is taken for the latest that it can be anywhere.

    Versions of before times were in UTC said in no clock until when they had been trained.
    """
    moment = datetime.fromisoformat(said)
    if moment.tzinfo is None:
        return moment + FARTHEST_BEHIND
    return moment.astimezone(UTC).replace(tzinfo=None)


def offset_name(offset: timedelta) -> str:
    """Give the name of the clock that is so far ahead of UTC, such as `UTC-05:00`."""
    minutes = round(offset.total_seconds() / 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def seconds_of(times: Times | pd.Index) -> NDArray[np.int64]:
    """Give times as whole seconds since 1970."""
    return np.asarray(times).astype("datetime64[s]").astype(np.int64)


def oldest_hours(hours: float, step_minutes: float) -> float:
    """Give how old the newest reading may be, of what hourly ones may be: by what a step is longer than an hour.

    A mean of a day is a day old before the next one can be.
    """
    return hours + max(0.0, step_minutes / 60 - 1)


def zone_hours(longitude: float) -> float:
    """Give how far the zone of a longitude is ahead of UTC, where borders do not bend it.

    What the clock of a station was taken to be before stations named theirs; models of then are kept with it.
    """
    return float(round(longitude / DEGREES_A_ZONE))


def _text(stamp: np.datetime64) -> str:
    return str(stamp.astype("datetime64[m]")).replace("T", " ")


def _offset(zone: tzinfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
