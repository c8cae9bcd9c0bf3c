"""The stations as they were at the last look: what is shown is kept in memory, and read again where files changed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from jena_models.errors import JenaError, StoreUnreachableError, in_one_line
from jena_models.page.recent_forecasts import with_newer
from jena_models.page.station_facts import Fault, StationFacts, StationRecord
from tasks.page.newer_readings import Newer, NewerReadings
from tasks.page.shown_station import ShownStation, Stations
from tasks.page.station_files import Stamp, read_record, stamp_of, unreadable
from tasks.registry import ChampionInBrief, champions_in_brief
from tasks.tracking import database_path, is_sqlite

REGISTRY_SECONDS: Final = 30.0
"""How often a registry on a server is asked, which does not tell whether it has changed."""

NOT_YET: Final = "The registry has not answered yet; champions are not known."

TELLING_SECONDS: Final = 0.5
"""How often what a first look has found so far is shown."""

NEWER_SECONDS: Final = 0.5
"""How often there is a look whether any station's file is due."""

YIELD_SECONDS: Final = 0.0002

logger = logging.getLogger("jena")


@dataclass(frozen=True)
class Seen:
    """A station as it was at a look."""

    shown: ShownStation
    stamp: Stamp
    champion: ChampionInBrief | None
    forecasts: StationRecord
    """As its forecasts have it."""
    newer: Newer | None
    """The end of its file of readings; None where nothing is known of one."""
    record: StationRecord
    """The forecasts' with what has been measured since."""
    number: int
    """Of the look at which it had last changed."""

    @property
    def facts(self) -> StationFacts:
        """What the list shows of it."""
        return self.record.facts


@dataclass(frozen=True)
class Look:
    """All stations as they were at one look."""

    number: int = 0
    """Of the last look at which anything had changed."""
    stations: Mapping[str, Seen] = field(default_factory=dict)
    """Those that have been read, by name, in the order in which they were given."""
    unread: int = 0
    """How many wait to be read for the first time."""
    faults: tuple[Fault, ...] = ()
    """Entries of the fleet file that are no stations."""
    registry_trouble: str = ""


@dataclass(frozen=True)
class Told:
    """What the registry said, and what is wrong with it: one look shows both as they belong together."""

    champions: Mapping[str, ChampionInBrief]
    trouble: str = ""


class Watch:
    """Looks again and again, in a thread of its own; requests are answered from the last look."""

    def __init__(
        self,
        stations: Stations,
        registry: str,
        follow_seconds: float,
        readings_seconds: float = 60.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._stations = stations
        self._newer = NewerReadings(readings_seconds)
        self._clock = clock
        self._registry = registry
        self._follow_seconds = follow_seconds
        self._registry_stamp: object = None
        self._told = Told({}, "" if is_sqlite(registry) else NOT_YET)
        """What the registry said last; replaced whole, too."""
        self.last = Look()
        """The last look; replaced whole, so that any thread may read it."""

    def look(self) -> None:
        """Look at everything once, and read what has changed."""
        if is_sqlite(self._registry):  # a server may say nothing for minutes, and stations do not wait for it
            self.look_at_registry()
        listed, before, registry = self._stations(), self.last, self._told
        shown = listed.stations
        seen: dict[str, Seen] = {}
        changed = (before.registry_trouble, before.faults) != (registry.trouble, listed.faults)
        told = time.monotonic()
        for each in shown:
            known = before.stations.get(each.name)
            stamp, champion = stamp_of(each), registry.champions.get(each.model)
            time.sleep(YIELD_SECONDS)  # else requests wait for a look at a thousand stations
            if known is None or (known.stamp, known.champion, known.shown) != (stamp, champion, each):
                known = self._read(each, stamp, champion)
                changed = True
            if (newer := self._newer.of(each.name)) is not known.newer:
                known = self._with_newer(known, newer)
                changed = changed or known.number > self.last.number
            seen[each.name] = known
            if len(before.stations) < len(shown) and time.monotonic() - told > TELLING_SECONDS:
                # The first look of a thousand stations takes a while: what has been read is shown meanwhile.
                self._tell(seen, len(shown) - len(seen), listed.faults, registry.trouble)
                told = time.monotonic()
        if changed or list(seen) != list(self.last.stations) or self.last.unread:
            self._tell(seen, 0, listed.faults, registry.trouble)
        elif any(each is not self.last.stations[name] for name, each in seen.items()):
            self.last = replace(self.last, stations=seen)  # files were looked at, and told nothing new

    def look_for_newer(self) -> None:
        """Look into stations' files for newer readings, which the next look shows."""
        self._newer.look([seen.shown for seen in self.last.stations.values()])

    def look_at_registry(self) -> None:
        """Ask the registry for its champions, which the next look shows; what is wrong with it is told on the page."""
        stamp = self._stamp_of_registry()
        if stamp is not None and stamp == self._registry_stamp:
            return
        told = self._told
        try:
            self._require_registry()
            told = Told(champions_in_brief(self._registry))
        except Exception as error:  # whatever it says, stations are looked at
            trouble = str(error) if isinstance(error, JenaError) else f"It says: {in_one_line(error)}."
            if trouble != told.trouble:
                logger.warning("The registry cannot be read: %s", trouble)
            told = replace(told, trouble=trouble)
            stamp = None  # a file that was locked or out of reach need not change to be readable again
        self._told, self._registry_stamp = told, stamp

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Look again and again while the block runs."""
        over = threading.Event()
        works = [
            (self.look, self._follow_seconds, "looking at stations"),
            (self.look_for_newer, NEWER_SECONDS, "looking for newer readings"),
        ]
        if not is_sqlite(self._registry):
            works.append((self.look_at_registry, REGISTRY_SECONDS, "asking the registry"))
        threads = [
            threading.Thread(target=_again, args=(work, seconds, over), name=name, daemon=True)
            for work, seconds, name in works
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join(timeout=10)

    def _tell(self, seen: Mapping[str, Seen], unread: int, faults: tuple[Fault, ...], trouble: str) -> None:
        self.last = Look(self.last.number + 1, dict(seen), unread, faults, trouble)

    def _read(self, shown: ShownStation, stamp: Stamp, champion: ChampionInBrief | None) -> Seen:
        record = _read_whatever(shown, stamp, champion)
        return Seen(shown, stamp, champion, record, None, record, self.last.number + 1)

    def _with_newer(self, known: Seen, newer: Newer | None) -> Seen:
        """Give a station with the end of its file; it has changed where that tells something new."""
        record = known.forecasts if newer is None else with_newer(known.forecasts, newer.values, self._clock())
        is_same = record.facts == known.facts and len(record.measured.time) == len(known.record.measured.time)
        number = known.number if is_same else self.last.number + 1
        return replace(known, newer=newer, record=record, number=number)

    def _require_registry(self) -> None:
        """A registry whose champions were shown and that is gone is no registry without champions.

        Raises:
            StoreUnreachableError: where it is gone.
        """
        if self._told.champions and is_sqlite(self._registry) and not database_path(self._registry).exists():
            raise StoreUnreachableError(
                f"The registry {database_path(self._registry)} is not there any more; champions are shown as they were."
            )

    def _stamp_of_registry(self) -> object:
        """Tell when the registry's file was changed; None where it is no file."""
        if not is_sqlite(self._registry):
            return None
        path = database_path(self._registry)
        return tuple(_changed(file) for file in (path, path.with_name(f"{path.name}-wal")))


def _again(work: Callable[[], None], seconds: float, over: threading.Event) -> None:
    """Do a work again and again, so far apart, until it is over."""
    while not over.is_set():
        try:
            work()
        except Exception:  # a disk that was away for a moment must not end the page
            logger.exception("The stations could not be looked at.")
        over.wait(seconds)


def _read_whatever(shown: ShownStation, stamp: Stamp, champion: ChampionInBrief | None) -> StationRecord:
    """One station's files, whatever is wrong with them, leave the others alone."""
    try:
        return read_record(shown, stamp, champion)
    except Exception as error:
        logger.exception("The files of %s could not be read.", shown.name)
        return unreadable(shown, f"The files of this station could not be read: {in_one_line(error)}.")


def _changed(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size
