"""The tracking store as an SQLite file: made whole or not at all, and shared by many writers."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import uuid
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jena_models.errors import StoreUnreachableError
from tasks.tracking.moved_artifacts import follow_artifacts
from tasks.workspace import exclusive

if TYPE_CHECKING:
    from sqlalchemy import Engine

logger = logging.getLogger("jena")

SCHEME: Final = "sqlite:///"
LOCKED: Final = "database is locked"
LET_GO: Final = "another program holds it, such as a copy that is being made: wait until it ends"
LEAST_ROOM: Final = 2**20
"""With fewer bytes left on its disk SQLite cannot even read: it makes a file that readers share."""


def is_sqlite(uri: str) -> bool:
    """Tell whether an address names an SQLite file."""
    return uri.startswith(SCHEME) and ":memory:" not in uri


def database_path(uri: str) -> Path:
    """Give the file that an SQLite address names."""
    return Path(uri.removeprefix(SCHEME).split("?", 1)[0]).absolute()


def artifacts_folder(uri: str) -> Path | None:
    """Give the folder of artifacts beside an SQLite file; None where the store itself says where they go."""
    return database_path(uri).with_name("mlartifacts") if is_sqlite(uri) else None


def prepare_database(uri: str) -> None:
    """Make the database where it is not there, and look it over where it is.

    Raises:
        StoreUnreachableError: where it cannot be opened or written, or another version of MLflow made it.
    """
    path = database_path(uri)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not _holds_something(path):
            with exclusive(path.with_name(f"{path.name}.lock")):
                if not _holds_something(path):
                    _make(path)
                    return
        _look_over(path)
    except (OSError, sqlite3.Error) as error:
        remedy = LET_GO if LOCKED in str(error) else "make it a file that can be written"
        raise without_room(path, str(error)) or StoreUnreachableError(
            f"The tracking store {path} cannot be used ({getattr(error, 'strerror', None) or error}); "
            f"{remedy}, or name another in MLFLOW_TRACKING_URI."
        ) from error


def without_room(path: Path, reason: str) -> StoreUnreachableError | None:
    """Give what to say of a store that fails for a reason where its disk is full; None where that is not so."""
    with suppress(OSError):
        if "disk is full" in reason or shutil.disk_usage(path.parent).free < LEAST_ROOM:
            return StoreUnreachableError(
                f"The disk is full, so that the tracking store {path} cannot be used; make room in {path.parent}."
            )
    return None


def without_its_log() -> None:
    """Keep to oneself what MLflow logs of databases: each step of making one, and a busy one with its traceback."""
    logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)


def _holds_something(path: Path) -> bool:
    return path.exists() and (path.is_dir() or path.stat().st_size > 0)


def _make(path: Path) -> None:
    """Run MLflow's migrations on a file beside, so that one killed halfway leaves no half-made store."""
    kept = path.with_name("mlartifacts")
    if kept.is_dir() and any(kept.iterdir()):
        logger.warning(
            "%s is not there and is made anew, so that nothing names what an earlier one kept in %s: put it back, or "
            "remove that folder.",
            path,
            kept,
        )
    without_its_log()
    from mlflow.store.db.utils import _initialize_tables, create_sqlalchemy_engine
    from sqlalchemy.exc import DBAPIError

    beside = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        engine = create_sqlalchemy_engine(f"{SCHEME}{beside}")  # type: ignore[no-untyped-call]
        _write_without_waiting(engine)
        try:
            _initialize_tables(engine)  # type: ignore[no-untyped-call]
        except DBAPIError as error:
            raise error.orig or error from None  # as SQLite says it
        finally:
            engine.dispose()
        with closing(sqlite3.connect(beside)) as database:
            database.execute("PRAGMA journal_mode = WAL")
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        for left in path.parent.glob(f"{beside.name}*"):
            left.unlink()


def _write_without_waiting(engine: Engine) -> None:
    """Let the disk take its time: hundreds of small changes to a file that nobody sees yet."""
    from sqlalchemy import event

    @event.listens_for(engine, "connect")
    def _relax(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA journal_mode = MEMORY")


def _look_over(path: Path) -> None:
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise PermissionError(13, "it cannot be written")
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=20)) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if tables and "alembic_version" not in tables:
            raise sqlite3.DatabaseError("it is a database of something else")
        found = database.execute("SELECT version_num FROM alembic_version").fetchone() if tables else None
        if found:
            _require_version(path, found[0])
            follow_artifacts(database, path.with_name("mlartifacts"))
        with suppress(sqlite3.OperationalError):
            # Readers and a writer no longer wait for each other. A writer at work keeps its mode for now.
            database.execute("PRAGMA journal_mode = WAL")


def _require_version(path: Path, found: str) -> None:
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError
    from mlflow.store.db.utils import _get_alembic_config

    scripts = ScriptDirectory.from_config(_get_alembic_config(""))  # type: ignore[no-untyped-call]
    if found == scripts.get_current_head():
        return
    try:
        scripts.get_revision(found)
    except CommandError:
        raise StoreUnreachableError(
            f"The tracking store {path} was made by a newer MLflow (schema {found}); "
            "use that one, or name another store in MLFLOW_TRACKING_URI."
        ) from None
    raise StoreUnreachableError(
        f"The tracking store {path} was made by an older MLflow (schema {found}); "
        f"copy it for safety and run `mlflow db upgrade {SCHEME}{path}`."
    )
