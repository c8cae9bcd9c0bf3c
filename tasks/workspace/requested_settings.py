"""The settings as they were asked for: a profile, then `JENA_*` variables, then what the caller sets."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from jena_models.architectures import ARCHITECTURES, find_architecture, find_member
from jena_models.errors import SettingsError, TrainingError, nearest
from jena_models.named_files import named_path, nearest_or_file, parsed_yaml, read_yaml, shortened, shown
from jena_models.settings import Settings
from jena_models.stations.schema import StationSchema
from tasks.workspace.folders import profiles_folder
from tasks.workspace.stage_results import Prepared

SERVICE: Final = "weather_service"
"""The architecture that is the weather service's forecast as it is."""
FED: Final = (SERVICE, "emos")
"""The architectures that a station with forecasts is compared on as well; there is none of them without runs."""

VARIABLES_THAT_ARE_NO_SETTINGS: Final = frozenset({"JENA_HOME", "JENA_CACHE", "JENA_SHARED_DATA", "JENA_VECTOR_WIDTH"})

SAID: Final = {
    "tuple_type": "it is a list, such as [a, b]",
    "model_type": "it is a branch with settings of its own",
}
"""What a refusal says instead of Python's words."""

Tree = dict[str, Any]

logger = logging.getLogger("jena")


def resolve(
    profile: str | None = None,
    changes: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Give the settings of a profile, changed by the environment and then by the caller.

    Args:
        profile: The name of a shipped profile or a YAML file; the settings' defaults come first.
        changes: Values by dotted key, such as `{"lstm.units": 32}`; an architecture's name stands for its
            hyper-parameters.
        environment: Variables such as `JENA_SEED` or `JENA_TRAINING__EPOCHS`; those of the process where not given.

    Raises:
        SettingsError: for an unknown profile, setting or architecture, and for a value that a setting cannot have.
    """
    variables = os.environ if environment is None else environment
    named = profile or variables.get("JENA_PROFILE") or "quick"
    if (changes or {}).get("profile", named) != named:
        raise SettingsError("A profile is what settings start from and cannot be set; name it with --profile.")
    layers = [_read_profile(named), _tree(_from_environment(variables)), _tree(changes or {}), {"profile": named}]
    settings = _validated(reduce(_merged, layers))
    members: tuple[str, ...] = settings.hyperparameters["ensemble"].members  # type: ignore[union-attr]
    for name in (*settings.architectures, *settings.backtest.architectures):
        find_architecture(name)
    for name in members:
        find_member(name, "ensemble")
    if not settings.architectures:
        raise SettingsError("No architecture is named; name at least one.")
    return settings


def for_station(settings: Settings, station: StationSchema) -> Settings:
    """Give the settings with what a station's forecasts call for: the service as it is, and EMOS, beside the others."""
    if not station.forecasts and not settings.ingestion.simulated_service:
        return settings
    named = (*settings.architectures, *FED)
    return settings.model_copy(update={"architectures": tuple(dict.fromkeys(named))})


def require_long_history(settings: Settings, architectures: Iterable[str]) -> None:
    """Refuse a history that is too short for an architecture, before anything is read.

    Raises:
        SettingsError: where one of them cannot be built on so few steps.
    """
    steps = settings.history_hours * 60 / settings.sampling_minutes
    for name in architectures:
        fewest = getattr(getattr(settings.hyperparameters, name, None), "fewest_steps", 1)
        if steps < fewest:
            raise SettingsError(
                f"'{name}' cannot be built on {steps:g} steps of history, as it needs {fewest}; set history_hours to "
                f"{fewest * settings.sampling_minutes / 60:g} or more, or leave it out of the architectures."
            )


def as_learnt_from(settings: Settings, prepared: Prepared) -> Settings:
    """Give the settings without what sets out from a weather service of whose runs training knows nothing.

    Raises:
        TrainingError: where nothing else is named.
    """
    named = [name for name in settings.architectures if name in FED]
    if not named or not prepared.without_its_service:
        return settings
    why = (
        f"the runs of {' and '.join(prepared.divided.checked.services)} say nothing of what is trained on or chosen by"
    )
    left = tuple(name for name in settings.architectures if name not in FED)
    if not left:
        raise TrainingError(f"There is nothing to train: {why}; name other architectures than {' and '.join(named)}.")
    logger.warning("Left out: %s, as %s.", " and ".join(named), why)
    return settings.model_copy(update={"architectures": left})


def requested(
    source: str | None = None,
    architectures: Iterable[str] | None = None,
    workers: int | None = None,
    settings: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Give, by key, what a caller names; what stands under `settings` goes before the rest.

    The source `auto` is no change: it leaves the word to `JENA_SOURCE`.
    """
    named = {
        "source": None if source == "auto" else source,
        "architectures": architectures and list(architectures),
        "workers": workers,
    }
    return {key: value for key, value in named.items() if value is not None} | dict(settings or {})


def parse_changes(assignments: Iterable[str]) -> dict[str, Any]:
    """Read `key=value` texts; a value is read as YAML, so that numbers and lists are what they look like.

    Raises:
        SettingsError: where a text has no `=`, or its value cannot be read.
    """
    changes = {}
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals or not key.strip():
            raise SettingsError(
                f"'{shortened(assignment)}' sets nothing; write it as key=value, for example lstm.units=32."
            )
        changes[key.strip()] = _read_value(value, key.strip())
    return changes


def _read_value(text: str, key: str) -> Any:
    try:
        return parsed_yaml(text)
    except ValueError:
        raise SettingsError(f"The value '{shortened(text)}' of '{shortened(key)}' cannot be read.") from None


def _read_profile(named: str) -> Tree:
    shipped = {path.stem: path for path in profiles_folder().glob("*.yaml")}
    path = shipped[named] if named in shipped else named_path(named)
    if not path.is_file():
        raise SettingsError(f"There is no profile '{named}'; {nearest_or_file(named, shipped)}")
    try:
        tree = read_yaml(path) or {}
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError(f"The profile {path} cannot be read as YAML: {reason}.") from None
    if not isinstance(tree, dict):
        raise SettingsError(f"The profile {path} holds no settings; it should be a mapping of names to values.")
    return _tree({str(key): value for key, value in tree.items()})


def _from_environment(variables: Mapping[str, str]) -> Tree:
    chosen = {}
    for name, text in variables.items():
        if not name.startswith("JENA_") or name in VARIABLES_THAT_ARE_NO_SETTINGS or name == "JENA_PROFILE":
            continue
        if not text.strip():  # as containers and CI hand on what nobody has set
            continue
        key = name.removeprefix("JENA_").lower().replace("__", ".")
        chosen[key] = text if key in ("source", "station") else _read_value(text, name)
    return chosen


def _tree(changes: Mapping[str, Any]) -> Tree:
    tree: Tree = {}
    for key, value in changes.items():
        parts = key.split(".")
        if parts[0] in ARCHITECTURES:
            parts.insert(0, "hyperparameters")
        branch: Any = value
        for part in reversed(parts):
            branch = {part: branch}
        tree = _merged(tree, branch)
    return tree


def _merged(under: Tree, over: Tree) -> Tree:
    merged = dict(under)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merged(merged[key], value) if both else value
    return merged


def _validated(tree: Tree) -> Settings:
    try:
        return Settings.model_validate(tree)
    except RecursionError:
        raise SettingsError("The settings are nested too deeply to be any.") from None
    except ValidationError as error:
        first = error.errors()[0]
        inside = [str(part) for part in first["loc"]]
        if first["type"] == "extra_forbidden":
            raise SettingsError(_unknown(inside)) from None
        reason = SAID.get(first["type"], first["msg"].removeprefix("Value error, "))
        reason = reason[:1].lower() + reason[1:]
        raise SettingsError(f"The setting '{_shown(inside)}' cannot be {shown(first['input'])}: {reason}.") from None


def _unknown(place: list[str]) -> str:
    model: type[BaseModel] = Settings
    for part in place[:-1]:
        inner = model.model_fields[part].annotation
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            break
        model = inner
    known = set(model.model_fields) | (set(ARCHITECTURES) if model is Settings else set())
    elsewhere = [key for key in _keys(Settings) if key.rpartition(".")[2] == place[-1]]
    remark = f"did you mean '{elsewhere[0]}'?" if elsewhere else nearest(place[-1], known, _shown([*place[:-1], ""]))
    return f"There is no setting '{_shown(place)}'; {remark}"


def _keys(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """Give every setting by its dotted key, as people write it, in the order of the tree."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _keys(inner, "" if name == "hyperparameters" else f"{before}{name}.")
        else:
            yield f"{before}{name}"


def _shown(place: list[str]) -> str:
    inside = place[1:] if len(place) > 1 and place[0] == "hyperparameters" else place
    return shortened(".".join(inside))
