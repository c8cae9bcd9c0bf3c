"""What stations have measured since their last forecast, from sources that are files of this machine."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd

from jena_models.errors import JenaError, SourceUnreadableError, in_one_line
from jena_models.reading.newest_rows import MOST_WHOLE_BYTES, newest_file, newest_rows
from jena_models.stations.cleaned.even_steps import on_steps_asked_for
from tasks.page.shown_station import ShownStation

SECONDS_A_LOOK: Final = 0.25
"""The longest that is read in one go; what is left is read at the next look."""
REST: Final = 3.0
"""After a look that took so long, so many times as long passes before the next, so that answers do not wait."""
YIELD_SECONDS: Final = 0.005
"""Between two files, in which requests are answered."""

logger = logging.getLogger("jena")


class Newer(NamedTuple):
    """The newest values of a station's file."""

    written: tuple[str, int, int]
    """Which file, when it was changed, and how long it is."""
    values: pd.Series
    """The target by time in UTC, without a zone, in order; empty where the file cannot be read."""


class NewerReadings:
    """Reads the ends of stations' files, each where it has changed, a little at a time."""

    def __init__(self, every_seconds: float) -> None:
        self._every_seconds = every_seconds
        self._known: dict[str, Newer] = {}
        self._asked: dict[tuple[str, str], float] = {}
        self._rests_until = 0.0

    def of(self, name: str) -> Newer | None:
        """Give what is known of a station's file."""
        return self._known.get(name)

    def look(self, stations: Sequence[ShownStation]) -> None:
        """Read the files that have changed, those that have waited longest first, for as long as a look may take."""
        began = time.monotonic()
        if began < self._rests_until:
            return
        before = began - self._every_seconds
        waited = {each.name: self._asked.get((each.name, each.settings.source), before) for each in stations}
        due = [each for each in stations if waited[each.name] <= before]
        for each in sorted(due, key=lambda station: waited[station.name]):
            self._asked[each.name, each.settings.source] = time.monotonic()
            if self._read(each):
                time.sleep(YIELD_SECONDS)
            passed = time.monotonic() - began
            if passed > SECONDS_A_LOOK:
                self._rests_until = time.monotonic() + REST * passed
                return

    def _read(self, shown: ShownStation) -> bool:
        """Read the end of a station's file where it has changed; gives whether it had to."""
        source = shown.table or shown.settings.source
        if "://" in source or source in ("auto", "simulated"):
            return False
        try:
            file = newest_file(Path(source).expanduser())
            status = file.stat()
        except (OSError, JenaError) as error:
            logger.debug("The readings of %s cannot be looked at: %s", shown.name, error)
            return False
        written, known = (str(file), status.st_mtime_ns, status.st_size), self._known.get(shown.name)
        if known is not None and known.written == written:
            return False
        self._known[shown.name] = Newer(written, _values(file, shown))
        return True


def _values(file: Path, shown: ShownStation) -> pd.Series:
    station = shown.station.alone
    column = station.column(station.target)
    try:
        # A table that all stations have rows in would be read whole for each of them.
        raw = newest_rows(file, station, most_whole=0 if shown.table else MOST_WHOLE_BYTES)
    except Exception as error:  # whatever a file holds, the page goes on; forecasts and `jena fleet status` say what
        logger.info("The newest rows of %s cannot be read for the page: %s", file, in_one_line(error))
        raw = None
    if raw is None or column.name not in raw.table:
        return pd.Series(dtype=float, index=pd.DatetimeIndex([]))
    values = raw.table[column.name]
    values = values[values.between(column.minimum, column.maximum)].sort_index(kind="stable")
    values = values[~values.index.duplicated(keep="last")]
    if station.resample_minutes and len(values):
        try:  # of the first step that the end of a file holds a part may be missing
            values = on_steps_asked_for(values.to_frame(), station)[column.name].iloc[1:]
        except SourceUnreadableError:  # none is over
            values = values.iloc[:0]
    return values
