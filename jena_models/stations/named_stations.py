"""A station by its name or its file, with what the files of its neighbours say."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from pydantic import BaseModel, ValidationError

from jena_models.errors import SettingsError, nearest
from jena_models.named_files import in_a_line, named_path, nearest_or_file, read_yaml
from jena_models.stations.forecast_sources import ForecastSource
from jena_models.stations.neighbour_columns import with_neighbours
from jena_models.stations.ready_services import FETCHED
from jena_models.stations.schema import Neighbour, StationSchema

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

NO_PLACES: Final = ("simulated", FETCHED)
"""What a forecast source's `source` may say that is no path."""
IN_WORDS: Final = {
    "missing": "it has to be said",
    "string_type": "it is to be a text",
    "float_type": "it is to be a number",
    "float_parsing": "it is to be a number",
    "int_type": "it is to be a whole number",
    "int_parsing": "it is to be a whole number",
    "int_from_float": "it is to be a whole number",
    "bool_type": "it is to be true or false",
    "bool_parsing": "it is to be true or false",
    "tuple_type": "it is to be a list, such as [a, b]",
    "dict_type": "it is to be a mapping, such as {a: b}",
    "model_type": "it is to be a mapping, such as {a: b}",
}
"""What is wrong where pydantic's reason speaks of Python."""


def load_station(name_or_path: str) -> StationSchema:
    """Read a station schema that is shipped under a name, or a YAML file, with the columns of its neighbours.

    What the file names, neighbours and forecasts, is looked for beside it. A file is read again where it has changed.

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
    at = path.stat()
    return path, _as_written(path, (at.st_mtime_ns, at.st_size, at.st_ino))


@lru_cache(maxsize=1024)
def _as_written(path: Path, _written: tuple[int, ...]) -> StationSchema:
    """Give what a file says; for a fleet's stations that share one it is read once."""
    try:
        told = read_yaml(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError(f"The station file {path} cannot be read as YAML: {reason}.") from error
    try:
        station = StationSchema.model_validate(told)
    except (ValueError, RecursionError) as error:
        raise SettingsError(
            f"The station file {path} does not describe a station: {in_a_line(reason_of(error))}"
        ) from error
    if station.questions:
        listed = "; ".join(f"{each.key}: {each.question}" for each in station.questions)
        how_many = "an open question" if len(station.questions) == 1 else f"{len(station.questions)} open questions"
        raise SettingsError(
            f"The station file {path} has {how_many} ({listed}); answer each where it belongs and "
            "take it out, or give the answers to `jena station new`."
        )
    return station


def described(neighbour: Neighbour, station: StationSchema, path: Path) -> Neighbour:
    """Give a neighbour with what its station file says, its paths as the program finds them.

    Its own neighbours do not count, so that two stations may name each other.

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


def reason_of(error: Exception, model: type[BaseModel] = StationSchema) -> str:
    """Give why something does not describe a model, as a sentence: the first of pydantic's faults."""
    if not isinstance(error, ValidationError):
        return str(error)
    # A key that is written wrong explains the one that is missing.
    return fault_in_words(min(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden"), model)


def fault_in_words(fault: ErrorDetails, model: type[BaseModel] = StationSchema) -> str:
    """Give the place of one of pydantic's faults, and what is wrong there, as a sentence."""
    place, kind = fault["loc"], fault["type"]
    where = ".".join(str(part) for part in place) or "the file"
    if kind == "extra_forbidden":
        known = _keys_beside(place, model)
        return f"{where}: there is no such key{f'; {nearest(str(place[-1]), known)}' if known else '.'}"
    if kind == "string_type" and isinstance(fault["input"], int | float):
        return f"{where}: a number that stands for a name goes in quotes, as '00164'."
    reason = IN_WORDS.get(kind, fault["msg"].removeprefix("Value error, "))
    return f"{where}: {reason}{'' if reason.endswith(('.', '?')) else '.'}"


def _keys_beside(place: tuple[int | str, ...], model: type[BaseModel]) -> set[str]:
    """Give the keys that may stand where one stands that is not known."""
    models = {model}
    for part in place[:-1]:
        if isinstance(part, str):
            fields = [model.model_fields[part] for model in models if part in model.model_fields]
            models = {inner for field in fields for inner in _models_in(field.annotation)}
    return {name for model in models for name in model.model_fields}


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)
