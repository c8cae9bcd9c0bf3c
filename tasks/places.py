"""Where the project keeps what it makes."""

from __future__ import annotations

import os
from pathlib import Path


def home_folder() -> Path:
    """Give the project's root, or the folder that `JENA_HOME` names: `mlflow.db` and all that runs leave lie in it."""
    named = os.environ.get("JENA_HOME")
    return Path(named).expanduser().resolve() if named else Path(__file__).resolve().parents[1]


def cache_folder() -> Path:
    """Give the folder of stages' results and downloads; `JENA_CACHE` names another."""
    named = os.environ.get("JENA_CACHE")
    return Path(named).expanduser().resolve() if named else home_folder() / ".cache"


def profiles_folder() -> Path:
    """Give the folder of the profiles that are shipped."""
    return Path(__file__).resolve().parents[1] / "profiles"


def tracking_uri() -> str:
    """Give the address of the tracking store: `MLFLOW_TRACKING_URI`, else `mlflow.db` at the root."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{home_folder() / 'mlflow.db'}"
