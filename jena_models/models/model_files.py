"""A trained model's files, of whichever kind it is."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

from jena_models.errors import RegistryError
from jena_models.models.learner import Learner, Model
from jena_models.models.network import MODEL_FILE, PREPARATION_FILE, Network
from jena_models.models.registry import find_architecture
from jena_models.whole_files import whole_folder

LEARNER_FOLDER: Final = "learner"
"""Holds what a learner wrote, in a folder that a Keras model has as a file."""
KIND_FILE: Final = "architecture.txt"
"""In the learner's folder: the name under which it is registered."""


@runtime_checkable
class Combined(Protocol):
    """A learner that forecasts with others, which it reads when they are first asked for."""

    def load_members(self) -> None:
        """Read them now."""


def load_model(folder: Path) -> Model:
    """Read a trained model from its folder, which it needs no longer then.

    Raises:
        RegistryError: where the folder holds none.
    """
    if (folder / MODEL_FILE).is_file():
        return Network.load(folder)
    if (folder / LEARNER_FOLDER).is_dir():
        learner = load_learner(folder)
        if isinstance(learner, Combined):
            learner.load_members()
        return learner
    raise RegistryError(f"There is no trained model in {folder}; train it again.")


def load_learner(folder: Path) -> Learner:
    """Read a learner from the folder that `save_learner` was given."""
    name = (folder / LEARNER_FOLDER / KIND_FILE).read_text(encoding="utf-8").strip()
    learner = find_architecture(name).learner
    if learner is None:
        raise RegistryError(f"'{name}' in {folder} is no learner; train it again.")
    return learner.load(folder / LEARNER_FOLDER)


def save_learner(learner: Learner, architecture: str, folder: Path) -> None:
    """Write a learner's files: whole, or not at all."""
    with whole_folder(folder / LEARNER_FOLDER) as beside:
        learner.save(beside)
        (beside / KIND_FILE).write_text(f"{architecture}\n", encoding="utf-8")
        shutil.rmtree(folder / LEARNER_FOLDER, ignore_errors=True)


def has_model(folder: Path) -> bool:
    """Tell whether a folder holds a trained model."""
    return (folder / MODEL_FILE).is_file() or (folder / LEARNER_FOLDER).is_dir()


def copy_model(folder: Path, to: Path) -> None:
    """Copy a trained model's files, with its preparation, into a folder that is there."""
    if (folder / MODEL_FILE).is_file():
        shutil.copy(folder / MODEL_FILE, to)
    else:
        shutil.copytree(folder / LEARNER_FOLDER, to / LEARNER_FOLDER)
    shutil.copy(folder / PREPARATION_FILE, to)


def packages_of(folder: Path) -> tuple[str, ...]:
    """Give what a trained model needs to forecast, beside NumPy, pandas and pydantic; reads no network."""
    return Network.packages if (folder / MODEL_FILE).is_file() else load_learner(folder).packages
