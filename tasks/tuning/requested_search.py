"""What a hyper-parameter search was asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jena_models.architectures import ARCHITECTURES, find_architecture
from jena_models.errors import RequestError, SettingsError
from jena_models.named_files import named_path
from jena_models.settings import Settings
from jena_models.tuning.space import Dimension, space
from tasks.workspace import home_folder, requested


def tuning_request(
    source: str | None = None,
    trials: int | None = None,
    workers: int | None = None,
    settings: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Give, by key, what a caller names."""
    named = {} if trials is None else {"tuning.trials": trials}
    return named | requested(source, workers=workers, settings=settings)


def searched(architecture: str, settings: Settings, changes: Mapping[str, Any] | None = None) -> tuple[Dimension, ...]:
    """Give the hyper-parameters to search; what the caller sets stays as it is set.

    Raises:
        SettingsError: where there is no such architecture, or nothing to search in it.
    """
    entry = find_architecture(architecture)
    hyperparameters = settings.hyperparameters[architecture]
    every = space(hyperparameters) if entry.is_trained else ()
    if not every:
        tunable = [name for name, each in ARCHITECTURES.items() if each.is_trained and space(each.hyperparameters)]
        raise SettingsError(f"There is nothing to tune in '{architecture}'; name one of {', '.join(tunable)}.")
    left = space(hyperparameters, _set_by(changes or {}, architecture))
    if not left:
        names = ", ".join(each.name for each in every)
        raise SettingsError(
            f"All that could be tuned in '{architecture}' is set; leave one of these to the search: {names}."
        )
    return left


def profile_path(architecture: str, output: str | None = None) -> Path:
    """Give the file that the winner is to be written to.

    Raises:
        RequestError: where it cannot be.
    """
    path = named_path(output).absolute() if output else home_folder() / "tuned" / f"{architecture}.yaml"
    folder = next(place for place in path.parents if place.exists())
    if path.is_dir() or not folder.is_dir() or not os.access(path if path.exists() else folder, os.W_OK):
        raise RequestError(f"The profile cannot be written to {path}; name another file with --output.")
    return path


def _set_by(changes: Mapping[str, Any], architecture: str) -> frozenset[str]:
    """Give the dotted names, within the architecture's hyper-parameters, that changes set."""
    names = set()
    for key, value in changes.items():
        inside = key.removeprefix("hyperparameters.")
        if inside == architecture and isinstance(value, Mapping):
            names |= {str(name) for name in value}
        elif inside.startswith(f"{architecture}."):
            names.add(inside.removeprefix(f"{architecture}."))
    return frozenset(names)
