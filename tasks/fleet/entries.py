"""The stations of a fleet, each with its settings, its schema and the name of its registered model."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jena_models.errors import JenaError, RequestError, nearest
from jena_models.fleet import LIST, WHOLE, FleetFile, FleetStation, listed_parts, parts_of, placed_station, read_fleet
from jena_models.frozen import Frozen
from jena_models.named_files import named_path
from jena_models.reading.reading import is_simulated, is_text
from jena_models.settings import Settings
from jena_models.stations import StationSchema, load_station
from jena_models.whole_files import write_whole
from tasks.fleet.near_stations import as_neighbour, forget_stations, kept_station, with_near_stations
from tasks.registry import model_name
from tasks.workspace import Kind, file_key, for_station, forget_old, requested, resolve, stage

DIVIDING_VERSION: Final = 2
KEPT: Final = 2
"""Divided tables that are kept however old they are; of a table that grows by the hour there is a new one each hour."""
KEPT_SECONDS: Final = 24 * 3600
"""As long as a flow run over a fleet may take, whose stations read their rows when it is their turn."""
PARQUET: Final = ".parquet"
LONGEST_MARK: Final = 64
"""Bytes that tell of which kind a file is."""

FLEET_SETTINGS: Final = {"workers": 1, "forecasting.pictures": 0, "tracking.report": False}
"""What differs for a station of many: those beside it have the other cores, and its pages are made when asked for."""

NO_NEIGHBOURS: Final = frozenset({"simulated", "auto"})
"""Sources of which no file can be named: what stands there is made up, or found out when it is read."""

logger = logging.getLogger("jena")


class Entry(Frozen):
    """One station of a fleet, ready to be worked at; or why it is not."""

    name: str
    title: str
    model: str
    """The registered model's name; empty where the station cannot be told."""
    station: StationSchema | None
    settings: Settings | None
    """With the station's own schema as `station`, and its own readings as `source`."""
    fault: str = ""
    """Why nothing can be done with it, as a sentence; what is wrong with one station leaves the others alone."""


def fleet_entries(
    path: str | Path | None = None, profile: str | None = None, changes: Mapping[str, Any] | None = None
) -> tuple[Entry, ...]:
    """Give every station of a fleet, in the order of its file.

    Args:
        path: of the fleet file; `fleet.yaml` in the working folder where not given.
        profile: the settings to start from, in place of those that the file names.
        changes: settings by dotted key, for all stations; they go before those of the file.

    Raises:
        RequestError: where the file has faults, what all stations are told cannot be, or two of them would share a
            registered model.
    """
    fleet = read_fleet(path)
    resolve(profile or fleet.profile or None, _of_all(fleet) | dict(changes or {}))
    return entries_of(fleet, profile, changes)


def entries_of(
    fleet: FleetFile, profile: str | None = None, changes: Mapping[str, Any] | None = None
) -> tuple[Entry, ...]:
    """Give every station of a fleet that was read; as `fleet_entries` does."""
    settings_of = _resolving()
    sources = _own_sources(fleet)
    entries = tuple(_entry(each, fleet, profile, changes or {}, settings_of, sources) for each in fleet.stations)
    entries = _with_near_stations(entries, fleet)
    forget_stations(KEPT_SECONDS)
    _refuse_shared_models(entries)
    return entries


def chosen(entries: Sequence[Entry], names: Collection[str] | None) -> tuple[Entry, ...]:
    """Give the entries of some names, or all of them.

    Raises:
        RequestError: where the fleet has no station of a name.
    """
    if names is None:
        return tuple(entries)
    known = {each.name for each in entries}
    if unknown := [name for name in names if name not in known]:
        raise RequestError(f"The fleet has no station '{unknown[0]}'; {nearest(unknown[0], known)}")
    return tuple(each for each in entries if each.name in set(names))


def models_of(entries: Sequence[Entry]) -> dict[str, str]:
    """Give the registered model of each entry by its name; empty where it cannot be told."""
    return {each.name: each.model for each in entries}


Resolving = Callable[[str | None, Mapping[str, Any]], Settings]


def _resolving() -> Resolving:
    """Give what resolves settings, the same ones once: a thousand stations have a few sets of them."""
    known: dict[str, Settings] = {}

    def settings_of(profile: str | None, changes: Mapping[str, Any]) -> Settings:
        key = repr((profile, sorted(changes.items(), key=lambda item: item[0])))
        if key not in known:
            known[key] = resolve(profile, changes)
        return known[key]

    return settings_of


def _entry(  # noqa: PLR0917  (one caller, above)
    each: FleetStation,
    fleet: FleetFile,
    profile: str | None,
    changes: Mapping[str, Any],
    settings_of: Resolving,
    sources: Mapping[str, str | JenaError],
) -> Entry:
    try:
        source = sources.get(each.name, each.source or fleet.source)
        station = placed_station(each, fleet, load_station(each.station or fleet.station))
        if isinstance(source, JenaError):
            raise source
        asked = profile or each.profile or fleet.profile or None
        settings = for_station(settings_of(asked, {**_of_all(fleet), **each.settings, **changes}), station)
        own = settings.model_copy(update=requested(source, settings={"station": kept_station(station)}))
    except JenaError as error:
        return Entry(
            name=each.name, title=each.title or each.name, model="", station=None, settings=None, fault=str(error)
        )
    return Entry(
        name=each.name,
        title=station.title,
        model=model_name(station, own, _kind(own.source)),
        station=station,
        settings=own,
    )


def _of_all(fleet: FleetFile) -> dict[str, Any]:
    return {**FLEET_SETTINGS, **fleet.settings}


def _with_near_stations(entries: Sequence[Entry], fleet: FleetFile) -> tuple[Entry, ...]:
    """Give the entries, each of which asks for the stations near it with those of the fleet as its neighbours.

    One with a fault is nobody's neighbour, and one whose readings turn out to be broken costs its part alone.
    """
    if not any(each.station and each.station.asks_fleet for each in entries):
        return tuple(entries)
    delays = {each.name: each.available_after for each in fleet.stations}
    others = [
        as_neighbour(each.station, each.settings.source, delays[each.name])
        for each in entries
        if each.station and each.settings and each.settings.source not in NO_NEIGHBOURS
    ]

    def filled(each: Entry) -> Entry:
        if each.station is None or each.settings is None or not each.station.asks_fleet:
            return each
        near = others if each.settings.source not in NO_NEIGHBOURS else []
        station = with_near_stations(each.station, each.settings.source, near)
        settings = each.settings.model_copy(update={"station": kept_station(station)})
        return each.model_copy(update={"station": station, "settings": settings})

    return tuple(filled(each) for each in entries)


def _kind(source: str) -> Kind:
    if source == "simulated":
        return "simulated"
    if Path(source).suffix == PARQUET and Path(source).is_file() and is_simulated(Path(source)):
        return "simulated"
    return "real"


def _own_sources(fleet: FleetFile) -> dict[str, str | JenaError]:
    """Give the file of each station that has rows in the fleet's one source; or why it has none."""
    values = {each.name: each.value or each.name for each in fleet.stations if not each.source}
    if not (fleet.station_column and fleet.source and values):
        return {}
    path = named_path(fleet.source)
    if not path.is_file() or not _can_be_divided(path):
        return {}
    try:
        parts = {"source": file_key(path), "column": fleet.station_column, "values": sorted(values.values())}
        folder = stage("fleet-parts", DIVIDING_VERSION, parts, lambda to: _divide(path, fleet, values.values(), to))
        write_whole(folder / WHOLE, str(path))  # others may be reading it
        folder.touch()
        forget_old(folder.parent.glob("[!.]*"), KEPT, KEPT_SECONDS)
    except JenaError as error:
        return dict.fromkeys(values, error)
    found = {value: name for name, value in listed_parts(folder).items()}
    return {
        name: str(folder / found[value])
        if value in found
        else RequestError(f"{path} holds no row whose {fleet.station_column} is '{value}'; correct {name}'s value.")
        for name, value in values.items()
    }


def _can_be_divided(path: Path) -> bool:
    """Tell whether a file is a text; of one that is none, such as Parquet, each station picks its rows as it reads."""
    with path.open("rb") as file:
        return is_text(file.read(LONGEST_MARK))


def _divide(path: Path, fleet: FleetFile, values: Collection[str], to: Path) -> None:
    files = parts_of(path, fleet.station_column, values, to)
    lines = [f"{name}\t{value}" for value, name in files.items()]
    (to / LIST).write_text("\n".join(lines), encoding="utf-8")
    logger.info("Divided %s into the rows of %d stations.", path, len(files))


def _refuse_shared_models(entries: Sequence[Entry]) -> None:
    seen: dict[str, str] = {}
    for each in entries:
        if each.model and each.model in seen:
            raise RequestError(
                f"{seen[each.model]} and {each.name} would share the registered model {each.model}; rename one of them."
            )
        seen[each.model] = each.name
