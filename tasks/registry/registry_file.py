"""A version read from an SQLite registry and the folder beside it, as MLflow reads it, without MLflow.

MLflow takes three seconds of processor time to be asked: half of what a forecast from the command line costs. So the
three tables that say which version is meant are read here, and its files where they lie, after the same comparison of
hashes. Where anything is not as this project's versions and this schema have it, nothing is given, and MLflow is asked.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

import yaml

from jena_models.forecaster import STATION_FILE, Forecaster
from tasks.registry.registering.registration import SCRIPT
from tasks.registry.version_files import HASHES_TAG, not_loaded, require_whole
from tasks.tracking import database_path, is_sqlite

SCHEMA: Final = "dc11669786a5"
"""MLflow's revision of the tables; a test compares it with that of the MLflow that is installed."""

ELSEWHERE: Final = ("MLFLOW_REGISTRY_URI", "MLFLOW_WORKSPACE", "MLFLOW_ENABLE_WORKSPACES")
"""Variables under which the registry may be another than the store's."""

WITHOUT_SHARING: Final = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
"""What SQLite says where the file that readers share cannot be made: the folder is another user's, or its disk full."""

SAFE_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""That of libyaml, where PyYAML came with it, is ten times as fast."""

CODE_MODEL: Final = "mlflow.pyfunc.loaders.code_model"


class FiledVersion(NamedTuple):
    """A registered version as its tables have it."""

    model: str
    version: int
    tags: dict[str, str]
    folder: Path
    """Of its files."""


def filed_alias(uri: str, model_name: str, alias: str) -> int | None:
    """Give the version number that an alias stands for; None where MLflow is to be asked."""
    found = filed_rows(
        uri,
        "SELECT version FROM registered_model_aliases WHERE workspace = 'default' AND name = ? AND alias = ?",
        (model_name, alias),
    )
    return int(found[0][0]) if found else None


def filed_version(uri: str, model_name: str, version: int) -> FiledVersion | None:
    """Give a registered version; None where MLflow is to be asked."""
    found = filed_rows(
        uri,
        "SELECT COALESCE(storage_location, source) FROM model_versions "
        "WHERE workspace = 'default' AND name = ? AND version = ? AND current_stage != 'Deleted_Internal'",
        (model_name, version),
    )
    if not found or urlsplit(found[0][0]).scheme != "file":
        return None
    tags = filed_rows(
        uri,
        "SELECT key, value FROM model_version_tags WHERE workspace = 'default' AND name = ? AND version = ?",
        (model_name, version),
    )
    return FiledVersion(model_name, version, dict(tags), Path(unquote(urlsplit(found[0][0]).path)))


def filed_forecaster(filed: FiledVersion) -> Forecaster | None:
    """Give what a version forecasts with; None where MLflow is to load it: another script made it, or another place.

    Raises:
        VersionLostError: where its files are not those that were registered, or cannot be loaded.
    """
    contents = _contents(filed.folder)
    if contents is None:
        return None
    name = f"Version {filed.version} of {filed.model}"
    require_whole(filed.folder, filed.tags.get(HASHES_TAG), name)
    try:
        return Forecaster.load(contents)
    except Exception as error:  # a version of another time may fail in any way
        raise not_loaded(name, error) from error


def is_filed(uri: str) -> bool:
    """Tell whether a registry lies in an SQLite file, so that its tables may be read."""
    return is_sqlite(uri) and not any(name in os.environ for name in ELSEWHERE)


def filed_rows(uri: str, query: str, asked: tuple[str | int, ...]) -> list[tuple[Any, ...]]:
    """Give what a query finds; nothing where the tables are not those of the schema."""
    if not is_filed(uri):
        return []
    path = database_path(uri)
    for way in ("mode=ro", "immutable=1"):
        try:
            with closing(sqlite3.connect(f"{path.as_uri()}?{way}", uri=True, timeout=20)) as database:
                if database.execute("SELECT version_num FROM alembic_version").fetchall() != [(SCHEMA,)]:
                    return []
                return database.execute(query, asked).fetchall()
        except sqlite3.Error as error:
            if not (error.sqlite_errorcode & 0xFF in WITHOUT_SHARING and _holds_all(path)):
                return []
    return []


def _holds_all(path: Path) -> bool:
    """Tell whether a database holds all that was written, so that it may be read without a look at other readers."""
    beside = [path.with_name(f"{path.name}{end}") for end in ("-wal", "-journal")]
    return not any(each.exists() and each.stat().st_size for each in beside)


def _contents(folder: Path) -> Path | None:
    """Give where the forecaster's files lie, if loading the version comes to loading these."""
    try:
        told: Any = yaml.load((folder / "MLmodel").read_text(encoding="utf-8"), Loader=SAFE_LOADER)  # noqa: S506  (it is safe)
        how: Any = told["flavors"]["python_function"]
        contents = folder / how["artifacts"]["forecaster"]["path"]
        is_ours = (folder / SCRIPT.name).read_bytes() == SCRIPT.read_bytes()
    except (OSError, KeyError, TypeError, yaml.YAMLError):
        return None
    is_known = is_ours and how.get("loader_module") == CODE_MODEL
    return contents if is_known and (contents / STATION_FILE).is_file() else None
