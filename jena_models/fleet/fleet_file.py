"""The file that lists the stations of a fleet: read whole, or refused with all of its faults at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, ValidationError

from jena_models.errors import RequestError, nearest
from jena_models.fleet.places import read_places
from jena_models.frozen import Frozen
from jena_models.named_files import in_a_line, named_path, read_yaml, shown
from jena_models.stations.schema import NAME

FLEET_FILE: Final = "fleet.yaml"
"""What is read in the working folder where no other file is named."""
MADE_UP: Final = ("simulated", "auto")
"""Sources that are no file of any one station."""
MOST_SHOWN: Final = 8
"""Faults that are told; the others are counted."""
IN_WORDS: Final = {
    "string_pattern_mismatch": "a name holds letters, digits, '_', '.' and '-' alone; its title may hold anything",
    "string_type": "it is to be a text; a number goes in quotes",
    "tuple_type": "it is to be a list",
    "dict_type": "it is to be a mapping",
    "model_type": "it is to be a mapping, as in {name: hill, source: hill.csv}",
}
"""What is wrong where pydantic's reason speaks of Python."""

Name = Annotated[str, Field(pattern=NAME, max_length=80)]


class FleetStation(Frozen):
    """One station of a fleet; what it does not say, the fleet says for all."""

    name: Name
    """What it is called; its registered models are named after it."""
    title: str = ""
    """Its name in full; that of its station file where not given."""
    station: str = ""
    """A station file, or the name of a station that is shipped; the fleet's where not given."""
    source: str = ""
    """Where its readings are; the fleet's where not given."""
    profile: str = ""
    """The settings to start from; the fleet's where not given."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Changed settings by dotted key, which go before the fleet's."""
    latitude: float | None = Field(default=None, ge=-90, le=90)
    """In degrees north; that of its station file where not given."""
    longitude: float | None = Field(default=None, ge=-180, le=360)
    """In degrees east; likewise."""
    elevation: float | None = Field(default=None, ge=-500, le=9000)
    """In metres above the sea; likewise."""
    available_after: float = Field(default=0.0, ge=0, le=24 * 31)
    """How many hours after it was measured a reading can be had where it is another station's neighbour by `auto`."""
    clock: str = ""
    """What its time stamps are in; that of its station file where not given."""
    select: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Rows of the source that count, by column; beside those that the station file selects."""
    value: str = ""
    """What the fleet's `station_column` holds in its rows; its name where not given."""


class FleetFile(Frozen):
    """The stations of a fleet, and what they share."""

    name: Name = "fleet"
    """What it is called; the model of all its stations is named after it."""
    profile: str = ""
    """The settings that all stations start from."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Changed settings by dotted key, for all stations."""
    station: str = ""
    """The station file of those that name none: a template, of which each has its own name and place."""
    source: str = ""
    """The source of those that name none; one for all in long format where there is a `station_column`."""
    station_column: str = ""
    """The column of the source that tells which station a row is of."""
    places: str = ""
    """A CSV of the stations' places: `name`, `latitude`, `longitude`, and `elevation`, `title`, `clock`, `value`."""
    stations: tuple[FleetStation, ...] = ()
    """Each station; those of `places` that are not listed are added to them."""


def read_fleet(path: str | Path | None = None) -> FleetFile:
    """Read a fleet, with every station of its list and of its table of places; paths within are made whole.

    Args:
        path: of the file; `fleet.yaml` in the working folder where not given.

    Raises:
        RequestError: where it cannot be read, or has faults; the sentence tells each of them.
    """
    file = named_path(str(path or FLEET_FILE))
    if not file.is_file():
        raise RequestError(
            f"There is no fleet file {file}; write one that lists the stations (docs/fleet.md), or name it in --fleet."
        )
    try:
        told = read_yaml(file)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RequestError(f"The fleet file {file} cannot be read as YAML: {reason}.") from None
    if not isinstance(told, dict):
        raise RequestError(f"The fleet file {file} lists no stations; it should be a mapping with `stations`.")
    folder, faults = file.resolve().parent, list[str]()
    if isinstance(told.get("places"), str) and told["places"]:
        rows, faults = read_places(_beside(folder, told["places"]))
        told |= {"stations": _with_places(told.get("stations"), rows)}
    try:
        fleet = FleetFile.model_validate(told)
    except ValidationError as error:
        faults += [_fault(each, told) for each in error.errors()]
        raise RequestError(_refusal(file, faults)) from None
    faults += list(_inconsistent(fleet, is_listed=not faults))
    if faults:
        raise RequestError(_refusal(file, faults))
    return _with_whole_paths(fleet, folder)


def _with_places(listed: Any, rows: list[dict[str, Any]]) -> Any:
    """Give the listed stations with their places, and those of the table that are not listed."""
    if not isinstance(listed, list | None):
        return listed
    places = {row["name"]: row for row in rows}
    named = [places.pop(str(each.get("name")), {}) | each if isinstance(each, dict) else each for each in listed or []]
    return [*named, *places.values()]


def _inconsistent(fleet: FleetFile, *, is_listed: bool) -> Iterator[str]:
    if is_listed and not fleet.stations:
        yield "no station is listed: name each under stations, or give a table of them in places"
    seen: dict[str, str] = {}
    for each in fleet.stations:
        # Files and folders are named after them, which some systems do not tell apart by case.
        if before := seen.get(each.name.casefold()):
            yield (
                f"two stations are called {before}"
                if before == each.name
                else (f"{each.name} and {before} differ by case alone")
            )
        seen[each.name.casefold()] = each.name
        if not (each.station or fleet.station):
            yield f"{each.name} names no station file, and the fleet has none for all in station"
        if not (each.source or fleet.source):
            yield f"{each.name} names no source, and the fleet has none for all"
    yield from _of_the_same_rows(fleet)
    told_apart = fleet.station_column or all(each.source or each.select for each in fleet.stations)
    if fleet.source and len(fleet.stations) > 1 and not told_apart and fleet.source not in MADE_UP:
        yield "all stations would read the same rows: name the column that tells them apart in station_column"


def _of_the_same_rows(fleet: FleetFile) -> Iterator[str]:
    """Tell of stations that are one and the same under two names: a line that was copied, most likely."""
    seen: dict[str, str] = {}
    for each in fleet.stations:
        if not each.source or each.source in MADE_UP:
            continue
        alike = each.model_dump(mode="json", include={"source", "select", "profile", "settings"})
        key = json.dumps(alike | {"station": each.station or fleet.station}, sort_keys=True, default=str)
        if (before := seen.setdefault(key, each.name)) != each.name:
            yield f"{before} and {each.name} would read the same rows of {each.source}"


def _with_whole_paths(fleet: FleetFile, folder: Path) -> FleetFile:
    def whole(each: FleetFile | FleetStation) -> dict[str, str]:
        return {name: _beside(folder, getattr(each, name)) for name in ("station", "source", "profile")}

    places = _beside(folder, fleet.places)
    stations = tuple(each.model_copy(update=whole(each)) for each in fleet.stations)
    return fleet.model_copy(update={**whole(fleet), "places": places, "stations": stations})


def _beside(folder: Path, named: str) -> str:
    """Give a path as seen from the fleet file's folder; what names nothing there stays as it is."""
    if not named or "://" in named or Path(named).is_absolute() or named.startswith("~"):
        return named
    path = folder / named
    is_there = path.exists() or any(sign in named for sign in "*?[/")
    return str(path) if is_there or path.suffix else named


def _fault(error: Any, told: Mapping[str, Any]) -> str:
    place, reason = [str(part) for part in error["loc"]], str(error["msg"]).removeprefix("Value error, ")
    if place[:1] == ["stations"] and len(place) > 1:
        which = told["stations"][int(place[1])]
        named = which.get("name") if isinstance(which, dict) else None
        place = [str(named or f"station {int(place[1]) + 1}"), *place[2:]]
        model: type[BaseModel] = FleetStation
    else:
        model = FleetFile
    if error["type"] == "extra_forbidden":
        return f"{'.'.join(place)} is no key of it; {nearest(place[-1], model.model_fields).rstrip('.?')}"
    if error["type"] == "missing":
        return f"{'.'.join(place[:-1])} has no {place[-1]}"
    reason = IN_WORDS.get(error["type"], f"{reason[:1].lower()}{reason[1:]}")
    return f"{'.'.join(place)} cannot be {shown(error['input'])}: {reason}"


def _refusal(file: Path, faults: list[str]) -> str:
    more = f"; and {len(faults) - MOST_SHOWN} more" if len(faults) > MOST_SHOWN else ""
    listed = "; ".join(f"({number}) {in_a_line(each)}" for number, each in enumerate(faults[:MOST_SHOWN], 1))
    how_many = "a fault" if len(faults) == 1 else f"{len(faults)} faults"
    return f"The fleet file {file} has {how_many}: {listed}{more}."
