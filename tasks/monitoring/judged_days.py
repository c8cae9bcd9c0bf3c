"""What was found and decided each day: a file a day, so that a day that is judged twice is there once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from jena_models.frozen import Frozen
from jena_models.monitoring.check import Check
from jena_models.monitoring.decision import Decision, JudgedDay, judged
from jena_models.monitoring.neighbour_watch import NeighbourTrouble
from jena_models.settings import Settings
from jena_models.stations import StationSchema
from jena_models.whole_files import write_whole
from tasks.monitoring.promised_scores import Promise
from tasks.registry import model_meant
from tasks.workspace import home_folder, newest_change

logger = logging.getLogger("jena")

REMEMBERED: Final = 400
"""Days that are looked back over: more than any cooldown."""


class MonitoredDay(Frozen):
    """One day under watch."""

    model: str
    """The registered model's name."""
    version: int
    """Of the champion; 0 where persistence stood in."""
    architecture: str
    day: date
    """It was judged at the midnight that begins it, by what there was until then, in the station's clock."""
    source: str
    promise: Promise
    checks: tuple[Check, ...]
    decision: Decision
    neighbours: tuple[NeighbourTrouble, ...] = ()
    """What is wrong with neighbours, which is no fault of the station."""


def days_folder(model_name: str) -> Path:
    """Give the folder of a registered model's days, written or not."""
    return home_folder() / "monitoring" / model_name


def write_day(monitored: MonitoredDay) -> bool:
    """Write a day, in place of what was written of it before; gives whether that changed anything."""
    file, text = _file(monitored.model, monitored.day), monitored.model_dump_json(indent=1)
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        return False
    write_whole(file, text)
    return True


def read_day(model_name: str, day: date) -> MonitoredDay | None:
    """Give what was found on a day; None where it was not judged."""
    file = _file(model_name, day)
    return _read(file) if file.is_file() else None


def read_days(model_name: str, before: date | None = None, last: int = REMEMBERED) -> list[MonitoredDay]:
    """Give the last judged days, those before a date where one is given, the oldest first."""
    files = sorted(days_folder(model_name).glob("[0-9]*/*.json"))
    earlier = [file for file in files if before is None or file.stem < before.isoformat()]
    return [day for file in earlier[-last:] if (day := _read(file))]


def watched_model(station: StationSchema, settings: Settings) -> str:
    """Give the registered model whose days a person means by a station and a source; of several the one judged last."""
    return model_meant(station, settings, _judged_at)


def _judged_at(model_name: str) -> float:
    file = last_day_file(model_name)
    return file.stat().st_mtime if file else 0.0


def last_day_file(model_name: str) -> Path | None:
    """Give the file of the last judged day, without reading any; None where none was judged."""
    folder = days_folder(model_name)
    for year in sorted(folder.glob("[0-9]*"), reverse=True):
        if days := sorted(year.glob("*.json")):
            return days[-1]
    return None


def last_judged(model_name: str) -> int | None:
    """Give when a day was last written, in nanoseconds of the machine's clock, without reading any; None for never."""
    return newest_change(days_folder(model_name), "[0-9]*")


def remembered(days: Sequence[MonitoredDay]) -> list[JudgedDay]:
    """Give what the next day's decision needs to know of days."""
    return [judged(each.day, each.checks, each.decision, each.version) for each in days]


def _read(file: Path) -> MonitoredDay | None:
    """Give a day; None, with a warning, where its file holds none: one day that is lost must not end all later ones."""
    try:
        return MonitoredDay.model_validate_json(file.read_text(encoding="utf-8"))
    except ValueError:
        logger.warning("%s is no day under watch and is passed over; judge that day again with --at.", file)
        return None


def _file(model_name: str, day: date) -> Path:
    return days_folder(model_name) / f"{day.year}" / f"{day.isoformat()}.json"
