"""A station by its name or its file, with what the files of its neighbours say."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from jena_models.errors import SettingsError
from jena_models.named_files import named_path, nearest_or_file, read_yaml, shortened
from jena_models.stations.forecast_sources import ForecastSource
from jena_models.stations.neighbour_columns import with_neighbours
from jena_models.stations.ready_services import FETCHED
from jena_models.stations.schema import Neighbour, StationSchema

NO_PLACES: Final = ("simulated", FETCHED)
"""What a forecast source's `source` may say that is no path."""


@cache
def load_station(name_or_path: str) -> StationSchema:
    """Read a station schema that is shipped under a name, or a YAML file, with the columns of its neighbours.

    What the file names, neighbours and forecasts, is looked for beside it.

    >>> load_station("jena").named("rh")
    'rh (%)'

    Raises:
        SettingsError: where there is no such station, or the file, or that of a neighbour, does not describe one.
    """
    path, station = station_file(name_or_path)
    if station.forecasts:
        placed = tuple(_placed(source, path.parent) for source in station.forecasts)
        station = station.model_copy(update={"forecasts": placed})
    if not station.named_neighbours:
        return station
    return with_neighbours(station, [described(each, station, path) for each in station.named_neighbours])


def station_file(name_or_path: str) -> tuple[Path, StationSchema]:
    """Give where a station's file is, and what it says; of its neighbours no more than that.

    Raises:
        SettingsError: where there is no such station, or the file does not describe one.
    """
    shipped = {path.stem: path for path in Path(__file__).parent.glob("*.yaml")}
    path = shipped[name_or_path] if name_or_path in shipped else named_path(name_or_path)
    if not path.is_file():
        raise SettingsError(f"There is no station '{name_or_path}'; {nearest_or_file(name_or_path, shipped)}")
    try:
        told = read_yaml(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError(f"The station file {path} cannot be read as YAML: {reason}.") from error
    try:
        station = StationSchema.model_validate(told)
    except (ValueError, RecursionError) as error:
        raise SettingsError(
            f"The station file {path} does not describe a station: {shortened(_reason(error))}"
        ) from error
    if station.questions:
        listed = "; ".join(f"{each.key}: {each.question}" for each in station.questions)
        how_many = "an open question" if len(station.questions) == 1 else f"{len(station.questions)} open questions"
        raise SettingsError(
            f"The station file {path} has {how_many} ({listed}); answer each where it belongs and "
            "take it out, or give the answers to `jena station new`."
        )
    return path, station


def described(neighbour: Neighbour, station: StationSchema, path: Path) -> Neighbour:
    """Give a neighbour with what its station file says, its paths as the program finds them.

    Its own neighbours do not count, so that two stations may name each other.

    Args:
        neighbour: as the station file names it.
        station: that names it.
        path: of its file.

    Raises:
        SettingsError: as above.
    """
    where = found_beside(neighbour.station, path.parent)
    try:
        theirs, schema = station_file(where)
    except SettingsError as error:
        raise SettingsError(f"A neighbour of the station '{station.name}' cannot be had: {error}") from error
    if theirs.samefile(path) and not neighbour.select and not neighbour.source:
        raise SettingsError(
            f"The station file {path} names itself as a neighbour; name another one, or other rows by 'select:'."
        )
    schema = schema.alone
    if neighbour.select:
        schema = schema.model_copy(update={"select": neighbour.select})
    source = found_beside(neighbour.source, path.parent) if neighbour.source else ""
    told = {"station": where, "name": neighbour.name or schema.name, "source": source, "described": schema}
    return neighbour.model_copy(update=told)


def found_beside(text: str, folder: Path) -> str:
    """Give a path as the program finds it: beside the file that names it where it is there; addresses as they are."""
    if "://" in text:
        return text
    beside = folder / text
    try:
        is_there = beside.exists() or any(folder.glob(text))
    except (OSError, ValueError, NotImplementedError):
        return text
    return str(beside) if is_there else text


def _placed(source: ForecastSource, folder: Path) -> ForecastSource:
    if source.source in NO_PLACES:
        return source
    return source.model_copy(update={"source": found_beside(source.source, folder)})


def _reason(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "string_type" and isinstance(first["input"], int | float):
        return f"{place}: a number that stands for a name goes in quotes, as '00164'"
    return f"{place}: {first['msg'].removeprefix('Value error, ')}" if place else str(first["msg"])
