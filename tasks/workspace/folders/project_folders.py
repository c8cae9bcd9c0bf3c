"""Where the project keeps what it makes."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from contextvars import ContextVar
from pathlib import Path
from typing import Final

from jena_models.errors import RequestError
from jena_models.frozen import Frozen
from jena_models.named_files import named_path
from tasks.workspace.context_values import holding

ROOT: Final = Path(__file__).resolve().parents[3]
"""Of the project: its packages and its profiles."""


class Places(Frozen):
    """What a process on another machine of a cluster is told: its own variables say nothing about a study."""

    home: Path
    cache: Path
    tracking_uri: str


_told: ContextVar[Places | None] = ContextVar("places", default=None)


def places() -> Places:
    """Give the places of the running process, to hand over."""
    return Places(home=home_folder(), cache=cache_folder(), tracking_uri=tracking_uri())


def keeping_in(told: Places) -> AbstractContextManager[None]:
    """Keep what the block makes, in this thread, in the places of the process that asked for it."""
    return holding(_told, told)


def home_folder() -> Path:
    """Give the folder of `mlflow.db` and all that runs leave: the one that `JENA_HOME` names, else the project's root.

    Where the packages were installed without the project around them, it is the folder that a command is called in.

    Raises:
        RequestError: where nothing can be kept in what it names.
    """
    if told := _told.get():
        return told.home
    named = os.environ.get("JENA_HOME")
    if named:
        return named_folder(named, "JENA_HOME")
    return ROOT if (ROOT / "pyproject.toml").is_file() else Path.cwd()


def cache_folder() -> Path:
    """Give the folder of stages' results and downloads; `JENA_CACHE` names another."""
    if told := _told.get():
        return told.cache
    named = os.environ.get("JENA_CACHE")
    return named_folder(named, "JENA_CACHE") if named else home_folder() / ".cache"


def profiles_folder() -> Path:
    """Give the folder of the profiles that are shipped."""
    return ROOT / "profiles"


def search_path() -> str:
    """Give what `PYTHONPATH` is to be for a process that runs the project's code, wherever it is started."""
    return os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])


def tracking_uri() -> str:
    """Give the address of the tracking store: `MLFLOW_TRACKING_URI`, else `mlflow.db` in the home folder."""
    if told := _told.get():
        return told.tracking_uri
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{home_folder() / 'mlflow.db'}"


def named_folder(named: str, variable: str) -> Path:
    """Give the folder that a variable names.

    Raises:
        RequestError: where it is a file, or no address of a database can name what lies in it.
    """
    folder = named_path(named).resolve()
    if "?" in str(folder):
        # In the address of a database all that follows would be its options, and the file another one.
        raise RequestError(f"The folder {folder} has a question mark in its name; name another one in {variable}.")
    if folder.exists() and not folder.is_dir():
        raise RequestError(f"{folder} is a file and no folder; name another one in {variable}.")
    return folder
